import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape, sameShape, sizeOf } from '../ir/aval.ts'
import { canonicalAxes, canonicalAxis, shapeArgument, staticInteger } from '../lax/arguments.ts'
import { upTo } from '../primitives/axes.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import * as movement from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { asArray } from './promotion.ts'

/**
 * The same values in row-major order under another shape; one length may be -1 and is worked out.
 *
 * @example
 * jnp.reshape(jnp.arange(6), [2, -1]).tolist() // [[0, 1, 2], [3, 4, 5]]
 */
export function reshape(
  x: ArrayLike,
  shape: number | readonly number[],
  options: 'C' | 'F' | { order?: 'C' | 'F' } = 'C',
): JaxArray {
  const array = asArray('reshape', x)
  const new_sizes = fullShape('reshape', array, shape)
  const order = typeof options === 'string' ? options : (options.order ?? 'C')
  if (order === 'C') return movement.reshape(array, { new_sizes })
  const reversed = upTo(array.ndim).reverse()
  const flipped = movement.reshape(array, { new_sizes: new_sizes.toReversed(), dimensions: reversed })
  return movement.transpose(flipped, { permutation: upTo(new_sizes.length).reverse() })
}

/** A shape with its -1 replaced by the length that makes the sizes equal. */
function fullShape(operation: string, array: JaxArray, shape: number | readonly number[]): Shape {
  const lengths = (typeof shape === 'number' ? [shape] : [...shape]).map((length) =>
    staticInteger(operation, 'every length of a shape', length),
  )
  const unknown = lengths.indexOf(-1)
  if (unknown !== -1) {
    const rest = sizeOf(lengths.toSpliced(unknown, 1))
    if (lengths.lastIndexOf(-1) !== unknown) {
      throw new JaxTypeError(`${operation}: only one length may be -1, got ${formatShape(lengths)}.`)
    }
    if (rest === 0 || array.size % rest !== 0) throw cannotReshape(operation, array, lengths)
    return lengths.with(unknown, array.size / rest)
  }
  if (lengths.some((length) => length < 0) || sizeOf(lengths) !== array.size) {
    throw cannotReshape(operation, array, lengths)
  }
  return lengths
}

function cannotReshape(operation: string, array: JaxArray, lengths: Shape): JaxTypeError {
  return new JaxTypeError(
    `${operation} cannot turn an array of shape ${formatShape(array.shape)} (size ${array.size}) into shape ${formatShape(lengths)}.`,
  )
}

/**
 * All values along one axis.
 *
 * @example
 * jnp.ravel(jnp.array([[1, 2], [3, 4]])).tolist() // [1, 2, 3, 4]
 */
export function ravel(x: ArrayLike, options: { order?: 'C' | 'F' } = {}): JaxArray {
  return reshape(x, -1, options)
}

/**
 * Axes in another order; all of them reversed unless `axes` says which.
 *
 * @example
 * jnp.transpose(jnp.zeros([2, 3])).shape // [3, 2]
 */
export function transpose(
  x: ArrayLike,
  axes: readonly number[] | { axes?: readonly number[] | null } | null = null,
): JaxArray {
  const array = asArray('transpose', x)
  const wanted = axes === null || isAxes(axes) ? axes : (axes.axes ?? null)
  const permutation = wanted === null ? upTo(array.ndim).reverse() : permutationOf(wanted, array)
  return movement.transpose(array, { permutation })
}

function permutationOf(axes: readonly number[], array: JaxArray): readonly number[] {
  const permutation = axes.map((axis) => canonicalAxis('transpose', axis, array.ndim))
  if (permutation.length === array.ndim && new Set(permutation).size === array.ndim) return permutation
  throw new JaxTypeError(
    `transpose: ${formatShape(axes)} is not an order of the ${array.ndim} axes of shape ${formatShape(array.shape)}.`,
  )
}

function isAxes(value: readonly number[] | object): value is readonly number[] {
  return Array.isArray(value)
}

/**
 * Axes in another order, as `transpose` with the permutation required.
 *
 * @example
 * jnp.permuteDims(jnp.zeros([2, 3]), [1, 0]).shape // [3, 2]
 */
export function permuteDims(x: ArrayLike, axes: readonly number[]): JaxArray {
  return transpose(x, axes)
}

