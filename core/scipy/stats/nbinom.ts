import { subtract } from '../../numpy/arithmetic.ts'
import { less } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the probability of `k` failures before the `n`-th success, of probability `p` each time.
 *
 * @example
 * scipy.stats.nbinom.logpmf(1, 1, 0.5).item() // -1.3862944
 */
export function logpmf(k: ArrayLike, n: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, successes, chance, start] = promoteToFloat('nbinom.logpmf', k, n, p, loc)
  const y = value.sub(start)
  const ways = gammaln(y.add(successes))
    .sub(gammaln(successes))
    .sub(gammaln(y.add(1)))
  const linear = xlogy(successes, chance).add(xlogy(y, subtract(1, chance)))
  return where(less(value, start), -Infinity, ways.add(linear))
}

/**
 * Probability of `k` failures before the `n`-th success.
 *
 * @example
 * scipy.stats.nbinom.pmf(1, 1, 0.5).item() // 0.25
 */
export function pmf(k: ArrayLike, n: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, n, p, loc))
}
