import { abs, subtract } from '../../numpy/arithmetic.ts'
import { lessEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the Laplace distribution.
 *
 * @example
 * scipy.stats.laplace.logpdf(0).item() // -0.6931472
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('laplace.logpdf', x, loc, scale)
  return abs(value.sub(centre))
    .div(width)
    .add(log(width.mul(2)))
    .neg()
}

/**
 * Density of the Laplace distribution.
 *
 * @example
 * scipy.stats.laplace.pdf(0).item() // 0.5
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that a Laplace variable is at most `x`.
 *
 * @example
 * scipy.stats.laplace.cdf(0).item() // 0.5
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, centre, width] = promoteToFloat('laplace.cdf', x, loc, scale)
  const z = value.sub(centre).div(width)
  return where(lessEqual(z, 0), exp(z).mul(0.5), subtract(1, exp(z.neg()).mul(0.5)))
}
