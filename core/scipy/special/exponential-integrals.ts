import { divide } from '../../numpy/arithmetic.ts'
import { calledAs } from '../../numpy/called-as.ts'
import {
  logicalAnd,
  logicalOr,
  equal,
  greater,
  greaterEqual,
  isneginf,
  isposinf,
  less,
  lessEqual,
  notEqual,
} from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { piecewise, where } from '../../numpy/selection.ts'
import { sinc } from '../../numpy/transcendental.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import { whileLoop } from '../../lax/loops.ts'
import { abs, add, div, mul, neg, sign, sub } from '../../primitives/elementwise-arithmetic.ts'
import { pow } from '../../primitives/elementwise-power.ts'
import { lgamma } from '../../primitives/elementwise-special.ts'
import { cos, exp, log, sin } from '../../primitives/elementwise-transcendental.ts'
import { machineEpsilon } from '../../primitives/float-limits.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { pieces, upToTwo } from './exponential-integral-coefficients.ts'
import { rational } from './rational.ts'
import * as table from './sine-integral-coefficients.ts'
import { pairWithDerivative, withDerivative } from './with-derivative.ts'
import { arraysOf } from './loop-values.ts'

const eulerGamma = 0.5772156649015329

/** Eₙ(x) for 0 < x ≤ 1, by its power series. */
function seriesOfExpn(n: JaxArray, x: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const harmonic = arraysOf(
    whileLoop(
      ([i]: JaxArray[]) => less(i, n),
      ([i, psi]: JaxArray[]) => [add(i, c(1)), add(psi, div(c(1), i))],
      [c(1), sub(c(-eulerGamma), log(x))],
    ),
  )
  const first = equal(n, 1)
  const safeOrder = where(first, 2, n)
  const start = where(first, 0, div(c(1), sub(c(1), safeOrder)))
  const sums = arraysOf(
    whileLoop(
      ([, , , , t]: JaxArray[]) => logicalAnd(greater(x, 0), greater(t, machineEpsilon(x.dtype))),
      ([xk, yk, pk, ans]: JaxArray[]) => {
        const nextX = add(xk, c(1))
        const nextY = mul(yk, div(neg(x), nextX))
        const nextP = add(pk, c(1))
        const sum = add(ans, where(notEqual(nextP, 0), div(nextY, nextP), 0))
        return [nextX, nextY, nextP, sum, where(notEqual(sum, 0), abs(div(nextY, sum)), 1)]
      },
      [c(0), c(1), sub(c(1), n), start, c(Infinity)],
    ),
  )
  return sub(div(mul(pow(neg(x), sub(n, c(1))), harmonic[1]), exp(lgamma(n))), sums[3])
}

/** Eₙ(x) for x > 1, by its continued fraction. */
function fractionOfExpn(n: JaxArray, x: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const big = 1.44115188075855872e17
  const values = arraysOf(
    whileLoop(
      ([, , , , , , t]: JaxArray[]) => greater(t, machineEpsilon(x.dtype)),
      ([k, pkm2, qkm2, pkm1, qkm1, ans]: JaxArray[]) => {
        const next = add(k, c(1))
        const odd = equal(next.mod(2), 1)
        const y = where(odd, 1, x)
        const z = where(odd, add(n, div(sub(next, c(1)), c(2))), div(next, c(2)))
        const p = add(mul(pkm1, y), mul(pkm2, z))
        const q = add(mul(qkm1, y), mul(qkm2, z))
        const regular = notEqual(q, 0)
        const r = where(regular, div(p, q), ans)
        const t = where(regular, abs(div(sub(ans, r), r)), 1)
        const scaled = (value: JaxArray): JaxArray => where(greater(abs(p), big), div(value, c(big)), value)
        return [next, scaled(pkm1), scaled(qkm1), scaled(p), scaled(q), r, t]
      },
      [c(1), c(1), x, c(1), add(x, n), div(c(1), add(x, n)), c(Infinity)],
    ),
  )
  return mul(values[5], exp(neg(x)))
}

/** Eₙ(x) for n ≥ 5000, by its asymptotic expansion. */
function expansionOfExpn(n: JaxArray, x: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const sum = add(x, n)
  const y = div(c(1), mul(sum, sum))
  const quadratic = add(sub(mul(mul(c(6), x), x), mul(mul(c(8), n), x)), mul(n, n))
  const third = mul(mul(y, n), quadratic)
  const second = mul(y, add(third, mul(n, sub(n, mul(c(2), x)))))
  const first = mul(y, add(second, n))
  return div(mul(add(first, c(1)), exp(neg(x))), sum)
}

