import { less, logicalOr, notEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { round } from '../../numpy/rounding.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the probability that a Poisson variable of rate `mu` is `k`.
 *
 * @example
 * scipy.stats.poisson.logpmf(0, 2).item() // -2
 */
export function logpmf(k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, rate, start] = promoteToFloat('poisson.logpmf', k, mu, loc)
  const x = value.sub(start)
  const logs = xlogy(x, rate)
    .sub(gammaln(x.add(1)))
    .sub(rate)
  return where(logicalOr(less(x, 0), notEqual(round(value), value)), -Infinity, logs)
}

/**
 * Probability that a Poisson variable of rate `mu` is `k`.
 *
 * @example
 * scipy.stats.poisson.pmf(0, 2).item() // 0.1353353
 */
export function pmf(k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, mu, loc))
}
