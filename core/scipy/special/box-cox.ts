import { equal } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { expm1, log, log1p } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/** `(exp(lambda * y) - 1) / lambda`, and `y` where lambda is 0. */
function powerOfLogarithm(y: JaxArray, lambda: JaxArray): JaxArray {
  const zero = equal(lambda, 0)
  const safe = where(zero, 1, lambda)
  return where(zero, y, expm1(safe.mul(y)).div(safe))
}

/**
 * The Box–Cox transform: `(x^lambda - 1) / lambda`, and `log(x)` where lambda is 0.
 *
 * @example
 * scipy.special.boxcox(3, 2).item() // 4
 */
export function boxcox(x: ArrayLike, lambda: ArrayLike): JaxArray {
  const [value, power] = promoteToFloat('boxcox', x, lambda)
  return powerOfLogarithm(log(value), power)
}

/**
 * The Box–Cox transform of `1 + x`, accurate for small `x`.
 *
 * @example
 * scipy.special.boxcox1p(2, 2).item() // 4
 */
export function boxcox1p(x: ArrayLike, lambda: ArrayLike): JaxArray {
  const [value, power] = promoteToFloat('boxcox1p', x, lambda)
  return powerOfLogarithm(log1p(value), power)
}
