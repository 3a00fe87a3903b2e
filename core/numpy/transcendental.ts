import { ValueError } from '../errors.ts'
import { isComplex } from '../ir/dtype.ts'
import * as lax from '../primitives/elementwise-transcendental.ts'
import { add, abs, div, max, min, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseOr } from '../primitives/elementwise-bitwise.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import * as powers from '../primitives/elementwise-power.ts'
import { logaddexp as logAddExp } from '../primitives/log-add-exp.ts'
import { constant, strongConstant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { promoteToFloat } from './promotion.ts'
import { broadcastArrays } from './shape.ts'

/**
 * e to the power of every element.
 *
 * @example
 * jnp.exp(0).item() // 1
 */
export function exp(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('exp', x)
  return lax.exp(value)
}

/**
 * 2 to the power of every element.
 *
 * @example
 * jnp.exp2(3).item() // 8
 */
export function exp2(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('exp2', x)
  return lax.exp2(value)
}

/**
 * `exp(x) - 1`, accurate near 0.
 *
 * @example
 * jnp.expm1(1e-8).item() // 1e-8
 */
export function expm1(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('expm1', x)
  return lax.expm1(value)
}

/**
 * Natural logarithm.
 *
 * @example
 * jnp.log(1).item() // 0
 */
export function log(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('log', x)
  return lax.log(value)
}

/**
 * `log(1 + x)`, accurate near 0.
 *
 * @example
 * jnp.log1p(1e-8).item() // 1e-8
 */
export function log1p(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('log1p', x)
  return lax.log1p(value)
}

/**
 * Logarithm to base 2.
 *
 * @example
 * jnp.log2(8).item() // 3
 */
export function log2(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('log2', x)
  return div(lax.log(value), lax.log(strongConstant(value, 2)))
}

/**
 * Logarithm to base 10.
 *
 * @example
 * jnp.log10(1000).item() // 3
 */
export function log10(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('log10', x)
  return mul(lax.log(value), strongConstant(value, Math.LOG10E))
}

/**
 * Square root.
 *
 * @example
 * jnp.sqrt(9).item() // 3
 */
export function sqrt(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('sqrt', x)
  return powers.sqrt(value)
}

/**
 * Cube root.
 *
 * @example
 * jnp.cbrt(27).item() // 3
 */
export function cbrt(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('cbrt', x)
  return powers.cbrt(value)
}

/**
 * Sine.
 *
 * @example
 * jnp.sin(0).item() // 0
 */
export function sin(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('sin', x)
  return lax.sin(value)
}

/**
 * Cosine.
 *
 * @example
 * jnp.cos(0).item() // 1
 */
export function cos(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('cos', x)
  return lax.cos(value)
}

/**
 * Tangent.
 *
 * @example
 * jnp.tan(0).item() // 0
 */
export function tan(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('tan', x)
  return lax.tan(value)
}

/**
 * Inverse sine.
 *
 * @example
 * jnp.arcsin(1).item() // 1.5707964
 */
export function arcsin(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arcsin', x)
  return lax.asin(value)
}

/**
 * Inverse cosine.
 *
 * @example
 * jnp.arccos(1).item() // 0
 */
export function arccos(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arccos', x)
  return lax.acos(value)
}

/**
 * Inverse tangent.
 *
 * @example
 * jnp.arctan(1).item() // 0.7853982
 */
export function arctan(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arctan', x)
  return lax.atan(value)
}

/**
 * Hyperbolic sine.
 *
 * @example
 * jnp.sinh(0).item() // 0
 */
export function sinh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('sinh', x)
  return lax.sinh(value)
}

/**
 * Hyperbolic cosine.
 *
 * @example
 * jnp.cosh(0).item() // 1
 */
export function cosh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('cosh', x)
  return lax.cosh(value)
}

/**
 * Hyperbolic tangent.
 *
 * @example
 * jnp.tanh(0).item() // 0
 */
export function tanh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('tanh', x)
  return lax.tanh(value)
}

