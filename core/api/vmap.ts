import { formatShape } from '../ir/aval.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { recorded } from '../tracing/recorder.ts'
import { batchFlat } from '../interpreters/batching.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import type { JaxArray } from '../tracing/array.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, broadcastPrefix, leafPaths, unflatten } from '../tree/pytree.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'

/** An axis to map, null for "the same for every lane", or a tree of them with the argument's structure. */
export type AxisTree = number | null | readonly AxisTree[] | { readonly [key: string]: AxisTree }

/** Which axes `vmap` maps, and how the mapped axis is called. */
export interface VmapOptions {
  /** Which axis of each argument is mapped. Default 0 for all. */
  readonly inAxes?: AxisTree
  /** Where the mapped axis goes in each result. Default 0. */
  readonly outAxes?: AxisTree
  /** A name by which collectives such as `lax.psum` refer to the axis. */
  readonly axisName?: string
  /** Needed only when no argument is mapped. */
  readonly axisSize?: number
}

const optionNames = ['inAxes', 'outAxes', 'axisName', 'axisSize']

function isOptions(value: unknown): value is VmapOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => optionNames.includes(key))
}

/**
 * Runs a function written for one example on many: the mapped axis disappears from the arguments inside
 * and comes back in the results. JAX: `jax.vmap`.
 *
 * @example
 * vmap((x) => jnp.dot(x, x))(jnp.ones([3, 2])) // [2, 2, 2]
 * vmap(jnp.dot, [0, null])(jnp.ones([3, 2]), jnp.ones(2))
 */
export function vmap<A extends unknown[], R>(
  f: (...args: A) => R,
  inAxesOrOptions: number | null | readonly AxisTree[] | VmapOptions = 0,
  outAxes: AxisTree = 0,
): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`vmap: expected a function, got ${typeof f}`)
  const options: VmapOptions = isOptions(inAxesOrOptions) ? inAxesOrOptions : { inAxes: inAxesOrOptions, outAxes }
  const vmapped = (...args: A): R =>
    recorded('vmap', f, (record) => {
      const { arrays, tree } = flattenArgs(args, 'vmap')
      record?.given(arrays, tree)
      const axes = inputAxes(options.inAxes === undefined ? 0 : options.inAxes, tree, arrays, args.length)
      const size = mappedSize(arrays, axes, tree, options.axisSize)
      const call = new FlatCall(f, tree, 'vmap')
      const { outputs, dims } = batchFlat(call.fun, arrays, axes, { size, name: options.axisName ?? null }, record)
      const targets = broadcastPrefix(options.outAxes ?? 0, call.outTree, isAxis, 'vmap: outAxes')
      const moved = outputs.map((output, i) => placeOutput(output, dims[i], targets[i], size))
      record?.returned(moved)
      return unflatten(call.outTree, moved)
    })
  return transformed(vmapped, f, 'vmap')
}

function isAxis(value: unknown): boolean {
  return typeof value === 'number'
}

function inputAxes(inAxes: AxisTree, tree: TreeDef, arrays: readonly JaxArray[], count: number): (number | null)[] {
  if (Array.isArray(inAxes) && inAxes.length !== count) {
    throw new ValueError(
      `vmap: inAxes has ${inAxes.length} entries, but the function was called with ${count} positional argument${count === 1 ? '' : 's'}.`,
      {
        hint: 'inAxes needs one entry an argument: a number, null, or a structure like the argument’s.',
        lesson: 'B1',
      },
    )
  }
  const axes = broadcastPrefix(inAxes, tree, isAxis, 'vmap: inAxes')
  return axes.map((axis, i) => {
    if (axis === null || axis === undefined) return null
    if (typeof axis !== 'number' || !Number.isInteger(axis)) {
      throw new JaxTypeError(`vmap: inAxes must hold integers or null, got ${String(axis)}`)
    }
    const { ndim } = arrays[i]
    const resolved = axis < 0 ? axis + ndim : axis
    if (resolved < 0 || resolved >= ndim) {
      throw new ValueError(
        `vmap was requested to map axis ${axis} of argument ${leafPaths(tree)[i]}, which has shape ${formatShape(arrays[i].shape)} and so has rank ${ndim} only.`,
        { hint: 'Map an axis that exists, or pass null for an argument that every lane shares.', lesson: 'B1' },
      )
    }
    return resolved
  })
}

function mappedSize(
  arrays: readonly JaxArray[],
  axes: readonly (number | null)[],
  tree: TreeDef,
  given?: number,
): number {
  const mapped = axes.flatMap((axis, i) => (axis === null ? [] : [{ i, axis, size: arrays[i].shape[axis] }]))
  const sizes = new Set(mapped.map((entry) => entry.size))
  if (given !== undefined) sizes.add(given)
  if (sizes.size === 0) {
    throw new ValueError('vmap must have at least one argument with an axis to map, or axisSize.', {
      hint: 'All entries of inAxes are null: every lane would do the same work.',
      lesson: 'B1',
    })
  }
  if (sizes.size > 1) {
    const paths = leafPaths(tree)
    const lines = mapped.map(
      ({ i, axis, size }) =>
        `  argument ${paths[i]}: axis ${axis} of shape ${formatShape(arrays[i].shape)} has length ${size}`,
    )
    throw new ValueError(`vmap got inconsistent sizes for array axes to be mapped:\n${lines.join('\n')}`, {
      hint: 'All mapped axes must have one length: it is the number of lanes. Choose other axes with inAxes, or null for an argument that is shared.',
      lesson: 'B1',
    })
  }
  const [size] = sizes
  return size
}

function placeOutput(output: JaxArray, dim: number | null, target: unknown, size: number): JaxArray {
  if (target === null) {
    if (dim === null) return output
    throw new ValueError('vmap has mapped output but outAxes is null', {
      hint: 'outAxes null promises that the result is the same in every lane; this one depends on a mapped argument.',
      lesson: 'B1',
    })
  }
  if (typeof target !== 'number') throw new JaxTypeError('vmap: outAxes must hold integers or null')
  const ndim = dim === null ? output.ndim + 1 : output.ndim
  const resolved = target < 0 ? target + ndim : target
  if (resolved < 0 || resolved >= ndim) {
    throw new ValueError(`vmap: outAxes ${target} is out of bounds for a result of rank ${ndim}`)
  }
  return moveBatchAxis(output, dim, resolved, size)
}
