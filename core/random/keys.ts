import { config } from '../config.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { isInteger } from '../ir/dtype.ts'
import { shapeArgument } from '../lax/arguments.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { randomClone, randomFoldIn, randomSeed, randomSplit, randomUnwrap, randomWrap } from '../primitives/random.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Key, keyArgument, keysArgument } from './arguments.ts'

function assertScalar(operation: string, { ndim, shape }: JaxArray): void {
  if (ndim === 0) return
  throw new JaxTypeError(
    `random.${operation} takes a scalar, got an array of shape ${formatShape(shape)}. Use vmap for several.`,
  )
}

/** A seed as an integer scalar. Weak floats are bare numbers that were traced. */
function integerScalar(operation: string, value: ArrayLike, dtype: 'int32' | 'int64'): JaxArray {
  if (value instanceof JaxArray) {
    assertScalar(operation, value)
    if (isInteger(value.dtype)) return value
    if (value.weakType && value.dtype !== 'bool') return convertElementType(value, dtype)
    throw new JaxTypeError(`random.${operation} takes an integer, got ${value.aval.toString()}.`)
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new JaxTypeError(`random.${operation} takes an integer, got ${String(value)}.`)
  }
  const integer = BigInt(value)
  if (dtype === 'int64') return scalar(integer, dtype)
  return scalar(BigInt.asIntN(32, integer), dtype)
}

/** Seeds keep 64 bits where those are enabled. */
function seedDType(): 'int32' | 'int64' {
  return config.enableX64 ? 'int64' : 'int32'
}

/**
 * A key from a seed: the root of a program's randomness.
 *
 * @example
 * const key = random.key(0)
 * random.uniform(key, [2]).shape // [2]
 */
export function key(seed: ArrayLike): JaxArray {
  return randomSeed(integerScalar('key', seed, seedDType()))
}

/**
 * A key from a seed as two raw uint32 words, the way programs before typed keys made them.
 *
 * @example
 * random.PRNGKey(0).shape // [2]
 */
export function PRNGKey(seed: ArrayLike): JaxArray {
  return randomUnwrap(randomSeed(integerScalar('PRNGKey', seed, seedDType())))
}

/**
 * The words of keys, along a new last axis.
 *
 * @example
 * random.keyData(random.key(7)).tolist() // [0, 7]
 */
export function keyData(keys: Key): JaxArray {
  return randomUnwrap(keysArgument('keyData', keys))
}

/**
 * Keys from their words, which lie along the last axis.
 *
 * @example
 * random.wrapKeyData(random.keyData(random.key(7))).dtype // 'key<fry>'
 */
export function wrapKeyData(words: JaxArray): JaxArray {
  return randomWrap(words)
}

/** Keys come back in the form in which they came: typed, or as raw words. */
function inFormOf(given: JaxArray, keys: JaxArray): JaxArray {
  return given.dtype === 'key<fry>' ? keys : randomUnwrap(keys)
}

/**
 * New keys from a key, which must not be used again: `num` of them, or a shape of them.
 *
 * @example
 * const [key, subkey] = random.split(random.key(0))
 * random.split(key, 5).shape // [5]
 */
export function split(key: Key, num: number | readonly number[] | { num?: number | readonly number[] } = 2): JaxArray {
  const typed = keyArgument('split', key)
  const count = typeof num === 'object' && 'num' in num ? (num.num ?? 2) : num
  const shape = typeof count === 'number' || Array.isArray(count) ? shapeArgument('random.split', count) : [2]
  return inFormOf(key, randomSplit(typed, { shape }))
}

/**
 * A new key from a key and a number, such as the number of a step.
 *
 * @example
 * random.foldIn(random.key(0), 3).dtype // 'key<fry>'
 */
export function foldIn(key: Key, data: ArrayLike): JaxArray {
  const typed = keyArgument('foldIn', key)
  return inFormOf(key, randomFoldIn(typed, foldedWord(data)))
}

/** What is folded in, in 32 bits: floats without their fractions, complex numbers without their imaginary parts. */
function foldedWord(data: ArrayLike): JaxArray {
  if (data instanceof JaxArray) {
    assertScalar('foldIn', data)
    return convertElementType(data, 'uint32')
  }
  const whole = typeof data === 'number' ? Math.trunc(data) : Number(data)
  if (whole >= 0 && whole < 2 ** 32) return scalar(BigInt(whole), 'uint32')
  throw new ValueError(`random.foldIn takes a number from 0 to 2^32 - 1, got ${String(data)}.`)
}

/**
 * The same keys, declared fresh for the checker of key reuse.
 *
 * @example
 * random.keyData(random.clone(random.key(7))).tolist() // [0, 7]
 */
export function clone(key: Key): JaxArray {
  return inFormOf(key, randomClone(keysArgument('clone', key)))
}
