import { isComplex } from '../../ir/dtype.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { add, div, mul, neg, sub } from '../../primitives/elementwise-arithmetic.ts'
import { ge } from '../../primitives/elementwise-comparison.ts'
import { complex, imag, real } from '../../primitives/complex.ts'
import { exp } from '../../primitives/elementwise-transcendental.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import { select } from '../../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { polynomial } from './rational.ts'
import { withDerivative } from './with-derivative.ts'

/** Weideman's rational approximation (1994) with 32 terms: its scale, and coefficients from the highest power down. */
const scale = 4.756828460010884
const coefficients = [
  -1.3034426067909105e-12, 3.741183837373847e-12, 8.030427700497756e-12, -2.154359355749088e-11, -5.544244996323793e-11,
  1.165824698850374e-10, 4.1537441121999766e-10, -5.231020211492061e-10, -3.2080151339721323e-9, 8.124886421653591e-10,
  2.3797556530014025e-8, 2.2930438438915445e-8, -1.4813078929137642e-7, -4.1840763750512053e-7, 4.2558331397138446e-7,
  4.401531731283225e-6, 6.821031944357515e-6, -2.1409619201999998e-5, -0.0001307544925457942, -0.00024532980270038237,
  0.00039259136070109705, 0.004519541105349309, 0.0190061557848455, 0.05730440352983728, 0.14060716226893755,
  0.2954445107150874, 0.5460139720639338, 0.9019254893648001, 1.345544169234545, 1.8256696296324815, 2.2635372999002676,
  2.5722534081245696,
]

function upperHalf(z: JaxArray): JaxArray {
  const turned = complex(neg(imag(z)), real(z))
  const under = sub(constant(z, scale), turned)
  const sum = polynomial(coefficients, div(add(constant(z, scale), turned), under))
  const first = div(mul(constant(z, 2), sum), mul(under, under))
  return add(first, div(constant(z, 1 / Math.sqrt(Math.PI)), under))
}

function faddeeva(z: JaxArray): JaxArray {
  const height = imag(z)
  const above = ge(height, fullLike(height, 0))
  const value = upperHalf(select(above, z, neg(z)))
  return select(above, value, sub(mul(constant(z, 2), exp(neg(mul(z, z)))), value))
}

/**
 * The Faddeeva function, `exp(-z²) * erfc(-iz)`, of complex numbers; real ones count as such.
 *
 * @example
 * jnp.real(scipy.special.wofz(0)).item() // 1
 */
export function wofz(z: ArrayLike): JaxArray {
  const [given] = promoteToFloat('wofz', z)
  const value = isComplex(given.dtype) ? given : complex(given, fullLike(given, 0))
  const slope = (ans: JaxArray, at: JaxArray): JaxArray => {
    const height = fullLike(real(at), 2 / Math.sqrt(Math.PI))
    return add(neg(mul(mul(constant(at, 2), at), ans)), complex(fullLike(height, 0), height))
  }
  return withDerivative('_wofz', faddeeva, [slope], value)
}
