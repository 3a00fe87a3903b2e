import { greater, greaterEqual, isnan, less, lessEqual, logicalAnd, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { log } from '../../primitives/elementwise-transcendental.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the uniform distribution over [loc, loc + scale].
 *
 * @example
 * scipy.stats.uniform.logpdf(1, 0, 2).item() // -0.6931472
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, start, length] = promoteToFloat('uniform.logpdf', x, loc, scale)
  const outside = logicalOr(greater(value, start.add(length)), less(value, start))
  return where(outside, -Infinity, log(length).neg())
}

/**
 * Density of the uniform distribution over [loc, loc + scale].
 *
 * @example
 * scipy.stats.uniform.pdf(1, 0, 2).item() // 0.5
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that a uniform variable is at most `x`.
 *
 * @example
 * scipy.stats.uniform.cdf(0.5, 0, 2).item() // 0.25
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, start, length] = promoteToFloat('uniform.cdf', x, loc, scale)
  const end = start.add(length)
  const inside = logicalAnd(greaterEqual(value, start), lessEqual(value, end))
  const share = where(inside, value.sub(start).div(length), 0)
  return where(greater(value, end), 1, share)
}

/**
 * The value that a uniform variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.uniform.ppf(0.25, 0, 2).item() // 0.5
 */
export function ppf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, start, length] = promoteToFloat('uniform.ppf', q, loc, scale)
  const impossible = logicalOr(isnan(share), logicalOr(less(share, 0), greater(share, 1)))
  return where(impossible, NaN, start.add(length.mul(share)))
}
