import { JaxTypeError, ValueError } from '../../errors.ts'
import { multiply, subtract } from '../../numpy/arithmetic.ts'
import { equal, greater, greaterEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { abs, add, div, max, min, mul, neg, sign, square, sub } from '../../primitives/elementwise-arithmetic.ts'
import { gt, lt } from '../../primitives/elementwise-comparison.ts'
import { sqrt } from '../../primitives/elementwise-power.ts'
import * as lax from '../../primitives/elementwise-special.ts'
import { exp, log } from '../../primitives/elementwise-transcendental.ts'
import { constant, strongConstant, fullLike } from '../../primitives/operand.ts'
import { select } from '../../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import * as dawson from './dawson-coefficients.ts'
import * as quantile from './normal-quantile-coefficients.ts'
import { polynomial, rational } from './rational.ts'
import { inSinglePrecision } from './single-precision.ts'
import { withDerivative } from './with-derivative.ts'

/**
 * The error function.
 *
 * @example
 * scipy.special.erf(1).item() // 0.8427008
 */
export function erf(x: ArrayLike): JaxArray {
  return lax.erf(promoteToFloat('erf', x)[0])
}

/**
 * One minus the error function.
 *
 * @example
 * scipy.special.erfc(1).item() // 0.1572992
 */
export function erfc(x: ArrayLike): JaxArray {
  return lax.erfc(promoteToFloat('erfc', x)[0])
}

/**
 * The inverse of the error function.
 *
 * @example
 * scipy.special.erfinv(0.5).item() // 0.4769363
 */
export function erfinv(x: ArrayLike): JaxArray {
  return lax.erfInv(promoteToFloat('erfinv', x)[0])
}

/** Coefficients of 1/(√π x) times a polynomial in 1/x², from the highest power down. */
const tailOfErfcx = [7918.06640625, -1055.7421875, 162.421875, -29.53125, 6.5625, -1.875, 0.75, -0.5, 1]

function scaledComplement(x: JaxArray): JaxArray {
  const wide = x.dtype === 'float64'
  // Where exp(x²) overflows the asymptotic series is already exact.
  const far = gt(x, constant(x, Math.sqrt(Math.log(wide ? Number.MAX_VALUE : 3.4028234663852886e38))))
  const near = select(far, fullLike(x, 1), x)
  const direct = mul(exp(square(near)), lax.erfc(near))
  const series = polynomial(wide ? tailOfErfcx : tailOfErfcx.slice(4), div(constant(x, 1), square(x)))
  return select(far, div(series, mul(x, constant(x, Math.sqrt(Math.PI)))), direct)
}

/**
 * `exp(x²) * erfc(x)`, which neither overflows nor vanishes for large `x`.
 *
 * @example
 * scipy.special.erfcx(1).item() // 0.4275836
 */
export function erfcx(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('erfcx', x)
  const slope = (ans: JaxArray, at: JaxArray): JaxArray =>
    sub(mul(mul(constant(at, 2), at), ans), constant(at, 2 / Math.sqrt(Math.PI)))
  return withDerivative('_erfcx', (a) => inSinglePrecision(a, scaledComplement), [slope], value)
}

function dawsonIntegral(x: JaxArray): JaxArray {
  const size = abs(x)
  const one = fullLike(size, 1)
  const middle = greaterEqual(size, 3.25)
  const isFar = greaterEqual(size, 6.25)
  const nearSize = select(middle, one, size)
  const near = mul(nearSize, rational(dawson.near, square(nearSize)))
  const farSize = select(middle, size, one)
  const inverse = div(constant(x, 1), square(farSize))
  const correction = select(
    isFar,
    mul(inverse, rational(dawson.far, inverse)),
    mul(inverse, rational(dawson.middle, inverse)),
  )
  const beyond = mul(div(constant(x, 0.5), farSize), add(constant(x, 1), correction))
  return mul(sign(x), select(middle, beyond, near))
}

/**
 * The Dawson integral, `exp(-x²)` times the integral of `exp(t²)` from 0 to `x`.
 *
 * @example
 * scipy.special.dawsn(1).item() // 0.5380795
 */
export function dawsn(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('dawsn', x)
  const slope = (ans: JaxArray, at: JaxArray): JaxArray => sub(constant(at, 1), mul(mul(constant(at, 2), at), ans))
  return withDerivative('_dawsn', (a) => inSinglePrecision(a, dawsonIntegral), [slope], value)
}

function singleOrDouble(name: string, x: ArrayLike): JaxArray {
  const [value] = promoteToFloat(name, x)
  if (value.dtype === 'float32' || value.dtype === 'float64') return value
  throw new JaxTypeError(`scipy.special.${name} takes float32 and float64, got ${value.dtype}.`, {
    hint: "Convert the operand first: x.astype('float32').",
  })
}

/** The distribution function, by erf near 0 and by erfc in the tails, where that keeps its digits. */
function normalProbability(x: JaxArray): JaxArray {
  const c = (value: number): JaxArray => strongConstant(x, value)
  const scaled = multiply(x, c(Math.SQRT1_2))
  const size = abs(scaled)
  const tail = lax.erfc(size)
  const beyond = select(gt(scaled, c(0)), sub(c(2), tail), tail)
  return mul(c(0.5), select(lt(size, c(Math.SQRT1_2)), add(c(1), lax.erf(scaled)), beyond))
}

/**
 * Probability that a standard normal variable is at most `x`.
 *
 * @example
 * scipy.special.ndtr(0).item() // 0.5
 */
export function ndtr(x: ArrayLike): JaxArray {
  return normalProbability(singleOrDouble('ndtr', x))
}

/**
 * The value that a standard normal variable is at most with probability `p`.
 *
 * @example
 * scipy.special.ndtri(0.5).item() // 0
 */
export function ndtri(p: ArrayLike): JaxArray {
  const value = singleOrDouble('ndtri', p)
  const c = (number: number): JaxArray => strongConstant(value, number)
  const lower = where(greater(value, -Math.expm1(-2)), subtract(c(1), value), value)
  const safe = where(equal(lower, 0), 0.5, lower)
  const centred = sub(safe, c(0.5))
  const squared = square(centred)
  const middle = mul(
    add(centred, mul(mul(centred, squared), rational(quantile.central, squared))),
    c(-Math.sqrt(2 * Math.PI)),
  )
  const root = sqrt(mul(c(-2), log(safe)))
  const inverse = div(c(1), root)
  const first = sub(root, div(log(root), root))
  const outer = sub(first, div(rational(quantile.farTail, inverse), root))
  const inner = sub(first, div(rational(quantile.tail, inverse), root))
  const side = where(greater(safe, Math.exp(-2)), middle, where(greaterEqual(root, 8), outer, inner))
  const x = where(greater(value, 1 - Math.exp(-2)), side, neg(side))
  return where(equal(value, 0), -Infinity, where(equal(value, 1), Infinity, x))
}

/** The tail `-x²/2 - log(-x) - log(2π)/2 + log(1 - 1/x² + 3/x⁴ - …)` of the logarithm. */
function logTail(x: JaxArray, order: number): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const squared = square(x)
  const scale = sub(sub(mul(c(-0.5), squared), log(neg(x))), c(0.5 * Math.log(2 * Math.PI)))
  let series = fullLike(x, 1)
  let power = squared
  let factor = 1
  for (let n = 1; n <= order; n++) {
    factor *= -(2 * n - 1)
    series = add(series, div(c(factor), power))
    power = mul(power, squared)
  }
  return add(scale, log(series))
}

