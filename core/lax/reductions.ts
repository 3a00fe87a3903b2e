import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { JaxArray as ArrayClass } from '../tracing/array.ts'
import * as cumulative from '../primitives/cumulative.ts'
import * as reductions from '../primitives/reductions.ts'
import * as sorting from '../primitives/sort.ts'
import { arrayArgument, canonicalAxes, canonicalAxis, dtypeArgument, staticInteger } from './arguments.ts'

function reducer(
  name: string,
  reduce: (x: ArrayLike, params: { axes: readonly number[] }) => JaxArray,
): (x: ArrayLike, axes: readonly number[]) => JaxArray {
  return (x, axes) => {
    const array = arrayArgument(x)
    return reduce(array, { axes: canonicalAxes(name, axes, array.ndim) })
  }
}

/**
 * Sum over the given axes.
 *
 * @example
 * lax.reduceSum(jnp.ones([2, 3]), [0]).tolist() // [2, 2, 2]
 */
export const reduceSum = reducer('reduceSum', reductions.reduceSum)

/**
 * Product over the given axes.
 *
 * @example
 * lax.reduceProd(jnp.array([2, 3]), [0]).item() // 6
 */
export const reduceProd = reducer('reduceProd', reductions.reduceProd)

/**
 * Largest element over the given axes.
 *
 * @example
 * lax.reduceMax(jnp.array([2, 3]), [0]).item() // 3
 */
export const reduceMax = reducer('reduceMax', reductions.reduceMax)

/**
 * Smallest element over the given axes.
 *
 * @example
 * lax.reduceMin(jnp.array([2, 3]), [0]).item() // 2
 */
export const reduceMin = reducer('reduceMin', reductions.reduceMin)

/**
 * Logical or bitwise and over the given axes.
 *
 * @example
 * lax.reduceAnd(lax.gt(jnp.array([2, 3]), 0), [0]).item() // true
 */
export const reduceAnd = reducer('reduceAnd', reductions.reduceAnd)

/**
 * Logical or bitwise or over the given axes.
 *
 * @example
 * lax.reduceOr(lax.gt(jnp.array([-2, 3]), 0), [0]).item() // true
 */
export const reduceOr = reducer('reduceOr', reductions.reduceOr)

/**
 * Logical or bitwise exclusive or over the given axes.
 *
 * @example
 * lax.reduceXor(jnp.array([5, 3], { dtype: 'int32' }), [0]).item() // 6
 */
export const reduceXor = reducer('reduceXor', reductions.reduceXor)

/**
 * Position of the largest element along an axis.
 *
 * @example
 * lax.argmax(jnp.array([3, 7, 5]), 0, 'int32').item() // 1
 */
export function argmax(x: ArrayLike, axis: number, indexDType = 'int32'): JaxArray {
  const array = arrayArgument(x)
  return reductions.argmax(array, {
    axis: canonicalAxis('argmax', axis, array.ndim),
    index_dtype: dtypeArgument('argmax', indexDType),
  })
}

/**
 * Position of the smallest element along an axis.
 *
 * @example
 * lax.argmin(jnp.array([3, 7, 5]), 0, 'int32').item() // 0
 */
export function argmin(x: ArrayLike, axis: number, indexDType = 'int32'): JaxArray {
  const array = arrayArgument(x)
  return reductions.argmin(array, {
    axis: canonicalAxis('argmin', axis, array.ndim),
    index_dtype: dtypeArgument('argmin', indexDType),
  })
}

/** Which way and along which axis a cumulative operation runs. */
export interface CumulativeOptions {
  readonly axis?: number
  readonly reverse?: boolean
}

type Cumulative = (x: ArrayLike, axis?: number | CumulativeOptions, reverse?: boolean) => JaxArray

function accumulator(
  name: string,
  accumulate: (x: ArrayLike, params: { axis: number; reverse: boolean }) => JaxArray,
): Cumulative {
  return (x, axis = 0, reverse = false) => {
    const options = typeof axis === 'number' ? { axis, reverse } : axis
    const array = arrayArgument(x)
    return accumulate(array, {
      axis: canonicalAxis(name, options.axis ?? 0, array.ndim),
      reverse: options.reverse ?? false,
    })
  }
}

/**
 * Running sums along an axis.
 *
 * @example
 * lax.cumsum(jnp.array([1, 2, 3])).tolist() // [1, 3, 6]
 */
export const cumsum = accumulator('cumsum', cumulative.cumsum)

/**
 * Running products along an axis.
 *
 * @example
 * lax.cumprod(jnp.array([1, 2, 3])).tolist() // [1, 2, 6]
 */
export const cumprod = accumulator('cumprod', cumulative.cumprod)

/**
 * Running maxima along an axis.
 *
 * @example
 * lax.cummax(jnp.array([1, 3, 2])).tolist() // [1, 3, 3]
 */
export const cummax = accumulator('cummax', cumulative.cummax)

/**
 * Running minima along an axis.
 *
 * @example
 * lax.cummin(jnp.array([3, 1, 2])).tolist() // [3, 1, 1]
 */
export const cummin = accumulator('cummin', cumulative.cummin)

/**
 * Running log-sum-exps along an axis.
 *
 * @example
 * lax.cumlogsumexp(jnp.zeros(2)).tolist() // [0, log 2]
 */
export const cumlogsumexp = accumulator('cumlogsumexp', cumulative.cumlogsumexp)

/** How `sort` orders its operands. */
export interface SortOptions {
  readonly dimension?: number
  readonly isStable?: boolean
  /** How many operands, from the first on, are compared; the others move along. */
  readonly numKeys?: number
}

/**
 * Sorts an array, or several together by the first `numKeys` of them.
 *
 * @example
 * const [keys, values] = lax.sort([jnp.array([2, 1]), jnp.array([10, 20])])
 */
export function sort(operands: ArrayLike, options?: SortOptions): JaxArray
export function sort(operands: readonly ArrayLike[], options?: SortOptions): JaxArray[]
export function sort(operands: ArrayLike | readonly ArrayLike[], options: SortOptions = {}): JaxArray | JaxArray[] {
  const single = operands instanceof ArrayClass || typeof operands !== 'object'
  const arrays = (single ? [operands] : operands).map(arrayArgument)
  const sorted = sorting.sort(arrays, {
    dimension: canonicalAxis('sort', options.dimension ?? -1, arrays[0].ndim),
    is_stable: options.isStable ?? true,
    num_keys: options.numKeys ?? 1,
  })
  return single ? sorted[0] : sorted
}

/**
 * Sorts keys along an axis, and values along with them.
 *
 * @example
 * const [keys, values] = lax.sortKeyVal(jnp.array([2, 1]), jnp.array([10, 20]))
 */
export function sortKeyVal(
  keys: ArrayLike,
  values: ArrayLike,
  options: Omit<SortOptions, 'numKeys'> = {},
): [keys: JaxArray, values: JaxArray] {
  const [sortedKeys, sortedValues] = sort([keys, values], options)
  return [sortedKeys, sortedValues]
}

/**
 * The `k` largest elements along an axis, the last unless given, and their positions.
 *
 * @example
 * const [values, indices] = lax.topK(jnp.array([3, 9, 5]), 2)
 * values.tolist() // [9, 5]
 */
export function topK(
  x: ArrayLike,
  k: number,
  options: { readonly axis?: number } = {},
): [values: JaxArray, indices: JaxArray] {
  const array = arrayArgument(x)
  return sorting.topK(array, {
    axis: canonicalAxis('topK', options.axis ?? -1, array.ndim),
    k: staticInteger('topK', 'k', k),
  })
}
