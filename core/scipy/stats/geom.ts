import { lessEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { xlog1py } from '../special.ts'

/**
 * Logarithm of the probability that the first success, of probability `p` each time, is that of trial `k`.
 *
 * @example
 * scipy.stats.geom.logpmf(2, 0.5).item() // -1.3862944
 */
export function logpmf(k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, chance, start] = promoteToFloat('geom.logpmf', k, p, loc)
  const x = value.sub(start)
  return where(lessEqual(x, 0), -Infinity, xlog1py(x.sub(1), chance.neg()).add(log(chance)))
}

/**
 * Probability that the first success is that of trial `k`.
 *
 * @example
 * scipy.stats.geom.pmf(2, 0.5).item() // 0.25
 */
export function pmf(k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): JaxArray {
  return exp(logpmf(k, p, loc))
}
