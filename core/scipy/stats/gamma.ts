import { clamp } from '../../lax/elementwise.ts'
import { greaterEqual, less } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import { igamma, igammac } from '../../primitives/elementwise-incomplete.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the density of the gamma distribution of shape `a`.
 *
 * @example
 * scipy.stats.gamma.logpdf(1, 2).item() // -1
 */
export function logpdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, shape, start, width] = promoteToFloat('gamma.logpdf', x, a, loc, scale)
  const inside = greaterEqual(value, start)
  const y = where(inside, value.sub(start).div(width), 1)
  const logs = xlogy(shape.sub(1), y)
    .sub(y)
    .sub(gammaln(shape).add(log(width)))
  return where(inside, logs, -Infinity)
}

/**
 * Density of the gamma distribution.
 *
 * @example
 * scipy.stats.gamma.pdf(1, 2).item() // 0.3678794
 */
export function pdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, a, loc, scale))
}

/**
 * Probability that a gamma variable is at most `x`.
 *
 * @example
 * scipy.stats.gamma.cdf(1, 1).item() // 0.6321206
 */
export function cdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, shape, start, width] = promoteToFloat('gamma.cdf', x, a, loc, scale)
  return igamma(shape, clamp(0, value.sub(start).div(width), Infinity))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.gamma.logcdf(1, 1).item() // -0.4586751
 */
export function logcdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(cdf(x, a, loc, scale))
}

/**
 * Probability that a gamma variable exceeds `x`.
 *
 * @example
 * scipy.stats.gamma.sf(1, 1).item() // 0.3678794
 */
export function sf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, shape, start, width] = promoteToFloat('gamma.sf', x, a, loc, scale)
  const y = value.sub(start).div(width)
  return where(less(y, 0), 1, igammac(shape, y))
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.gamma.logsf(1, 1).item() // -1
 */
export function logsf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(sf(x, a, loc, scale))
}
