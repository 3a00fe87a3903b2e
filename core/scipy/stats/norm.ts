import { subtract } from '../../numpy/arithmetic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { add, div, mul, neg, sub } from '../../primitives/elementwise-arithmetic.ts'
import { integerPow, sqrt } from '../../primitives/elementwise-power.ts'
import { erfInv, erfc } from '../../primitives/elementwise-special.ts'
import { exp, log } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { logNdtr } from '../special.ts'

/**
 * Logarithm of the density of the normal distribution.
 *
 * @example
 * scipy.stats.norm.logpdf(0).item() // -0.9189385
 */
export function logpdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, mean, deviation] = promoteToFloat('norm.logpdf', x, loc, scale)
  const scaleSquared = integerPow(deviation, { y: 2 })
  const normaliser = log(mul(constant(value, 2 * Math.PI), scaleSquared))
  const quadratic = div(integerPow(sub(value, mean), { y: 2 }), scaleSquared)
  return div(neg(add(normaliser, quadratic)), constant(value, 2))
}

/**
 * Density of the normal distribution.
 *
 * @example
 * scipy.stats.norm.pdf(0).item() // 0.3989423
 */
export function pdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, loc, scale))
}

/**
 * Probability that a normal variable is at most `x`.
 *
 * @example
 * scipy.stats.norm.cdf(0).item() // 0.5
 */
export function cdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, mean, deviation] = promoteToFloat('norm.cdf', x, loc, scale)
  return upperTail(neg(div(sub(value, mean), deviation)))
}

/**
 * Probability that a normal variable exceeds `x`.
 *
 * @example
 * scipy.stats.norm.sf(0).item() // 0.5
 */
export function sf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, mean, deviation] = promoteToFloat('norm.sf', x, loc, scale)
  return upperTail(div(sub(value, mean), deviation))
}

function upperTail(z: JaxArray): JaxArray {
  return mul(constant(z, 0.5), erfc(div(z, sqrt(constant(z, 2)))))
}

/**
 * The value that a normal variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.norm.ppf(0.5).item() // 0
 */
export function ppf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [probability, mean, deviation] = promoteToFloat('norm.ppf', q, loc, scale)
  const centred = sub(mul(constant(probability, 2), probability), constant(probability, 1))
  const standard = mul(sqrt(constant(probability, 2)), erfInv(centred))
  return add(mul(standard, deviation), mean)
}

/**
 * The value that a normal variable exceeds with probability `q`.
 *
 * @example
 * scipy.stats.norm.isf(0.5).item() // 0
 */
export function isf(q: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return ppf(subtract(1, q), loc, scale)
}

/**
 * Logarithm of `cdf`, exact far below the mean.
 *
 * @example
 * scipy.stats.norm.logcdf(0).item() // -0.6931472
 */
export function logcdf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, mean, deviation] = promoteToFloat('norm.logcdf', x, loc, scale)
  return logNdtr(div(sub(value, mean), deviation))
}

/**
 * Logarithm of `sf`, exact far above the mean.
 *
 * @example
 * scipy.stats.norm.logsf(0).item() // -0.6931472
 */
export function logsf(x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, mean, deviation] = promoteToFloat('norm.logsf', x, loc, scale)
  return logcdf(neg(value), neg(mean), deviation)
}
