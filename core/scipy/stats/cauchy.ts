import { subtract } from '../../numpy/arithmetic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { arctan, exp, log, log1p, tan } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the Cauchy distribution.
 *
 * @example
 * scipy.stats.cauchy.logpdf(0).item() // -1.1447299
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('cauchy.logpdf', x, loc, scale)
  const z = value.sub(centre).div(width)
  return log(width.mul(Math.PI))
    .add(log1p(z.mul(z)))
    .neg()
}

/**
 * Density of the Cauchy distribution.
 *
 * @example
 * scipy.stats.cauchy.pdf(0).item() // 0.3183099
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that a Cauchy variable is at most `x`.
 *
 * @example
 * scipy.stats.cauchy.cdf(1).item() // 0.75
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('cauchy.cdf', x, loc, scale)
  return arctan(value.sub(centre).div(width))
    .mul(1 / Math.PI)
    .add(0.5)
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.cauchy.logcdf(0).item() // -0.6931472
 */
export function logcdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(cdf(x, loc, scale))
}

/**
 * Probability that a Cauchy variable exceeds `x`.
 *
 * @example
 * scipy.stats.cauchy.sf(1).item() // 0.25
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('cauchy.sf', x, loc, scale)
  return cdf(value.neg(), centre.neg(), width)
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.cauchy.logsf(0).item() // -0.6931472
 */
export function logsf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return log(sf(x, loc, scale))
}

/**
 * The value that a Cauchy variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.cauchy.ppf(0.75).item() // 1
 */
export function ppf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('cauchy.ppf', q, loc, scale)
  return tan(share.mul(Math.PI).sub(Math.PI / 2))
    .mul(width)
    .add(centre)
}

/**
 * The value that a Cauchy variable exceeds with probability `q`.
 *
 * @example
 * scipy.stats.cauchy.isf(0.25).item() // 1
 */
export function isf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, centre, width] = promoteToFloat('cauchy.isf', q, loc, scale)
  return tan(subtract(Math.PI / 2, share.mul(Math.PI)))
    .mul(width)
    .add(centre)
}
