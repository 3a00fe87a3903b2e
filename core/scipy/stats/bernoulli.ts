import { subtract } from '../../numpy/arithmetic.ts'
import { greater, greaterEqual, isnan, less, lessEqual, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { xlog1py, xlogy } from '../special.ts'

/**
 * Logarithm of the probability that a variable that is 1 with probability `p`, else 0, is `k`.
 *
 * @example
 * scipy.stats.bernoulli.logpmf(1, 0.5).item() // -0.6931472
 */
export function logpmf(k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, chance, start] = promoteToFloat('bernoulli.logpmf', k, p, loc)
  const x = value.sub(start)
  const logs = xlogy(x, chance).add(xlog1py(subtract(1, x), chance.neg()))
  return where(logicalOr(less(x, 0), greater(x, 1)), -Infinity, logs)
}

/**
 * Probability that the variable is `k`.
 *
 * @example
 * scipy.stats.bernoulli.pmf(0, 0.25).item() // 0.75
 */
export function pmf(k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, p, loc))
}

/**
 * Probability that the variable is at most `k`.
 *
 * @example
 * scipy.stats.bernoulli.cdf(0, 0.25).item() // 0.75
 */
export function cdf(k: ArrayLike, p: ArrayLike): JaxArray {
  const [value, chance] = promoteToFloat('bernoulli.cdf', k, p)
  const impossible = logicalOr(isnan(value), noProbability(chance))
  const inside = where(greaterEqual(value, 1), 1, subtract(1, chance))
  return where(impossible, NaN, where(less(value, 0), 0, inside))
}

/**
 * The value that the variable is at most with probability `q`.
 *
 * @example
 * scipy.stats.bernoulli.ppf(0.9, 0.25).item() // 1
 */
export function ppf(q: ArrayLike, p: ArrayLike): JaxArray {
  const [share, chance] = promoteToFloat('bernoulli.ppf', q, p)
  const impossible = logicalOr(noProbability(share), noProbability(chance))
  return where(impossible, NaN, where(lessEqual(share, subtract(1, chance)), 0, 1)).astype(share.dtype)
}

function noProbability(p: JaxArray): JaxArray {
  return logicalOr(isnan(p), logicalOr(less(p, 0), greater(p, 1)))
}
