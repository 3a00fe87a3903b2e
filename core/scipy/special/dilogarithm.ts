import { JaxTypeError } from '../../errors.ts'
import { equal, greater, less } from '../../numpy/logic.ts'
import { logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { div, mul, neg, square, sub } from '../../primitives/elementwise-arithmetic.ts'
import { log } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { rational } from './rational.ts'
import { dilogarithm } from './spence-coefficients.ts'

/** Brings the argument to between 1/2 and 3/2, where one approximation serves, by the function's reflections. */
function reflected(given: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(given, value)
  const large = greater(given, 2)
  const x = where(large, div(c(1), given), given)
  const above = greater(x, 1.5)
  const below = less(x, 0.5)
  const w = where(below, neg(x), where(above, sub(div(c(1), x), c(1)), sub(x, c(1))))
  const y = mul(neg(w), rational(dilogarithm, w))
  const atZero = sub(sub(c(Math.PI ** 2 / 6), mul(log(x), log(sub(c(1), x)))), y)
  const inner = where(below, atZero, y)
  return where(logicalOr(large, above), sub(mul(c(-0.5), square(log(x))), inner), inner)
}

/**
 * Spence's function, the dilogarithm of `1 - x`: the integral of `log(t) / (1 - t)` from 1 to `x`.
 *
 * @example
 * scipy.special.spence(0).item() // 1.644934, which is π²/6
 */
export function spence(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('spence', x)
  if (value.dtype !== 'float32' && value.dtype !== 'float64') {
    throw new JaxTypeError(`scipy.special.spence takes float32 and float64, got ${value.dtype}.`, {
      hint: "Convert the operand first: x.astype('float32').",
    })
  }
  const edge = where(equal(value, 1), 0, reflected(value))
  return where(equal(value, 0), Math.PI ** 2 / 6, where(less(value, 0), NaN, edge))
}
