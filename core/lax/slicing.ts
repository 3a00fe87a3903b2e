import { formatShape } from '../ir/aval.ts'
import { isInteger, kindOf } from '../ir/dtype.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import * as dynamic from '../primitives/dynamic-slice.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import { expandDims, squeeze } from '../primitives/movement.ts'
import { operand } from '../primitives/operand.ts'
import { selectN } from '../primitives/selection.ts'
import * as slicing from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, canonicalAxis, shapeArgument } from './arguments.ts'

/** Where an operation along one axis works; each may also be given by position. */
interface AlongAxis {
  readonly stride?: number
  readonly axis?: number
  readonly keepdims?: boolean
}

function alongAxis(axis: number | AlongAxis, keepdims = true): { axis: number; keepdims: boolean } {
  return typeof axis === 'number' ? { axis, keepdims } : { axis: axis.axis ?? 0, keepdims: axis.keepdims ?? true }
}

/**
 * The elements from start to before limit along every axis, `strides` apart.
 *
 * @example
 * lax.slice(jnp.arange(6), [1], [6], [2]).tolist() // [1, 3, 5]
 */
export function slice(
  x: ArrayLike,
  startIndices: readonly number[],
  limitIndices: readonly number[],
  strides: readonly number[] | null = null,
): JaxArray {
  return slicing.slice(arrayArgument(x), { start_indices: startIndices, limit_indices: limitIndices, strides })
}

/**
 * `slice` along one axis; indices count from the back when negative.
 *
 * @example
 * lax.sliceInDim(jnp.arange(6), 1, -1).tolist() // [1, 2, 3, 4]
 */
export function sliceInDim(
  x: ArrayLike,
  startIndex: number | null,
  limitIndex: number | null,
  stride: number | AlongAxis = 1,
  axis: number | AlongAxis = typeof stride === 'number' ? 0 : stride,
): JaxArray {
  const array = arrayArgument(x)
  const step = typeof stride === 'number' ? stride : (stride.stride ?? 1)
  const dim = canonicalAxis('sliceInDim', alongAxis(axis).axis, array.ndim)
  const length = array.shape[dim]
  const bound = (index: number): number => (index < 0 ? index + length : index)
  return slicing.slice(array, {
    start_indices: array.shape.map((_, i) => (i === dim ? bound(startIndex ?? 0) : 0)),
    limit_indices: array.shape.map((size, i) => (i === dim ? bound(limitIndex ?? length) : size)),
    strides: array.shape.map((_, i) => (i === dim ? step : 1)),
  })
}

/**
 * The part of `x` at one index of an axis, with the axis kept (length 1) unless `keepdims` is false.
 *
 * @example
 * lax.indexInDim(jnp.arange(6).reshape([2, 3]), 1, 0, false).tolist() // [3, 4, 5]
 */
export function indexInDim(x: ArrayLike, index: number, axis: number | AlongAxis = 0, keepdims = true): JaxArray {
  const array = arrayArgument(x)
  const along = alongAxis(axis, keepdims)
  const dim = canonicalAxis('indexInDim', along.axis, array.ndim)
  const length = array.shape[dim]
  const at = index < 0 ? index + length : index
  if (at < 0 || at >= length) {
    throw new ValueError(`indexInDim: index ${index} is out of bounds for axis ${dim} of length ${length}.`)
  }
  const part = sliceInDim(array, at, at + 1, 1, dim)
  return along.keepdims ? part : squeeze(part, { dimensions: [dim] })
}

/** Start indices as int32 scalars; traced ones may be negative and then count from the back, as known ones do. */
function startArguments(operation: string, x: JaxArray, starts: readonly ArrayLike[] | JaxArray): JaxArray[] {
  const list = starts instanceof JaxArray ? partsOf(starts) : starts
  if (list.length !== x.ndim) {
    throw new JaxTypeError(
      `${operation} needs one start index per axis, got ${list.length} for shape ${formatShape(x.shape)}.`,
    )
  }
  return list.map((start, axis) => {
    const length = x.shape[axis]
    if (!(start instanceof JaxArray)) {
      const index = Number(start)
      if (!Number.isInteger(index)) {
        throw new JaxTypeError(
          `${operation}: start indices must be integers, got ${index} for shape ${formatShape(x.shape)}.`,
        )
      }
      return scalar(index < 0 ? index + length : index, 'int32')
    }
    if (kindOf(start.dtype) === 'uint' || start.ndim !== 0) return start
    // A weak float is a bare JS number that came in through a transformation: an index like any other.
    const index = start.weakType && !isInteger(start.dtype) ? convertElementType(start, 'int32') : start
    if (!isInteger(index.dtype)) {
      throw new JaxTypeError(`${operation}: start indices must be integers, got ${start.aval.toString()}.`)
    }
    const isNegative = lt(index, scalar(0, index.dtype))
    const strong = index.weakType ? convertElementType(index, index.dtype) : index
    return selectN(isNegative, index, add(strong, scalar(length, index.dtype)))
  })
}

