import { isComplex, isFloat } from '../ir/dtype.ts'
import { checkOptions } from '../tree/options.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { foriLoop } from '../lax/loops.ts'
import { upTo } from '../primitives/axes.ts'
import { imag, real } from '../primitives/complex.ts'
import { add, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { eq, le, lt, ne } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, expandDims, reshape, rev } from '../primitives/movement.ts'
import * as reduce from '../primitives/reductions.ts'
import { select } from '../primitives/selection.ts'
import { slice } from '../primitives/slicing.ts'
import * as lax from '../primitives/sort.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { leaves } from '../tree/index.ts'
import { calledAs } from './called-as.ts'
import { take } from './indexing.ts'
import { sum } from './reductions.ts'
import { broadcastTo } from './shape.ts'
import { defaultIntDType, asArray, promoteValues } from './promotion.ts'
import { replaced } from './nan-reductions.ts'

/** What sorting may be told; `axis: null` sorts all elements in a row. */
export interface SortOptions {
  readonly axis?: number | null
  readonly descending?: boolean
  readonly stable?: boolean
}

interface Line {
  readonly value: JaxArray
  readonly axis: number
}

/** The array and axis that are worked along; all elements in a row when the axis is null. */
function along(name: string, x: ArrayLike, axis: number | null): Line {
  const value = asArray(name, x)
  if (axis === null) return { value: reshape(value, { new_sizes: [value.size] }), axis: 0 }
  return { value, axis: canonicalAxis(`jnp.${name}`, axis, value.ndim) }
}

function sortOptions(name: string, axis: number | null | SortOptions | undefined, options: SortOptions): SortOptions {
  const given =
    typeof axis === 'object' && axis !== null ? axis : { ...options, ...(axis === undefined ? {} : { axis }) }
  checkOptions(`jnp.${name}`, given, ['axis', 'descending', 'stable'])
  return given
}

/**
 * Elements in ascending order along an axis, the last unless given; NaN comes last.
 *
 * @example
 * jnp.sort(jnp.array([3, 1, 2])).tolist() // [1, 2, 3]
 */
export function sort(x: ArrayLike, axis?: number | null | SortOptions, options: SortOptions = {}): JaxArray {
  const given = sortOptions('sort', axis, options)
  const line = along('sort', x, given.axis === undefined ? -1 : given.axis)
  return calledAs(
    'sort',
    (value) => {
      const [sorted] = lax.sort([value], { dimension: line.axis, is_stable: given.stable ?? true, num_keys: 1 })
      return given.descending ? rev(sorted, { dimensions: [line.axis] }) : sorted
    },
    line.value,
  )
}

/**
 * Positions that would sort an array along an axis, the last unless given.
 *
 * @example
 * jnp.argsort(jnp.array([3, 1, 2])).tolist() // [1, 2, 0]
 */
export function argsort(x: ArrayLike, axis?: number | null | SortOptions, options: SortOptions = {}): JaxArray {
  const given = sortOptions('argsort', axis, options)
  const line = along('argsort', x, given.axis === undefined ? -1 : given.axis)
  return calledAs(
    'argsort',
    (value) => {
      const positions = iota({ dtype: defaultIntDType(), shape: value.shape, dimension: line.axis })
      const params = { dimension: line.axis, is_stable: given.stable ?? true, num_keys: 1 }
      if (!given.descending) return lax.sort([value, positions], params)[1]
      // Equal elements keep their order when the reversed positions are sorted and reversed back.
      const flip = (array: JaxArray): JaxArray => rev(array, { dimensions: [line.axis] })
      return flip(lax.sort([flip(value), flip(positions)], params)[1])
    },
    line.value,
  )
}

/**
 * Positions that sort by several keys, the last of them first in importance.
 *
 * @example
 * jnp.lexsort([jnp.array([2, 1]), jnp.array([0, 0])]).tolist() // [1, 0]
 */
