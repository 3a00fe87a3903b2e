import { ValueError } from '../../errors.ts'
import { isFloat } from '../../ir/dtype.ts'
import { maximum, minimum, multiply } from '../../numpy/arithmetic.ts'
import { arange } from '../../numpy/creation.ts'
import {
  equal,
  greater,
  greaterEqual,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  notEqual,
  signbit,
} from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { floor } from '../../numpy/rounding.ts'
import { where } from '../../numpy/selection.ts'
import { expandDims } from '../../numpy/shape.ts'
import { add, div, mul, sub } from '../../primitives/elementwise-arithmetic.ts'
import * as incomplete from '../../primitives/elementwise-incomplete.ts'
import * as lax from '../../primitives/elementwise-special.ts'
import { exp, log, log1p } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { withDerivative } from './with-derivative.ts'

/**
 * Logarithm of the magnitude of the gamma function.
 *
 * @example
 * scipy.special.gammaln(5).item() // log(24)
 */
export function gammaln(x: ArrayLike): JaxArray {
  return lax.lgamma(promoteToFloat('gammaln', x)[0])
}

/**
 * Logarithm of the gamma function; NaN where that is not positive or `x` is negative.
 *
 * @example
 * scipy.special.loggamma(5).item() // log(24)
 */
export function loggamma(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('loggamma', x)
  return where(greater(value, 0), lax.lgamma(value), NaN)
}

/**
 * The sign of the gamma function; NaN at its poles.
 *
 * @example
 * scipy.special.gammasgn(jnp.array([-1.5, -0.5, 2])).tolist() // [1, -1, 1]
 */
export function gammasgn(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('gammasgn', x)
  const [whole, negative] = [floor(value), less(value, 0)]
  const pole = logicalOr(logicalAnd(negative, equal(value, whole)), isnan(value))
  const odd = logicalAnd(negative, notEqual(whole.mod(2), 0))
  const below = logicalOr(odd, logicalAnd(equal(value, 0), signbit(value)))
  return where(pole, NaN, where(below, -1, 1)).astype(value.dtype)
}

/**
 * The gamma function.
 *
 * @example
 * scipy.special.gamma(5).item() // 24
 */
export function gamma(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('gamma', x)
  return multiply(gammasgn(value), exp(lax.lgamma(value)))
}

/** Stirling's series of `log Γ(b) - log Γ(a + b)` for b ≥ 8 and a ≤ b, in which nothing large cancels. */
function logRatio(a: JaxArray, b: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(a, value)
  const h = div(a, b)
  const x = div(h, add(c(1), h))
  const squared = mul(x, x)
  // The geometric sums (1 - xⁿ) / (1 - x) for n = 1, 3, 5, …
  const sums = [c(1)]
  for (let n = 3; n <= 11; n += 2) sums.push(add(c(1), add(x, mul(squared, sums[sums.length - 1]))))
  const t = mul(div(c(1), b), div(c(1), b))
  const series = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 8.37308034031215e-4, -1.65322962780713e-3]
  const terms = series.map((coefficient, i) => mul(c(coefficient), sums[i]))
  const sum = terms.reduceRight((rest, term) => add(mul(rest, t), term))
  const w = mul(sum, div(x, b))
  const u = mul(add(b, sub(a, c(0.5))), log1p(h))
  const v = mul(a, sub(log(b), c(1)))
  return where(lessEqual(u, v), sub(sub(w, v), u), sub(sub(w, u), v))
}

/**
 * Logarithm of the beta function.
 *
 * @example
 * scipy.special.betaln(1, 2).item() // log(1/2)
 */
export function betaln(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoteToFloat('betaln', a, b)
  const [lesser, larger] = [minimum(x, y), maximum(x, y)]
  const first = lax.lgamma(lesser)
  const near = add(first, sub(lax.lgamma(larger), lax.lgamma(add(lesser, larger))))
  return where(less(larger, 8), near, add(first, logRatio(lesser, larger)))
}

/**
 * The beta function.
 *
 * @example
 * scipy.special.beta(1, 2).item() // 0.5
 */
export function beta(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoteToFloat('beta', a, b)
  const sign = mul(mul(gammasgn(x), gammasgn(y)), gammasgn(add(x, y)))
  return mul(sign, exp(betaln(x, y)))
}

/**
 * The factorial of whole numbers, continued by the gamma function; 0 for negative ones.
 *
 * @example
 * scipy.special.factorial(4).item() // 24
 */
export function factorial(n: ArrayLike): JaxArray {
  const [value] = promoteToFloat('factorial', n)
  return where(less(value, 0), 0, exp(lax.lgamma(add(value, constant(value, 1)))))
}

