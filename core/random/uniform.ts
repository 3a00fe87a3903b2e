import { config } from '../config.ts'
import type { Shape } from '../ir/aval.ts'
import { numberOf, wideIntegerRange } from '../ir/element.ts'
import { type DType, bitWidth, integerRange, isInteger } from '../ir/dtype.ts'
import { clip } from '../numpy/arithmetic.ts'
import { calledAs } from '../numpy/called-as.ts'
import { type DTypeLike, requestedDType } from '../numpy/creation.ts'
import { asArray, defaultIntDType } from '../numpy/promotion.ts'
import { bitcastConvertType, convertElementType } from '../primitives/conversion.ts'
import { add, max, mul, rem, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { gt, le } from '../primitives/elementwise-comparison.ts'
import { expandDims, reshape, squeeze } from '../primitives/movement.ts'
import { type BitWidth, randomBits, randomSplit } from '../primitives/random.ts'
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
  const dtype = requestedDType('random.bits', { dtype: given.dtype }) ?? (config.enableX64 ? 'uint64' : 'uint32')
  const widths: Partial<Record<DType, BitWidth>> = { uint8: 8, uint16: 16, uint32: 32, uint64: 64 }
  const bit_width = widths[dtype]
  if (bit_width === undefined) throw new JaxTypeError(`random.bits gives unsigned integers, got dtype ${dtype}.`)
  return randomBits(keyArgument('bits', key), { bit_width, shape: sampleShape('bits', given.shape) })
}

/** An array as one of higher rank, with leading axes of length 1. */
export function toRank(x: JaxArray, rank: number): JaxArray {
  return expandDims(
    x,
    Array.from({ length: Math.max(0, rank - x.ndim) }, (_, i) => i),
  )
}

/** The bits of 1 in each float type. */
const bitsOfOne: Readonly<Partial<Record<DType, number | bigint>>> = {
  bfloat16: 0x3f80,
  float16: 0x3c00,
  float32: 0x3f800000,
  float64: 0x3ff0000000000000n,
}

/** Floats in [0, 1): the mantissa is random, which gives a number in [1, 2), and 1 is taken off. */
function unitFloats(key: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const width = bitWidth(dtype)
  const { mantissa } = floatInfo(dtype)
  const drawn = mantissa < 8 ? 8 : width === 16 ? 16 : width === 64 ? 64 : 32
  const drawnWords = randomBits(key, { bit_width: drawn, shape })
  const words = drawn < width ? convertElementType(drawnWords, 'uint16') : drawnWords
  const mantissas = shiftRightLogical(words, scalar(drawn - mantissa, words.dtype))
  const floats = bitcastConvertType(bitwiseOr(mantissas, scalar(bitsOfOne[dtype] ?? 0, words.dtype)), dtype)
  return sub(floats, scalar(1, dtype))
}

interface UniformOptions extends SampleOptions {
  minval?: ArrayLike
  maxval?: ArrayLike
}

/** Whether `floats * span + minval` rounds once only, so that a fused multiply-add would change nothing. */
function roundsOnce(minval: JaxArray, maxval: JaxArray): boolean {
  const [low, high] = [hostValueOf(minval), hostValueOf(maxval)]
  if (low === null || high === null || minval.size !== 1 || maxval.size !== 1) return false
  const [bottom, top] = [numberOf(low), numberOf(high)]
  const span = Math.fround(Math.fround(top) - Math.fround(bottom))
  return bottom === 0 || (span > 0 && Number.isInteger(Math.log2(span)))
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
  return calledAs('_uniform', (k, low, high) => spread(k, shape, dtype, low, high, plain), key, minval, maxval)
}

/** Floats in [minval, 1). The bounds come in the order in which JAX takes them by name. */
export function uniformFrom(key: JaxArray, shape: Shape, dtype: DType, minval: JaxArray): JaxArray {
  const one = scalar(1, dtype, true)
  const plain = roundsOnce(minval, one)
  return calledAs('_uniform', (k, high, low) => spread(k, shape, dtype, low, high, plain), key, one, minval)
}

function spread(key: JaxArray, shape: Shape, dtype: DType, low: JaxArray, high: JaxArray, plain: boolean): JaxArray {
  const bounds = [convertElementType(low, dtype), convertElementType(high, dtype)]
  const [bottom, top] = bounds.map((bound) => toRank(bound, shape.length))
  const values = scaled(unitFloats(key, shape, dtype), sub(top, bottom), bottom, plain)
  return max(bottom, reshape(values, { new_sizes: shape }))
}

/** `uniform` between two numbers; without any it is between those that nobody chose a dtype for. */
export function uniformBetween(
  key: JaxArray,
  shape: Shape,
  dtype: DType,
  minval: number | null = null,
  maxval = 1,
): JaxArray {
  if (minval === null) return uniformOf(key, shape, dtype, scalar(0, dtype, true), scalar(1, dtype, true))
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
  if (typeof value === 'number' && Number.isInteger(value)) return scalar(value, defaultIntDType(), true)
  const array = asArray(operation, value)
  return isInteger(array.dtype) ? array : convertElementType(array, defaultIntDType())
}

/** Smallest and largest value of an integer dtype: BigInts for 64 bits, which numbers do not hold. */
function exactRange(dtype: DType): { readonly min: number | bigint; readonly max: number | bigint } {
  return dtype === 'int64' || dtype === 'uint64' ? wideIntegerRange(dtype) : integerRange(dtype)
}

/** An integer moved into the range of a dtype instead of wrapped around. */
function clipInto(value: JaxArray, dtype: DType): JaxArray {
  const [own, target] = [exactRange(value.dtype), exactRange(dtype)]
  const clipped = clip(
    value,
    scalar(own.min > target.min ? own.min : target.min, value.dtype, value.weakType),
    scalar(own.max < target.max ? own.max : target.max, value.dtype, value.weakType),
  )
  return convertElementType(clipped, dtype)
}

/**
 * Two words per draw are reduced modulo the span, which keeps the bias below 2^-32. All arithmetic
 * wraps around, so a span that has wrapped to 0 means all of them.
 */
function drawIntegers(key: JaxArray, minval: JaxArray, maxval: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const beyond = gt(maxval, clipInto(scalar(exactRange(dtype).max, dtype), maxval.dtype))
  const bounds = [clipInto(minval, dtype), clipInto(maxval, dtype)]
  const [low, high] = bounds.map((bound) => toRank(bound, shape.length))
  const [key1, key2] = splitInTwo(key)
  const bit_width = bitWidth(dtype) === 64 ? 64 : 32
  const unsigned = bit_width === 64 ? 'uint64' : 'uint32'
  const higher = randomBits(key1, { bit_width, shape })
  const lower = randomBits(key2, { bit_width, shape })
  const difference = convertElementType(sub(high, low), unsigned)
  const one = scalar(1, unsigned)
  const ones = toRankOf(one, difference)
  const positive = selectN(le(high, low), difference, ones)
  const grows = bitwiseAnd(beyond, gt(high, low))
  const span = selectN(grows, positive, add(positive, one))
  const half = rem(scalar(2 ** (bit_width / 2), unsigned), span)
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
  const dtype = integerDType('randint', given.dtype, defaultIntDType())
  const typed = keyArgument('randint', key)
  let [low, high] = [bound('random.randint', lowest), bound('random.randint', highest)]
  const wanted = sampleShape('randint', given.shape, low.shape, high.shape)
  const narrow = bitWidth(dtype) < 32
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
