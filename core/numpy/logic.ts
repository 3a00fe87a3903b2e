import { isComplex, isFloat, isInteger, kindOf } from '../ir/dtype.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { imag, real } from '../primitives/complex.ts'
import * as bits from '../primitives/elementwise-bitwise.ts'
import * as compare from '../primitives/elementwise-comparison.ts'
import { abs as magnitude } from '../primitives/elementwise-arithmetic.ts'
import { bitcastConvertType, convertElementType } from '../primitives/conversion.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { take } from './indexing.ts'
import { alignRanks, asArray, promote } from './promotion.ts'
import { truth } from './truth.ts'

/**
 * Where two arrays are equal.
 *
 * @example
 * jnp.equal(jnp.arange(3), 1).tolist() // [false, true, false]
 */
export function equal(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('equal', x, y)
  return compare.eq(a, b)
}

/**
 * Where two arrays differ.
 *
 * @example
 * jnp.notEqual(jnp.arange(3), 1).tolist() // [true, false, true]
 */
export function notEqual(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('notEqual', x, y)
  return compare.ne(a, b)
}

/** Complex numbers are compared by their real parts, and by their imaginary parts where those are equal. */
function ordered(test: (x: JaxArray, y: JaxArray) => JaxArray, x: JaxArray, y: JaxArray): JaxArray {
  if (!isComplex(x.dtype)) return test(x, y)
  return select(compare.eq(real(x), real(y)), test(imag(x), imag(y)), test(real(x), real(y)))
}

/**
 * Where `x` is less than `y`.
 *
 * @example
 * jnp.less(jnp.arange(3), 1).tolist() // [true, false, false]
 */
export function less(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('less', x, y)
  return ordered(compare.lt, a, b)
}

/**
 * Where `x` is at most `y`.
 *
 * @example
 * jnp.lessEqual(jnp.arange(3), 1).tolist() // [true, true, false]
 */
export function lessEqual(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('lessEqual', x, y)
  return ordered(compare.le, a, b)
}

/**
 * Where `x` is greater than `y`.
 *
 * @example
 * jnp.greater(jnp.arange(3), 1).tolist() // [false, false, true]
 */
export function greater(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('greater', x, y)
  return ordered(compare.gt, a, b)
}

/**
 * Where `x` is at least `y`.
 *
 * @example
 * jnp.greaterEqual(jnp.arange(3), 1).tolist() // [false, true, true]
 */
export function greaterEqual(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('greaterEqual', x, y)
  return ordered(compare.ge, a, b)
}

/**
 * Whether both are true, element by element.
 *
 * @example
 * jnp.logicalAnd(jnp.arange(2), true).tolist() // [false, true]
 */
export function logicalAnd(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = alignRanks('logicalAnd', [truth(asArray('logicalAnd', x)), truth(asArray('logicalAnd', y))])
  return bits.bitwiseAnd(a, b)
}

/**
 * Whether either is true, element by element.
 *
 * @example
 * jnp.logicalOr(jnp.arange(2), false).tolist() // [false, true]
 */
export function logicalOr(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = alignRanks('logicalOr', [truth(asArray('logicalOr', x)), truth(asArray('logicalOr', y))])
  return bits.bitwiseOr(a, b)
}

/**
 * Whether exactly one is true, element by element.
 *
 * @example
 * jnp.logicalXor(jnp.arange(2), true).tolist() // [true, false]
 */
export function logicalXor(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = alignRanks('logicalXor', [truth(asArray('logicalXor', x)), truth(asArray('logicalXor', y))])
  return bits.bitwiseXor(a, b)
}

/**
 * Whether elements are false.
 *
 * @example
 * jnp.logicalNot(jnp.arange(2)).tolist() // [true, false]
 */
export function logicalNot(x: ArrayLike): JaxArray {
  return bits.bitwiseNot(truth(asArray('logicalNot', x)))
}

/**
 * Bitwise and.
 *
 * @example
 * jnp.bitwiseAnd(jnp.arange(4), 1).tolist() // [0, 1, 0, 1]
 */
export function bitwiseAnd(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('bitwiseAnd', x, y)
  return bits.bitwiseAnd(a, b)
}

/**
 * Bitwise or.
 *
 * @example
 * jnp.bitwiseOr(jnp.arange(4), 1).tolist() // [1, 1, 3, 3]
 */
export function bitwiseOr(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('bitwiseOr', x, y)
  return bits.bitwiseOr(a, b)
}

/**
 * Bitwise exclusive or.
 *
 * @example
 * jnp.bitwiseXor(jnp.arange(4), 1).tolist() // [1, 0, 3, 2]
 */
export function bitwiseXor(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('bitwiseXor', x, y)
  return bits.bitwiseXor(a, b)
}

/**
 * Bits moved up by `y` places.
 *
 * @example
 * jnp.leftShift(jnp.arange(3), 1).tolist() // [0, 2, 4]
 */
