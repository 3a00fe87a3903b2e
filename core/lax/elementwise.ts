import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import * as conversion from '../primitives/conversion.ts'
import * as power from '../primitives/elementwise-power.ts'
import * as rounding from '../primitives/elementwise-rounding.ts'
import * as selection from '../primitives/selection.ts'
import { isInteger } from '../ir/dtype.ts'
import { JaxTypeError } from '../errors.ts'
import { map } from '../tree/index.ts'
import { arrayArgument, dtypeArgument, staticInteger } from './arguments.ts'

export {
  abs,
  add,
  div,
  max,
  min,
  mul,
  neg,
  reciprocal,
  rem,
  sign,
  square,
  sub,
} from '../primitives/elementwise-arithmetic.ts'
export { eq, ge, gt, isFinite, le, lt, ne } from '../primitives/elementwise-comparison.ts'
export {
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  clz,
  mulhi,
  populationCount,
  shiftLeft,
  shiftRightArithmetic,
  shiftRightLogical,
} from '../primitives/elementwise-bitwise.ts'
export { cbrt, pow, rsqrt, sqrt } from '../primitives/elementwise-power.ts'
export { RoundingMethod, ceil, floor, nextafter } from '../primitives/elementwise-rounding.ts'
export { besselI0e, besselI1e } from '../primitives/elementwise-bessel.ts'
export { betainc, igamma, igammaGradA, igammac, randomGammaGrad } from '../primitives/elementwise-incomplete.ts'
export { digamma, erf, erfInv, erfc, lgamma, polygamma, zeta } from '../primitives/elementwise-special.ts'
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  exp,
  exp2,
  expm1,
  log,
  log1p,
  logistic,
  sin,
  sinh,
  tan,
  tanh,
} from '../primitives/elementwise-transcendental.ts'

/**
 * `x` to a fixed whole power, by repeated multiplication.
 *
 * @example
 * lax.integerPow(3, 2).item() // 9
 */
export function integerPow(x: ArrayLike, y: number): JaxArray {
  return power.integerPow(arrayArgument(x), { y: staticInteger('integerPow', 'the exponent', y) })
}

/**
 * The nearest whole number. Halves go away from zero, or to the even neighbour with
 * `lax.RoundingMethod.TO_NEAREST_EVEN`.
 *
 * @example
 * lax.round(2.5).item() // 3
 */
export function round(x: ArrayLike, roundingMethod: 0 | 1 = 0): JaxArray {
  return rounding.round(arrayArgument(x), { rounding_method: roundingMethod })
}

/**
 * Rounds to a float format with fewer bits, keeping the dtype.
 *
 * @example
 * lax.reducePrecision(1.01, 8, 7).item() // 1.0078125, the nearest bfloat16
 */
export function reducePrecision(x: ArrayLike, exponentBits: number, mantissaBits: number): JaxArray {
  return rounding.reducePrecision(arrayArgument(x), { exponent_bits: exponentBits, mantissa_bits: mantissaBits })
}

/**
 * `x` limited to the range from `min` to `max`.
 *
 * @example
 * lax.clamp(0, 1.5, 1).item() // 1
 */
export function clamp(min: ArrayLike, x: ArrayLike, max: ArrayLike): JaxArray {
  return selection.clamp(min, arrayArgument(x), max)
}

/**
 * `onTrue` where the predicate holds, else `onFalse`. All have one shape, or the predicate is a scalar.
 *
 * @example
 * const x = jnp.array([-2, 3])
 * lax.select(lax.gt(x, 0), x, lax.neg(x)).tolist() // [2, 3]
 */
export function select(predicate: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): JaxArray {
  return selection.select(selector(predicate), onTrue, onFalse)
}

/**
 * Elements of the case that `which` names: `cases[which]`.
 *
 * @example
 * const x = jnp.array([-2, 3])
 * lax.selectN(lax.gt(x, 0), lax.neg(x), x).tolist() // [2, 3]
 */
export function selectN(which: ArrayLike, ...cases: ArrayLike[]): JaxArray {
  return selection.selectN(selector(which), ...cases)
}

function selector(which: ArrayLike): JaxArray {
  const value = arrayArgument(which)
  if (value.dtype === 'bool' || isInteger(value.dtype)) return value
  throw new JaxTypeError(`lax.select: the selector must be boolean or integer, got ${value.dtype}.`)
}

/**
 * The same values in another dtype.
 *
 * @example
 * lax.convertElementType(jnp.arange(3), 'float32')
 */
export function convertElementType(x: ArrayLike, newDType: string): JaxArray {
  return conversion.convertElementType(x, dtypeArgument('convertElementType', newDType))
}

/**
 * The same bits read as another dtype.
 *
 * @example
 * lax.bitcastConvertType(1, 'uint32').item() // 1065353216
 */
export function bitcastConvertType(x: ArrayLike, newDType: string): JaxArray {
  return conversion.bitcastConvertType(arrayArgument(x), dtypeArgument('bitcastConvertType', newDType))
}

/**
 * The value itself, through which no derivative flows. Takes any tree of arrays.
 *
 * @example
 * grad((x) => x.mul(lax.stopGradient(x)))(3) // 3, not 6
 */
export function stopGradient<T>(tree: T): T
export function stopGradient(tree: unknown): unknown {
  return map((leaf: ArrayLike) => conversion.stopGradient(arrayArgument(leaf)), tree)
}
