import { numberOf } from '../ir/element.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { isComplex, isFloat, isInexact, isInteger, kindOf } from '../ir/dtype.ts'
import { convertElementType } from '../primitives/conversion.ts'
import * as lax from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { eq, lt, ne } from '../primitives/elementwise-comparison.ts'
import { integerPow, pow as laxPow } from '../primitives/elementwise-power.ts'
import { constant, fullLike, operand, strongConstant } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { calledAs } from './called-as.ts'
import {
  alignRanks,
  asArray,
  checkArrayLike,
  defaultFloatDType,
  defaultIntDType,
  promote,
  promotedType,
  promoteToFloat,
  toType,
} from './promotion.ts'
import { floatDivmod } from './float-division.ts'
import { broadcastArrays } from './shape.ts'
import { greater, less } from './logic.ts'

/**
 * Sum; of booleans, whether either holds.
 *
 * @example
 * jnp.add(jnp.arange(3), 1).tolist() // [1, 2, 3]
 */
export function add(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('add', x, y)
  return a.dtype === 'bool' ? bitwiseOr(a, b) : lax.add(a, b)
}

/**
 * Difference.
 *
 * @example
 * jnp.subtract(jnp.arange(3), 1).tolist() // [-1, 0, 1]
 */
export function subtract(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('subtract', x, y)
  if (a.dtype === 'bool') {
    throw new JaxTypeError('jnp.subtract is not defined on booleans.', {
      hint: 'Use jnp.logicalXor(x, y), or convert with x.astype("int32").',
    })
  }
  return lax.sub(a, b)
}

/**
 * Product; of booleans, whether both hold.
 *
 * @example
 * jnp.multiply(jnp.arange(3), 2).tolist() // [0, 2, 4]
 */
export function multiply(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promote('multiply', x, y)
  return a.dtype === 'bool' ? bitwiseAnd(a, b) : lax.mul(a, b)
}

/**
 * Quotient, always a float.
 *
 * @example
 * jnp.divide(1, 4).item() // 0.25
 */
export function divide(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('divide', x, y)
  return lax.div(a, b)
}

/**
 * Quotient rounded down.
 *
 * @example
 * jnp.floorDivide(-7, 2).item() // -4
 */
export function floorDivide(x: ArrayLike, y: ArrayLike): JaxArray {
  const { dtype } = promotedType([x, y])
  const quotient = (a: JaxArray, b: JaxArray): JaxArray => floorQuotient(...pair(numbers(promote('floorDivide', a, b))))
  return calledAs('floor_divide', quotient, operand(x, dtype), operand(y, dtype))
}

function floorQuotient(a: JaxArray, b: JaxArray): JaxArray {
  if (isFloat(a.dtype)) return floatDivmod(a, b)[0]
  const quotient = lax.div(a, b)
  if (kindOf(a.dtype) === 'uint') return quotient
  const inexact = bitwiseAnd(ne(lax.sign(a), lax.sign(b)), ne(lax.rem(a, b), constant(a, 0)))
  return calledAs('_where', select, inexact, lax.sub(quotient, 1), quotient)
}

/** Arithmetic on booleans is done in int32. */
function numbers(operands: readonly JaxArray[]): JaxArray[] {
  return operands.map((value) => (value.dtype === 'bool' ? convertElementType(value, 'int32') : value))
}

/**
 * Remainder with the sign of the divisor, as `%` in Python.
 *
 * @example
 * jnp.remainder(-7, 3).item() // 2
 */
export function remainder(x: ArrayLike, y: ArrayLike): JaxArray {
  const { dtype } = promotedType([x, y])
  return calledAs('remainder', flooredRemainder, operand(x, dtype), operand(y, dtype))
}

function flooredRemainder(x: JaxArray, y: JaxArray): JaxArray {
  const [a, divisor] = numbers(promote('remainder', x, y))
  const zero = constant(a, 0)
  const b = isInteger(divisor.dtype) ? oneForZero(divisor) : divisor
  const truncated = lax.rem(a, b)
  const nonzero = ne(truncated, zero)
  const otherSign = bitwiseAnd(ne(lt(truncated, zero), lt(b, zero)), nonzero)
  return select(otherSign, lax.add(truncated, b), truncated)
}

/** JAX takes the remainder of a division by zero as that of a division by one. */
function oneForZero(divisor: JaxArray): JaxArray {
  return calledAs('_where', select, eq(divisor, constant(divisor, 0)), fullLike(divisor, 1), divisor)
}

/**
 * Remainder with the sign of the dividend, as `%` in C. An integer by zero leaves 0.
 *
 * @example
 * jnp.fmod(-7, 3).item() // -1
 */
