import type { DType } from '../../../core/ir/dtype.ts'
import { type Case, type Model, array, integers, modelOf } from './case.ts'
import { type Value, decode, edgesOf } from './values.ts'

const isKey = (dtype: DType): boolean => dtype === 'key<fry>'
const isWord = (dtype: DType): boolean => dtype === 'uint32'
const mask = 2n ** 32n - 1n

/** Rounds of additions, rotations and exclusive ors, in 32-bit words of BigInts (Salmon et al., 2011). */
function threefry([k0, k1]: readonly [bigint, bigint], [c0, c1]: readonly [bigint, bigint]): [bigint, bigint] {
  const keys = [k0, k1, k0 ^ k1 ^ 0x1bd11bdan]
  const rotations = [[13n, 15n, 26n, 6n] as const, [17n, 29n, 16n, 24n] as const] as const
  let [x, y] = [(c0 + k0) & mask, (c1 + k1) & mask]
  for (let round = 0; round < 5; round++) {
    for (const by of rotations[round % 2 === 0 ? 0 : 1]) {
      x = (x + y) & mask
      y = (((y << by) | (y >> (32n - by))) & mask) ^ x
    }
    x = (x + (keys[(round + 1) % 3] ?? 0n)) & mask
    y = (y + (keys[(round + 2) % 3] ?? 0n) + BigInt(round + 1)) & mask
  }
  return [x, y]
}

// A key is decoded as its first word below its second one.
const keyOf = (value: Value): [bigint, bigint] => [BigInt(value as bigint) & mask, BigInt(value as bigint) >> 32n]
const asKey = ([first, second]: readonly [bigint, bigint]): bigint => (second << 32n) | first
const keys = (dtype: DType) => array([3], dtype, edgesOf(dtype).concat(edgesOf(dtype)).slice(0, 3))

/** What is drawn at counter `i` of every key. */
const drawn = (dtype: DType, count: number): [bigint, bigint][] =>
  decode(keys(dtype)).flatMap((key) => Array.from({ length: count }, (_, i) => threefry(keyOf(key), [0n, BigInt(i)])))

const onKeys = (cases: (dtype: DType) => readonly Case[]): Model => modelOf(isKey, cases)

export const randomModels: { readonly [name: string]: Model } = {
  random_seed: modelOf(integers, (dtype) => {
    const seeds = edgesOf(dtype)
    const words = seeds
      .filter((seed) => typeof seed === 'bigint')
      .map((seed): [bigint, bigint] => {
        const wide = BigInt.asUintN(64, seed)
        return dtype === 'int64' || dtype === 'uint64' ? [wide >> 32n, wide & mask] : [0n, wide & mask]
      })
    const values = integers(dtype) ? words.map(asKey) : []
    return [
      { args: [array([seeds.length], dtype, seeds)], params: { impl: 'fry' }, wanted: [{ dtype: 'key<fry>', values }] },
    ]
  }),
  random_wrap: modelOf(isWord, (dtype) => [
    {
      args: [array([1, 2], dtype, edgesOf(dtype).slice(0, 2))],
      params: { impl: 'fry' },
      wanted: [{ dtype: 'key<fry>', values: [1n << 32n] }],
    },
  ]),
  random_unwrap: onKeys((dtype) => [
    {
      args: [keys(dtype)],
      params: {},
      wanted: [{ dtype: 'uint32', values: decode(keys(dtype)).flatMap((key) => (isKey(dtype) ? keyOf(key) : [])) }],
    },
  ]),
  random_clone: onKeys((dtype) => [
    { args: [keys(dtype)], params: {}, wanted: [{ dtype, values: decode(keys(dtype)) }] },
  ]),
  random_split: onKeys((dtype) => [
    {
      args: [keys(dtype)],
      params: { shape: [2], partitionable: true },
      wanted: [{ dtype, values: isKey(dtype) ? drawn(dtype, 2).map(asKey) : [] }],
    },
  ]),
  random_fold_in: onKeys((dtype) => {
    const data: Value[] = [7n, 2n ** 31n, 2n ** 32n - 1n]
    const values = isKey(dtype)
      ? decode(keys(dtype)).map((key, i) => asKey(threefry(keyOf(key), [0n, data[i] as bigint])))
      : []
    return [{ args: [keys(dtype), array([3], 'uint32', data)], params: {}, wanted: [{ dtype: 'key<fry>', values }] }]
  }),
  random_bits: onKeys((dtype) =>
    ([8, 16, 32, 64] as const).map((bit_width) => ({
      args: [keys(dtype)],
      params: { bit_width, shape: [5], partitionable: true },
      wanted: [
        {
          dtype: `uint${bit_width}`,
          values: isKey(dtype)
            ? drawn(dtype, 5).map(([x, y]) => (bit_width === 64 ? (x << 32n) | y : BigInt.asUintN(bit_width, x ^ y)))
            : [],
        },
      ],
    })),
  ),
  threefry2x32: modelOf(isWord, (dtype) => {
    const words = edgesOf(dtype).slice(0, 6)
    const column = (shift: number): Value[] => words.map((_, i) => words[(i + shift) % words.length] ?? 0n)
    const hashes = isWord(dtype)
      ? words.map((_, i) => {
          const [a, b, c, d] = [0, 1, 2, 3].map((shift) => column(shift)[i] as bigint)
          return threefry([a ?? 0n, b ?? 0n], [c ?? 0n, d ?? 0n])
        })
      : []
    return [
      {
        args: [0, 1, 2, 3].map((shift) => array([words.length], dtype, column(shift))),
        params: {},
        wanted: [0, 1].map((n) => ({ dtype: 'uint32' as const, values: hashes.map((hash) => hash[n] ?? 0n) })),
      },
    ]
  }),
  rng_bit_generator: { exempt: 'takes four or two words of state and gives unsigned integers: vectors of JAX hold it' },
  rng_uniform: { exempt: 'is other at every call: its range and its dtypes are tested where it is drawn from' },
}
