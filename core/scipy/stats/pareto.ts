import { divide, power, subtract } from '../../numpy/arithmetic.ts'
import { greater, isnan, less, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log, log1p } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the Pareto distribution of exponent `b`, from `loc + scale` on.
 *
 * @example
 * scipy.stats.pareto.logpdf(2, 1).item() // -1.3862944
 */
export function logpdf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, exponent, start, width] = promoteToFloat('pareto.logpdf', x, b, loc, scale)
  const z = value.sub(start).div(width)
  const logs = log(width.div(exponent))
    .add(exponent.add(1).mul(log(z)))
    .neg()
  return where(less(value, start.add(width)), -Infinity, logs)
}

/**
 * Density of the Pareto distribution.
 *
 * @example
 * scipy.stats.pareto.pdf(2, 1).item() // 0.25
 */
export function pdf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, b, loc, scale))
}

/**
 * Probability that a Pareto variable is at most `x`.
 *
 * @example
 * scipy.stats.pareto.cdf(2, 1).item() // 0.5
 */
export function cdf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, exponent, start, width] = promoteToFloat('pareto.cdf', x, b, loc, scale)
  const share = subtract(1, power(value.sub(start).div(width), exponent.neg()))
  return where(less(value, start.add(width)), 0, share)
}

/**
 * Logarithm of `cdf`.
 *
 * @example
 * scipy.stats.pareto.logcdf(2, 1).item() // -0.6931472
 */
export function logcdf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, exponent, start, width] = promoteToFloat('pareto.logcdf', x, b, loc, scale)
  const logs = log1p(power(value.sub(start).div(width), exponent.neg()).neg())
  return where(less(value, start.add(width)), -Infinity, logs)
}

/**
 * Logarithm of `sf`.
 *
 * @example
 * scipy.stats.pareto.logsf(2, 1).item() // -0.6931472
 */
export function logsf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, exponent, start, width] = promoteToFloat('pareto.logsf', x, b, loc, scale)
  const logs = exponent.mul(log(value.sub(start).div(width))).neg()
  return where(less(value, start.add(width)), 0, logs)
}

/**
 * Probability that a Pareto variable exceeds `x`.
 *
 * @example
 * scipy.stats.pareto.sf(2, 1).item() // 0.5
 */
export function sf(x: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logsf(x, b, loc, scale))
}

/**
 * The value that a Pareto variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.pareto.ppf(0.5, 1).item() // 2
 */
export function ppf(q: ArrayLike, b: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [share, exponent, start, width] = promoteToFloat('pareto.ppf', q, b, loc, scale)
  const value = start.add(width.mul(power(subtract(1, share), divide(1, exponent).neg())))
  const impossible = logicalOr(isnan(share), logicalOr(less(share, 0), greater(share, 1)))
  return where(impossible, NaN, value)
}