/**
 * Logarithm of `ndtr`, accurate in both tails; for very small `x` by an asymptotic series of `seriesOrder` terms.
 *
 * @example
 * scipy.special.logNdtr(-20).item() // -203.9172
 */
export function logNdtr(x: ArrayLike, seriesOrder: number | { readonly seriesOrder?: number } = 3): JaxArray {
  const order = typeof seriesOrder === 'number' ? seriesOrder : (seriesOrder.seriesOrder ?? 3)
  if (!Number.isInteger(order))
    throw new JaxTypeError(`scipy.special.logNdtr: seriesOrder is a whole number, got ${order}.`)
  if (order < 0 || order > 30) {
    throw new ValueError(`scipy.special.logNdtr: seriesOrder is a whole number from 0 to 30, got ${order}.`)
  }
  const value = singleOrDouble('logNdtr', x)
  const [lowest, highest] = value.dtype === 'float64' ? [-20, 8] : [-10, 5]
  const fun = (a: JaxArray): JaxArray => {
    const low = constant(a, lowest)
    const right = gt(a, constant(a, highest))
    const probability = normalProbability(where(right, neg(a), max(a, low)))
    const left = where(gt(a, low), log(probability), logTail(min(a, low), order))
    return where(right, neg(probability), left)
  }
  const slope = (ans: JaxArray, a: JaxArray): JaxArray => {
    const logDensity = sub(mul(constant(a, -0.5), square(a)), constant(a, 0.5 * Math.log(2 * Math.PI)))
    return exp(sub(logDensity, ans))
  }
  return withDerivative('log_ndtr', fun, [slope], value)
}