/**
 * The last two axes swapped.
 *
 * @example
 * jnp.matrixTranspose(jnp.zeros([4, 2, 3])).shape // [4, 3, 2]
 */
export function matrixTranspose(x: ArrayLike): JaxArray {
  const array = asArray('matrixTranspose', x)
  if (array.ndim < 2) {
    throw new ValueError(`matrixTranspose needs at least 2 axes, got shape ${formatShape(array.shape)}.`)
  }
  return swapaxes(array, -1, -2)
}

/**
 * Inserts axes of length 1 at the given places of the result.
 *
 * @example
 * jnp.expandDims(jnp.arange(3), 0).shape // [1, 3]
 */
export function expandDims(
  x: ArrayLike,
  axis: number | readonly number[] | { axis: number | readonly number[] },
): JaxArray {
  const array = asArray('expandDims', x)
  const wanted = typeof axis === 'object' && 'axis' in axis ? axis.axis : axis
  const axes = typeof wanted === 'number' ? [wanted] : wanted
  return movement.expandDims(array, canonicalAxes('expandDims', axes, array.ndim + axes.length))
}

/**
 * Removes axes of length 1: all of them, or those named.
 *
 * @example
 * jnp.squeeze(jnp.zeros([1, 3, 1])).shape // [3]
 */
export function squeeze(
  x: ArrayLike,
  axis: number | readonly number[] | { axis?: number | readonly number[] | null } | null = null,
): JaxArray {
  const array = asArray('squeeze', x)
  const wanted = axis !== null && typeof axis === 'object' && 'axis' in axis ? (axis.axis ?? null) : axis
  const named = typeof wanted === 'number' || isNumberList(wanted)
  const dimensions = named
    ? canonicalAxes('squeeze', wanted, array.ndim)
    : upTo(array.ndim).filter((dim) => array.shape[dim] === 1)
  const long = dimensions.find((dim) => array.shape[dim] !== 1)
  if (long !== undefined) {
    throw new ValueError(
      `squeeze can only remove axes of length 1; axis ${long} of shape ${formatShape(array.shape)} has length ${array.shape[long]}.`,
    )
  }
  return movement.squeeze(array, { dimensions })
}

function isNumberList(value: unknown): value is readonly number[] {
  return Array.isArray(value)
}

/**
 * Repeats `x` along axes that it lacks or has with length 1.
 *
 * @example
 * jnp.broadcastTo(jnp.arange(3), [2, 3]).tolist() // [[0, 1, 2], [0, 1, 2]]
 */
export function broadcastTo(x: ArrayLike, shape: number | readonly number[]): JaxArray {
  const array = asArray('broadcastTo', x)
  const target = shapeArgument('broadcastTo', shape)
  if (sameShape(array.shape, target)) return array
  const offset = target.length - array.ndim
  const fits = offset >= 0 && array.shape.every((length, axis) => length === 1 || length === target[axis + offset])
  if (!fits) {
    throw new ValueError(
      `broadcastTo cannot repeat an array of shape ${formatShape(array.shape)} into shape ${formatShape(target)}.`,
    )
  }
  // As in JAX, axes of length 1 that grow are dropped first, so that the equation only adds axes.
  const grown = upTo(array.ndim).filter((axis) => array.shape[axis] === 1 && target[axis + offset] !== 1)
  const kept = upTo(array.ndim).filter((axis) => !grown.includes(axis))
  return movement.broadcastInDim(movement.squeeze(array, { dimensions: grown }), {
    shape: target,
    broadcast_dimensions: kept.map((axis) => axis + offset),
  })
}

/**
 * The shape that arrays of the given shapes broadcast to.
 *
 * @example
 * jnp.broadcastShapes([2, 1], [3]) // [2, 3]
 */
