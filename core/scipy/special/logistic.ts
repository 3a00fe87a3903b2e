import type { Axis } from '../../numpy/axis-options.ts'
import { logSoftmax as logSoftmaxAlong, softmax as softmaxAlong } from '../../nn/normalisation.ts'
import { asArray, promoteToFloat } from '../../numpy/promotion.ts'
import { div, mul, sub } from '../../primitives/elementwise-arithmetic.ts'
import { log, logistic } from '../../primitives/elementwise-transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { withDerivative } from './with-derivative.ts'

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
  const complement = (a: JaxArray): JaxArray => sub(constant(a, 1), a)
  return withDerivative(
    'logit',
    (a) => log(div(a, complement(a))),
    [(_ans, a) => div(constant(a, 1), mul(a, complement(a)))],
    ...promoteToFloat('logit', x),
  )
}

/** Along which axes `softmax` adds up to 1: all of them unless given. */
export interface SoftmaxOptions {
  readonly axis?: Axis
}

/**
 * Exponentials divided by their sum over all axes, or over those given.
 *
 * @example
 * scipy.special.softmax(jnp.array([0, 0])).tolist() // [0.5, 0.5]
 */
export function softmax(x: ArrayLike, { axis = null }: SoftmaxOptions = {}): JaxArray {
  return softmaxAlong(asArray('softmax', x), axis)
}

/**
 * Logarithm of `softmax`, without underflow on the way.
 *
 * @example
 * scipy.special.logSoftmax(jnp.array([0, 0])).tolist() // [-0.6931, -0.6931]
 */
export function logSoftmax(x: ArrayLike, { axis = null }: SoftmaxOptions = {}): JaxArray {
  return logSoftmaxAlong(asArray('logSoftmax', x), axis)
}