export function lexsort(keys: readonly ArrayLike[], axis = -1): JaxArray {
  if (keys.length === 0) throw new JaxTypeError('jnp.lexsort needs at least one key.')
  const arrays = keys.map((key) => asArray('lexsort', key)).reverse()
  const dimension = canonicalAxis('jnp.lexsort', axis, arrays[0].ndim)
  const positions = iota({ dtype: defaultIntDType(), shape: arrays[0].shape, dimension })
  const sorted = lax.sort([...arrays, positions], { dimension, is_stable: true, num_keys: arrays.length })
  return sorted[arrays.length]
}

/** What `argmax` and `argmin` may be told. */
export interface ArgOptions {
  readonly axis?: number | null
  readonly keepdims?: boolean
}

function position(
  name: 'argmax' | 'argmin',
  x: ArrayLike,
  axis: number | null | ArgOptions,
  options: ArgOptions,
): JaxArray {
  const given = typeof axis === 'object' && axis !== null ? axis : { ...options, axis }
  checkOptions(`jnp.${name}`, given, ['axis', 'keepdims'])
  const line = along(name, x, given.axis ?? null)
  if (line.value.shape[line.axis] === 0) throw new ValueError(`jnp.${name} of no elements.`)
  const found = reduce[name](line.value, { axis: line.axis, index_dtype: defaultIntDType() })
  if (!given.keepdims) return found
  const rank = asArray(name, x).ndim
  return expandDims(found, (given.axis ?? null) === null ? upTo(rank) : [line.axis])
}

/**
 * Position of the largest element along an axis, or among all elements in a row.
 *
 * @example
 * jnp.argmax(jnp.array([3, 7, 5])).item() // 1
 */
export function argmax(x: ArrayLike, axis: number | null | ArgOptions = null, options: ArgOptions = {}): JaxArray {
  return position('argmax', x, axis, options)
}

/**
 * Position of the smallest element along an axis, or among all elements in a row.
 *
 * @example
 * jnp.argmin(jnp.array([3, 7, 5])).item() // 0
 */
export function argmin(x: ArrayLike, axis: number | null | ArgOptions = null, options: ArgOptions = {}): JaxArray {
  return position('argmin', x, axis, options)
}

/**
 * Position of the largest element that is a number.
 *
 * @example
 * jnp.nanargmax(jnp.array([3, NaN, 5])).item() // 2
 */
export function nanargmax(x: ArrayLike, axis: number | null | ArgOptions = null, options: ArgOptions = {}): JaxArray {
  return position(
    'argmax',
    isFloat(asArray('nanargmax', x).dtype) ? replaced('nanargmax', x, -Infinity) : x,
    axis,
    options,
  )
}

/**
 * Position of the smallest element that is a number.
 *
 * @example
 * jnp.nanargmin(jnp.array([3, NaN, 5])).item() // 0
 */
export function nanargmin(x: ArrayLike, axis: number | null | ArgOptions = null, options: ArgOptions = {}): JaxArray {
  return position(
    'argmin',
    isFloat(asArray('nanargmin', x).dtype) ? replaced('nanargmin', x, Infinity) : x,
    axis,
    options,
  )
}

/** On which side of equal elements `searchsorted` inserts, and how it searches. */
export interface SearchOptions {
  readonly side?: 'left' | 'right'
  /** All methods give the same positions; each is a different program. */
  readonly method?: 'scan' | 'scan_unrolled' | 'sort' | 'compare_all'
}

/**
 * Where values would have to be inserted into a sorted array to keep it sorted.
 *
 * @example
 * jnp.searchsorted(jnp.array([1, 3, 5]), 4).item() // 2
 */
export function searchsorted(sorted: ArrayLike, values: ArrayLike, options: SearchOptions = {}): JaxArray {
  checkOptions('jnp.searchsorted', options, ['side', 'method'])
  const { side = 'left', method = 'scan' } = options
  const [table, wanted] = promoteValues([sorted, values])
  if (table.ndim !== 1)
    throw new ValueError(`jnp.searchsorted: the sorted array must have 1 dimension, got ${table.ndim}.`)
  if (table.size === 0) return compareAll(table, wanted, side)
  switch (method) {
    case 'compare_all':
      return compareAll(table, wanted, side)
    case 'sort':
      return bySorting(table, wanted, side)
    case 'scan':
      return byHalving(table, wanted, side, false)
    case 'scan_unrolled':
      return byHalving(table, wanted, side, true)
  }
}

