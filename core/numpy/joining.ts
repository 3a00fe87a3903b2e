import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { canonicalAxis, staticInteger } from '../lax/arguments.ts'
import * as joining from '../primitives/joining.ts'
import { expandDims } from '../primitives/movement.ts'
import { slice } from '../primitives/slicing.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { asArray, promoteValues } from './promotion.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { atleast1d, atleast2d, atleast3d, broadcastTo, ravel } from './shape.ts'

/** What joins: a list of arrays, or one array whose rows are the parts. */
export type Sequence = readonly ArrayLike[] | JaxArray

interface JoinOptions {
  axis?: number | null
  dtype?: DTypeLike | null
}

function partsOf(operation: string, arrays: Sequence): JaxArray[] {
  if (arrays instanceof JaxArray) return joining.unstack(arrays, { axis: 0 })
  if (arrays.length === 0) throw new ValueError(`jnp.${operation} needs at least one array, got an empty list.`)
  return promoteValues(arrays.map((x) => asArray(operation, x)))
}

function joinOptions(axis: number | null | JoinOptions): JoinOptions {
  return typeof axis === 'object' && axis !== null ? axis : { axis }
}

function finished(operation: string, joined: JaxArray, { dtype }: JoinOptions): JaxArray {
  const wanted = requestedDType(operation, { dtype })
  return wanted === null ? joined : convertElementType(joined, wanted)
}

/**
 * Joins arrays end to end along an axis they have; `axis: null` flattens them first.
 *
 * @example
 * jnp.concatenate([jnp.arange(2), jnp.arange(3)]).tolist() // [0, 1, 0, 1, 2]
 */
export function concatenate(arrays: Sequence, axis: number | null | JoinOptions = 0): JaxArray {
  const options = joinOptions(axis)
  const parts = partsOf('concatenate', arrays)
  const flat = options.axis === null ? parts.map((part) => ravel(part)) : parts
  if (flat[0].ndim === 0) {
    throw new ValueError('jnp.concatenate cannot join scalars, which have no axis; jnp.stack gives them one.')
  }
  const dimension = canonicalAxis('concatenate', options.axis ?? 0, flat[0].ndim)
  return finished('concatenate', joining.concatenate(flat, { dimension }), options)
}

/**
 * Joins arrays end to end; another name of `concatenate`.
 *
 * @example
 * jnp.concat([jnp.arange(2), jnp.arange(3)]).tolist() // [0, 1, 0, 1, 2]
 */
export function concat(arrays: Sequence, axis: number | null | JoinOptions = 0): JaxArray {
  return concatenate(arrays, axis)
}

/**
 * Joins arrays of one shape along a new axis.
 *
 * @example
 * jnp.stack([jnp.arange(2), jnp.arange(2)]).shape // [2, 2]
 */
export function stack(arrays: Sequence, axis: number | JoinOptions = 0): JaxArray {
  const options = joinOptions(axis)
  const parts = partsOf('stack', arrays)
  const place = canonicalAxis('stack', options.axis ?? 0, parts[0].ndim + 1)
  return finished('stack', joining.stack(parts, { axis: place }), options)
}

/**
 * Stacks rows on top of each other.
 *
 * @example
 * jnp.vstack([jnp.arange(2), jnp.arange(2)]).shape // [2, 2]
 */
export function vstack(arrays: Sequence, options: JoinOptions = {}): JaxArray {
  return concatenate(
    partsOf('vstack', arrays).map((part) => atleast2d(part)),
    { ...options, axis: 0 },
  )
}

/**
 * Joins arrays side by side: along the second axis, or the only one.
 *
 * @example
 * jnp.hstack([jnp.arange(2), jnp.arange(3)]).shape // [5]
 */
export function hstack(arrays: Sequence, options: JoinOptions = {}): JaxArray {
  const parts = partsOf('hstack', arrays).map((part) => atleast1d(part))
  return concatenate(parts, { ...options, axis: parts[0].ndim === 1 ? 0 : 1 })
}

/**
 * Joins arrays along the third axis.
 *
 * @example
 * jnp.dstack([jnp.arange(2), jnp.arange(2)]).shape // [1, 2, 2]
 */
export function dstack(arrays: Sequence, options: JoinOptions = {}): JaxArray {
  return concatenate(
    partsOf('dstack', arrays).map((part) => atleast3d(part)),
    { ...options, axis: 2 },
  )
}

/**
 * Vectors as the columns of a matrix.
 *
 * @example
 * jnp.columnStack([jnp.arange(3), jnp.arange(3)]).shape // [3, 2]
 */
export function columnStack(arrays: Sequence): JaxArray {
  const columns = partsOf('columnStack', arrays).map((part) =>
    part.ndim < 2 ? expandDims(atleast1d(part), [1]) : part,
  )
  return concatenate(columns, 1)
}

/**
 * `x` with `values` joined at its end; both are flattened unless an axis is named.
 *
 * @example
 * jnp.append(jnp.arange(2), jnp.arange(3)).tolist() // [0, 1, 0, 1, 2]
 */
