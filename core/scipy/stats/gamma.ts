import { greaterEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the density of the gamma distribution of shape `a`.
 *
 * @example
 * scipy.stats.gamma.logpdf(1, 2).item() // -1
 */
export function logpdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, shape, start, width] = promoteToFloat('gamma.logpdf', x, a, loc, scale)
  const inside = greaterEqual(value, start)
  const y = where(inside, value.sub(start).div(width), 1)
  const logs = xlogy(shape.sub(1), y)
    .sub(y)
    .sub(gammaln(shape).add(log(width)))
  return where(inside, logs, -Infinity)
}

/**
 * Density of the gamma distribution.
 *
 * @example
 * scipy.stats.gamma.pdf(1, 2).item() // 0.3678794
 */
export function pdf(x: ArrayLike, a: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, a, loc, scale))
}
