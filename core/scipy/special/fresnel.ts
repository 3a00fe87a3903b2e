import { divide, fmod, multiply } from '../../numpy/arithmetic.ts'
import { equal, greater, isinf, less } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { abs, add, div, mul, neg, sub } from '../../primitives/elementwise-arithmetic.ts'
import { sin } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { double, single } from './fresnel-coefficients.ts'
import { rational } from './rational.ts'
import { pairWithDerivative } from './with-derivative.ts'

/** sin(πx²/2) and cos(πx²/2), with x² reduced to the period before it loses digits. */
function sineAndCosineOfSquare(x: JaxArray): [JaxArray, JaxArray] {
  const size = abs(x)
  const rest = fmod(size, 2)
  const turn = fmod(mul(rest, sub(size, divide(rest, 2))), 2)
  const sineAt = (shift: number): JaxArray => sin(multiply(turn.sub(shift), Math.PI))
  const sine = where(less(turn, 0.5), sineAt(0), where(greater(turn, 1.5), sineAt(2), neg(sineAt(1))))
  const cosine = where(equal(turn, 0.5), 0, where(less(turn, 1), neg(sineAt(0.5)), sineAt(1.5)))
  return [sine, cosine]
}

function integrals(given: JaxArray): [JaxArray, JaxArray] {
  const wide = given.dtype === 'float64'
  const value = wide ? given : convertElementType(given, 'float32')
  const c = (number: number): JaxArray => constant(value, number)
  const tables = wide ? double : single
  const x = abs(value)
  const squared = mul(x, x)
  const fourth = mul(squared, squared)
  const sineNear = mul(mul(x, squared), rational(tables.sine, fourth))
  const cosineNear = mul(x, rational(tables.cosine, fourth))

  const [sine, cosine] = sineAndCosineOfSquare(x)
  const angle = mul(c(Math.PI), squared)
  const u = div(c(1), mul(angle, angle))
  const f = sub(c(1), mul(u, rational(tables.f, u)))
  const g = mul(div(c(1), angle), rational(tables.g, u))
  const scale = mul(c(Math.PI), x)
  const cosineFar = add(c(0.5), div(sub(mul(f, sine), mul(g, cosine)), scale))
  const sineFar = sub(c(0.5), div(add(mul(f, cosine), mul(g, sine)), scale))
  const limit = (wave: JaxArray): JaxArray => (wide ? div(wave, scale) : constant(x, 0))

  const pick = (near: JaxArray, far: JaxArray, farthest: JaxArray): JaxArray => {
    const finite = where(less(squared, 2.5625), near, where(greater(x, 36974), farthest, far))
    const size = where(isinf(x), 0.5, finite)
    return convertElementType(where(less(value, 0), neg(size), size), given.dtype)
  }
  return [pick(sineNear, sineFar, sub(c(0.5), limit(cosine))), pick(cosineNear, cosineFar, add(c(0.5), limit(sine)))]
}

/**
 * The Fresnel integrals of `sin(πt²/2)` and `cos(πt²/2)` from 0 to `x`.
 *
 * @example
 * const [s, c] = scipy.special.fresnel(1)
 * s.item() // 0.4382591
 */
export function fresnel(x: ArrayLike): [s: JaxArray, c: JaxArray] {
  return pairWithDerivative('fresnel', integrals, sineAndCosineOfSquare, promoteToFloat('fresnel', x)[0])
}