/**
 * Inverse hyperbolic sine.
 *
 * @example
 * jnp.arcsinh(0).item() // 0
 */
export function arcsinh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arcsinh', x)
  return lax.asinh(value)
}

/**
 * Inverse hyperbolic cosine.
 *
 * @example
 * jnp.arccosh(1).item() // 0
 */
export function arccosh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arccosh', x)
  return lax.acosh(value)
}

/**
 * Inverse hyperbolic tangent.
 *
 * @example
 * jnp.arctanh(0).item() // 0
 */
export function arctanh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('arctanh', x)
  return lax.atanh(value)
}

/**
 * Degrees as radians.
 *
 * @example
 * jnp.deg2rad(180).item() // 3.1415927
 */
export function deg2rad(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('deg2rad', x)
  return mul(value, constant(value, Math.PI / 180))
}

/**
 * Radians as degrees.
 *
 * @example
 * jnp.rad2deg(Math.PI).item() // 180
 */
export function rad2deg(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('rad2deg', x)
  return mul(value, constant(value, 180 / Math.PI))
}

/**
 * The angle of the point (y, x) seen from the origin.
 *
 * @example
 * jnp.arctan2(1, 1).item() // 0.7853982
 */
export function arctan2(y: ArrayLike, x: ArrayLike): JaxArray {
  const [rise, run] = promoteToFloat('arctan2', y, x)
  return lax.atan2(rise, run)
}

/**
 * The length of the hypotenuse, without overflow on the way.
 *
 * @example
 * jnp.hypot(3, 4).item() // 5
 */
export function hypot(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('hypot', x, y)
  if (isComplex(a.dtype)) throw new ValueError('jnp.hypot is not defined on complex numbers. Take jnp.abs first.')
  return calledAs('hypot', hypotenuse, a, b)
}

function hypotenuse(x: JaxArray, y: JaxArray): JaxArray {
  const [a, b] = [abs(x), abs(y)]
  const infinite = bitwiseOr(eq(a, constant(a, Infinity)), eq(b, constant(b, Infinity)))
  const larger = max(a, b)
  const isZero = eq(larger, constant(larger, 0))
  const ratio = div(min(a, b), select(isZero, fullLike(larger, 1), larger))
  const length = mul(larger, powers.sqrt(add(constant(ratio, 1), square(ratio))))
  return select(infinite, fullLike(larger, Infinity), select(isZero, larger, length))
}

function square(x: JaxArray): JaxArray {
  return powers.integerPow(x, { y: 2 })
}

/**
 * `log(exp(x) + exp(y))`, without overflow on the way.
 *
 * @example
 * jnp.logaddexp(1000, 1000).item() // 1000.6931
 */
export function logaddexp(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = broadcastArrays(...promoteToFloat('logaddexp', x, y))
  return logAddExp(a, b)
}

/**
 * `log2(2 ** x + 2 ** y)`, without overflow on the way.
 *
 * @example
 * jnp.logaddexp2(3, 3).item() // 4
 */
export function logaddexp2(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = broadcastArrays(...promoteToFloat('logaddexp2', x, y))
  const scale = constant(a, Math.LN2)
  return div(logAddExp(mul(a, scale), mul(b, scale)), scale)
}

/**
 * The normalised sinc function, `sin(πx) / (πx)`.
 *
 * @example
 * jnp.sinc(0).item() // 1
 */
export function sinc(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('sinc', x)
  const zero = eq(value, constant(value, 0))
  const angle = mul(select(zero, fullLike(value, 1), value), constant(value, Math.PI))
  // Around 0 the value is 1 - (πx)²/6, which keeps the derivatives there.
  const parabola = sub(constant(value, 1), div(square(mul(value, constant(value, Math.PI))), constant(value, 6)))
  return select(zero, parabola, div(lax.sin(angle), angle))
}

export {
  arcsin as asin,
  arccos as acos,
  arctan as atan,
  arcsinh as asinh,
  arccosh as acosh,
  arctanh as atanh,
  deg2rad as radians,
  rad2deg as degrees,
  arctan2 as atan2,
}