/**
 * The number of ways to choose `k` of `N` things, with `repetition` also more than once.
 *
 * @example
 * scipy.special.comb(5, 2).item() // 10
 */
export function comb(
  N: ArrayLike,
  k: ArrayLike,
  { repetition = false }: { readonly repetition?: boolean } = {},
): JaxArray {
  const [n, m] = promoteToFloat('comb', N, k)
  const one = constant(n, 1)
  if (repetition) {
    const empty = logicalAnd(equal(m, 0), greaterEqual(n, 0))
    return where(empty, 1, comb(sub(add(n, m), one), m))
  }
  const possible = logicalAnd(logicalAnd(lessEqual(m, n), greaterEqual(n, 0)), greaterEqual(m, 0))
  const [safeN, safeM] = [where(possible, n, 0), where(possible, m, 0)]
  const all = lax.lgamma(add(safeN, one))
  const rest = lax.lgamma(sub(add(safeN, one), safeM))
  return where(possible, exp(sub(sub(all, lax.lgamma(add(safeM, one))), rest)), 0)
}

/**
 * The regularized incomplete beta function.
 *
 * @example
 * scipy.special.betainc(2, 1, 0.5).item() // 0.25
 */
export function betainc(a: ArrayLike, b: ArrayLike, x: ArrayLike): JaxArray {
  const [p, q, z] = promoteToFloat('betainc', a, b, x)
  return incomplete.betainc(p, q, z)
}

/**
 * The regularized lower incomplete gamma function.
 *
 * @example
 * scipy.special.gammainc(1, 2).item() // 0.8646647
 */
export function gammainc(a: ArrayLike, x: ArrayLike): JaxArray {
  const [shape, value] = promoteToFloat('gammainc', a, x)
  return incomplete.igamma(shape, value)
}

/**
 * The regularized upper incomplete gamma function.
 *
 * @example
 * scipy.special.gammaincc(1, 2).item() // 0.1353353
 */
export function gammaincc(a: ArrayLike, x: ArrayLike): JaxArray {
  const [shape, value] = promoteToFloat('gammaincc', a, x)
  return incomplete.igammac(shape, value)
}

/**
 * Derivative of the logarithm of the gamma function.
 *
 * @example
 * scipy.special.digamma(1).item() // -0.5772157
 */
export function digamma(x: ArrayLike): JaxArray {
  return lax.digamma(promoteToFloat('digamma', x)[0])
}

/**
 * The n-th derivative of digamma, for whole `n`.
 *
 * @example
 * scipy.special.polygamma(1, 1).item() // 1.644934
 */
export function polygamma(n: ArrayLike, x: ArrayLike): JaxArray {
  if (typeof n === 'object' ? isFloat(n.dtype) : typeof n === 'number' && !Number.isInteger(n)) {
    throw new ValueError(
      `scipy.special.polygamma: n must be of integer type, got ${typeof n === 'object' ? n.dtype : String(n)}.`,
    )
  }
  const [order, value] = promoteToFloat('polygamma', n, x)
  return lax.polygamma(order, value)
}

/**
 * Logarithm of the multivariate gamma function of dimension `d`.
 *
 * @example
 * scipy.special.multigammaln(3, 1).item() // 0.6931472
 */
export function multigammaln(a: ArrayLike, d: number): JaxArray {
  if (!Number.isInteger(d) || d < 1) {
    throw new ValueError(`scipy.special.multigammaln: the dimension is a positive whole number, got ${d}.`)
  }
  const [value] = promoteToFloat('multigammaln', a)
  const halves = arange(d).astype(value.dtype).div(2)
  const logs = lax.lgamma(expandDims(value, -1).sub(halves.reshape([...value.shape.map(() => 1), d])))
  return logs.sum(-1).add(0.25 * d * (d - 1) * Math.log(Math.PI))
}

/**
 * The rising factorial `Γ(z + m) / Γ(z)`.
 *
 * @example
 * scipy.special.poch(2, 3).item() // 24
 */
export function poch(z: ArrayLike, m: ArrayLike): JaxArray {
  return withDerivative(
    'poch',
    (x, n) => where(equal(n, 0), 1, div(gamma(add(x, n)), gamma(x))),
    [
      (_ans, x, n) => mul(sub(digamma(add(x, n)), digamma(x)), poch(x, n)),
      (_ans, x, n) => mul(digamma(add(x, n)), poch(x, n)),
    ],
    ...promoteToFloat('poch', z, m),
  )
}
