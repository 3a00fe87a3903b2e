import type { ShapedArray } from '../ir/aval.ts'
import { type HostArray, hostArray, leadingSlice } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { hoistTracers } from '../interpreters/to-jaxpr.ts'
import { partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { next } from '../ir/sequence.ts'
import { transposeJaxpr } from '../interpreters/transpose.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { reduceSum } from '../primitives/reductions.ts'
import { assertEnoughDevices, hasParallelDevices, parallelDevices } from '../runtime/parallel.ts'
import { withAxis } from '../tracing/axis-env.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { runInLanes } from './lanes.ts'
import { programCost } from '../ir/cost.ts'

/** `mapped` operands have the device axis in front; every result has it in front. */
export type PmapParams = {
  jaxpr: ClosedJaxpr
  name: string
  axis_name: string
  axis_size: number
  mapped: readonly boolean[]
}

/** The same program on several devices, each with its own shard. JAX: `pmap`. */
export const pmapPrimitive: Primitive<PmapParams> = definePrimitive<PmapParams>({
  name: 'pmap',
  cost: (_avals, { jaxpr }) => programCost(jaxpr),

  abstractEval: (_avals, { jaxpr, axis_size }) =>
    jaxpr.outAvals.map((aval) => aval.with({ shape: [axis_size, ...aval.shape], weakType: false })),

  impl(args, { jaxpr, axis_name, axis_size, mapped, name }, outAvals) {
    const where = `pmap(${name})`
    if (!hasParallelDevices()) {
      assertEnoughDevices(axis_size, where)
      const axes = [{ name: axis_name, size: axis_size }]
      return runInLanes(
        jaxpr,
        axes,
        args,
        mapped.map((flag) => [flag]),
      )
    }
    const devices = parallelDevices(axis_size, where)
    const shards = Array.from({ length: axis_size }, (_, device) =>
      args.map((arg, i) => (mapped[i] ? leadingSlice(arg, device) : arg)),
    )
    const results = devices.run({ jaxpr, axisName: axis_name, outAvals: jaxpr.outAvals }, shards)
    return outAvals.map((aval, i) =>
      joined(
        results.map((result) => result[i]),
        aval,
      ),
    )
  },

  jvp(primals, tangents, params) {
    const { jaxpr, mapped } = params
    const nonzero = tangents.map((tangent) => !(tangent instanceof Zero))
    const traced = onAxis(params, () => jvpJaxpr(jaxpr, nonzero))
    const { nonzeroOut } = traced
    const { jaxpr: derivative, tracers } = hoistTracers(traced.jaxpr)
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    const outs = bind(pmapPrimitive, [...tracers, ...primals, ...live], {
      ...params,
      jaxpr: derivative,
      mapped: [...tracers.map(() => false), ...mapped, ...mapped.filter((_, i) => nonzero[i])],
    })
    const dots = outs.slice(nonzeroOut.length).values()
    const values = outs.slice(0, nonzeroOut.length)
    return { primals: values, tangents: values.map((value, i) => (nonzeroOut[i] ? next(dots) : new Zero(value.aval))) }
  },

  batch(args, dims, params, axis) {
    const { jaxpr, mapped } = params
    // The device axis stays in front; the batch axis comes after it, or first where there is no device axis.
    const moved = args.map((arg, i) =>
      dims[i] === null ? arg : moveBatchAxis(arg, dims[i], mapped[i] ? 1 : 0, axis.size),
    )
    const { jaxpr: batched, outBatched } = onAxis(params, () =>
      batchJaxpr(
        jaxpr,
        axis,
        dims.map((dim) => dim !== null),
      ),
    )
    const outputs = bind(pmapPrimitive, moved, { ...params, jaxpr: batched })
    return { outputs, dims: outBatched.map((flag) => (flag ? 1 : null)) }
  },

  partialEval(args, unknown, params, stage) {
    const { mapped } = params
    const split = onAxis(params, () => partialEvalJaxpr(params.jaxpr, unknown))
    const knownOuts = bind(
      pmapPrimitive,
      args.filter((_, i) => !unknown[i]),
      { ...params, jaxpr: split.known, mapped: mapped.filter((_, i) => !unknown[i]) },
    )
    const numKnown = knownOuts.length - split.numResiduals
    const residuals = knownOuts.slice(numKnown)
    const unknownOuts = stage(pmapPrimitive, [...residuals, ...args.filter((_, i) => unknown[i])], {
      ...params,
      jaxpr: split.unknown,
      mapped: [...residuals.map(() => true), ...mapped.filter((_, i) => unknown[i])],
    }).values()
    const known = knownOuts.values()
    return split.unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : known))
  },

  transpose(cotangents, args, params) {
    const { mapped } = params
    const linear = args.map((arg) => arg instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const transposed = onAxis(params, () => transposeJaxpr(params.jaxpr, linear, nonzero))
    const residuals = args.flatMap((arg) => (arg instanceof UndefinedPrimal ? [] : [arg]))
    const live = cotangents.flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent]))
    const outs = bind(pmapPrimitive, [...residuals, ...live], {
      ...params,
      jaxpr: transposed.jaxpr,
      mapped: [...mapped.filter((_, i) => !linear[i]), ...live.map(() => true)],
    }).values()
    const zeroOut = transposed.zeroOut.values()
    return args.map((arg, i) => {
      if (!(arg instanceof UndefinedPrimal)) return null
      if (next(zeroOut)) return new Zero(arg.aval)
      const cotangent = next(outs)
      // An argument that all devices share collects the cotangents of all devices.
      return mapped[i] ? cotangent : reduceSum(cotangent, { axes: [0] })
    })
  },
})

function onAxis<T>({ axis_name, axis_size }: PmapParams, body: () => T): T {
  return withAxis({ name: axis_name, size: axis_size }, body)
}

function joined(shards: readonly HostArray[], aval: ShapedArray): HostArray {
  const result = hostArray(aval.shape, aval.dtype)
  shards.forEach((shard, device) => result.data.set(shard.data, device * shard.data.length))
  return result
}