export function broadcastShapes(...shapes: (readonly number[])[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return upTo(rank).map((axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((length) => length !== 1)
    if (lengths.some((length) => length !== lengths[0])) {
      throw new ValueError(`shapes ${shapes.map(formatShape).join(', ')} do not broadcast together.`)
    }
    return lengths[0] ?? 1
  })
}

/**
 * All arrays broadcast to one shape.
 *
 * @example
 * jnp.broadcastArrays(jnp.zeros([2, 1]), jnp.zeros([3])).map((x) => x.shape) // [[2, 3], [2, 3]]
 */
export function broadcastArrays(...arrays: ArrayLike[]): JaxArray[] {
  const values = arrays.map((x) => asArray('broadcastArrays', x))
  const shape = broadcastShapes(...values.map((value) => value.shape))
  return values.map((value) => broadcastTo(value, shape))
}

/**
 * Moves axes to other places; the rest keep their order.
 *
 * @example
 * jnp.moveaxis(jnp.zeros([2, 3, 4]), 0, -1).shape // [3, 4, 2]
 */
export function moveaxis(
  x: ArrayLike,
  source: number | readonly number[],
  destination: number | readonly number[],
): JaxArray {
  const array = asArray('moveaxis', x)
  const from = canonicalAxes('moveaxis', source, array.ndim)
  const to = canonicalAxes('moveaxis', destination, array.ndim)
  if (from.length !== to.length) {
    throw new ValueError(`moveaxis needs as many destinations as sources, got ${from.length} and ${to.length}.`)
  }
  const permutation = upTo(array.ndim).filter((axis) => !from.includes(axis))
  const pairs = to.map((place, i) => ({ place, axis: from[i] })).sort((a, b) => a.place - b.place)
  for (const { place, axis } of pairs) permutation.splice(place, 0, axis)
  return movement.transpose(array, { permutation })
}

/**
 * Moves one axis back to before `start`.
 *
 * @example
 * jnp.rollaxis(jnp.zeros([2, 3, 4]), 2).shape // [4, 2, 3]
 */
export function rollaxis(x: ArrayLike, axis: number, start = 0): JaxArray {
  const array = asArray('rollaxis', x)
  const from = canonicalAxis('rollaxis', axis, array.ndim)
  const before = start < 0 ? start + array.ndim : start
  return moveAxis(array, from, from < before ? before - 1 : before)
}

/**
 * Two axes swapped.
 *
 * @example
 * jnp.swapaxes(jnp.zeros([2, 3, 4]), 0, 2).shape // [4, 3, 2]
 */
export function swapaxes(x: ArrayLike, axis1: number, axis2: number): JaxArray {
  const array = asArray('swapaxes', x)
  const [a, b] = [canonicalAxis('swapaxes', axis1, array.ndim), canonicalAxis('swapaxes', axis2, array.ndim)]
  return movement.transpose(array, { permutation: upTo(array.ndim).with(a, b).with(b, a) })
}

function atLeast(rank: 1 | 2 | 3, arrays: readonly ArrayLike[]): JaxArray | JaxArray[] {
  const raised = arrays.map((x) => {
    const array = asArray(`atleast${rank}d`, x)
    if (array.ndim >= rank) return array
    if (rank === 3 && array.ndim > 0) return movement.expandDims(array, array.ndim === 2 ? [2] : [0, 2])
    return movement.expandDims(array, upTo(rank - array.ndim))
  })
  const [only] = raised
  return raised.length === 1 && only !== undefined ? only : raised
}

/**
 * Scalars as arrays of one axis; arrays pass.
 *
 * @example
 * jnp.atleast1d(jnp.array(3)).shape // [1]
 */
export function atleast1d(x: ArrayLike): JaxArray
export function atleast1d(...arrays: ArrayLike[]): JaxArray | JaxArray[]
export function atleast1d(...arrays: ArrayLike[]): JaxArray | JaxArray[] {
  return atLeast(1, arrays)
}

/**
 * Arrays with at least two axes: a vector becomes a row.
 *
 * @example
 * jnp.atleast2d(jnp.arange(3)).shape // [1, 3]
 */
export function atleast2d(x: ArrayLike): JaxArray
export function atleast2d(...arrays: ArrayLike[]): JaxArray | JaxArray[]
export function atleast2d(...arrays: ArrayLike[]): JaxArray | JaxArray[] {
  return atLeast(2, arrays)
}

/**
 * Arrays with at least three axes.
 *
 * @example
 * jnp.atleast3d(jnp.arange(3)).shape // [1, 3, 1]
 */
export function atleast3d(x: ArrayLike): JaxArray
export function atleast3d(...arrays: ArrayLike[]): JaxArray | JaxArray[]
export function atleast3d(...arrays: ArrayLike[]): JaxArray | JaxArray[] {
  return atLeast(3, arrays)
}
