import { checkOptions } from '../tree/options.ts'
import { type Axis, reducedAxes } from '../numpy/axis-options.ts'
import { isfinite } from '../numpy/logic.ts'
import { asArray, promoteToFloat } from '../numpy/promotion.ts'
import { max, sum } from '../numpy/reductions.ts'
import { where } from '../numpy/selection.ts'
import { stopGradient } from '../primitives/conversion.ts'
import * as lax from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../primitives/elementwise-bitwise.ts'
import { eq, lt, ne } from '../primitives/elementwise-comparison.ts'
import { floor } from '../primitives/elementwise-rounding.ts'
import * as special from '../primitives/elementwise-special.ts'
import { exp, log, log1p, logistic } from '../primitives/elementwise-transcendental.ts'
import { expandDims } from '../primitives/movement.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

/** What `logsumexp` may be told. */
export interface LogsumexpOptions {
  readonly axis?: Axis
  /** Weights of the exponentials. */
  readonly b?: ArrayLike | null
  readonly keepdims?: boolean
}

/**
 * Logarithm of a sum of exponentials, without overflow on the way.
 *
 * @example
 * scipy.special.logsumexp(jnp.array([1000, 1000])).item() // 1000.6931
 */
export function logsumexp(
  x: ArrayLike,
  axis: Axis | LogsumexpOptions = null,
  options: LogsumexpOptions = {},
): JaxArray {
  const given: LogsumexpOptions = isAxis(axis) ? { ...options, axis } : axis
  checkOptions('scipy.special.logsumexp', given, ['axis', 'b', 'keepdims'])
  const weights = given.b ?? null
  const [value, weight] = weights === null ? promoteToFloat('logsumexp', x) : promoteToFloat('logsumexp', x, weights)
  const axes = reducedAxes('logsumexp', value, given.axis ?? null)
  const largest = max(value, { axis: axes, initial: -Infinity })
  const shift = stopGradient(select(isfinite(largest), largest, fullLike(largest, 0)))
  const exponentials = exp(lax.sub(value, expandDims(shift, axes)))
  const total = sum(weights === null ? exponentials : lax.mul(exponentials, weight), { axis: axes })
  const result = lax.add(log(weights === null ? lax.abs(total) : total), shift)
  return given.keepdims ? expandDims(result, axes) : result
}

function isAxis(value: Axis | LogsumexpOptions): value is Axis {
  return value === null || typeof value === 'number' || Array.isArray(value)
}

/**
 * The error function.
 *
 * @example
 * scipy.special.erf(1).item() // 0.8427008
 */
export function erf(x: ArrayLike): JaxArray {
  return special.erf(promoteToFloat('erf', x)[0])
}

/**
 * One minus the error function.
 *
 * @example
 * scipy.special.erfc(1).item() // 0.1572992
 */
export function erfc(x: ArrayLike): JaxArray {
  return special.erfc(promoteToFloat('erfc', x)[0])
}

/**
 * The inverse of the error function.
 *
 * @example
 * scipy.special.erfinv(0.5).item() // 0.4769363
 */
export function erfinv(x: ArrayLike): JaxArray {
  return special.erfInv(promoteToFloat('erfinv', x)[0])
}

/**
 * Logarithm of the magnitude of the gamma function.
 *
 * @example
 * scipy.special.gammaln(5).item() // log(24)
 */
export function gammaln(x: ArrayLike): JaxArray {
  return special.lgamma(promoteToFloat('gammaln', x)[0])
}

/**
 * Logarithm of the beta function.
 *
 * @example
 * scipy.special.betaln(1, 2).item() // log(1/2)
 */
export function betaln(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoteToFloat('betaln', a, b)
  return lax.sub(lax.add(special.lgamma(x), special.lgamma(y)), special.lgamma(lax.add(x, y)))
}

/**
 * Derivative of the logarithm of the gamma function.
 *
 * @example
 * scipy.special.digamma(1).item() // -0.5772157
 */
export function digamma(x: ArrayLike): JaxArray {
  return special.digamma(promoteToFloat('digamma', x)[0])
}

/**
 * The n-th derivative of digamma.
 *
 * @example
 * scipy.special.polygamma(1, 1).item() // 1.644934
 */
export function polygamma(n: ArrayLike, x: ArrayLike): JaxArray {
  const [order, value] = promoteToFloat('polygamma', n, x)
  return special.polygamma(order, value)
}

