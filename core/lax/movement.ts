import { type Shape, formatShape } from '../ir/aval.ts'
import { ValueError } from '../errors.ts'
import type { DType } from '../ir/dtype.ts'
import { upTo } from '../primitives/axes.ts'
import * as iotas from '../primitives/iota.ts'
import * as joining from '../primitives/joining.ts'
import * as movement from '../primitives/movement.ts'
import * as slicing from '../primitives/slicing.ts'
import { operand } from '../primitives/operand.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, canonicalAxes, canonicalAxis, dtypeArgument, shapeArgument } from './arguments.ts'

/**
 * Repeats `x` along new leading axes.
 *
 * @example
 * lax.broadcast(jnp.arange(3), [2]).shape // [2, 3]
 */
export function broadcast(x: ArrayLike, sizes: readonly number[]): JaxArray {
  const array = arrayArgument(x)
  const leading = shapeArgument('broadcast', sizes)
  const dims = upTo(array.ndim).map((axis) => axis + leading.length)
  return movement.broadcastInDim(array, { shape: [...leading, ...array.shape], broadcast_dimensions: dims })
}

/**
 * Repeats `x` into `shape`; axis i of `x` becomes axis `broadcastDimensions[i]` of the result.
 *
 * @example
 * lax.broadcastInDim(jnp.arange(3), [3, 2], [0]).tolist() // [[0, 0], [1, 1], [2, 2]]
 */
export function broadcastInDim(x: ArrayLike, shape: Shape, broadcastDimensions: readonly number[]): JaxArray {
  return movement.broadcastInDim(arrayArgument(x), {
    shape: shapeArgument('broadcastInDim', shape),
    broadcast_dimensions: [...broadcastDimensions],
  })
}

/**
 * The same values under another shape; `dimensions` permutes the axes first.
 *
 * @example
 * lax.reshape(jnp.arange(6), [2, 3]).tolist() // [[0, 1, 2], [3, 4, 5]]
 */
export function reshape(x: ArrayLike, newSizes: Shape, dimensions: readonly number[] | null = null): JaxArray {
  return movement.reshape(arrayArgument(x), { new_sizes: shapeArgument('reshape', newSizes), dimensions })
}

/**
 * Merges the axes from `startDimension` to before `stopDimension` into one.
 *
 * @example
 * lax.collapse(jnp.zeros([2, 3, 4]), 0, 2).shape // [6, 4]
 */
export function collapse(x: ArrayLike, startDimension: number, stopDimension?: number): JaxArray {
  const array = arrayArgument(x)
  const rank = array.ndim
  const bound = (axis: number): number => Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis))
  const start = bound(startDimension)
  const stop = bound(stopDimension ?? rank)
  if (start > stop) throw new ValueError(`collapse: start ${startDimension} lies behind stop ${stopDimension}.`)
  const merged = array.shape.slice(start, stop).reduce((size, length) => size * length, 1)
  return movement.reshape(array, { new_sizes: array.shape.toSpliced(start, stop - start, merged) })
}

/**
 * Axis i of the result is axis `permutation[i]` of `x`.
 *
 * @example
 * lax.transpose(jnp.zeros([2, 3, 4]), [2, 0, 1]).shape // [4, 2, 3]
 */
export function transpose(x: ArrayLike, permutation: readonly number[]): JaxArray {
  return movement.transpose(arrayArgument(x), { permutation: [...permutation] })
}

/**
 * Removes axes of length 1.
 *
 * @example
 * lax.squeeze(jnp.zeros([1, 3, 1]), [0]).shape // [3, 1]
 */
export function squeeze(x: ArrayLike, dimensions: readonly number[]): JaxArray {
  const array = arrayArgument(x)
  return movement.squeeze(array, { dimensions: canonicalAxes('squeeze', dimensions, array.ndim) })
}

/**
 * Inserts axes of length 1; `dimensions` are places in the result.
 *
 * @example
 * lax.expandDims(jnp.zeros([3]), [0, 2]).shape // [1, 3, 1]
 */
export function expandDims(x: ArrayLike, dimensions: readonly number[]): JaxArray {
  const array = arrayArgument(x)
  return movement.expandDims(array, canonicalAxes('expandDims', dimensions, array.ndim + dimensions.length))
}

/**
 * Reverses the order of elements along axes.
 *
 * @example
 * lax.rev(jnp.arange(3), [0]).tolist() // [2, 1, 0]
 */