export function append(
  x: ArrayLike,
  values: ArrayLike,
  axis: number | { axis?: number | null } | null = null,
): JaxArray {
  return concatenate([x, values], joinOptions(axis).axis ?? null)
}

/**
 * The arrays along an axis, without that axis.
 *
 * @example
 * jnp.unstack(jnp.array([[1, 2], [3, 4]])).map((row) => row.tolist()) // [[1, 2], [3, 4]]
 */
export function unstack(x: ArrayLike, axis: number | { axis?: number } = 0): JaxArray[] {
  const array = asArray('unstack', x)
  const wanted = typeof axis === 'number' ? axis : (axis.axis ?? 0)
  return joining.unstack(array, { axis: canonicalAxis('unstack', wanted, array.ndim) })
}

function splitAt(array: JaxArray, bounds: readonly number[], axis: number): JaxArray[] {
  const length = array.shape[axis]
  const inside = bounds.map((bound) => Math.max(0, Math.min(length, bound < 0 ? bound + length : bound)))
  const ascending = inside.every((bound, i) => i === 0 || inside[i - 1] <= bound)
  const starts = [0, ...inside]
  const stops = [...inside, length]
  if (ascending) return joining.split(array, { sizes: starts.map((start, i) => stops[i] - start), axis })
  return starts.map((start, i) =>
    slice(array, {
      start_indices: array.shape.map((_, dim) => (dim === axis ? Math.min(start, Math.max(start, stops[i])) : 0)),
      limit_indices: array.shape.map((size, dim) => (dim === axis ? Math.max(start, stops[i]) : size)),
    }),
  )
}

function sections(
  operation: string,
  x: ArrayLike,
  parts: number | readonly number[],
  axis: number,
  even: boolean,
): JaxArray[] {
  const array = asArray(operation, x)
  const dim = canonicalAxis(operation, axis, array.ndim)
  if (typeof parts !== 'number') return splitAt(array, parts, dim)
  const count = staticInteger(operation, 'the number of parts', parts)
  const length = array.shape[dim]
  if (count <= 0) throw new ValueError(`${operation} needs a positive number of parts, got ${count}.`)
  if (even && length % count !== 0) {
    throw new ValueError(
      `${operation}: axis ${axis} of shape ${formatShape(array.shape)} does not divide into ${count} equal parts; arraySplit allows a remainder.`,
    )
  }
  const sizes = Array.from({ length: count }, (_, i) => Math.floor(length / count) + (i < length % count ? 1 : 0))
  return joining.split(array, { sizes, axis: dim })
}

/**
 * Cuts an axis into equal parts, or at given places.
 *
 * @example
 * jnp.split(jnp.arange(6), 3).map((part) => part.tolist()) // [[0, 1], [2, 3], [4, 5]]
 * jnp.split(jnp.arange(6), [1, 4]).map((part) => part.size) // [1, 3, 2]
 */
export function split(
  x: ArrayLike,
  parts: number | readonly number[],
  axis: number | { axis?: number } = 0,
): JaxArray[] {
  return sections('split', x, parts, typeof axis === 'number' ? axis : (axis.axis ?? 0), true)
}

/**
 * Like `split`, but the parts may differ in length by one.
 *
 * @example
 * jnp.arraySplit(jnp.arange(5), 2).map((part) => part.size) // [3, 2]
 */
export function arraySplit(
  x: ArrayLike,
  parts: number | readonly number[],
  axis: number | { axis?: number } = 0,
): JaxArray[] {
  return sections('arraySplit', x, parts, typeof axis === 'number' ? axis : (axis.axis ?? 0), false)
}

/**
 * `split` along the first axis.
 *
 * @example
 * jnp.vsplit(jnp.zeros([4, 2]), 2).map((part) => part.shape) // [[2, 2], [2, 2]]
 */
export function vsplit(x: ArrayLike, parts: number | readonly number[]): JaxArray[] {
  return split(x, parts, 0)
}

/**
 * `split` along the second axis, or the only one.
 *
 * @example
 * jnp.hsplit(jnp.zeros([2, 4]), 2).map((part) => part.shape) // [[2, 2], [2, 2]]
 */
export function hsplit(x: ArrayLike, parts: number | readonly number[]): JaxArray[] {
  return split(x, parts, asArray('hsplit', x).ndim === 1 ? 0 : 1)
}

/**
 * `x` repeated as a whole, `reps[axis]` times along each axis.
 *
 * @example
 * jnp.tile(jnp.arange(2), 2).tolist() // [0, 1, 0, 1]
 */
export function tile(x: ArrayLike, reps: number | readonly number[]): JaxArray {
  const array = asArray('tile', x)
  const counts = (typeof reps === 'number' ? [reps] : reps).map((count) => staticInteger('tile', 'every count', count))
  const rank = Math.max(array.ndim, counts.length)
  const ones = (count: number): number[] => new Array<number>(Math.max(0, count)).fill(1)
  const raised = broadcastTo(array, [...ones(rank - array.ndim), ...array.shape])
  return joining.tile(raised, { reps: [...ones(rank - counts.length), ...counts] })
}
