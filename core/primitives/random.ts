import { JaxTypeError } from '../errors.ts'
import { ShapedArray, type Shape, formatShape } from '../ir/aval.ts'
import { type DType, isInteger } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import { config } from '../config.ts'
import { bitsKernel, foldInKernel, hashKernel, seedKernel, splitKernel } from '../compiler/reference/random.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { broadcastingBatch, elementwiseBatch, zeroJvp } from './rules.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { broadcastShapes } from './elementwise.ts'
import { hashes, moves } from './costs.ts'
import { spreadAlike, spreadPointwise } from './sharding-rules.ts'

const keyDType: DType = 'key<fry>'

function checkKeys(name: string, keys: ShapedArray): void {
  if (keys.dtype !== keyDType) {
    throw new JaxTypeError(`${name} takes an array of keys, got ${keys.toString()}.`, {
      hint: 'Make a key with random.key(seed), or wrap raw key words with random.wrapKeyData(words).',
      lesson: 'C1',
    })
  }
}

type ImplParams = { readonly impl: 'fry' }

export const randomSeedPrimitive: Primitive<ImplParams> = definePrimitive<ImplParams>({
  name: 'random_seed',
  cost: moves,

  abstractEval([seeds]) {
    if (!isInteger(seeds.dtype)) {
      throw new JaxTypeError(`a PRNG key is made from an integer seed, got ${seeds.toString()}.`)
    }
    return [new ShapedArray(seeds.shape, keyDType)]
  },

  impl: ([seeds]) => [seedKernel(seeds)],
  jvp: zeroJvp(() => randomSeedPrimitive),
  batch: elementwiseBatch(() => randomSeedPrimitive),
})

/** A key for each seed. */
export function randomSeed(seeds: JaxArray): JaxArray {
  return bindOne(randomSeedPrimitive, [seeds], { impl: 'fry' })
}

export const randomWrapPrimitive: Primitive<ImplParams> = definePrimitive<ImplParams>({
  name: 'random_wrap',
  inferSharding: spreadAlike(),
  cost: moves,

  abstractEval([words]) {
    if (words.dtype !== 'uint32' || words.shape.at(-1) !== 2) {
      throw new JaxTypeError(`raw key words are a uint32 array with last axis 2, got ${words.toString()}.`)
    }
    return [new ShapedArray(words.shape.slice(0, -1), keyDType)]
  },

  impl: ([words], _params, [out]) => [hostArray(out.shape, keyDType, words.data)],
  jvp: zeroJvp(() => randomWrapPrimitive),

  batch([words], [dim], params, { size }) {
    return { outputs: [bindOne(randomWrapPrimitive, [moveBatchAxis(words, dim, 0, size)], params)], dims: [0] }
  },
})

/** Pairs of words taken as keys. */
export function randomWrap(words: JaxArray): JaxArray {
  return bindOne(randomWrapPrimitive, [words], { impl: 'fry' })
}

export const randomUnwrapPrimitive: Primitive = definePrimitive({
  name: 'random_unwrap',
  inferSharding: spreadAlike(),
  cost: moves,

  abstractEval([keys]) {
    checkKeys('random_unwrap', keys)
    return [new ShapedArray([...keys.shape, 2], 'uint32')]
  },

  impl: ([keys], _params, [out]) => [hostArray(out.shape, 'uint32', keys.data)],
  jvp: zeroJvp(() => randomUnwrapPrimitive),
  batch: elementwiseBatch(() => randomUnwrapPrimitive),
})

/** The words of keys, along a new last axis of length 2. */
export function randomUnwrap(keys: JaxArray): JaxArray {
  return bindOne(randomUnwrapPrimitive, [keys], {})
}

export const randomClonePrimitive: Primitive = definePrimitive({
  name: 'random_clone',
  inferSharding: spreadAlike(),
  cost: moves,

  abstractEval([keys]) {
    checkKeys('random_clone', keys)
    return [keys]
  },

  // An array of its own: who keeps account of keys within a program tells arrays apart by it.
  impl: ([{ shape, dtype, data }]) => [hostArray(shape, dtype, data)],
  jvp: zeroJvp(() => randomClonePrimitive),
  batch: elementwiseBatch(() => randomClonePrimitive),
})

/** The same keys, marked as fresh for whoever checks that keys are not reused. */
export function randomClone(keys: JaxArray): JaxArray {
  return bindOne(randomClonePrimitive, [keys], {})
}

/** Whether the partitionable layout is in force; read when an equation is made, so that it stays what it was. */
type LayoutParams = { readonly partitionable: boolean }

type SplitParams = LayoutParams & { readonly shape: Shape }

