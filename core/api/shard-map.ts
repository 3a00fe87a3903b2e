import { axesOf, shardMapPrimitive } from '../control/shard-map.ts'
import { withAxes } from '../control/lanes.ts'
import { varyingOutputs } from '../control/replication.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { Mesh } from '../sharding/mesh.ts'
import { PartitionSpec, shardShape } from '../sharding/partition-spec.ts'
import { recorded } from '../tracing/recorder.ts'
import { bind } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { checkOptions } from '../tree/options.ts'
import { broadcastPrefix, unflatten } from '../tree/pytree.ts'

/** A spec for all, or a list or object of them with the structure of what they are for. */
export type SpecTree = PartitionSpec | null | readonly SpecTree[] | { readonly [key: string]: SpecTree }

/** How `shardMap` cuts arguments and joins results. */
export interface ShardMapOptions {
  readonly mesh: Mesh
  /** How each argument is cut; a prefix of the arguments' structure. */
  readonly inSpecs: SpecTree
  /** How the whole results are made of the parts; a prefix of their structure. */
  readonly outSpecs: SpecTree
  /** Refuse an output spec that claims equal parts where they may differ. Default true. */
  readonly checkVma?: boolean
}

function isSpec(value: unknown): boolean {
  return value instanceof PartitionSpec
}

function specsFor(specs: SpecTree, tree: Parameters<typeof broadcastPrefix>[1], what: string): PartitionSpec[] {
  return broadcastPrefix(specs, tree, isSpec, what).map((spec) =>
    spec instanceof PartitionSpec ? spec : new PartitionSpec(),
  )
}

/**
 * Runs a function once on every device of a mesh, each on its part of the arguments; collectives refer to the
 * axes of the mesh by name. A spec that does not divide an argument, or a result that differs between devices
 * although its spec says otherwise, is a ValueError. JAX: `jax.shard_map`.
 *
 * @example
 * const mesh = makeMesh([1], ['x'])
 * shardMap((a) => lax.psum(a, 'x'), { mesh, inSpecs: P('x'), outSpecs: P() })(jnp.ones(4)) // [1, 1, 1, 1]
 */
export function shardMap<A extends unknown[], R>(f: (...args: A) => R, options: ShardMapOptions): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`shardMap: expected a function, got ${typeof f}`)
  checkOptions('shardMap', options, ['mesh', 'inSpecs', 'outSpecs', 'checkVma'])
  const { mesh, inSpecs, outSpecs, checkVma = true } = options
  if (!(mesh instanceof Mesh)) throw new ValueError('shardMap: give the devices as { mesh: makeMesh(…) }.')
  const mapped = (...args: A): R =>
    recorded('shardMap', f, (record) => {
      const { arrays, tree } = flattenArgs(args, 'shardMap')
      record?.given(arrays, tree)
      const in_specs = specsFor(inSpecs, tree, 'shardMap: inSpecs')
      const call = new FlatCall(f, tree, 'shardMap')
      const parts = arrays.map(({ aval }, i) =>
        aval.with({ shape: shardShape(aval.shape, in_specs[i], mesh, 'shardMap: inSpecs') }),
      )
      const traced = withAxes(axesOf(mesh), () => traceToJaxpr(call.fun, parts, 'shardMap'))
      const { jaxpr, consts } = hoistConstants(traced)
      const out_specs = specsFor(outSpecs, call.outTree, 'shardMap: outSpecs')
      const allSpecs = [...consts.map(() => new PartitionSpec()), ...in_specs]
      if (checkVma) {
        assertReplicated(
          varyingOutputs(
            jaxpr,
            allSpecs.map(({ names }) => new Set(names)),
          ),
          out_specs,
          mesh,
          f.name,
        )
      }
      const outs = bind(shardMapPrimitive, [...consts, ...arrays], {
        check_vma: checkVma,
        in_specs: allSpecs,
        jaxpr,
        mesh,
        newly_manual_axes: `frozenset({${mesh.axisNames.map((name) => `'${name}'`).join(', ')}})`,
        out_specs,
      })
      record?.returned(outs)
      return unflatten(call.outTree, outs)
    })
  return transformed(mapped, f, 'shardMap')
}

function assertReplicated(
  varying: readonly ReadonlySet<string>[],
  specs: readonly PartitionSpec[],
  mesh: Mesh,
  name: string,
): void {
  varying.forEach((axes, i) => {
    const { names } = specs[i]
    const differing = mesh.axisNames.filter((axis) => axes.has(axis) && !names.includes(axis))
    if (differing.length === 0) return
    throw new ValueError(
      `shardMap applied to '${name === '' ? '<lambda>' : name}': the output spec ${specs[i].toString()} says that result ${i} is the same along the mesh axes ${differing.map((axis) => `'${axis}'`).join(', ')}, but it may differ there.`,
      {
        hint: 'Sum or gather over the axis (lax.psum, lax.pmax), name the axis in outSpecs, or pass { checkVma: false } if you know that the values are equal.',
        lesson: 'B1',
      },
    )
  })
}
