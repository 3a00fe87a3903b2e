import { equal, greaterEqual, less, logicalAnd, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlog1py, xlogy } from '../special.ts'

/**
 * Logarithm of the probability of `k` successes in `n` trials that succeed with probability `p`.
 *
 * @example
 * scipy.stats.binom.logpmf(1, 2, 0.5).item() // -0.6931472
 */
export function logpmf(k: ArrayLike, n: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, trials, chance, start] = promoteToFloat('binom.logpmf', k, n, p, loc)
  const y = value.sub(start)
  const ways = gammaln(trials.add(1)).sub(gammaln(y.add(1)).add(gammaln(trials.sub(y).add(1))))
  const linear = xlogy(y, chance).add(xlog1py(trials.sub(y), chance.neg()))
  const certain = logicalOr(logicalAnd(equal(y, 0), equal(trials, 0)), equal(linear, 0))
  const inside = logicalAnd(greaterEqual(value, start), less(value, start.add(trials).add(1)))
  return where(inside, where(certain, 0, ways.add(linear)), -Infinity)
}

/**
 * Probability of `k` successes in `n` trials.
 *
 * @example
 * scipy.stats.binom.pmf(1, 2, 0.5).item() // 0.5
 */
export function pmf(k: ArrayLike, n: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, n, p, loc))
}
