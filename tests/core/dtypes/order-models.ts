import type { Shape } from '../../../core/ir/aval.ts'
import { type DType, isComplex, isInteger } from '../../../core/ir/dtype.ts'
import type { HostArray } from '../../../core/ir/host-array.ts'
import {
  type Case,
  type Model,
  arithmeticOf,
  array,
  big,
  com,
  compare,
  floats,
  modelOf,
  notKeys,
  numbers,
  ordered,
} from './case.ts'
import { type Value, edgesOf, isComplexValue, plainValues, settle } from './values.ts'

const sorting: Model = modelOf(notKeys, (dtype) => {
  const keys = [...edgesOf(dtype), ...plainValues(dtype, 5)]
  const ties = keys.map((_, i) => BigInt(-(i % 3)))
  const order = keys
    .map((_, i) => i)
    .sort((i, j) => compare(keys[i] ?? 0n, keys[j] ?? 0n) || compare(ties[i] ?? 0n, ties[j] ?? 0n) || i - j)
  const pick = (values: readonly Value[]): Value[] => order.map((i) => values[i] ?? 0n)
  const alone = keys.map((_, i) => i).sort((i, j) => compare(keys[i] ?? 0n, keys[j] ?? 0n) || i - j)
  return [
    {
      args: [array([keys.length], dtype, keys), array([keys.length], 'int64', ties), array([keys.length], dtype, keys)],
      params: { dimension: 0, is_stable: true, num_keys: 2 },
      wanted: [
        { dtype, values: pick(keys) },
        { dtype: 'int64', values: pick(ties) },
        { dtype, values: pick(keys) },
      ],
    },
    {
      args: [array([keys.length], dtype, keys)],
      params: { dimension: 0, is_stable: true, num_keys: 1 },
      wanted: [{ dtype, values: alone.map((i) => keys[i] ?? 0n) }],
    },
  ]
})

/** The largest first, NaN above all, 0 above -0, the earlier of equal ones first. */
function largest(dtype: DType, values: readonly Value[], k: number, sign: 1 | -1): Case['wanted'] {
  const zero = (x: Value): number => (Object.is(x, -0) ? -1 : 0)
  const order = values
    .map((_, i) => i)
    .sort((i, j) => {
      const [x, y] = [values[i] ?? 0n, values[j] ?? 0n]
      const nan = Number(Number.isNaN(y)) - Number(Number.isNaN(x))
      return nan || sign * (compare(y, x) || zero(y) - zero(x)) || i - j
    })
    .slice(0, k)
  return [
    { dtype, values: order.map((i) => values[i] ?? 0n) },
    { dtype: 'int32', values: order.map(BigInt) },
  ]
}

const topK: Model = modelOf(ordered, (dtype) => {
  const values = [...edgesOf(dtype), ...plainValues(dtype, 5)]
  return [
    {
      args: [array([values.length], dtype, values)],
      params: { axis: 0, k: 6 },
      wanted: ordered(dtype) ? largest(dtype, values, 6, 1) : [],
    },
  ]
})

const approxTopK: Model = modelOf(floats, (dtype) => {
  const values = [...edgesOf(dtype), ...plainValues(dtype, 5)]
  return [true, false].map((is_max_k) => ({
    args: [array([values.length], dtype, values)],
    params: {
      aggregate_to_topk: true,
      is_max_k,
      k: 6,
      recall_target: 0.95,
      reduction_dimension: 0,
      reduction_input_size_override: -1,
    },
    wanted: floats(dtype) ? largest(dtype, values, 6, is_max_k ? 1 : -1) : [],
  }))
})

/** What is chosen by an index of every integer dtype, clamped to the cases there are. */
const select: Model = {
  refuses: () => [],
  cases: (dtype) =>
    (['bool', 'int8', 'int32', 'int64', 'uint8', 'uint32', 'uint64'] as const).flatMap((which): Case[] => {
      const indices = edgesOf(which)
      const count = which === 'bool' ? 2 : 3
      const cases = Array.from({ length: count }, (_, i) => markers(dtype, indices.length, i))
      const at = (index: Value): number =>
        Number(big(index) < 0n ? 0n : big(index) >= BigInt(count) ? BigInt(count - 1) : big(index))
      const values = indices.map((index, i) => cases[at(index)]?.values[i] ?? 0n)
      return [
        {
          args: [array([indices.length], which, indices), ...cases.map((each) => each.array)],
          params: {},
          wanted: [{ dtype, values }],
        },
      ]
    }),
}

/** Values of a dtype that tell themselves apart as far as it can. */
export function markers(
  dtype: DType,
  count: number,
  shift = 0,
  shape: Shape = [count],
): { array: HostArray; values: Value[] } {
  const edges = edgesOf(dtype)
  const values = Array.from({ length: count }, (_, i) => edges[(i + 3 * shift) % edges.length] ?? 0n)
  return { array: array(shape, dtype, values), values }
}

const clamp: Model = modelOf(notKeys, (dtype) => {
  const x = isComplex(dtype) ? plainValues(dtype, 8) : edgesOf(dtype)
  const { max, min } = arithmeticOf(dtype)
  // Complex numbers are compared by their real parts alone.
  const clamped = (value: Value, low: Value, high: Value): Value => {
    if (!isComplexValue(value)) return min(max(value, low), high)
    const above = com(low).re >= value.re ? com(low) : value
    return above.re > com(high).re ? high : above
  }
  return [0, 2, 5].flatMap((first) =>
    [1, 3, 7].map((second): Case => {
      const [low, high] = [x[first % x.length] ?? 0n, x[second % x.length] ?? 0n]
      return {
        args: [array([], dtype, [low]), array([x.length], dtype, x), array([], dtype, [high])],
        params: {},
        wanted: notKeys(dtype) ? [{ dtype, values: x.map((value) => clamped(value, low, high)) }] : [],
      }
    }),
  )
})

const iota: Model = {
  cases: (dtype) =>
    numbers(dtype)
      ? [
          {
            args: [],
            params: { dtype, shape: [300], dimension: 0, sharding: null },
            wanted: [
              {
                dtype,
                values: Array.from({ length: 300 }, (_, i): Value => {
                  if (isComplex(dtype)) return { re: i, im: 0 }
                  return settle(dtype, isInteger(dtype) ? BigInt(i) : i)
                }),
              },
            ],
          },
        ]
      : [],
  refuses: (dtype) =>
    numbers(dtype) ? [] : [{ args: [], params: { dtype, shape: [3], dimension: 0, sharding: null }, wanted: [] }],
}

export const orderModels: { readonly [name: string]: Model } = {
  sort: sorting,
  top_k: topK,
  approx_top_k: approxTopK,
  select_n: select,
  clamp,
  iota,
}
