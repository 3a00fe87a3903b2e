import { equal, greater, isnan, lessEqual, logicalOr } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { abs, add, div, mul, neg, reciprocal, sign, square, sub } from '../../primitives/elementwise-arithmetic.ts'
import { erf, erfc } from '../../primitives/elementwise-special.ts'
import { atan, exp } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { nodes, weights } from './owens-t-quadrature.ts'
import { withDerivative } from './with-derivative.ts'

/** The integral for 0 ≤ a ≤ 1. */
function quadrature(h: JaxArray, a: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(a, value)
  const exponent = mul(c(-0.5), square(h))
  const squared = square(a)
  const terms = nodes.map((node, i) => {
    const r = add(c(1), mul(squared, c(node)))
    return mul(div(exp(mul(exponent, r)), r), c(weights[i]))
  })
  return mul(
    a,
    terms.reduce((sum, term) => add(sum, term)),
  )
}

function owens(given: JaxArray, a: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(a, value)
  const h = abs(given)
  const slope = abs(a)
  const steep = greater(slope, 1)
  const flatSlope = where(steep, reciprocal(where(steep, slope, 1)), slope)
  const height = where(steep, mul(slope, h), h)
  const scaled = mul(height, c(Math.SQRT1_2))
  const inner = where(equal(height, 0), div(atan(flatSlope), c(2 * Math.PI)), quadrature(height, flatSlope))
  const diagonal = mul(mul(c(0.125), erfc(neg(scaled))), erfc(scaled))
  const flat = where(equal(flatSlope, 1), diagonal, inner)

  // T(h, a) + T(ah, 1/a) has a closed form, which is written so that neither end cancels.
  const [near, far] = [mul(h, c(Math.SQRT1_2)), mul(mul(slope, h), c(Math.SQRT1_2))]
  const small = sub(sub(c(0.25), mul(mul(c(0.25), erf(near)), erf(far))), flat)
  const [p, q] = [erfc(near), erfc(far)]
  const large = sub(mul(c(0.25), sub(add(p, q), mul(p, q))), flat)
  const size = where(steep, where(lessEqual(mul(slope, h), 0.67), small, large), flat)
  return where(logicalOr(isnan(a), isnan(h)), NaN, mul(sign(a), size))
}

/**
 * Owen's T function: the probability that X > h and 0 < Y < aX for independent standard normal X and Y.
 *
 * @example
 * scipy.special.owensT(0, 1).item() // 0.125
 */
export function owensT(h: ArrayLike, a: ArrayLike): JaxArray {
  const slopes = [
    (_ans: JaxArray, x: JaxArray, y: JaxArray): JaxArray => {
      const bell = exp(mul(constant(x, -0.5), square(x)))
      const within = erf(mul(mul(y, x), constant(x, Math.SQRT1_2)))
      return div(mul(neg(bell), within), constant(x, 2 * Math.sqrt(2 * Math.PI)))
    },
    (_ans: JaxArray, x: JaxArray, y: JaxArray): JaxArray => {
      const length = add(square(y), constant(y, 1))
      const bell = exp(mul(mul(constant(x, -0.5), length), square(x)))
      return div(bell, mul(constant(y, 2 * Math.PI), length))
    },
  ]
  const [x, y] = promoteToFloat('owensT', h, a)
  return withDerivative('_owens_t_impl', owens, slopes, x, y)
}
