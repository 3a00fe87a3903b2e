import type { ParamValue, Primitive } from '../tracing/primitive.ts'
import { UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { hostArray } from '../ir/host-array.ts'
import { ShapedArray } from '../ir/aval.ts'
import { config } from '../config.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { instantiate } from './zeros.ts'
import { linearJvp, zeroJvp } from './rules.ts'
import { moves } from './costs.ts'
import { NamedSharding } from '../sharding/named-sharding.ts'
import { PartitionSpec } from '../sharding/partition-spec.ts'

/** Its operands, which a compiler must not move computations across. JAX: `optimization_barrier`. */
export const optimizationBarrierPrimitive: Primitive = definePrimitive({
  name: 'optimization_barrier',
  inferSharding: (operands) => operands.map(({ spec }) => spec),
  cost: moves,
  abstractEval: (avals) => [...avals],
  impl: (args) => [...args],
  jvp(primals, tangents) {
    const outs = bind(optimizationBarrierPrimitive, primals, {})
    return { primals: outs, tangents: bind(optimizationBarrierPrimitive, tangents.map(instantiate), {}) }
  },
  transpose(cotangents, args) {
    const outs = bind(optimizationBarrierPrimitive, cotangents.map(instantiate), {})
    return args.map((arg, i) => (arg instanceof UndefinedPrimal ? outs[i] : null))
  },
  batch: (args, dims) => ({ outputs: bind(optimizationBarrierPrimitive, args, {}), dims: [...dims] }),
})

type PlatformParams = { platforms: readonly (readonly string[] | null)[] }

/** Which entry of a list of platforms the program runs on; null stands for any. JAX: `platform_index`. */
export const platformIndexPrimitive: Primitive<PlatformParams> = definePrimitive<PlatformParams>({
  name: 'platform_index',
  cost: moves,
  abstractEval: () => [new ShapedArray([], 'int32')],
  impl(_args, { platforms }) {
    const here = config.platform === 'gpu' ? 'gpu' : 'cpu'
    const index = platforms.findIndex((names) => names === null || names.includes(here))
    return [hostArray([], 'int32', Int32Array.of(index))]
  },
  jvp: zeroJvp(() => platformIndexPrimitive),
  batch: (_args, _dims, params) => ({ outputs: bind(platformIndexPrimitive, [], params), dims: [null] }),
})

type ConstraintParams = {
  context_mesh: string
  layout: null
  sharding: NamedSharding
  unconstrained_dims: string
} & { readonly [name: string]: ParamValue }

/** The same values, for which a program states how they lie on devices. JAX: `sharding_constraint`. */
export const shardingConstraintPrimitive: Primitive<ConstraintParams> = definePrimitive<ConstraintParams>({
  name: 'sharding_constraint',
  inferSharding: (_operands, { sharding }, _outAvals, mesh) => [
    mesh.equals(sharding.mesh) ? sharding.spec : new PartitionSpec(),
  ],
  meshOf: ({ sharding }) => sharding.mesh,
  cost: moves,
  abstractEval: (avals) => [...avals],
  impl: (args) => [...args],
  jvp: linearJvp(() => shardingConstraintPrimitive),
  transpose: ([ct], [x], params) => [
    x instanceof UndefinedPrimal
      ? ct instanceof Zero
        ? ct
        : bindOne(shardingConstraintPrimitive, [ct], params)
      : null,
  ],
  batch([x], [dim], params) {
    const { mesh, spec } = params.sharding
    const entries = [...spec.entries, ...new Array<null>(Math.max(0, x.ndim - 1 - spec.entries.length)).fill(null)]
    if (dim !== null) entries.splice(dim, 0, null)
    const sharding = new NamedSharding(mesh, new PartitionSpec(...entries))
    return { outputs: bind(shardingConstraintPrimitive, [x], { ...params, sharding }), dims: [dim] }
  },
})

export const stagingPrimitives: readonly Primitive[] = [
  optimizationBarrierPrimitive,
  platformIndexPrimitive,
  shardingConstraintPrimitive,
]
