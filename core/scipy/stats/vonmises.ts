import { greater } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { cos, exp, log } from '../../numpy/transcendental.ts'
import { besselI0e } from '../../primitives/elementwise-bessel.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the von Mises distribution over angles, of concentration `kappa`. NaN unless `kappa` is
 * positive.
 *
 * @example
 * scipy.stats.vonmises.logpdf(0, 1).item() // -1.0737911
 */
export function logpdf(x: ArrayLike, kappa: ArrayLike): JaxArray {
  const [angle, concentration] = promoteToFloat('vonmises.logpdf', x, kappa)
  const logs = concentration.mul(cos(angle).sub(1)).sub(log(besselI0e(concentration).mul(2 * Math.PI)))
  return where(greater(concentration, 0), logs, NaN)
}

/**
 * Density of the von Mises distribution.
 *
 * @example
 * scipy.stats.vonmises.pdf(0, 1).item() // 0.3417105
 */
export function pdf(x: ArrayLike, kappa: ArrayLike): JaxArray {
  return exp(logpdf(x, kappa))
}
