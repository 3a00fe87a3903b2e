import { sqrt } from '../primitives/elementwise-power.ts'
import { constant } from '../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type AxisOrOptions, type ReduceOptions, readOptions } from './axis-options.ts'
import { isnan, logicalNot } from './logic.ts'
import { asArray } from './promotion.ts'
import { all, max, mean, min, prod, sum, variance } from './reductions.ts'
import { where } from './selection.ts'

/**
 * Sum of the elements that are numbers.
 *
 * @example
 * jnp.nansum(jnp.array([1, NaN, 2])).item() // 3
 */
export function nansum(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  return sum(replaced('nansum', x, 0), readOptions('nansum', axis, options, ['axis', 'dtype', 'keepdims']))
}

/**
 * Product of the elements that are numbers.
 *
 * @example
 * jnp.nanprod(jnp.array([2, NaN, 3])).item() // 6
 */
export function nanprod(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  return prod(replaced('nanprod', x, 1), readOptions('nanprod', axis, options, ['axis', 'dtype', 'keepdims']))
}

/**
 * Largest of the elements that are numbers.
 *
 * @example
 * jnp.nanmax(jnp.array([1, NaN, 2])).item() // 2
 */
export function nanmax(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('nanmax', axis, options, ['axis', 'keepdims'])
  return nanWhereNone(x, max(replaced('nanmax', x, -Infinity), given), given)
}

/**
 * Smallest of the elements that are numbers.
 *
 * @example
 * jnp.nanmin(jnp.array([1, NaN, 2])).item() // 1
 */
export function nanmin(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('nanmin', axis, options, ['axis', 'keepdims'])
  return nanWhereNone(x, min(replaced('nanmin', x, Infinity), given), given)
}

/**
 * Mean of the elements that are numbers.
 *
 * @example
 * jnp.nanmean(jnp.array([1, NaN, 3])).item() // 2
 */
export function nanmean(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('nanmean', axis, options, ['axis', 'dtype', 'keepdims'])
  return mean(replaced('nanmean', x, 0), { ...given, where: logicalNot(isnan(x)) })
}

/**
 * Variance of the elements that are numbers.
 *
 * @example
 * jnp.nanvar(jnp.array([1, NaN, 3])).item() // 1
 */
export function nanvar(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('nanvar', axis, options, ['axis', 'dtype', 'keepdims', 'ddof'])
  return variance(replaced('nanvar', x, 0), { ...given, where: logicalNot(isnan(x)) })
}

/**
 * Standard deviation of the elements that are numbers.
 *
 * @example
 * jnp.nanstd(jnp.array([1, NaN, 3])).item() // 1
 */
export function nanstd(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  return sqrt(nanvar(x, axis, options))
}

/** The array with a stand-in for NaN. */
export function replaced(name: string, x: ArrayLike, standIn: number): JaxArray {
  const value = asArray(name, x)
  return where(isnan(value), constant(value, standIn), value)
}

/** Where every element was NaN, so is the extremum. */
function nanWhereNone(x: ArrayLike, extremum: JaxArray, options: ReduceOptions): JaxArray {
  return where(all(isnan(x), options), constant(extremum, NaN), extremum)
}
