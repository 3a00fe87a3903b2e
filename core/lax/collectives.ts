import { JaxTypeError, ValueError } from '../errors.ts'
import { pmaxPrimitive, pminPrimitive, psumPrimitive } from '../primitives/collectives.ts'
import {
  allGatherPrimitive,
  allToAllPrimitive,
  axisIndexPrimitive,
  pbroadcastPrimitive,
  ppermutePrimitive,
  reduceScatterPrimitive,
} from '../primitives/collectives-exchange.ts'
import { add, div, mul } from '../primitives/elementwise-arithmetic.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { axisSizeOf } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { Tracer, bindOne } from '../tracing/trace.ts'
import { isInexact, isWideInteger } from '../ir/dtype.ts'
import { operand } from '../primitives/operand.ts'
import { arrayOf } from '../tree/leaves.ts'
import { flatten, unflatten } from '../tree/pytree.ts'

type AxisNames = string | readonly string[]

function names(axisName: AxisNames, operation: string): string[] {
  const list = [axisName].flat()
  for (const name of list) {
    if (typeof name !== 'string') throw new JaxTypeError(`${operation}: the axis name is a string, got ${String(name)}`)
  }
  return list
}

function overLeaves<T>(tree: T, operation: string, apply: (x: JaxArray) => JaxArray): T {
  const { leaves, tree: structure } = flatten(tree)
  return unflatten(
    structure,
    leaves.map((leaf) => apply(arrayOf(leaf, operation))),
  )
}

/**
 * The sum over a named axis, the same on every device or lane. Booleans are counted. Of a value that no
 * transformation watches it is known at once: a number gives a number. JAX: `jax.lax.psum`.
 *
 * @example vmap((x) => x.div(lax.psum(x, 'i')), { axisName: 'i' })(jnp.array([1, 3])) // [0.25, 0.75]
 */
export function psum<T>(x: T, axisName: AxisNames): T {
  const axes = names(axisName, 'lax.psum')
  const { leaves, tree: structure } = flatten(x)
  if (leaves.some((leaf) => leaf instanceof Tracer)) {
    return overLeaves(x, 'lax.psum', (leaf) =>
      bindOne(psumPrimitive, [counted(leaf)], { axes, axis_index_groups: null }),
    )
  }
  const size = sizeOfAxes(axes, 'lax.psum')
  return unflatten(
    structure,
    leaves.map((leaf) => {
      if (typeof leaf === 'number') return leaf * size
      const array = counted(arrayOf(leaf, 'lax.psum'))
      return mul(array, operand(size, array.dtype))
    }),
  )
}

function counted(x: JaxArray): JaxArray {
  return x.dtype === 'bool' ? convertElementType(x, 'int32') : x
}

function sizeOfAxes(axes: readonly string[], operation: string): number {
  return axes.reduce((product, name) => product * axisSizeOf(name, operation), 1)
}

/** The mean over a named axis. JAX: `jax.lax.pmean`. */
export function pmean<T>(x: T, axisName: AxisNames): T {
  const size = sizeOfAxes(names(axisName, 'lax.pmean'), 'lax.pmean')
  const { leaves, tree: structure } = flatten(psum(x, axisName))
  return unflatten(
    structure,
    leaves.map((leaf) => {
      if (typeof leaf === 'number') return leaf / size
      const sum = arrayOf(leaf, 'lax.pmean')
      const divisible = isInexact(sum.dtype)
        ? sum
        : convertElementType(sum, isWideInteger(sum.dtype) ? 'float64' : 'float32')
      return div(divisible, operand(size, divisible.dtype))
    }),
  )
}

/** The largest value over a named axis. JAX: `jax.lax.pmax`. */
export function pmax<T>(x: T, axisName: AxisNames): T {
  const axes = names(axisName, 'lax.pmax')
  return overLeaves(x, 'lax.pmax', (leaf) => bindOne(pmaxPrimitive, [leaf], { axes, axis_index_groups: null }))
}

/** The smallest value over a named axis. JAX: `jax.lax.pmin`. */
export function pmin<T>(x: T, axisName: AxisNames): T {
  const axes = names(axisName, 'lax.pmin')
  return overLeaves(x, 'lax.pmin', (leaf) => bindOne(pminPrimitive, [leaf], { axes, axis_index_groups: null }))
}

/**
 * Sends values along `[source, destination]` pairs; who receives nothing gets zeros. JAX: `jax.lax.ppermute`.
 *
 * @example vmap((x) => lax.ppermute(x, 'i', [[0, 1], [1, 0]]), { axisName: 'i' })(jnp.array([1, 2])) // [2, 1]
 */
export function ppermute<T>(x: T, axisName: string, perm: readonly (readonly [number, number])[]): T {
  const size = axisSizeOf(axisName, 'lax.ppermute')
  for (const side of [0, 1] as const) {
    const seen = perm.map((pair) => pair[side])
    const valid = seen.every((index) => Number.isInteger(index) && index >= 0 && index < size)
    if (!valid || new Set(seen).size !== seen.length) {
      throw new ValueError(
        `lax.ppermute: sources and destinations must be different indices below ${size}, got ${JSON.stringify(perm)}`,
      )
    }
  }
  const params = { axis_name: [axisName], perm }
  return overLeaves(x, 'lax.ppermute', (leaf) => bindOne(ppermutePrimitive, [leaf], params))
}