/**
 * The logistic function.
 *
 * @example
 * scipy.special.expit(0).item() // 0.5
 */
export function expit(x: ArrayLike): JaxArray {
  return logistic(promoteToFloat('expit', x)[0])
}

/**
 * The inverse of the logistic function.
 *
 * @example
 * scipy.special.logit(0.5).item() // 0
 */
export function logit(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('logit', x)
  return log(lax.div(value, lax.sub(constant(value, 1), value)))
}

/**
 * `x * log(y)`, and 0 where `x` is 0.
 *
 * @example
 * scipy.special.xlogy(0, 0).item() // 0
 */
export function xlogy(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('xlogy', x, y)
  return timesUnlessZero(a, b, log)
}

/**
 * `x * log1p(y)`, and 0 where `x` is 0.
 *
 * @example
 * scipy.special.xlog1py(0, -1).item() // 0
 */
export function xlog1py(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('xlog1py', x, y)
  return timesUnlessZero(a, b, log1p)
}

/** The operand of the function is replaced too, so that no NaN comes back through the derivative. */
function timesUnlessZero(x: JaxArray, y: JaxArray, f: (y: JaxArray) => JaxArray): JaxArray {
  const zero = eq(x, constant(x, 0))
  return where(zero, constant(x, 0), lax.mul(x, f(where(zero, constant(y, 1), y))))
}

/**
 * `-x * log(x)`, and 0 at 0.
 *
 * @example
 * scipy.special.entr(0).item() // 0
 */
export function entr(x: ArrayLike): JaxArray {
  const value = asArray('entr', promoteToFloat('entr', x)[0])
  return lax.neg(xlogy(value, value))
}

/**
 * The gamma function.
 *
 * @example
 * scipy.special.gamma(5).item() // 24
 */
export function gamma(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('gamma', x)
  const magnitude = exp(special.lgamma(value))
  const negative = bitwiseAnd(lt(value, constant(value, 0)), odd(floor(value)))
  return where(negative, lax.neg(magnitude), magnitude)
}

/** Whether whole numbers are odd. */
function odd(x: JaxArray): JaxArray {
  return ne(lax.rem(x, constant(x, 2)), constant(x, 0))
}

/**
 * The factorial of whole numbers, continued by the gamma function.
 *
 * @example
 * scipy.special.factorial(4).item() // 24
 */
export function factorial(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('factorial', x)
  return gamma(lax.add(value, constant(value, 1)))
}

/**
 * The beta function.
 *
 * @example
 * scipy.special.beta(1, 2).item() // 0.5
 */
export function beta(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoteToFloat('beta', a, b)
  return lax.div(lax.mul(gamma(x), gamma(y)), gamma(lax.add(x, y)))
}

/**
 * Probability that a standard normal variable is at most `x`.
 *
 * @example
 * scipy.special.ndtr(0).item() // 0.5
 */
export function ndtr(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('ndtr', x)
  return lax.mul(constant(value, 0.5), special.erfc(lax.div(lax.neg(value), constant(value, Math.SQRT2))))
}

/**
 * The value that a standard normal variable is at most with probability `p`.
 *
 * @example
 * scipy.special.ndtri(0.5).item() // 0
 */
export function ndtri(p: ArrayLike): JaxArray {
  const [probability] = promoteToFloat('ndtri', p)
  const centred = lax.sub(lax.mul(constant(probability, 2), probability), constant(probability, 1))
  return lax.mul(constant(probability, Math.SQRT2), special.erfInv(centred))
}

/**
 * `x * log(x / y)`, and 0 where `x` is 0: the terms of the Kullback–Leibler divergence.
 *
 * @example
 * scipy.special.relEntr(0, 1).item() // 0
 */
export function relEntr(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('relEntr', x, y)
  return lax.sub(xlogy(a, a), xlogy(a, b))
}

/**
 * `x * log(x / y) - x + y`: the terms of the divergence that are never negative.
 *
 * @example
 * scipy.special.klDiv(1, 1).item() // 0
 */
export function klDiv(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('klDiv', x, y)
  return lax.add(lax.sub(relEntr(a, b), a), b)
}

export { boxcox, boxcox1p } from './box-cox.ts'
export { gammasgn, multigammaln } from './gamma-functions.ts'
