import { JaxTypeError, ValueError } from '../../errors.ts'
import { kindOf } from '../../ir/dtype.ts'
import { equal } from '../../numpy/logic.ts'
import { promote, promoteToFloat } from '../../numpy/promotion.ts'
import { sum } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the probability that `n` draws fall `x` times into the classes of probabilities `p`; `x` and `n` are
 * integers, the classes lie along the last axis.
 *
 * @example
 * scipy.stats.multinomial.logpmf(jnp.int32([1, 1]), 2, jnp.array([0.5, 0.5])).item() // -0.6931472
 */
export function logpmf(x: ArrayLike, n: ArrayLike, p: ArrayLike): JaxArray {
  const [chances] = promoteToFloat('multinomial.logpmf', p)
  const [counts, total] = promote('multinomial.logpmf', x, n)
  if (kindOf(counts.dtype) === 'bool') throw new JaxTypeError('multinomial.logpmf counts with numbers, got bool.')
  if (kindOf(counts.dtype) !== 'int' && kindOf(counts.dtype) !== 'uint') {
    throw new ValueError(`multinomial.logpmf takes integers x and n, got ${counts.dtype}.`)
  }
  const [k, draws] = [counts.astype(chances.dtype), total.astype(chances.dtype)]
  const logs = gammaln(draws.add(1)).add(sum(xlogy(k, chances).sub(gammaln(k.add(1))), { axis: -1 }))
  return where(equal(sum(k), draws), logs, -Infinity)
}

/**
 * Probability that `n` draws fall `x` times into the classes.
 *
 * @example
 * scipy.stats.multinomial.pmf(jnp.int32([1, 1]), 2, jnp.array([0.5, 0.5])).item() // 0.5
 */
export function pmf(x: ArrayLike, n: ArrayLike, p: ArrayLike): JaxArray {
  return exp(logpmf(x, n, p))
}
