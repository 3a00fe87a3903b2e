import { subtract } from '../../numpy/arithmetic.ts'
import { greater, less, logicalAnd } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, expm1, log } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { xlog1py, xlogy } from '../special.ts'

/**
 * Logarithm of the density of the left-skewed Gumbel distribution, of least values. NaN unless `scale` is positive.
 *
 * @example
 * scipy.stats.gumbelL.logpdf(0).item() // -1
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_l.logpdf', x, loc, scale)
  const z = value.sub(centre).div(width)
  return where(greater(width, 0), xlogy(-1, width).add(subtract(z, exp(z))), NaN)
}

/**
 * Density of the left-skewed Gumbel distribution.
 *
 * @example
 * scipy.stats.gumbelL.pdf(0).item() // 0.3678794
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.gumbelL.logcdf(0).item() // -0.4586751
 */
export function logcdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_l.logcdf', x, loc, scale)
  const hazard = exp(value.sub(centre).div(width))
  return where(greater(width, 0), log(expm1(hazard.neg()).neg()), NaN)
}

/**
 * Probability that the variable is at most `x`.
 *
 * @example
 * scipy.stats.gumbelL.cdf(0).item() // 0.6321206
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logcdf(x, loc, scale))
}

/**
 * The value that the variable is at most with probability `p`. NaN unless `p` lies between 0 and 1.
 *
 * @example
 * scipy.stats.gumbelL.ppf(0.5).item() // -0.3665129
 */
export function ppf(p: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('gumbel_l.ppf', p, loc, scale)
  const inside = logicalAnd(greater(share, 0), less(share, 1))
  return where(inside, centre.add(width.mul(log(xlog1py(-1, share.neg())))), NaN)
}

/**
 * Probability that the variable exceeds `x`.
 *
 * @example
 * scipy.stats.gumbelL.sf(0).item() // 0.3678794
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logsf(x, loc, scale))
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.gumbelL.logsf(0).item() // -1
 */
export function logsf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_l.logsf', x, loc, scale)
  return where(greater(width, 0), exp(value.sub(centre).div(width)).neg(), NaN)
}