export function rev(x: ArrayLike, dimensions: readonly number[]): JaxArray {
  return movement.rev(arrayArgument(x), { dimensions: [...dimensions] })
}

/**
 * Joins arrays end to end along an axis they have.
 *
 * @example
 * lax.concatenate([jnp.arange(2), jnp.arange(3)], 0).tolist() // [0, 1, 0, 1, 2]
 */
export function concatenate(operands: readonly JaxArray[], dimension: number): JaxArray {
  if (operands.length === 0) throw new ValueError('concatenate needs at least one array, got an empty list.')
  return joining.concatenate(operands, { dimension })
}

/**
 * Cuts an axis into pieces of the given sizes.
 *
 * @example
 * lax.split(jnp.arange(5), [2, 3]).map((part) => part.tolist()) // [[0, 1], [2, 3, 4]]
 */
export function split(x: ArrayLike, sizes: readonly number[], axis = 0): JaxArray[] {
  const array = arrayArgument(x)
  return joining.split(array, { sizes: [...sizes], axis: canonicalAxis('split', axis, array.ndim) })
}

/**
 * Repeats the whole array along each axis.
 *
 * @example
 * lax.tile(jnp.arange(2), [2]).tolist() // [0, 1, 0, 1]
 */
export function tile(x: ArrayLike, reps: readonly number[]): JaxArray {
  return joining.tile(arrayArgument(x), { reps: shapeArgument('tile', reps) })
}

/**
 * Puts `value` before, after and between elements: `[low, high, interior]` per axis. Negative low or
 * high padding cuts elements off.
 *
 * @example
 * lax.pad(jnp.array([1, 2]), 0, [[1, 0, 1]]).tolist() // [0, 1, 0, 2]
 */
export function pad(
  x: ArrayLike,
  value: ArrayLike,
  paddingConfig: readonly (readonly [low: number, high: number, interior: number])[],
): JaxArray {
  const array = arrayArgument(x)
  return slicing.pad(array, operand(value, array.dtype), { padding_config: paddingConfig.map((entry) => [...entry]) })
}

/**
 * The numbers 0, 1, … size - 1.
 *
 * @example
 * lax.iota('int32', 3).tolist() // [0, 1, 2]
 */
export function iota(dtype: string, size: number): JaxArray {
  return iotas.iota({ dtype: dtypeArgument('iota', dtype), shape: shapeArgument('iota', size), dimension: 0 })
}

/**
 * Counts along one axis of `shape`.
 *
 * @example
 * lax.broadcastedIota('int32', [2, 3], 1).tolist() // [[0, 1, 2], [0, 1, 2]]
 */
export function broadcastedIota(dtype: string, shape: Shape, dimension: number): JaxArray {
  const lengths = shapeArgument('broadcastedIota', shape)
  return iotas.iota({
    dtype: dtypeArgument('broadcastedIota', dtype),
    shape: lengths,
    dimension: canonicalAxis('broadcastedIota', dimension, lengths.length),
  })
}

/**
 * An array filled with one value.
 *
 * @example
 * lax.full([2], 7).tolist() // [7, 7]
 */
export function full(shape: number | Shape, value: ArrayLike, dtype?: string): JaxArray {
  const lengths = shapeArgument('full', shape)
  return filled(lengths, value, dtype === undefined ? undefined : dtypeArgument('full', dtype))
}

/** An array of known dtype filled with a JS number, or with a scalar array of its own dtype. */
function filled(shape: Shape, value: ArrayLike, dtype: DType | undefined): JaxArray {
  const array = arrayArgument(value)
  if (array.ndim !== 0) throw new ValueError(`full: the value must be a scalar, got shape ${formatShape(array.shape)}.`)
  const number = typeof value === 'boolean' ? value : Number(value)
  const source =
    value instanceof JaxArray ? array : scalar(number, dtype ?? array.dtype, dtype === undefined && array.weakType)
  return shape.length === 0 ? source : movement.broadcastInDim(source, { shape, broadcast_dimensions: [] })
}

/**
 * An array of the shape and dtype of `x`, and as weak, filled with one value.
 *
 * @example
 * lax.fullLike(jnp.arange(2), 7).tolist() // [7, 7]
 */
export function fullLike(x: ArrayLike, value: number | boolean): JaxArray {
  const array = arrayArgument(x)
  return filled(array.shape, scalar(value, array.dtype, array.weakType), array.dtype)
}