const expnOfArrays = vectorize((n: JaxArray, x: JaxArray): JaxArray => {
  const zero = equal(x, 0)
  const conditions = [
    logicalOr(less(n, 0), less(x, 0)),
    logicalAnd(zero, less(n, 2)),
    logicalAnd(zero, greaterEqual(n, 2)),
    logicalAnd(equal(n, 0), greaterEqual(x, 0)),
    greaterEqual(n, 5000),
    greater(x, 1),
  ]
  const large = where(greater(x, 1), x, 2)
  const small = where(greater(x, 1), 0.5, x)
  return piecewise(x, conditions, [
    NaN,
    Infinity,
    divide(1, where(equal(n, 1), 2, n)),
    div(exp(neg(x)), x),
    expansionOfExpn(n, x),
    fractionOfExpn(n, large),
    seriesOfExpn(n, small),
  ])
})

/**
 * The generalised exponential integral Eₙ(x), the integral of `exp(-x t) / tⁿ` from 1 on. Its derivative is
 * that with respect to `x`; the order counts as fixed.
 *
 * @example
 * scipy.special.expn(2, 1).item() // 0.1484955
 */
export function expn(n: ArrayLike, x: ArrayLike): JaxArray {
  const [order, value] = promoteToFloat('expn', n, x)
  return withDerivative(
    'expn',
    (k, a) => calledAs('expn', (i, b) => expnOfArrays(i, b), k, a),
    [(ans) => fullLike(ans, 0), (_ans, k, a) => neg(expn(sub(k, constant(k, 1)), a))],
    order,
    value,
  )
}

/**
 * The exponential integral E₁(x).
 *
 * @example
 * scipy.special.exp1(1).item() // 0.2193839
 */
export function exp1(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('exp1', x)
  return expn(constant(value, 1), value)
}

function positiveExpi(x: JaxArray): JaxArray {
  const near = add(add(mul(x, rational(upToTwo, x)), constant(x, eulerGamma)), log(x))
  const inverse = div(constant(x, 1), x)
  const beyond = pieces.map((piece) => {
    const correction = add(mul(inverse, rational(piece, inverse)), constant(x, 1))
    return mul(mul(exp(x), inverse), correction)
  })
  const last = beyond.length - 1
  const far = beyond
    .slice(0, last)
    .reduceRight((rest, piece, i) => where(lessEqual(x, 2 ** (i + 2)), piece, rest), beyond[last])
  return where(logicalAnd(greater(x, 0), lessEqual(x, 2)), near, where(greater(x, 2), far, beyond[last]))
}

/**
 * The exponential integral Ei(x).
 *
 * @example
 * scipy.special.expi(1).item() // 1.895118
 */
export function expi(x: ArrayLike): JaxArray {
  const fun = (a: JaxArray): JaxArray => {
    const negative = less(a, 0)
    const left = neg(exp1(where(negative, neg(a), 1)))
    return where(negative, left, positiveExpi(where(negative, 1, a)))
  }
  return withDerivative(
    'expi',
    (a) => calledAs('expi', fun, a),
    [(_ans, a) => div(exp(a), a)],
    ...promoteToFloat('expi', x),
  )
}

function sineAndCosineIntegrals(value: JaxArray): [JaxArray, JaxArray] {
  const c = (number: number): JaxArray => constant(value, number)
  const x = abs(value)
  const squared = mul(x, x)
  const zero = equal(x, 0)
  const sineNear = where(zero, 0, mul(x, rational(table.sineNear, squared)))
  const logarithm = add(c(eulerGamma), log(x))
  const cosineNear = where(zero, -Infinity, add(logarithm, mul(squared, rational(table.cosineNear, squared))))

  const [sine, cosine] = [sin(x), cos(x)]
  const z = div(c(1), squared)
  const middle = less(x, 8)
  const f = div(where(middle, rational(table.sineMiddle, z), rational(table.sineFar, z)), x)
  const g = mul(z, where(middle, rational(table.cosineMiddle, z), rational(table.cosineFar, z)))
  const quarter = c(Math.PI / 2)
  const sineFar = sub(sub(quarter, mul(f, cosine)), mul(g, sine))
  const cosineFar = sub(mul(f, sine), mul(g, cosine))

  const infinite = isposinf(x)
  const sineLast = where(infinite, Math.PI / 2, sub(quarter, div(cosine, x)))
  const cosineLast = where(infinite, 0, div(sine, x))

  const pick = (near: JaxArray, far: JaxArray, last: JaxArray): JaxArray =>
    where(lessEqual(x, 4), near, where(lessEqual(x, 1e9), far, last))
  const si = mul(sign(value), pick(sineNear, sineFar, sineLast))
  const ci = where(isneginf(value), NaN, pick(cosineNear, cosineFar, cosineLast))
  return [si, ci]
}

/**
 * The sine and cosine integrals.
 *
 * @example
 * const [si, ci] = scipy.special.sici(1)
 * si.item() // 0.9460831
 */
export function sici(x: ArrayLike): [si: JaxArray, ci: JaxArray] {
  const slopes = (a: JaxArray): [JaxArray, JaxArray] => [sinc(divide(a, Math.PI)), div(cos(a), a)]
  return pairWithDerivative('sici', sineAndCosineIntegrals, slopes, promoteToFloat('sici', x)[0])
}
