import { whileLoop } from '../../lax/loops.ts'
import { divide, power } from '../../numpy/arithmetic.ts'
import { calledAs } from '../../numpy/called-as.ts'
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
} from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { round } from '../../numpy/rounding.ts'
import { where } from '../../numpy/selection.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import { abs, add, div, mul, neg, sub } from '../../primitives/elementwise-arithmetic.ts'
import { digamma } from '../../primitives/elementwise-special.ts'
import { exp, log } from '../../primitives/elementwise-transcendental.ts'
import { machineEpsilon } from '../../primitives/float-limits.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gamma } from './gamma.ts'
import { arraysOf } from './loop-values.ts'
import { withDerivative } from './with-derivative.ts'

const mostTerms = 250

/** The next term of a hypergeometric series from term `k`, where `k` counts from 0. */
type NextFactor = (k: JaxArray) => JaxArray

/**
 * Adds up a series until its terms no longer count. With `weigh` the terms are weighted, as the derivatives
 * with respect to the parameters need.
 */
function sumSeries(x: JaxArray, first: JaxArray, factor: NextFactor, weigh: NextFactor | null = null): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const values = arraysOf(
    whileLoop(
      ([sum, k, term]: JaxArray[]) =>
        logicalAnd(less(k, mostTerms), greater(div(abs(term), abs(sum)), machineEpsilon(x.dtype))),
      ([sum, k, term]: JaxArray[]) => [
        add(sum, weigh === null ? term : mul(term, weigh(k))),
        add(k, c(1)),
        mul(term, factor(k)),
      ],
      [c(weigh === null ? 1 : 0), c(1), first],
    ),
  )
  return values[0]
}

function confluent(a: JaxArray, b: JaxArray, x: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(x, value)
  const small = less(abs(x), 100)
  const near = where(small, x, 1)
  const series = sumSeries(near, mul(div(a, b), near), confluentFactor(a, b, near))
  const far = where(small, 100, x)
  const distance = sub(b, a)
  const one = sub(c(1), a)
  const tail = sumSeries(far, div(mul(distance, one), far), (k) =>
    div(div(mul(add(distance, k), add(one, k)), add(k, c(1))), far),
  )
  const asymptotic = mul(mul(mul(div(gamma(b), gamma(a)), exp(far)), power(far, sub(a, b))), tail)
  const regular = where(small, series, asymptotic)
  const pole = logicalAnd(equal(b, 0), notEqual(a, 0))
  const same = logicalAnd(equal(a, b), notEqual(a, 0))
  return where(equal(a, 0), 1, where(pole, Infinity, where(same, exp(x), regular)))
}

function confluentFactor(a: JaxArray, b: JaxArray, x: JaxArray): NextFactor {
  return (k) => div(mul(div(add(a, k), add(b, k)), x), add(k, constant(k, 1)))
}

const confluentOfArrays = vectorize(confluent)

const confluentSlope = {
  a: vectorize((a: JaxArray, b: JaxArray, x: JaxArray): JaxArray =>
    sumSeries(x, mul(div(a, b), x), confluentFactor(a, b, x), (k) => sub(digamma(add(a, k)), digamma(a))),
  ),
  b: vectorize((a: JaxArray, b: JaxArray, x: JaxArray): JaxArray =>
    sumSeries(x, mul(div(a, b), x), confluentFactor(a, b, x), (k) => sub(digamma(b), digamma(add(b, k)))),
  ),
}

/**
 * The confluent hypergeometric function ₁F₁(a; b; x).
 *
 * @example
 * scipy.special.hyp1f1(1, 2, 1).item() // 1.718282, which is e - 1
 */
export function hyp1f1(a: ArrayLike, b: ArrayLike, x: ArrayLike): JaxArray {
  return withDerivative(
    'hyp1f1',
    (p, q, z) => calledAs('hyp1f1', (i, j, k) => confluentOfArrays(i, j, k), p, q, z),
    [
      (_ans, p, q, z) => confluentSlope.a(p, q, z),
      (_ans, p, q, z) => confluentSlope.b(p, q, z),
      (_ans, p, q, z) => mul(div(p, q), hyp1f1(p.add(1), q.add(1), z)),
    ],
    ...promoteToFloat('hyp1f1', a, b, x),
  )
}

