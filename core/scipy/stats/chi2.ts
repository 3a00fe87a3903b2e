import { clamp } from '../../lax/elementwise.ts'
import { less } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import { igamma, igammac } from '../../primitives/elementwise-incomplete.ts'
import { lgamma } from '../../primitives/elementwise-special.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the chi-squared distribution of `df` degrees of freedom.
 *
 * @example
 * scipy.stats.chi2.logpdf(2, 2).item() // -1.6931472
 */
export function logpdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, freedom, start, width] = promoteToFloat('chi2.logpdf', x, df, loc, scale)
  const y = value.sub(start).div(width)
  const half = freedom.div(2)
  const kernel = half.sub(1).mul(log(y)).sub(y.div(2))
  const normaliser = lgamma(half)
    .add(log(constant(value, 2)).mul(freedom).div(2))
    .neg()
  return where(less(value, start), -Infinity, normaliser.sub(log(width)).add(kernel))
}

/**
 * Density of the chi-squared distribution.
 *
 * @example
 * scipy.stats.chi2.pdf(2, 2).item() // 0.1839397
 */
export function pdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, df, loc, scale))
}

/**
 * Probability that a chi-squared variable is at most `x`.
 *
 * @example
 * scipy.stats.chi2.cdf(2, 2).item() // 0.6321206
 */
export function cdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, freedom, start, width] = promoteToFloat('chi2.cdf', x, df, loc, scale)
  return igamma(freedom.div(2), clamp(0, value.sub(start).div(width.mul(2)), Infinity))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.chi2.logcdf(2, 2).item() // -0.4586751
 */
export function logcdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(cdf(x, df, loc, scale))
}

/**
 * Probability that a chi-squared variable exceeds `x`.
 *
 * @example
 * scipy.stats.chi2.sf(2, 2).item() // 0.3678794
 */
export function sf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, freedom, start, width] = promoteToFloat('chi2.sf', x, df, loc, scale)
  return igammac(freedom.div(2), clamp(0, value.sub(start).div(width.mul(2)), Infinity))
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.chi2.logsf(2, 2).item() // -1
 */
export function logsf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(sf(x, df, loc, scale))
}
