import { subtract } from '../../numpy/arithmetic.ts'
import { greater, greaterEqual, less, lessEqual, logicalAnd } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { cos, exp, log } from '../../numpy/transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the Cauchy distribution wrapped around the circle, at angles from 0 to 2π. NaN unless
 * `c` lies between 0 and 1.
 *
 * @example
 * scipy.stats.wrapcauchy.logpdf(0, 0.5).item() // -0.7392647
 */
export function logpdf(x: ArrayLike, c: ArrayLike): JaxArray {
  const [angle, shape] = promoteToFloat('wrapcauchy.logpdf', x, c)
  const square = shape.mul(shape)
  const logs = log(subtract(1, square))
    .sub(log(constant(angle, 2 * Math.PI)))
    .sub(log(square.add(1).sub(shape.mul(2).mul(cos(angle)))))
  const around = logicalAnd(greaterEqual(angle, 0), lessEqual(angle, 2 * Math.PI))
  const possible = logicalAnd(greater(shape, 0), less(shape, 1))
  return where(possible, where(around, logs, -Infinity), NaN)
}

/**
 * Density of the wrapped Cauchy distribution.
 *
 * @example
 * scipy.stats.wrapcauchy.pdf(0, 0.5).item() // 0.4774648
 */
export function pdf(x: ArrayLike, c: ArrayLike): JaxArray {
  return exp(logpdf(x, c))
}
