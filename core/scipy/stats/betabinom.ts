import { add } from '../../numpy/arithmetic.ts'
import { equal, greater, less, lessEqual, logicalAnd, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { floor } from '../../numpy/rounding.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log1p } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { betaln } from '../special.ts'

/**
 * Logarithm of the probability of `k` successes in `n` trials whose chance of success is drawn from the beta
 * distribution of `a` and `b`. NaN where `n` is negative or `a` or `b` is not positive.
 *
 * @example
 * scipy.stats.betabinom.logpmf(1, 2, 1, 1).item() // -1.0986123
 */
export function logpmf(k: ArrayLike, n: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, trials, first, second, start] = promoteToFloat('betabinom.logpmf', k, n, a, b, loc)
  const y = floor(value).sub(start)
  const failures = trials.sub(y)
  const ways = add(log1p(trials), betaln(failures.add(1), y.add(1))).neg()
  const weights = betaln(y.add(first), failures.add(second)).sub(betaln(first, second))
  const certain = logicalAnd(equal(y, 0), equal(trials, 0))
  const outside = logicalOr(logicalOr(less(y, start.neg()), greater(y, trials)), lessEqual(y.add(first), 0))
  const impossible = logicalOr(logicalOr(less(trials, 0), lessEqual(first, 0)), lessEqual(second, 0))
  return where(impossible, NaN, where(outside, -Infinity, where(certain, 0, ways.add(weights))))
}

/**
 * Probability of `k` successes in `n` trials whose chance of success is drawn from a beta distribution.
 *
 * @example
 * scipy.stats.betabinom.pmf(1, 2, 1, 1).item() // 0.3333333
 */
export function pmf(k: ArrayLike, n: ArrayLike, a: ArrayLike, b: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, n, a, b, loc))
}