export function leftShift(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('leftShift', x, y)
  return bits.shiftLeft(a, b)
}

/**
 * Bits moved down by `y` places; copies of the sign come in for signed integers, zeros for unsigned ones.
 *
 * @example
 * jnp.rightShift(jnp.arange(4), 1).tolist() // [0, 0, 1, 1]
 */
export function rightShift(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('rightShift', x, y)
  return kindOf(a.dtype) === 'uint' ? bits.shiftRightLogical(a, b) : bits.shiftRightArithmetic(a, b)
}

/**
 * Bitwise complement; of booleans, the opposite.
 *
 * @example
 * jnp.invert(jnp.arange(2)).tolist() // [-1, -2]
 */
export function invert(x: ArrayLike): JaxArray {
  return bits.bitwiseNot(asArray('invert', x))
}

/**
 * Elements compared with themselves or with infinity; integers and booleans are always finite, and `ofComplex`
 * tests complex numbers, which most tests refuse.
 */
function floatTest(
  name: string,
  x: ArrayLike,
  test: (x: JaxArray) => JaxArray,
  otherwise: boolean,
  ofComplex: ((z: JaxArray) => JaxArray) | null = null,
): JaxArray {
  const value = asArray(name, x)
  if (isFloat(value.dtype)) return test(value)
  if (isComplex(value.dtype)) {
    if (ofComplex === null) throw new ValueError(`jnp.${name} is not defined on complex numbers, got ${value.dtype}.`)
    return ofComplex(value)
  }
  if (!isInteger(value.dtype) && value.dtype !== 'bool') {
    throw new JaxTypeError(`jnp.${name} is not defined on ${value.dtype}.`)
  }
  return fullLike(convertElementType(value, 'bool'), otherwise ? 1 : 0)
}

/**
 * Where elements are not a number.
 *
 * @example
 * jnp.isnan(jnp.array([1, NaN])).tolist() // [false, true]
 */
export function isnan(x: ArrayLike): JaxArray {
  const test = (value: JaxArray): JaxArray => compare.ne(value, value)
  return floatTest('isnan', x, test, false, test)
}

/**
 * Where elements are infinite.
 *
 * @example
 * jnp.isinf(jnp.array([1, Infinity])).tolist() // [false, true]
 */
export function isinf(x: ArrayLike): JaxArray {
  const test = (value: JaxArray): JaxArray => compare.eq(magnitude(value), constant(value, Infinity))
  const ofComplex = (z: JaxArray): JaxArray => {
    const [re, im] = [real(z), imag(z)]
    return bits.bitwiseOr(test(re), test(im))
  }
  return calledAs('isinf', (value) => floatTest('isinf', value, test, false, ofComplex), asArray('isinf', x))
}

/**
 * Where elements are plus infinity.
 *
 * @example
 * jnp.isposinf(Infinity).item() // true
 */
export function isposinf(x: ArrayLike): JaxArray {
  return floatTest('isposinf', x, (value) => compare.eq(value, constant(value, Infinity)), false)
}

/**
 * Where elements are minus infinity.
 *
 * @example
 * jnp.isneginf(-Infinity).item() // true
 */
export function isneginf(x: ArrayLike): JaxArray {
  return floatTest('isneginf', x, (value) => compare.eq(value, constant(value, -Infinity)), false)
}

/**
 * Where elements are neither infinite nor NaN.
 *
 * @example
 * jnp.isfinite(jnp.array([1, Infinity])).tolist() // [true, false]
 */
export function isfinite(x: ArrayLike): JaxArray {
  const ofComplex = (z: JaxArray): JaxArray => bits.bitwiseAnd(compare.isFinite(real(z)), compare.isFinite(imag(z)))
  return floatTest('isfinite', x, compare.isFinite, true, ofComplex)
}

/**
 * Where the sign bit is set, which tells -0 from 0.
 *
 * @example
 * jnp.signbit(-0).item() // true
 */
export function signbit(x: ArrayLike): JaxArray {
  const value = asArray('signbit', x)
  if (isComplex(value.dtype)) throw new ValueError(`jnp.signbit is not defined on complex numbers, got ${value.dtype}.`)
  if (!isFloat(value.dtype)) return compare.lt(value, constant(value, 0))
  return calledAs('signbit', signOfFloat, value)
}

function signOfFloat(x: JaxArray): JaxArray {
  const half = x.dtype === 'float16' || x.dtype === 'bfloat16'
  const words = bitcastConvertType(x, half ? 'int16' : 'int32')
  // A float64 is two words, the upper one last.
  const upper = x.dtype === 'float64' ? take(words, 1, { axis: -1 }) : words
  const sign = bits.shiftRightArithmetic(upper, constant(upper, half ? 15 : 31))
  return convertElementType(sign, 'bool')
}

export { invert as bitwiseNot }