/** A series that ends, since `a` or `b` is a negative whole number. */
function terminating(first: JaxArray, second: JaxArray, c: JaxArray, x: JaxArray): JaxArray {
  const one = constant(x, 1)
  const whole = less(abs(sub(second, round(second))), 50 * machineEpsilon(x.dtype))
  const endsEarlier = logicalAnd(equal(c.mod(1), 0), logicalAnd(lessEqual(c, 0), greater(c, second)))
  const swap = logicalAnd(less(second, first), logicalAnd(whole, logicalNot(endsEarlier)))
  const a = abs(where(swap, second, first))
  const b = where(swap, first, second)
  const last = add(a, one)
  const values = arraysOf(
    whileLoop(
      ([i]: JaxArray[]) => less(i, last),
      ([i, sum, term]: JaxArray[]) => {
        const before = sub(i, one)
        const ratio = mul(div(neg(sub(a, before)), add(c, before)), div(add(b, before), i))
        const next = mul(term, mul(ratio, x))
        return [add(i, one), add(sum, next), next]
      },
      [one, one, one],
    ),
  )
  return values[1]
}

function gaussSeries(a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): JaxArray {
  return sumSeries(x, mul(div(mul(a, b), c), x), gaussFactor(a, b, c, x))
}

function gaussFactor(a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): NextFactor {
  return (k) => mul(div(div(mul(add(a, k), add(b, k)), add(c, k)), add(k, constant(k, 1))), x)
}

/** The transformation to 1 - x where `c - a - b` is a whole number. */
function digammaTransform(a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): JaxArray {
  const k = (value: number): JaxArray => constant(x, value)
  const d = sub(sub(c, a), b)
  const s = sub(k(1), x)
  const whole = round(d)
  const positive = greaterEqual(whole, 0)
  const [e, d1, d2] = [where(positive, d, neg(d)), where(positive, d, 0), where(positive, 0, d)]
  const count = abs(whole)
  const logarithm = log(s)
  const bracket = (t: JaxArray): JaxArray => {
    const upper = add(digamma(add(k(1), t)), digamma(add(add(k(1), t), e)))
    const lower = add(digamma(add(add(a, t), d1)), digamma(add(add(b, t), d1)))
    return sub(sub(upper, lower), logarithm)
  }
  const start = div(bracket(k(0)), gamma(add(e, k(1))))
  const factor = div(mul(mul(add(a, d1), add(b, d1)), s), gamma(add(e, k(2))))
  const infinite = arraysOf(
    whileLoop(
      ([t, , q, y]: JaxArray[]) =>
        logicalAnd(less(t, mostTerms), greaterEqual(abs(q), mul(k(machineEpsilon(x.dtype)), abs(y)))),
      ([t, p, , y]: JaxArray[]) => {
        const q = mul(p, bracket(t))
        const above = mul(p, div(mul(s, add(add(a, t), d1)), add(t, k(1))))
        return [add(t, k(1)), mul(above, div(add(add(b, t), d1), add(add(t, k(1)), e))), q, add(y, q)]
      },
      [k(1), factor, start, start],
    ),
  )
  const y = infinite[3]
  const finite = arraysOf(
    whileLoop(
      ([t]: JaxArray[]) => less(t.add(1), count),
      ([t, p, sum]: JaxArray[]) => {
        const r = add(sub(k(1), e), t)
        const next = div(div(mul(p, mul(mul(s, add(add(a, t), d2)), add(add(b, t), d2))), r), add(t, k(1)))
        return [add(t, k(1)), next, add(sum, next)]
      },
      [k(0), k(1), k(1)],
    ),
  )
  const scale = gamma(c)
  const first = mul(finite[2], div(mul(gamma(e), scale), mul(gamma(add(a, d1)), gamma(add(b, d1)))))
  const unsigned = mul(y, div(scale, mul(gamma(add(a, d2)), gamma(add(b, d2)))))
  const second = where(equal(count.mod(2), 1), neg(unsigned), unsigned)
  const shift = power(s, whole)
  const sum = where(greater(whole, 0), add(mul(second, shift), first), add(second, mul(first, shift)))
  return where(equal(whole, 0), mul(y, div(scale, mul(gamma(a), gamma(b)))), sum)
}