/** Whether an element of the table comes before the place of a value; NaN comes after all numbers, real before imaginary parts. */
function comesBefore(element: JaxArray, value: JaxArray, side: 'left' | 'right'): JaxArray {
  if (isComplex(element.dtype)) {
    const [re, at] = [real(element), real(value)]
    const tied = bitwiseAnd(comesBefore(re, at, 'right'), comesBefore(imag(element), imag(value), side))
    return bitwiseOr(comesBefore(re, at, 'left'), tied)
  }
  const plain = side === 'left' ? lt(element, value) : le(element, value)
  if (!isFloat(element.dtype)) return plain
  const number = eq(element, element)
  const beforeNaN = side === 'left' ? bitwiseAnd(number, ne(value, value)) : ne(value, value)
  return bitwiseOr(plain, beforeNaN)
}

/** The place of a value is the number of elements before it. */
function compareAll(table: JaxArray, wanted: JaxArray, side: 'left' | 'right'): JaxArray {
  const shape = [...wanted.shape, table.size]
  const element = broadcastInDim(table, { shape, broadcast_dimensions: [wanted.ndim] })
  const value = broadcastInDim(wanted, { shape, broadcast_dimensions: upTo(wanted.ndim) })
  return sum(comesBefore(element, value, side), { axis: -1, dtype: 'int32' })
}

/** The place of a value is its rank among all values and elements, less its rank among the values. */
function bySorting(table: JaxArray, wanted: JaxArray, side: 'left' | 'right'): JaxArray {
  const values = reshape(wanted, { new_sizes: [wanted.size] })
  const rank = (array: JaxArray): JaxArray => argsort(argsort(array))
  const joint = rank(concatenate(side === 'left' ? [values, table] : [table, values], { dimension: 0 }))
  const start = side === 'left' ? 0 : table.size
  const ranks = slice(joint, { start_indices: [start], limit_indices: [start + values.size] })
  return reshape(sub(ranks, rank(values)), { new_sizes: wanted.shape })
}

/** The interval that holds the place is halved until one place is left. */
function byHalving(table: JaxArray, wanted: JaxArray, side: 'left' | 'right', unrolled: boolean): JaxArray {
  const steps = Math.ceil(Math.log2(table.size + 1))
  const whole = (value: number): JaxArray => broadcastTo(scalar(value, 'int32'), wanted.shape)
  const halve = (low: JaxArray, high: JaxArray): [low: JaxArray, high: JaxArray] => {
    const middle = shiftRightLogical(add(low, high), scalar(1, 'int32'))
    const before = comesBefore(take(table, middle, { mode: 'clip' }), wanted, side)
    return [select(before, middle, low), select(before, high, middle)]
  }
  let [low, high] = [whole(0), whole(table.size)]
  if (!unrolled) {
    const step = (_: JaxArray, state: [JaxArray, JaxArray]): [JaxArray, JaxArray] => halve(...state)
    const [, place] = leaves(foriLoop(0, steps, step, [low, high]))
    if (!(place instanceof JaxArray)) throw new Error('internal: the loop of searchsorted lost its carry')
    return place
  }
  for (let step = 0; step < steps; step++) [low, high] = halve(low, high)
  return high
}

/**
 * Numbers of the bins that values fall into.
 *
 * @example
 * jnp.digitize(jnp.array([0.5, 2.5]), jnp.array([1, 2, 3])).tolist() // [0, 2]
 */
export function digitize(
  x: ArrayLike,
  bins: ArrayLike,
  right: boolean | { readonly right?: boolean } = false,
): JaxArray {
  const closed = typeof right === 'boolean' ? right : (right.right ?? false)
  return searchsorted(bins, x, { side: closed ? 'left' : 'right' })
}
