import { add, divide, multiply } from '../../numpy/arithmetic.ts'
import { arange } from '../../numpy/creation.ts'
import { equal, less, logicalOr, notEqual } from '../../numpy/logic.ts'
import {
  checkBroadcast,
  checkArrayLike,
  floatType,
  promotedType,
  toType,
  promoteToFloat,
} from '../../numpy/promotion.ts'
import { sum } from '../../numpy/reductions.ts'
import { ceil, floor, round } from '../../numpy/rounding.ts'
import { where } from '../../numpy/selection.ts'
import { broadcastTo, ravel } from '../../numpy/shape.ts'
import { exp, log, sqrt } from '../../numpy/transcendental.ts'
import { igammac } from '../../primitives/elementwise-incomplete.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { entr, gammaln, xlogy } from '../special.ts'

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

/**
 * Probability that a Poisson variable of rate `mu` is at most `k`.
 *
 * @example
 * scipy.stats.poisson.cdf(1, 1).item() // 0.7357589
 */
export function cdf(k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): JaxArray {
  const [value, rate, start] = promoteToFloat('poisson.cdf', k, mu, loc)
  const x = value.sub(start)
  return where(less(x, 0), 0, igammac(floor(add(1, x)), rate))
}

/**
 * Entropy of a Poisson variable of rate `mu`, in nats; `loc` shifts the variable and only lends its shape. Sums over
 * the likely values up to a rate of 100, an asymptotic series from there on.
 *
 * @example
 * scipy.stats.poisson.entropy(1).item() // 1.3048422
 */
export function entropy(mu: ArrayLike, loc: ArrayLike = 0): JaxArray {
  checkArrayLike('poisson.entropy', mu, loc)
  const type = floatType(promotedType([mu, loc]))
  const [rate, start] = [toType(mu, type), toType(loc, type)]
  const shape = checkBroadcast('poisson.entropy', [rate.shape, start.shape])
  const flat = ravel(rate)
  const few = entropyBySum(flat, 35, flat.add(20))
  const many = entropyBySum(flat, 250, flat.add(multiply(10, sqrt(flat))).add(20))
  const large = log(flat.mul(2 * Math.PI * Math.E))
    .mul(0.5)
    .sub(divide(1, flat.mul(12)))
  const positive = where(less(flat, 10), few, where(less(flat, 100), many, large))
  return broadcastTo(where(equal(flat, 0), 0, positive).reshape(rate.shape), shape)
}

/** The entropy of the probabilities of 0, 1, … below `count` and below `bound`. */
function entropyBySum(rate: JaxArray, count: number, bound: JaxArray): JaxArray {
  const k = arange(count, { dtype: rate.dtype }).reshape(count, 1)
  const likely = where(less(k, ceil(bound)), pmf(k, rate), 0)
  return sum(entr(likely), { axis: 0 })
}
