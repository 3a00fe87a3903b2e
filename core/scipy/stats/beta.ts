import { clamp } from '../../lax/elementwise.ts'
import { subtract } from '../../numpy/arithmetic.ts'
import { greater, less, lessEqual, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import { betainc } from '../../primitives/elementwise-incomplete.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { betaln, xlog1py, xlogy } from '../special.ts'

/**
 * Logarithm of the density of the beta distribution.
 *
 * @example
 * scipy.stats.beta.logpdf(0.5, 2, 2).item() // 0.4054651
 */
export function logpdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, first, second, start, width] = promoteToFloat('beta.logpdf', x, a, b, loc, scale)
  const y = value.sub(start).div(width)
  const linear = xlogy(first.sub(1), y).add(xlog1py(second.sub(1), y.neg()))
  const logs = linear.sub(betaln(first, second)).sub(log(width))
  const outside = logicalOr(greater(value, start.add(width)), less(value, start))
  const impossible = logicalOr(logicalOr(lessEqual(first, 0), lessEqual(second, 0)), lessEqual(width, 0))
  return where(impossible, NaN, where(outside, -Infinity, logs))
}

/**
 * Density of the beta distribution.
 *
 * @example
 * scipy.stats.beta.pdf(0.5, 2, 2).item() // 1.5
 */
export function pdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, a, b, loc, scale))
}

/**
 * Probability that a beta variable is at most `x`.
 *
 * @example
 * scipy.stats.beta.cdf(0.5, 1, 2).item() // 0.75
 */
export function cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, first, second, start, width] = promoteToFloat('beta.cdf', x, a, b, loc, scale)
  return betainc(first, second, clamp(0, value.sub(start).div(width), 1))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.beta.logcdf(0.5, 1, 1).item() // -0.6931472
 */
export function logcdf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(cdf(x, a, b, loc, scale))
}

/**
 * Probability that a beta variable exceeds `x`.
 *
 * @example
 * scipy.stats.beta.sf(0.5, 1, 2).item() // 0.25
 */
export function sf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, first, second, start, width] = promoteToFloat('beta.sf', x, a, b, loc, scale)
  return betainc(second, first, subtract(1, clamp(0, value.sub(start).div(width), 1)))
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.beta.logsf(0.5, 1, 1).item() // -0.6931472
 */
export function logsf(x: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(sf(x, a, b, loc, scale))
}
