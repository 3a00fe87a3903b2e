import type { DType } from '../../../core/ir/dtype.ts'
import { type Model, array, compare, floats, modelOf, notKeys, numbers, ordered } from './case.ts'
import { rowsOf, total } from './folds.ts'
import { type Value, plainValues, wrappingValues } from './values.ts'

const windowParams = {
  window_dimensions: [3],
  window_strides: [2],
  padding: [[1, 1]],
  base_dilation: [1],
  window_dilation: [1],
}
const places = (output: number): number[] => [0, 1, 2].map((w) => output * 2 - 1 + w).filter((at) => at >= 0 && at < 6)

function windows(kind: 'sum' | 'max' | 'min', accepts: (dtype: DType) => boolean): Model {
  return modelOf(accepts, (dtype) =>
    rowsOf(dtype).map((row) => ({
      args: [array([6], dtype, row)],
      params: windowParams,
      wanted: accepts(dtype)
        ? [
            {
              dtype,
              values: [0, 1, 2].map((o) =>
                total(
                  kind,
                  dtype,
                  places(o).map((at) => row[at] ?? 0n),
                ),
              ),
            },
          ]
        : [],
    })),
  )
}

/** The place that a window chooses: the first largest (or smallest), and a NaN is never kept. */
function chosen(row: readonly Value[], output: number, select: 'ge' | 'le'): number {
  return places(output).reduce((best, at) => {
    const [x, y] = [row[best] ?? 0n, row[at] ?? 0n]
    const keeps =
      ![x, y].some((value) => Number.isNaN(value)) && (select === 'ge' ? compare(x, y) >= 0 : compare(x, y) <= 0)
    return keeps ? best : at
  })
}

const selects = ['ge', 'le'] as const
const { base_dilation: _base, window_dilation: _window, ...scatterWindows } = windowParams

const windowScatter: Model = modelOf(ordered, (dtype) =>
  rowsOf(dtype).flatMap((row) =>
    selects.map((select_prim) => {
      const source = plainValues(dtype, 3)
      const values = row.map((_, at) =>
        ordered(dtype)
          ? total(
              'sum',
              dtype,
              source.filter((_value, o) => chosen(row, o, select_prim) === at),
            )
          : 0n,
      )
      return {
        args: [array([3], dtype, source), array([6], dtype, row)],
        params: { ...scatterWindows, select_prim },
        wanted: [{ dtype, values }],
      }
    }),
  ),
)

const windowGather: Model = modelOf(floats, (dtype) =>
  [wrappingValues(dtype, 6), plainValues(dtype, 6)].flatMap((row) =>
    selects.map((select_prim) => {
      const tangents = plainValues(dtype, 9).slice(3)
      return {
        args: [array([6], dtype, tangents), array([6], dtype, row)],
        params: { ...windowParams, select_prim },
        wanted: [
          { dtype, values: [0, 1, 2].map((o) => (floats(dtype) ? (tangents[chosen(row, o, select_prim)] ?? 0n) : 0n)) },
        ],
      }
    }),
  ),
)

export const windowModels: { readonly [name: string]: Model } = {
  reduce_window_sum: windows('sum', numbers),
  reduce_window_max: windows('max', notKeys),
  reduce_window_min: windows('min', notKeys),
  select_and_scatter_add: windowScatter,
  select_and_gather_add: windowGather,
}
