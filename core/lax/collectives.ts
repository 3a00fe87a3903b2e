import { JaxTypeError, ValueError } from '../errors.ts'
import {
  allGatherPrimitive,
  axisIndexPrimitive,
  pmaxPrimitive,
  pminPrimitive,
  ppermutePrimitive,
  psumPrimitive,
} from '../primitives/collectives.ts'
import { div } from '../primitives/elementwise-arithmetic.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { axisSizeOf } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { bindOne } from '../tracing/trace.ts'
import { isFloat } from '../ir/dtype.ts'
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
 * The sum over a named axis, the same on every device or lane. JAX: `jax.lax.psum`.
 *
 * @example vmap((x) => x.div(lax.psum(x, 'i')), { axisName: 'i' })(jnp.array([1, 3])) // [0.25, 0.75]
 */
export function psum<T>(x: T, axisName: AxisNames): T {
  const axes = names(axisName, 'lax.psum')
  return overLeaves(x, 'lax.psum', (leaf) => bindOne(psumPrimitive, [leaf], { axes, axis_index_groups: null }))
}

/** The mean over a named axis. JAX: `jax.lax.pmean`. */
export function pmean<T>(x: T, axisName: AxisNames): T {
  const axes = names(axisName, 'lax.pmean')
  return overLeaves(x, 'lax.pmean', (leaf) => {
    const size = axes.reduce((product, name) => product * axisSizeOf(name, 'lax.pmean'), 1)
    const sum = bindOne(psumPrimitive, [leaf], { axes, axis_index_groups: null })
    const float = isFloat(sum.dtype) ? sum : convertElementType(sum, 'float32')
    return div(float, operand(size, float.dtype))
  })
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
  return overLeaves(x, 'lax.ppermute', (leaf) => bindOne(ppermutePrimitive, [leaf], { axis_name: axisName, perm }))
}

/** The values of all lanes or devices, stacked along a new axis. JAX: `jax.lax.all_gather`. */
export function allGather<T>(x: T, axisName: string, { axis = 0 }: { axis?: number } = {}): T {
  const axis_size = axisSizeOf(axisName, 'lax.allGather')
  return overLeaves(x, 'lax.allGather', (leaf) =>
    bindOne(allGatherPrimitive, [leaf], {
      all_gather_dimension: axis < 0 ? axis + leaf.ndim + 1 : axis,
      axis_name: axisName,
      axis_size,
    }),
  )
}

/** The index of this lane or device along a named axis. JAX: `jax.lax.axis_index`. */
export function axisIndex(axisName: string): JaxArray {
  return bindOne(axisIndexPrimitive, [], { axis_name: axisName })
}

/** The length of a named axis: a plain number. JAX: `jax.lax.axis_size`. */
export function axisSize(axisName: string): number {
  return axisSizeOf(axisName, 'lax.axisSize')
}