function terminatingOrSeries(a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): JaxArray {
  const tolerance = 50 * machineEpsilon(x.dtype)
  const near = (value: JaxArray): JaxArray => less(abs(sub(value, round(value))), tolerance)
  const ends = logicalOr(logicalAnd(lessEqual(a, 0), near(a)), logicalAnd(lessEqual(b, 0), near(b)))
  const transformed = logicalAnd(greater(x, 0.9), near(sub(sub(c, a), b)))
  return where(ends, terminating(a, b, c, x), where(transformed, digammaTransform(a, b, c, x), gaussSeries(a, b, c, x)))
}

function gauss(a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): JaxArray {
  const d = sub(sub(c, a), b)
  const s = sub(constant(x, 1), x)
  const [ca, cb] = [sub(c, a), sub(c, b)]
  const fractional = greaterEqual(abs(sub(d, round(d))), 50 * machineEpsilon(x.dtype))
  const trivial = logicalOr(equal(x, 0), logicalAnd(logicalOr(equal(a, 0), equal(b, 0)), notEqual(c, 0)))
  const pole = logicalOr(equal(c, 0), logicalAnd(less(c, 0), equal(c.mod(1), 0)))
  const euler = logicalAnd(lessEqual(d, -1), logicalNot(logicalAnd(fractional, less(s, 0))))
  const inside = less(x, 1)
  const atOne = equal(x, 1)
  const gaussSum = div(mul(gamma(c), gamma(d)), mul(gamma(ca), gamma(cb)))
  const cases: [JaxArray, ArrayLike][] = [
    [trivial, 1],
    [pole, Infinity],
    [euler, mul(power(s, d), terminatingOrSeries(ca, cb, c, x))],
    [logicalAnd(lessEqual(d, 0), atOne), Infinity],
    [logicalAnd(inside, equal(b, c)), power(s, neg(a))],
    [logicalAnd(inside, equal(a, c)), power(s, neg(b))],
    [greater(x, 1), Infinity],
    [atOne, gaussSum],
  ]
  return cases.reduceRight((rest, [condition, value]) => where(condition, value, rest), terminatingOrSeries(a, b, c, x))
}

const gaussOfArrays = vectorize(gauss)

function gaussSlope(weigh: (k: JaxArray, a: JaxArray, b: JaxArray, c: JaxArray) => JaxArray) {
  return vectorize((a: JaxArray, b: JaxArray, c: JaxArray, x: JaxArray): JaxArray =>
    sumSeries(x, mul(divide(mul(a, b), c), x), gaussFactor(a, b, c, x), (k) => weigh(k, a, b, c)),
  )
}

const slopeA = gaussSlope((k, a) => sub(digamma(add(a, k)), digamma(a)))
const slopeB = gaussSlope((k, _a, b) => sub(digamma(add(b, k)), digamma(b)))
const slopeC = gaussSlope((k, _a, _b, c) => sub(digamma(c), digamma(add(c, k))))

/**
 * Gauss's hypergeometric function ₂F₁(a, b; c; x) for real `x` up to 1.
 *
 * @example
 * scipy.special.hyp2f1(1, 1, 2, 0.5).item() // 1.386294, which is 2 log 2
 */
export function hyp2f1(a: ArrayLike, b: ArrayLike, c: ArrayLike, x: ArrayLike): JaxArray {
  return withDerivative(
    'hyp2f1',
    (p, q, r, z) => calledAs('hyp2f1', (i, j, k, l) => gaussOfArrays(i, j, k, l), p, q, r, z),
    [
      (_ans, p, q, r, z) => slopeA(p, q, r, z),
      (_ans, p, q, r, z) => slopeB(p, q, r, z),
      (_ans, p, q, r, z) => slopeC(p, q, r, z),
      (_ans, p, q, r, z) => mul(div(mul(p, q), r), hyp2f1(p.add(1), q.add(1), r.add(1), z)),
    ],
    ...promoteToFloat('hyp2f1', a, b, c, x),
  )
}
