import type { DType } from '../../../core/ir/dtype.ts'
import { type Model, array, compare, floats, modelOf, notKeys, num, numbers, ordered, wholes } from './case.ts'
import type { foldOf } from './folds.ts'
import { folded, rowsOf, total } from './folds.ts'
import { type Value, plainValues } from './values.ts'

function reduction(kind: Parameters<typeof foldOf>[0], accepts: (dtype: DType) => boolean, params = {}): Model {
  return modelOf(accepts, (dtype) => {
    const rows = rowsOf(dtype)
    const x = array([rows.length, 6], dtype, rows.flat())
    if (!accepts(dtype)) return [{ args: [x], params: { axes: [1], ...params }, wanted: [] }]
    const columns = Array.from({ length: 6 }, (_, j) => rows.map((row) => row[j] ?? 0n))
    const whole = rows.flat()
    return [
      {
        args: [x],
        params: { axes: [1], ...params },
        wanted: [{ dtype, values: rows.map((row) => total(kind, dtype, row)) }],
      },
      {
        args: [x],
        params: { axes: [0], ...params },
        wanted: [{ dtype, values: columns.map((row) => total(kind, dtype, row)) }],
      },
      {
        args: [x],
        params: { axes: [0, 1], ...params },
        wanted: [{ dtype, values: [total(kind, dtype, whole)], ulps: 1 }],
      },
    ]
  })
}

function running(kind: 'sum' | 'product' | 'max' | 'min'): Model {
  return modelOf(numbers, (dtype) => {
    const rows = rowsOf(dtype)
    const x = array([rows.length, 6], dtype, rows.flat())
    const totals = (row: readonly Value[]): Value[] => row.map((_, i) => total(kind, dtype, row.slice(0, i + 1)))
    return [false, true].map((reverse) => ({
      args: [x],
      params: { axis: 1, reverse },
      wanted: numbers(dtype)
        ? [{ dtype, values: rows.flatMap((row) => (reverse ? totals(row.toReversed()).toReversed() : totals(row))) }]
        : [],
    }))
  })
}

const logSumExp: Model = modelOf(floats, (dtype) => {
  const row = plainValues(dtype, 6)
  const values = floats(dtype)
    ? row.map((_, i) =>
        folded(dtype, Math.log(row.slice(0, i + 1).reduce((sum: number, x) => sum + Math.exp(num(x)), 0))),
      )
    : []
  return [{ args: [array([6], dtype, row)], params: { axis: 0, reverse: false }, wanted: [{ dtype, values, ulps: 2 }] }]
})

function position(kind: 'max' | 'min'): Model {
  return modelOf(ordered, (dtype) => {
    const rows = rowsOf(dtype)
    const wins = (x: Value, y: Value): boolean => {
      if (Number.isNaN(y)) return false
      return Number.isNaN(x) || (kind === 'max' ? compare(x, y) > 0 : compare(x, y) < 0)
    }
    const best = (row: readonly Value[]): bigint =>
      BigInt(row.reduce((at: number, value, i) => (i > 0 && wins(value, row[at] ?? 0n) ? i : at), 0))
    return (['int32', 'int64', 'uint8'] as const).map((index_dtype) => ({
      args: [array([rows.length, 6], dtype, rows.flat())],
      params: { axes: [1], index_dtype },
      wanted: [{ dtype: index_dtype, values: ordered(dtype) ? rows.map(best) : [] }],
    }))
  })
}

export const reductionModels: { readonly [name: string]: Model } = {
  reduce_sum: reduction('sum', numbers, { out_sharding: null }),
  reduce_prod: reduction('product', numbers),
  reduce_max: reduction('max', notKeys),
  reduce_min: reduction('min', notKeys),
  reduce_and: reduction('and', wholes),
  reduce_or: reduction('or', wholes),
  reduce_xor: reduction('xor', wholes),
  argmax: position('max'),
  argmin: position('min'),
  cumsum: running('sum'),
  cumprod: running('product'),
  cummax: running('max'),
  cummin: running('min'),
  cumlogsumexp: logSumExp,
}