export const randomSplitPrimitive: Primitive<SplitParams> = definePrimitive<SplitParams>({
  name: 'random_split',
  inferSharding: spreadAlike(),
  cost: hashes,

  abstractEval([keys], { shape }) {
    checkKeys('random_split', keys)
    return [keys.with({ shape: [...keys.shape, ...shape] })]
  },

  impl: ([keys], { shape, partitionable }) => [splitKernel(keys, shape, partitionable)],
  jvp: zeroJvp(() => randomSplitPrimitive),
  batch: elementwiseBatch(() => randomSplitPrimitive),
})

/** New keys of `shape` from each key. */
export function randomSplit(keys: JaxArray, { shape }: { shape: Shape }): JaxArray {
  return bindOne(randomSplitPrimitive, [keys], { shape, partitionable: config.threefryPartitionable })
}

export const randomFoldInPrimitive: Primitive = definePrimitive({
  name: 'random_fold_in',
  inferSharding: spreadPointwise(),
  cost: hashes,

  abstractEval([keys, data]) {
    checkKeys('random_fold_in', keys)
    if (data.dtype !== 'uint32') {
      throw new JaxTypeError(`random_fold_in folds uint32 numbers into keys, got ${data.toString()}.`)
    }
    return [new ShapedArray(broadcastShapes('random_fold_in', [keys, data]), keyDType)]
  },

  impl: ([keys, data], _params, [out]) => [foldInKernel(keys, data, out.shape)],
  jvp: zeroJvp(() => randomFoldInPrimitive),
  batch: broadcastingBatch(() => randomFoldInPrimitive),
})

/** A new key from each key and number. */
export function randomFoldIn(keys: JaxArray, data: JaxArray): JaxArray {
  return bindOne(randomFoldInPrimitive, [keys, data], {})
}

export type BitWidth = 8 | 16 | 32 | 64

type BitsParams = LayoutParams & { readonly bit_width: BitWidth; readonly shape: Shape }

function bitsDType(width: BitWidth): DType {
  switch (width) {
    case 8:
      return 'uint8'
    case 16:
      return 'uint16'
    case 32:
      return 'uint32'
    case 64:
      return 'uint64'
  }
}

export const randomBitsPrimitive: Primitive<BitsParams> = definePrimitive<BitsParams>({
  name: 'random_bits',
  inferSharding: spreadAlike(),
  cost: hashes,

  abstractEval([keys], { bit_width, shape }) {
    checkKeys('random_bits', keys)
    if (!shape.every((length) => Number.isInteger(length) && length >= 0)) {
      throw new JaxTypeError(`random_bits: lengths must be non-negative integers, got shape ${formatShape(shape)}.`)
    }
    return [new ShapedArray([...keys.shape, ...shape], bitsDType(bit_width))]
  },

  impl([keys], { bit_width, shape, partitionable }, [out]) {
    return [bitsKernel(keys, bit_width, shape, out.dtype, partitionable)]
  },

  jvp: zeroJvp(() => randomBitsPrimitive),
  batch: elementwiseBatch(() => randomBitsPrimitive),
})

/** Uniformly random words of `shape` from each key. */
export function randomBits(keys: JaxArray, { bit_width, shape }: { bit_width: BitWidth; shape: Shape }): JaxArray {
  return bindOne(randomBitsPrimitive, [keys], { bit_width, shape, partitionable: config.threefryPartitionable })
}

export const threefryPrimitive: Primitive = definePrimitive({
  name: 'threefry2x32',
  inferSharding: spreadPointwise(),
  cost: hashes,

  abstractEval(avals) {
    if (avals.length !== 4 || avals.some((aval) => aval.dtype !== 'uint32')) {
      throw new JaxTypeError(`threefry2x32 takes four uint32 arrays, got ${avals.map(String).join(', ')}.`)
    }
    const out = new ShapedArray(broadcastShapes('threefry2x32', avals), 'uint32')
    return [out, out]
  },

  impl: (args, _params, [out]) => hashKernel(args, out.shape),
  jvp: zeroJvp(() => threefryPrimitive),
  batch: broadcastingBatch(() => threefryPrimitive),
})

/** The bare Threefry-2x32 hash of counter words under key words. */
export function threefry2x32(key0: JaxArray, key1: JaxArray, x0: JaxArray, x1: JaxArray): JaxArray[] {
  return bind(threefryPrimitive, [key0, key1, x0, x1], {})
}

export const randomPrimitives: readonly Primitive[] = [
  randomSeedPrimitive,
  randomWrapPrimitive,
  randomUnwrapPrimitive,
  randomClonePrimitive,
  randomSplitPrimitive,
  randomFoldInPrimitive,
  randomBitsPrimitive,
  threefryPrimitive,
]
