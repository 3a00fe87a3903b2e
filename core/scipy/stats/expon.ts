import { greater, isnan, less, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, expm1, log, log1p } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the exponential distribution from `loc` on with mean `scale`.
 *
 * @example
 * scipy.stats.expon.logpdf(2).item() // -2
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, start, mean] = promoteToFloat('expon.logpdf', x, loc, scale)
  return where(less(value, start), -Infinity, value.sub(start).div(mean).add(log(mean)).neg())
}

/**
 * Density of the exponential distribution.
 *
 * @example
 * scipy.stats.expon.pdf(0).item() // 1
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that an exponential variable is at most `x`.
 *
 * @example
 * scipy.stats.expon.cdf(1).item() // 0.6321206
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, start, mean] = promoteToFloat('expon.cdf', x, loc, scale)
  return where(less(value, start), 0, expm1(start.sub(value).div(mean)).neg())
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.expon.logcdf(1).item() // -0.4586751
 */
export function logcdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log1p(sf(x, loc, scale).neg())
}

/**
 * Logarithm of the probability that an exponential variable exceeds `x`.
 *
 * @example
 * scipy.stats.expon.logsf(3).item() // -3
 */
export function logsf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, start, mean] = promoteToFloat('expon.sf', x, loc, scale)
  return where(less(value, start), 0, start.sub(value).div(mean))
}

/**
 * Probability that an exponential variable exceeds `x`.
 *
 * @example
 * scipy.stats.expon.sf(0).item() // 1
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logsf(x, loc, scale))
}

/**
 * The value that an exponential variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.expon.ppf(0.5).item() // 0.6931472
 */
export function ppf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, start, mean] = promoteToFloat('expon.ppf', q, loc, scale)
  const impossible = logicalOr(isnan(share), logicalOr(less(share, 0), greater(share, 1)))
  return where(impossible, NaN, start.sub(mean.mul(log1p(share.neg()))))
}