function partsOf(vector: JaxArray): JaxArray[] {
  return Array.from({ length: vector.shape[0] ?? 0 }, (_, i) => indexInDim(vector, i, 0, false))
}

/**
 * A block of `sliceSizes` whose start may be traced. A block that would stick out is moved inside.
 *
 * @example
 * lax.dynamicSlice(jnp.arange(5), [3], [3]).tolist() // [2, 3, 4]
 */
export function dynamicSlice(
  x: ArrayLike,
  startIndices: readonly ArrayLike[] | JaxArray,
  sliceSizes: readonly number[],
): JaxArray {
  const array = arrayArgument(x)
  const slice_sizes = shapeArgument('dynamicSlice', sliceSizes)
  return dynamic.dynamicSlice(array, startArguments('dynamicSlice', array, startIndices), { slice_sizes })
}

/**
 * `dynamicSlice` along one axis.
 *
 * @example
 * lax.dynamicSliceInDim(jnp.arange(5), 1, 2).tolist() // [1, 2]
 */
export function dynamicSliceInDim(
  x: ArrayLike,
  startIndex: ArrayLike,
  sliceSize: number,
  axis: number | AlongAxis = 0,
): JaxArray {
  const array = arrayArgument(x)
  const dim = canonicalAxis('dynamicSliceInDim', alongAxis(axis).axis, array.ndim)
  const starts = array.shape.map((_, i) => (i === dim ? startIndex : 0))
  return dynamicSlice(array, starts, array.shape.with(dim, sliceSize))
}

/**
 * The part of `x` at one, possibly traced, index of an axis.
 *
 * @example
 * lax.dynamicIndexInDim(jnp.arange(6).reshape([2, 3]), 1, 0, false).tolist() // [3, 4, 5]
 */
export function dynamicIndexInDim(
  x: ArrayLike,
  index: ArrayLike,
  axis: number | AlongAxis = 0,
  keepdims = true,
): JaxArray {
  const array = arrayArgument(x)
  const along = alongAxis(axis, keepdims)
  const dim = canonicalAxis('dynamicIndexInDim', along.axis, array.ndim)
  const part = dynamicSliceInDim(array, index, 1, dim)
  return along.keepdims ? part : squeeze(part, { dimensions: [dim] })
}

/**
 * A copy of `x` with `update` put at a start that may be traced.
 *
 * @example
 * lax.dynamicUpdateSlice(jnp.zeros([4]), jnp.ones([2]), [1]).tolist() // [0, 1, 1, 0]
 */
export function dynamicUpdateSlice(
  x: ArrayLike,
  update: ArrayLike,
  startIndices: readonly ArrayLike[] | JaxArray,
): JaxArray {
  const array = arrayArgument(x)
  const starts = startArguments('dynamicUpdateSlice', array, startIndices)
  return dynamic.dynamicUpdateSlice(array, operand(update, array.dtype), starts)
}

/**
 * `dynamicUpdateSlice` along one axis.
 *
 * @example
 * lax.dynamicUpdateSliceInDim(jnp.zeros([4]), jnp.ones([2]), 1, 0).tolist() // [0, 1, 1, 0]
 */
export function dynamicUpdateSliceInDim(
  x: ArrayLike,
  update: ArrayLike,
  startIndex: ArrayLike,
  axis: number | AlongAxis = 0,
): JaxArray {
  const array = arrayArgument(x)
  const dim = canonicalAxis('dynamicUpdateSliceInDim', alongAxis(axis).axis, array.ndim)
  return dynamicUpdateSlice(
    array,
    update,
    array.shape.map((_, i) => (i === dim ? startIndex : 0)),
  )
}

/**
 * A copy of `x` with the part at one index of an axis replaced.
 *
 * @example
 * lax.dynamicUpdateIndexInDim(jnp.zeros([2, 2]), jnp.ones([2]), 1, 0).tolist() // [[0, 0], [1, 1]]
 */
export function dynamicUpdateIndexInDim(
  x: ArrayLike,
  update: ArrayLike,
  index: ArrayLike,
  axis: number | AlongAxis = 0,
): JaxArray {
  const array = arrayArgument(x)
  const dim = canonicalAxis('dynamicUpdateIndexInDim', alongAxis(axis).axis, array.ndim)
  const part = operand(update, array.dtype)
  return dynamicUpdateSliceInDim(array, part.ndim === array.ndim ? part : expandDims(part, [dim]), index, dim)
}
