import { promoteToFloat } from '../../numpy/promotion.ts'
import { exp, log, logaddexp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { expit, logit } from '../special.ts'

/**
 * Logarithm of the density of the logistic distribution.
 *
 * @example
 * scipy.stats.logistic.logpdf(0).item() // -1.3862944
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('logistic.logpdf', x, loc, scale)
  const half = value.sub(centre).div(width).div(2)
  return logaddexp(half, half.neg()).mul(-2).sub(log(width))
}

/**
 * Density of the logistic distribution.
 *
 * @example
 * scipy.stats.logistic.pdf(0).item() // 0.25
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that a logistic variable is at most `x`.
 *
 * @example
 * scipy.stats.logistic.cdf(0).item() // 0.5
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('logistic.cdf', x, loc, scale)
  return expit(value.sub(centre).div(width))
}

/**
 * Probability that a logistic variable exceeds `x`.
 *
 * @example
 * scipy.stats.logistic.sf(0).item() // 0.5
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('logistic.sf', x, loc, scale)
  return expit(value.sub(centre).div(width).neg())
}

/**
 * The value that a logistic variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.logistic.ppf(0.5).item() // 0
 */
export function ppf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('logistic.ppf', q, loc, scale)
  return logit(share).mul(width).add(centre)
}

/**
 * The value that a logistic variable exceeds with probability `q`.
 *
 * @example
 * scipy.stats.logistic.isf(0.5).item() // 0
 */
export function isf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('logistic.isf', q, loc, scale)
  return logit(share).neg().mul(width).add(centre)
}
