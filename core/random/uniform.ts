import { config } from '../config.ts'
import { type Shape, sizeOf } from '../ir/aval.ts'
import { type DType, integerRange, isInteger } from '../ir/dtype.ts'
import { clip } from '../numpy/arithmetic.ts'
import { calledAs } from '../numpy/called-as.ts'
import { type DTypeLike, requestedDType } from '../numpy/creation.ts'
import { asArray } from '../numpy/promotion.ts'
import { bitcastConvertType, convertElementType } from '../primitives/conversion.ts'
import { add, max, mul, rem, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { gt, le } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { expandDims, reshape, squeeze } from '../primitives/movement.ts'
import { randomBits, randomSplit, randomUnwrap, threefry2x32 } from '../primitives/random.ts'
import { selectN } from '../primitives/selection.ts'
import { slice } from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { JaxTypeError } from '../errors.ts'
import {
  type Key,
  type SampleOptions,
  floatDType,
  floatInfo,
  integerDType,
  keyArgument,
  sampleArguments,
  sampleShape,
} from './arguments.ts'

/** The parts of a split key, as JAX's samplers take them. */
export function splitInTwo(key: JaxArray): [JaxArray, JaxArray] {
  const keys = randomSplit(key, { shape: [2] })
  const part = (i: number): JaxArray => {
    const one = slice(keys, { start_indices: [i], limit_indices: [i + 1], strides: [1] })
    return squeeze(one, { dimensions: [0] })
  }
  return [part(0), part(1)]
}

/**
 * Random words, every bit of which is 0 or 1 with equal odds.
 *
 * @example
 * random.bits(random.key(0), [2]).dtype // 'uint32'
 */
export function bits(
  key: Key,
  shape?: number | readonly number[] | SampleOptions,
  options?: DTypeLike | SampleOptions,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = requestedDType('random.bits', { dtype: given.dtype }) ?? 'uint32'
  const widths: Partial<Record<DType, 8 | 16 | 32>> = { uint8: 8, uint16: 16, uint32: 32 }
  const bit_width = widths[dtype]
  if (bit_width === undefined) throw new JaxTypeError(`random.bits gives uint8, uint16 or uint32, got dtype ${dtype}.`)
  return randomBits(keyArgument('bits', key), { bit_width, shape: sampleShape('bits', given.shape) })
}

/** An array as one of higher rank, with leading axes of length 1. */
export function toRank(x: JaxArray, rank: number): JaxArray {
  return expandDims(
    x,
    Array.from({ length: Math.max(0, rank - x.ndim) }, (_, i) => i),
  )
}

/** Floats in [0, 1): the mantissa is random, which gives a number in [1, 2), and 1 is taken off. */
function unitFloats(key: JaxArray, shape: Shape, dtype: DType): JaxArray {
  if (dtype === 'float64') return unitDoubles(key, shape)
  const bit_width = dtype === 'float16' ? 16 : 32
  const words = randomBits(key, { bit_width, shape })
  const { mantissa } = floatInfo(dtype)
  const one = dtype === 'float16' ? 0x3c00 : 0x3f800000
  const mantissas = shiftRightLogical(words, scalar(bit_width - mantissa, words.dtype))
  const floats = bitcastConvertType(bitwiseOr(mantissas, scalar(one, words.dtype)), dtype)
  return sub(floats, scalar(1, dtype))
}

/** The upper 52 bits of 64-bit draws as a fraction; there is no 64-bit word type to do it as for float32. */
function unitDoubles(key: JaxArray, shape: Shape): JaxArray {
  const [high, low] = wideBits(key, shape)
  const upper = mul(convertElementType(high, 'float64'), scalar(2 ** -32, 'float64'))
  const rest = shiftRightLogical(low, scalar(12, 'uint32'))
  return add(upper, mul(convertElementType(rest, 'float64'), scalar(2 ** -52, 'float64')))
}

/** High and low words of 64-bit draws, in the layout in force. */
function wideBits(key: JaxArray, shape: Shape): JaxArray[] {
  const words = randomUnwrap(key)
  const word = (i: number): JaxArray =>
    squeeze(slice(words, { start_indices: [i], limit_indices: [i + 1] }), { dimensions: [0] })
  const size = sizeOf(shape)
  const counted = iota({ dtype: 'uint32', shape: [size], dimension: 0 })
  const other = config.threefryPartitionable
    ? bitwiseAnd(counted, scalar(0, 'uint32'))
    : add(counted, scalar(size, 'uint32'))
  const pair = config.threefryPartitionable ? [other, counted] : [counted, other]
  return threefry2x32(word(0), word(1), pair[0], pair[1]).map((half) => reshape(half, { new_sizes: shape }))
}

interface UniformOptions extends SampleOptions {
  minval?: ArrayLike
  maxval?: ArrayLike
}

/** Whether `floats * span + minval` rounds once only, so that a fused multiply-add would change nothing. */
function roundsOnce(minval: JaxArray, maxval: JaxArray): boolean {
  const [low, high] = [hostValueOf(minval), hostValueOf(maxval)]
  if (low === null || high === null || low.data.length !== 1 || high.data.length !== 1) return false
  const span = Math.fround(Math.fround(high.data[0]) - Math.fround(low.data[0]))
  return low.data[0] === 0 || (span > 0 && Number.isInteger(Math.log2(span)))
}

/** `floats * span + bottom`. XLA fuses it into one rounding, which 32-bit floats get by way of 64-bit ones. */
function scaled(floats: JaxArray, span: JaxArray, bottom: JaxArray, plain: boolean): JaxArray {
  if (plain || floats.dtype === 'float64') return add(mul(floats, span), bottom)
  const wide = (x: JaxArray): JaxArray => convertElementType(x, 'float64')
  return convertElementType(add(mul(wide(floats), wide(span)), wide(bottom)), floats.dtype)
}

/** `uniform` on a checked key, with its bounds as arrays. */
export function uniformOf(key: JaxArray, shape: Shape, dtype: DType, minval: JaxArray, maxval: JaxArray): JaxArray {
  const plain = roundsOnce(minval, maxval)
  const draw = (drawn: JaxArray, low: JaxArray, high: JaxArray): JaxArray => {
    const [bottom, top] = [convertElementType(low, dtype), convertElementType(high, dtype)].map((bound) =>
      toRank(bound, shape.length),
    )
    const floats = unitFloats(drawn, shape, dtype)
    const values = scaled(floats, sub(top, bottom), bottom, plain)
    return max(bottom, reshape(values, { new_sizes: shape }))
  }
  return calledAs('_uniform', draw, key, minval, maxval)
}

/** `uniform` between two numbers. */
export function uniformBetween(key: JaxArray, shape: Shape, dtype: DType, minval: number, maxval: number): JaxArray {
  return uniformOf(key, shape, dtype, scalar(minval, dtype), scalar(maxval, dtype))
}

/**
 * Floats spread evenly over [minval, maxval), which is [0, 1) unless said.
 *
 * @example
 * random.uniform(random.key(0), [2, 3]).shape // [2, 3]
 * random.uniform(random.key(0), [2], { minval: -1, maxval: 1 })
 */
export function uniform(
  key: Key,
  shape?: number | readonly number[] | UniformOptions,
  options?: DTypeLike | UniformOptions,
  minval?: ArrayLike,
  maxval?: ArrayLike,
): JaxArray {
  const given = sampleArguments<UniformOptions>(shape, options)
  const dtype = floatDType('uniform', given.dtype)
  const low = asArray('random.uniform', minval ?? given.minval ?? 0)
  const high = asArray('random.uniform', maxval ?? given.maxval ?? 1)
  const wanted = sampleShape('uniform', given.shape, low.shape, high.shape)
  return uniformOf(keyArgument('uniform', key), wanted, dtype, low, high)
}

function bound(operation: string, value: ArrayLike): JaxArray {
  if (typeof value === 'number' && Number.isInteger(value)) return scalar(value, 'int32', true)
  const array = asArray(operation, value)
  return isInteger(array.dtype) ? array : convertElementType(array, 'int32')
}

/** An integer moved into the range of a dtype instead of wrapped around. */
function clipInto(value: JaxArray, dtype: DType): JaxArray {
  const [own, target] = [integerRange(value.dtype), integerRange(dtype)]
  const clipped = clip(
    value,
    scalar(Math.max(own.min, target.min), value.dtype),
    scalar(Math.min(own.max, target.max), value.dtype),
  )
  return convertElementType(clipped, dtype)
}

/**
 * Two words per draw are reduced modulo the span, which keeps the bias below 2^-32. All arithmetic is
 * modulo 2^32, so a span that has wrapped to 0 means all of them.
 */
function drawIntegers(key: JaxArray, minval: JaxArray, maxval: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const beyond = gt(maxval, clipInto(scalar(integerRange(dtype).max, dtype), maxval.dtype))
  const low = toRank(clipInto(minval, dtype), shape.length)
  const high = toRank(clipInto(maxval, dtype), shape.length)
  const [key1, key2] = splitInTwo(key)
  const higher = randomBits(key1, { bit_width: 32, shape })
  const lower = randomBits(key2, { bit_width: 32, shape })
  const difference = convertElementType(sub(high, low), 'uint32')
  const one = scalar(1, 'uint32')
  const ones = toRankOf(one, difference)
  const positive = selectN(le(high, low), difference, ones)
  const grows = bitwiseAnd(beyond, gt(high, low))
  const span = selectN(grows, positive, add(positive, one))
  const half = rem(scalar(2 ** 16, 'uint32'), span)
  const multiplier = rem(mul(half, half), span)
  const offset = rem(add(mul(rem(higher, span), multiplier), rem(lower, span)), span)
  return add(low, convertElementType(offset, dtype))
}

function toRankOf(constant: JaxArray, like: JaxArray): JaxArray {
  return like.ndim === 0 ? constant : add(mul(like, scalar(0, like.dtype)), constant)
}

interface RandintOptions extends SampleOptions {
  minval?: ArrayLike
  maxval?: ArrayLike
}

/**
 * Integers spread evenly over [minval, maxval).
 *
 * @example
 * random.randint(random.key(0), [3], 0, 10).dtype // 'int32'
 */
export function randint(
  key: Key,
  shape: number | readonly number[] | RandintOptions,
  minval?: ArrayLike | RandintOptions,
  maxval?: ArrayLike,
  options?: DTypeLike | RandintOptions,
): JaxArray {
  const named = typeof minval === 'object' && !isArray(minval) ? minval : {}
  const given = { ...named, ...sampleArguments<RandintOptions>(shape, options) }
  const lowest = (isArrayLike(minval) ? minval : undefined) ?? given.minval
  const highest = maxval ?? given.maxval
  if (lowest === undefined || highest === undefined) {
    throw new JaxTypeError(
      'random.randint needs a lower and an upper bound: random.randint(key, shape, minval, maxval).',
    )
  }
  const dtype = integerDType('randint', given.dtype, 'int32')
  const typed = keyArgument('randint', key)
  let [low, high] = [bound('random.randint', lowest), bound('random.randint', highest)]
  const wanted = sampleShape('randint', given.shape, low.shape, high.shape)
  const narrow = dtype !== 'int32' && dtype !== 'uint32'
  if (narrow) {
    const range = integerRange(dtype)
    low = clip(convertElementType(low, 'int32'), range.min, range.max)
    high = clip(convertElementType(high, 'int32'), range.min, range.max + 1)
  }
  const drawn = narrow ? 'int32' : dtype
  const draw = (k: JaxArray, a: JaxArray, b: JaxArray): JaxArray => drawIntegers(k, a, b, wanted, drawn)
  return convertElementType(calledAs('_randint', draw, typed, low, high), dtype)
}

function isArray(value: ArrayLike | object | undefined): value is JaxArray {
  return typeof value === 'object' && 'aval' in value
}

function isArrayLike(value: ArrayLike | object | undefined): value is ArrayLike {
  return value !== undefined && (typeof value !== 'object' || isArray(value))
}