export function fmod(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = numbers(promote('fmod', x, y))
  return lax.rem(a, isInteger(b.dtype) ? select(eq(b, fullLike(b, 0)), fullLike(b, 1), b) : b)
}

/**
 * Quotient rounded down, and the remainder with the sign of the divisor.
 *
 * @example
 * const [quotient, rest] = jnp.divmod(7, 3)
 */
export function divmod(x: ArrayLike, y: ArrayLike): [quotient: JaxArray, rest: JaxArray] {
  return [floorDivide(x, y), remainder(x, y)]
}

/** The value of a whole JS number or of an integer literal, which makes a power repeated multiplication. */
function staticExponent(y: ArrayLike): number | null {
  if (typeof y === 'bigint') return Number(y)
  if (typeof y === 'number') return Number.isInteger(y) ? y : null
  if (y instanceof ConcreteArray && y.literal && isInteger(y.dtype)) return wholeNumberOf(y)
  return null
}

/**
 * `x` to the power `y`. A whole JS number as exponent means repeated multiplication.
 *
 * @example
 * jnp.power(jnp.arange(4), 2).tolist() // [0, 1, 4, 9]
 */
export function power(x: ArrayLike, y: ArrayLike): JaxArray {
  checkArrayLike('power', x, y)
  const exponent = staticExponent(y)
  if (exponent !== null) {
    const [base] = numbers([asArray('power', x)])
    return integerPow(base, { y: exponent })
  }
  if (y instanceof JaxArray && isInteger(y.dtype)) {
    const base = x instanceof JaxArray ? x : typeof x === 'number' && !Number.isInteger(x) ? strongFloat(x) : null
    if (base !== null && isInexact(base.dtype)) return laxPow(...pair(alignRanks('power', [base, y])))
  }
  const [a, b] = numbers(promote('power', x, y))
  return isInexact(a.dtype) ? laxPow(a, b) : integerPower(a, b)
}

/** A JS number with a fraction as an array of the default float type. */
function strongFloat(value: number): JaxArray {
  return toType(value, { dtype: defaultFloatDType(), weakType: false })
}

function pair([a, b]: readonly JaxArray[]): [JaxArray, JaxArray] {
  return [a, b]
}

/** Powers of integers by binary exponentiation; more than 6 bits of exponent overflow any base but 0 and ±1. */
function integerPower(x: JaxArray, y: JaxArray): JaxArray {
  let [base, exponent] = pair(broadcastArrays(x, y))
  const [zero, one] = [strongConstant(x, 0), strongConstant(x, 1)]
  const vanishes = bitwiseAnd(eq(base, zero), ne(exponent, zero))
  let result = select(vanishes, fullLike(base, 0, false), fullLike(base, 1, false))
  for (let bit = 0; bit < 6; bit++) {
    const odd = ne(bitwiseAnd(exponent, one), zero)
    result = select(odd, lax.mul(result, base), result)
    base = lax.mul(base, base)
    exponent = shiftRightLogical(exponent, one)
  }
  return result
}

/**
 * `x` to the power `y`, always computed in floats.
 *
 * @example
 * jnp.floatPower(2, 3).item() // 8
 */
export function floatPower(x: ArrayLike, y: ArrayLike): JaxArray {
  return laxPow(...pair(promoteToFloat('floatPower', x, y)))
}

/**
 * The opposite of every element.
 *
 * @example
 * jnp.negative(3).item() // -3
 */
export function negative(x: ArrayLike): JaxArray {
  const value = asArray('negative', x)
  if (value.dtype === 'bool') {
    throw new JaxTypeError('jnp.negative is not defined on booleans.', { hint: 'Use jnp.logicalNot(x).' })
  }
  return lax.neg(value)
}

/**
 * The array itself.
 *
 * @example
 * jnp.positive(3).item() // 3
 */
export function positive(x: ArrayLike): JaxArray {
  return asArray('positive', x)
}

/**
 * Magnitude.
 *
 * @example
 * jnp.abs(-3).item() // 3
 */
export function abs(x: ArrayLike): JaxArray {
  const value = asArray('abs', x)
  const kind = kindOf(value.dtype)
  return kind === 'bool' || kind === 'uint' ? value : lax.abs(value)
}

/**
 * Magnitude, as a float.
 *
 * @example
 * jnp.fabs(-3).item() // 3
 */
export function fabs(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('fabs', x)
  if (isComplex(value.dtype)) throw new JaxTypeError('jnp.fabs is not defined on complex numbers. Use jnp.abs.')
  return lax.abs(value)
}

