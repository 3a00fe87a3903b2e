import { add, subtract } from '../../numpy/arithmetic.ts'
import { stack } from '../../numpy/joining.ts'
import { greater, greaterEqual, less, lessEqual, logicalOr } from '../../numpy/logic.ts'
import { onesLike } from '../../numpy/creation.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { broadcastArrays } from '../../numpy/shape.ts'
import { exp, log1p } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { logNdtr, logsumexp, ndtr } from '../special.ts'
import * as norm from './norm.ts'

/**
 * Logarithm of the density of the normal distribution cut off below `a` and above `b`, both in units of `scale` from
 * `loc`. NaN unless `a` lies below `b`.
 *
 * @example
 * scipy.stats.truncnorm.logpdf(0, -1, 1).item() // -0.5371534
 */
export function logpdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, low, high, centre, width] = promoteToFloat('truncnorm.logpdf', x, a, b, loc, scale)
  const logs = subtract(norm.logpdf(value, centre, width), logMass(low, high))
  const z = value.sub(centre).div(width)
  const outside = logicalOr(less(z, low), greater(z, high))
  return where(greaterEqual(low, high), NaN, where(outside, -Infinity, logs))
}

/**
 * Density of the truncated normal distribution.
 *
 * @example
 * scipy.stats.truncnorm.pdf(0, -1, 1).item() // 0.5844092
 */
export function pdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, a, b, loc, scale))
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.truncnorm.logsf(0, -1, 1).item() // -0.6931472
 */
export function logsf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, low, high, centre, width] = promoteToFloat('truncnorm.logsf', x, a, b, loc, scale)
  return logcdf(value.neg(), high.neg(), low.neg(), centre.neg(), width)
}

/**
 * Probability that a truncated normal variable exceeds `x`.
 *
 * @example
 * scipy.stats.truncnorm.sf(0, -1, 1).item() // 0.5
 */
export function sf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logsf(x, a, b, loc, scale))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.truncnorm.logcdf(0, -1, 1).item() // -0.6931472
 */
export function logcdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [given, from, to, centre, width] = promoteToFloat('truncnorm.logcdf', x, a, b, loc, scale)
  const [value, low, high] = broadcastArrays(given, from, to)
  const z = value.sub(centre).div(width)
  const whole = logMass(low, high)
  const below = logMass(low, z).sub(whole)
  const above = logMass(z, high).sub(whole)
  // Near 1 the logarithm of the probability is lost in rounding, and comes from what lies above.
  const near = where(greater(below, -0.1), log1p(exp(above).neg()), where(greater(z, low), below, 0))
  const inside = where(greaterEqual(z, high), 0, where(lessEqual(z, low), -Infinity, near))
  return where(greaterEqual(low, high), NaN, inside)
}

/**
 * Probability that a truncated normal variable is at most `x`.
 *
 * @example
 * scipy.stats.truncnorm.cdf(0, -1, 1).item() // 0.5
 */
export function cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logcdf(x, a, b, loc, scale))
}

/** Logarithm of the normal probability between `a` and `b`, from the tail that both lie in, if they do. */
function logMass(a: JaxArray, b: JaxArray): JaxArray {
  const [low, high] = broadcastArrays(a, b)
  const left = lessEqual(high, 0)
  const right = greater(low, 0)
  const near = logNdtr(where(right, low.neg(), high))
  const far = logNdtr(where(right, high.neg(), low))
  const tail = logsumexp(stack([near, far]), { b: stack([onesLike(near), onesLike(far).neg()]), axis: 0 })
  const central = log1p(add(ndtr(low), ndtr(high.neg())).neg())
  return where(logicalOr(left, right), tail, central)
}