/**
 * The value of lane or device `source`, for all. JAX: `jax.lax.pbroadcast`.
 *
 * @example vmap((x) => lax.pbroadcast(x, 'i', 1), { axisName: 'i' })(jnp.array([1, 2])) // [2, 2]
 */
export function pbroadcast<T>(x: T, axisName: string, source: number): T {
  const size = axisSizeOf(axisName, 'lax.pbroadcast')
  if (!Number.isInteger(source) || source < 0 || source >= size) {
    throw new ValueError(`lax.pbroadcast: the source must be an index below ${size}, got ${source}.`)
  }
  const params = { axis_name: axisName, source }
  return overLeaves(x, 'lax.pbroadcast', (leaf) => bindOne(pbroadcastPrimitive, [leaf], params))
}

/** How values are put beside each other: along a new axis, or along one that they have. */
export interface TiledOptions {
  readonly tiled?: boolean
}

/**
 * The values of all lanes or devices, stacked along a new axis, or with `tiled` joined along `axis`.
 * JAX: `jax.lax.all_gather`.
 *
 * @example vmap((x) => lax.allGather(x, 'i'), { axisName: 'i' })(jnp.array([1, 2])) // [[1, 2], [1, 2]]
 */
export function allGather<T>(
  x: T,
  axisName: string,
  { axis = 0, tiled = false }: TiledOptions & { readonly axis?: number } = {},
): T {
  const axis_size = axisSizeOf(axisName, 'lax.allGather')
  return overLeaves(x, 'lax.allGather', (leaf) =>
    bindOne(allGatherPrimitive, [leaf], {
      all_gather_dimension: placeOf(axis, tiled ? leaf.ndim : leaf.ndim + 1, 'lax.allGather'),
      axis_index_groups: null,
      axis_name: [axisName],
      axis_size,
      tiled,
    }),
  )
}

function placeOf(axis: number, ndim: number, where: string): number {
  const place = axis < 0 ? axis + ndim : axis
  if (Number.isInteger(place) && place >= 0 && place < ndim) return place
  throw new ValueError(`${where}: axis ${axis} is out of bounds for an array of rank ${ndim}.`)
}

/**
 * The sum over a named axis, of which lane or device i keeps part i of an axis: without `tiled` that axis has
 * one entry a lane and goes away. JAX: `jax.lax.psum_scatter`.
 *
 * @example vmap((x) => lax.psumScatter(x, 'i'), { axisName: 'i' })(jnp.ones([2, 2])) // [2, 2]
 */
export function psumScatter<T>(
  x: T,
  axisName: string,
  { scatterDimension = 0, tiled = false }: TiledOptions & { readonly scatterDimension?: number } = {},
): T {
  const axis_size = axisSizeOf(axisName, 'lax.psumScatter')
  return overLeaves(x, 'lax.psumScatter', (leaf) =>
    bindOne(reduceScatterPrimitive, [leaf], {
      axis_index_groups: null,
      axis_name: [axisName],
      axis_size,
      scatter_dimension: placeOf(scatterDimension, leaf.ndim, 'lax.psumScatter'),
      tiled,
    }),
  )
}

/**
 * Gives part j of lane i to lane j as its part i: a transposition across lanes. Without `tiled` the split axis
 * has one entry a lane and goes away, and a new axis `concatAxis` appears. JAX: `jax.lax.all_to_all`.
 *
 * @example vmap((x) => lax.allToAll(x, 'i', 0, 0), { axisName: 'i' })(jnp.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function allToAll<T>(
  x: T,
  axisName: string,
  splitAxis: number,
  concatAxis: number,
  { tiled = false }: TiledOptions = {},
): T {
  return overLeaves(x, 'lax.allToAll', (leaf) =>
    bindOne(allToAllPrimitive, [leaf], {
      axis_index_groups: null,
      axis_name: axisName,
      concat_axis: placeOf(concatAxis, leaf.ndim, 'lax.allToAll'),
      split_axis: placeOf(splitAxis, leaf.ndim, 'lax.allToAll'),
      tiled,
    }),
  )
}

/**
 * Swaps the named axis with axis `axis` of the value, which has one entry a lane. JAX: `jax.lax.pswapaxes`.
 *
 * @example vmap((x) => lax.pswapaxes(x, 'i', 0), { axisName: 'i' })(jnp.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function pswapaxes<T>(x: T, axisName: string, axis: number): T {
  return allToAll(x, axisName, axis, axis)
}

/** The index of this lane or device along a named axis, or along several as one. JAX: `jax.lax.axis_index`. */
export function axisIndex(axisName: AxisNames): JaxArray {
  const [first, ...rest] = names(axisName, 'lax.axisIndex').map(
    (name) => [name, bindOne(axisIndexPrimitive, [], { axis_name: name })] as const,
  )
  if (first === undefined) throw new ValueError('lax.axisIndex: give the name of an axis.')
  return rest.reduce(
    (index, [name, inner]) => add(mul(index, operand(axisSizeOf(name, 'lax.axisIndex'), 'int32')), inner),
    first[1],
  )
}

/** The length of a named axis, or of several together: a plain number. JAX: `jax.lax.axis_size`. */
export function axisSize(axisName: AxisNames): number {
  return sizeOfAxes(names(axisName, 'lax.axisSize'), 'lax.axisSize')
}