/**
 * -1, 0 or 1 by the sign of every element.
 *
 * @example
 * jnp.sign(-3).item() // -1
 */
export function sign(x: ArrayLike): JaxArray {
  return lax.sign(numbers([asArray('sign', x)])[0])
}

/**
 * Every element times itself.
 *
 * @example
 * jnp.square(3).item() // 9
 */
export function square(x: ArrayLike): JaxArray {
  const value = asArray('square', x)
  return lax.square(value.dtype === 'bool' ? convertElementType(value, 'int32') : value)
}

/**
 * One over every element.
 *
 * @example
 * jnp.reciprocal(4).item() // 0.25
 */
export function reciprocal(x: ArrayLike): JaxArray {
  return integerPow(promoteToFloat('reciprocal', x)[0], { y: -1 })
}

/**
 * The larger of two; NaN wins.
 *
 * @example
 * jnp.maximum(jnp.arange(3), 1).tolist() // [1, 1, 2]
 */
export function maximum(x: ArrayLike, y: ArrayLike): JaxArray {
  return lax.max(...pair(promote('maximum', x, y)))
}

/**
 * The smaller of two; NaN wins.
 *
 * @example
 * jnp.minimum(jnp.arange(3), 1).tolist() // [0, 1, 1]
 */
export function minimum(x: ArrayLike, y: ArrayLike): JaxArray {
  return lax.min(...pair(promote('minimum', x, y)))
}

/**
 * The larger of two; a number wins over NaN.
 *
 * @example
 * jnp.fmax(NaN, 1).item() // 1
 */
export function fmax(x: ArrayLike, y: ArrayLike): JaxArray {
  return ignoringNaN(greater, ...pair(promote('fmax', x, y)))
}

/**
 * The smaller of two; a number wins over NaN.
 *
 * @example
 * jnp.fmin(NaN, 1).item() // 1
 */
export function fmin(x: ArrayLike, y: ArrayLike): JaxArray {
  return ignoringNaN(less, ...pair(promote('fmin', x, y)))
}

/** The first where it wins or the second is NaN; on a tie the second, which tells the zeros apart. */
function ignoringNaN(wins: (x: JaxArray, y: JaxArray) => JaxArray, x: JaxArray, y: JaxArray): JaxArray {
  const [a, b] = pair(broadcastArrays(x, y))
  return select(bitwiseOr(wins(a, b), ne(b, b)), a, b)
}

/** The bounds of `clip`, either of which may be missing. */
export interface ClipOptions {
  readonly min?: ArrayLike | null
  readonly max?: ArrayLike | null
}

/**
 * Elements limited to the range from `min` to `max`.
 *
 * @example
 * jnp.clip(jnp.arange(5), 1, 3).tolist() // [1, 1, 2, 3, 3]
 */
export function clip(x: ArrayLike, min?: ArrayLike | null | ClipOptions, max?: ArrayLike | null): JaxArray {
  const given = typeof min === 'object' && min !== null && !(min instanceof JaxArray) ? min : { min, max }
  const value = asArray('clip', x)
  const bounds = [given.min ?? null, given.max ?? null]
  if ([value, ...bounds].some((part) => part instanceof JaxArray && isComplex(part.dtype))) {
    throw new ValueError('jnp.clip is not defined on complex numbers. Clip the real and the imaginary parts.')
  }
  const arrays = bounds.flatMap((bound) => (bound === null ? [] : [boundBeside(bound, value)]))
  const limit = (array: JaxArray, ...limits: JaxArray[]): JaxArray => {
    let result = array
    const rest = [...limits]
    if (bounds[0] !== null) result = maximum(rest.shift() ?? result, result)
    if (bounds[1] !== null) result = minimum(rest.shift() ?? result, result)
    return result
  }
  return calledAs('clip', limit, value, ...arrays)
}

/** A JS number as a bound is a literal of the array's dtype, unless it has a fraction beside integers. */
function boundBeside(bound: ArrayLike, value: JaxArray): JaxArray {
  if (bound instanceof JaxArray) return bound
  const fraction = typeof bound === 'number' && !Number.isInteger(bound) && !isFloat(value.dtype)
  if (!fraction && value.dtype === 'bool') return toType(bound, { dtype: defaultIntDType(), weakType: true })
  return fraction ? asArray('clip', bound) : toType(bound, { dtype: value.dtype, weakType: true })
}

export { abs as absolute, divide as trueDivide, power as pow, remainder as mod }

function wholeNumberOf(y: JaxArray): number | null {
  const host = hostValueOf(y)
  return host === null ? null : numberOf(host)
}
