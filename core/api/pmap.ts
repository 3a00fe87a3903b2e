import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { formatShape } from '../ir/aval.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { pmapPrimitive } from '../control/pmap.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { withAxis } from '../tracing/axis-env.ts'
import { recorded } from '../tracing/recorder.ts'
import type { JaxArray } from '../tracing/array.ts'
import { Tracer, bind } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { type TreeDef, broadcastPrefix, leafPaths, unflatten } from '../tree/pytree.ts'
import { ProgramCache } from './program-cache.ts'
import { programKey } from './program-key.ts'
import type { AxisTree } from './vmap.ts'

/** How `pmap` spreads arguments over devices. */
export interface PmapOptions {
  /** The name by which collectives refer to the devices. */
  readonly axisName?: string
  /** Which axis of each argument is spread over the devices; null for an argument that all get whole. */
  readonly inAxes?: AxisTree
}

/** What one device runs, traced once for each combination of shapes. */
interface Program<R> {
  readonly jaxpr: ClosedJaxpr
  readonly consts: readonly JaxArray[]
  readonly outTree: TreeDef<R>
}

/**
 * Runs a function on several devices at once, one entry of the leading axis on each.
 * JAX: `jax.pmap`.
 *
 * @example
 * pmap((x) => x.div(lax.psum(x, 'i')), { axisName: 'i' })(jnp.array([1, 3])) // [0.25, 0.75]
 */
export function pmap<A extends unknown[], R>(f: (...args: A) => R, options: PmapOptions = {}): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`pmap: expected a function, got ${typeof f}`)
  const name = f.name === '' ? '<lambda>' : f.name
  const axisName = options.axisName ?? '<unnamed>'
  const programs = new ProgramCache<Program<R>>()

  const pmapped = (...args: A): R =>
    recorded('pmap', f, (record) => {
      const { arrays, tree } = flattenArgs(args, 'pmap')
      record?.given(arrays, tree)
      const axes = broadcastPrefix(options.inAxes ?? 0, tree, (value) => typeof value === 'number', 'pmap: inAxes')
      const front = arrays.map((array, i) => withDeviceAxisInFront(array, axes[i], () => leafPaths(tree)[i]))
      const mapped = axes.map((axis) => typeof axis === 'number')
      const size = deviceAxisSize(front, mapped)
      const key = programKey(arrays, tree, [{ place: 'axes', key: `${mapped.join()} ${size}` }])
      const known = programs.get(key)
      const program = known ?? trace(front, mapped, tree, size)
      const { jaxpr, consts, outTree } = program
      if (known === undefined && !consts.some((value) => value instanceof Tracer)) programs.add(key, program)
      const outs = bind(pmapPrimitive, [...consts, ...front], {
        jaxpr,
        name,
        axis_name: axisName,
        axis_size: size,
        mapped: [...consts.map(() => false), ...mapped],
      })
      record?.returned(outs)
      return unflatten(outTree, outs)
    })

  function trace(front: readonly JaxArray[], mapped: readonly boolean[], tree: TreeDef<A>, size: number): Program<R> {
    const call = new FlatCall(f, tree, `pmap(${name})`)
    const shards = front.map(({ aval }, i) => (mapped[i] ? aval.with({ shape: aval.shape.slice(1) }) : aval))
    const traced = withAxis({ name: axisName, size }, () => traceToJaxpr(call.fun, shards, 'pmap'))
    return { ...hoistConstants(traced), outTree: call.outTree }
  }

  return transformed(pmapped, f, 'pmap')
}

function withDeviceAxisInFront(array: JaxArray, axis: unknown, path: () => string): JaxArray {
  if (typeof axis !== 'number') return array
  const resolved = axis < 0 ? axis + array.ndim : axis
  if (resolved < 0 || resolved >= array.ndim) {
    throw new ValueError(
      `pmap: argument ${path()} has shape ${formatShape(array.shape)}, so there is no axis ${axis} to spread over devices.`,
      {
        lesson: 'B1',
      },
    )
  }
  return moveBatchAxis(array, resolved, 0, array.shape[resolved])
}

function deviceAxisSize(arrays: readonly JaxArray[], mapped: readonly boolean[]): number {
  const sizes = new Set(arrays.filter((_, i) => mapped[i]).map((array) => array.shape[0]))
  const [size] = sizes
  if (size === undefined)
    throw new ValueError('pmap needs at least one argument to spread over devices.', { lesson: 'B1' })
  if (sizes.size > 1) {
    throw new ValueError(`pmap got different device axis sizes: ${[...sizes].join(', ')}.`, {
      hint: 'The mapped axis of every argument has one entry a device.',
      lesson: 'B1',
    })
  }
  return size
}
