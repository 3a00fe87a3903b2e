import { log1mexp } from '../../nn/piecewise.ts'
import { add, subtract } from '../../numpy/arithmetic.ts'
import { greater, less, logicalAnd } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { xlogy } from '../special.ts'

/**
 * Logarithm of the density of the right-skewed Gumbel distribution, of greatest values. NaN unless `scale` is positive.
 *
 * @example
 * scipy.stats.gumbelR.logpdf(0).item() // -1
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_r.logpdf', x, loc, scale)
  const z = value.sub(centre).div(width)
  const decline = add(z, exp(z.neg())).neg()
  return where(greater(width, 0), xlogy(-1, width).add(decline), NaN)
}

/**
 * Density of the right-skewed Gumbel distribution.
 *
 * @example
 * scipy.stats.gumbelR.pdf(0).item() // 0.3678794
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.gumbelR.logcdf(0).item() // -1
 */
export function logcdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_r.logcdf', x, loc, scale)
  const z = value.sub(centre).div(width)
  return where(greater(width, 0), exp(z.neg()).neg(), NaN)
}

/**
 * Probability that the variable is at most `x`.
 *
 * @example
 * scipy.stats.gumbelR.cdf(0).item() // 0.3678794
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logcdf(x, loc, scale))
}

/**
 * The value that the variable is at most with probability `p`. NaN unless `p` lies between 0 and 1.
 *
 * @example
 * scipy.stats.gumbelR.ppf(0.5).item() // 0.3665129
 */
export function ppf(p: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('gumbel_r.ppf', p, loc, scale)
  const inside = logicalAnd(greater(share, 0), less(share, 1))
  return where(inside, centre.sub(width.mul(log(xlogy(-1, share)))), NaN)
}

/**
 * Probability that the variable exceeds `x`.
 *
 * @example
 * scipy.stats.gumbelR.sf(0).item() // 0.6321206
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_r.sf', x, loc, scale)
  const below = exp(exp(centre.sub(value).div(width)).neg())
  return where(greater(width, 0), subtract(1, below), NaN)
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.gumbelR.logsf(0).item() // -0.4586751
 */
export function logsf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('gumbel_r.logsf', x, loc, scale)
  return where(greater(width, 0), log1mexp(exp(centre.sub(value).div(width))), NaN)
}
