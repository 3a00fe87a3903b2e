import { type DType, kindOf } from '../../../core/ir/dtype.ts'
import { type Case, type Model, arithmeticOf, array, modelOf, notKeys, num } from './case.ts'
import { folded } from './folds.ts'
import { type Value, isComplexValue, plainValues, settle, wrappingValues } from './values.ts'

/** The dtypes that sums of products of `dtype` may be asked for in. */
function preferred(dtype: DType): (DType | null)[] {
  switch (kindOf(dtype)) {
    case 'key':
      return [null]
    case 'bool':
      return [null, 'int32', 'int64', 'bfloat16', 'float32']
    case 'int':
    case 'uint':
      return [null, 'int64', 'float64']
    case 'float':
      return dtype === 'float64'
        ? [null, 'bfloat16', 'float32', 'int32']
        : [null, 'bfloat16', 'float32', 'float64', 'int64']
    default:
      return [null, 'complex128']
  }
}

/** A sum of products of one dtype as another: integers wrap there, a float sum of floats is cut off last. */
export function sumOfProducts(from: DType, to: DType, pairs: readonly (readonly [Value, Value])[]): Value {
  const { zero, add, mul } = arithmeticOf(from)
  const exact = pairs.reduce((sum, [x, y]) => add(sum, mul(x, y)), zero)
  if (isComplexValue(exact)) return settle(to, exact)
  if (kindOf(to) === 'float') return folded(to, Number(exact))
  return settle(to, typeof exact === 'bigint' ? exact : BigInt(Math.trunc(exact)))
}

const dot: Model = modelOf(notKeys, (dtype) =>
  [plainValues, wrappingValues].flatMap((values) => {
    const [x, y] = [values(dtype, 24), values(dtype, 27).slice(3).toReversed()]
    // [2 batches, 3 rows, 4] · [2 batches, 4, 3 columns]
    return preferred(dtype)
      .filter((to) => values === plainValues || to === null || to === 'int64')
      .map((to): Case => {
        const out = to ?? dtype
        const sums: Value[] = []
        for (let b = 0; b < 2; b++)
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++) {
              const pairs = [0, 1, 2, 3].map(
                (k) => [x[(b * 3 + i) * 4 + k] ?? 0n, y[(b * 4 + k) * 3 + j] ?? 0n] as const,
              )
              sums.push(sumOfProducts(dtype, out, pairs))
            }
        return {
          args: [array([2, 3, 4], dtype, x), array([2, 4, 3], dtype, y)],
          params: {
            dimension_numbers: [
              [[2], [1]],
              [[0], [0]],
            ],
            out_sharding: null,
            precision: null,
            preferred_element_type: to,
          },
          wanted: [{ dtype: out, values: sums }],
        }
      })
  }),
)

const realOf = (value: Value): number => Number(isComplexValue(value) ? value.re : value)

/** Two elements share a scale; everything is exact in bfloat16, in which the products are taken. */
const scaledDot: Model = modelOf(notKeys, (dtype) =>
  (['bfloat16', 'float32', 'float64'] as const).map((to): Case => {
    const [x, y] = [plainValues(dtype, 8), plainValues(dtype, 11).slice(3)]
    const [scaleX, scaleY] = [plainValues('bfloat16', 4), plainValues('bfloat16', 7).slice(3)]
    const sums: Value[] = []
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++) {
        const pairs = [0, 1, 2, 3].map((k) => {
          const [left, right] = [i * 4 + k, j * 4 + k]
          const [a, b] = [
            realOf(x[left] ?? 0n) * num(scaleX[left >> 1] ?? 0),
            realOf(y[right] ?? 0n) * num(scaleY[right >> 1] ?? 0),
          ]
          return [a, b] as const
        })
        sums.push(notKeys(dtype) ? sumOfProducts('float64', to, pairs) : 0n)
      }
    return {
      args: [
        array([2, 4], dtype, x),
        array([2, 4], dtype, y),
        array([2, 2], 'bfloat16', scaleX),
        array([2, 2], 'bfloat16', scaleY),
      ],
      params: {
        dimension_numbers: [
          [[1], [1]],
          [[], []],
        ],
        preferred_element_type: to,
      },
      wanted: [{ dtype: to, values: sums }],
    }
  }),
)

/** One spatial axis of length 5 with a window of 3, stride 2, holes in the input, and padding. */
const tap = (output: number, window: number): number => {
  const at = output * 2 - 1 + window
  return at >= 0 && at % 2 === 0 && at / 2 < 5 ? at / 2 : -1
}

const convolution: Model = modelOf(notKeys, (dtype) =>
  [plainValues, wrappingValues].flatMap((values) => {
    // Two images of four features in two groups; four output features.
    const [x, w] = [values(dtype, 40), values(dtype, 24).toReversed()]
    return preferred(dtype)
      .filter((to) => to !== 'int32' && (values === plainValues || to === null || to === 'int64'))
      .map((to): Case => {
        const out = to ?? dtype
        const sums: Value[] = []
        for (let image = 0; image < 2; image++)
          for (let feature = 0; feature < 4; feature++)
            for (let output = 0; output < 5; output++) {
              const pairs = [0, 1, 2].flatMap((window) =>
                [0, 1].flatMap((k) => {
                  const from = tap(output, window)
                  const channel = Math.floor(feature / 2) * 2 + k
                  if (from < 0) return []
                  return [[x[(image * 4 + channel) * 5 + from] ?? 0n, w[(feature * 2 + k) * 3 + window] ?? 0n] as const]
                }),
              )
              sums.push(sumOfProducts(dtype, out, pairs))
            }
        return {
          args: [array([2, 4, 5], dtype, x), array([4, 2, 3], dtype, w)],
          params: {
            window_strides: [2],
            padding: [[1, 2]],
            lhs_dilation: [2],
            rhs_dilation: [1],
            dimension_numbers: {
              kind: 'ConvDimensionNumbers',
              lhs_spec: [0, 1, 2],
              rhs_spec: [0, 1, 2],
              out_spec: [0, 1, 2],
            },
            feature_group_count: 2,
            batch_group_count: 1,
            precision: null,
            preferred_element_type: to,
            out_sharding: null,
          },
          wanted: [{ dtype: out, values: sums }],
        }
      })
  }),
)

export const contractionModels: { readonly [name: string]: Model } = {
  dot_general: dot,
  scaled_dot: scaledDot,
  conv_general_dilated: convolution,
}
