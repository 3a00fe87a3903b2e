import { clip } from '../numpy/arithmetic.ts'
import { checkOptions } from '../tree/options.ts'
import { type DTypeLike, requestedDType } from '../numpy/creation.ts'
import { promoteToFloat, asArray, defaultFloatDType } from '../numpy/promotion.ts'
import { equal } from '../numpy/logic.ts'
import { max, mean, sum } from '../numpy/reductions.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { stopGradient, convertElementType } from '../primitives/conversion.ts'
import { add, div, mul, square, sub } from '../primitives/elementwise-arithmetic.ts'
import { rsqrt } from '../primitives/elementwise-power.ts'
import { exp, log } from '../primitives/elementwise-transcendental.ts'
import { expandDims } from '../primitives/movement.ts'
import { iota } from '../primitives/iota.ts'
import { constant } from '../primitives/operand.ts'
import { upTo } from '../primitives/axes.ts'
import { logsumexp } from '../scipy/special/log-sum-exp.ts'
import { calledAs } from '../numpy/called-as.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

/** One axis, or several that are taken together. */
export type AxisOption = number | readonly number[] | { readonly axis?: number | readonly number[] | null } | null

function axisOf(axis: AxisOption, otherwise: number | null): number | readonly number[] | null {
  if (axis === null || typeof axis === 'number' || isList(axis)) return axis
  return axis.axis === undefined ? otherwise : axis.axis
}

function isList(axis: AxisOption): axis is readonly number[] {
  return Array.isArray(axis)
}

/**
 * Exponentials divided by their sum along an axis: scores as probabilities.
 *
 * @example
 * nn.softmax(jnp.array([0, 0])).tolist() // [0.5, 0.5]
 */
export function softmax(x: ArrayLike, axis: AxisOption = -1): JaxArray {
  const [value] = promoteToFloat('softmax', x)
  const along = axisOf(axis, -1)
  const largest = stopGradient(max(value, { axis: along, keepdims: true, initial: -Infinity }))
  const unnormalised = exp(sub(value, largest))
  return div(unnormalised, sum(unnormalised, { axis: along, keepdims: true }))
}

/**
 * Logarithm of `softmax`, without underflow on the way.
 *
 * @example
 * nn.logSoftmax(jnp.array([0, 0])).tolist() // [-0.6931, -0.6931]
 */
export function logSoftmax(x: ArrayLike, axis: AxisOption = -1): JaxArray {
  const [value] = promoteToFloat('logSoftmax', x)
  const along = axisOf(axis, -1)
  return calledAs(
    'log_softmax',
    (a) => {
      const shifted = sub(a, stopGradient(max(a, { axis: along, keepdims: true, initial: -Infinity })))
      return sub(shifted, log(sum(exp(shifted), { axis: along, keepdims: true })))
    },
    value,
  )
}

/**
 * Logarithm of the mean of exponentials.
 *
 * @example
 * nn.logmeanexp(jnp.array([0, 0])).item() // 0
 */
export function logmeanexp(x: ArrayLike, axis: AxisOption = null): JaxArray {
  const [value] = promoteToFloat('logmeanexp', x)
  const along = axisOf(axis, null)
  const total = logsumexp(value, along)
  const count = value.size / Math.max(1, total.size)
  return sub(total, constant(total, Math.log(count)))
}

/** What `standardize` may be told. */
export interface StandardizeOptions {
  readonly axis?: number | readonly number[] | null
  readonly epsilon?: number
}

/**
 * Shifted and scaled to mean 0 and variance 1 along an axis.
 *
 * @example
 * nn.standardize(jnp.array([1, 3])).tolist() // [-0.999995, 0.999995]
 */
export function standardize(x: ArrayLike, options: StandardizeOptions | number = {}): JaxArray {
  const given = typeof options === 'number' ? { axis: options } : options
  checkOptions('nn.standardize', given, ['axis', 'epsilon'])
  const { axis = -1, epsilon = 1e-5 }: StandardizeOptions = given
  const [value] = promoteToFloat('standardize', x)
  return calledAs(
    'standardize',
    (a) => {
      const centre = mean(a, { axis, keepdims: true })
      const variance = clip(sub(mean(square(a), { axis, keepdims: true }), square(centre)), 0)
      return mul(sub(a, centre), rsqrt(add(variance, constant(a, epsilon))))
    },
    value,
  )
}

/** What `oneHot` may be told. */
export interface OneHotOptions {
  readonly dtype?: DTypeLike | null
  /** Where the new axis goes. */
  readonly axis?: number
}

/**
 * Indices as rows of the identity matrix; indices outside give zeros.
 *
 * @example
 * nn.oneHot(jnp.arange(2), 3).tolist() // [[1, 0, 0], [0, 1, 0]]
 */
export function oneHot(x: ArrayLike, numClasses: number, options: OneHotOptions = {}): JaxArray {
  checkOptions('nn.oneHot', options, ['dtype', 'axis'])
  const dtype = requestedDType('oneHot', { dtype: options.dtype ?? null }) ?? defaultFloatDType()
  const value = asArray('oneHot', x)
  const axis = canonicalAxis('nn.oneHot', options.axis ?? -1, value.ndim + 1)
  return calledAs(
    '_one_hot',
    (indices) => {
      const column = expandDims(indices, [axis])
      const shape = upTo(indices.ndim + 1).map((i) => (i === axis ? numClasses : 1))
      return convertElementType(equal(column, iota({ dtype: indices.dtype, shape, dimension: axis })), dtype)
    },
    value,
  )
}
