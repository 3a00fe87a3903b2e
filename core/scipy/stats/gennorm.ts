import { abs, divide, power, sign } from '../../numpy/arithmetic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import { igamma } from '../../primitives/elementwise-incomplete.ts'
import { lgamma } from '../../primitives/elementwise-special.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the generalised normal distribution of shape `beta`: 1 is Laplace's, 2 is normal.
 *
 * @example
 * scipy.stats.gennorm.logpdf(1, 1).item() // -1.6931472
 */
export function logpdf(x: ArrayLike, beta: ArrayLike): JaxArray {
  const [value, shape] = promoteToFloat('gennorm.logpdf', x, beta)
  return log(shape.mul(0.5))
    .sub(lgamma(divide(1, shape)))
    .sub(power(abs(value), shape))
}

/**
 * Density of the generalised normal distribution.
 *
 * @example
 * scipy.stats.gennorm.pdf(0, 1).item() // 0.5
 */
export function pdf(x: ArrayLike, beta: ArrayLike): JaxArray {
  return exp(logpdf(x, beta))
}

/**
 * Probability that the variable is at most `x`.
 *
 * @example
 * scipy.stats.gennorm.cdf(0, 1).item() // 0.5
 */
export function cdf(x: ArrayLike, beta: ArrayLike): JaxArray {
  const [value, shape] = promoteToFloat('gennorm.cdf', x, beta)
  const share = igamma(divide(1, shape), power(abs(value), shape))
  return sign(value).mul(share).add(1).mul(0.5)
}
