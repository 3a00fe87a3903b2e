import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { indices, positions, rewire } from '../ir/rewire.ts'
import { next } from '../ir/sequence.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { hoistConstants } from '../interpreters/to-jaxpr.ts'
import { transposeJaxpr } from '../interpreters/transpose.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import type { JaxArray } from '../tracing/array.ts'

export type CheckpointParams = {
  jaxpr: ClosedJaxpr
  prevent_cse: boolean
  differentiated: boolean
  policy: null
  name: string
}

/** A call whose inner values are not kept for the way back but computed again there. JAX: `checkpoint`. */
export const checkpointPrimitive: Primitive<CheckpointParams> = definePrimitive<CheckpointParams>({
  name: 'checkpoint',
  abstractEval: (_avals, { jaxpr }) => jaxpr.outAvals,
  impl: (args, { jaxpr }) => runOnHost(jaxpr, args),

  jvp(primals, tangents, params) {
    const nonzero = tangents.map((tangent) => !(tangent instanceof Zero))
    const { jaxpr, nonzeroOut } = jvpJaxpr(params.jaxpr, nonzero)
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    const outs = bindCheckpoint(jaxpr, [...primals, ...live], params)
    const dots = outs.slice(nonzeroOut.length).values()
    const values = outs.slice(0, nonzeroOut.length)
    return { primals: values, tangents: values.map((value, i) => (nonzeroOut[i] ? next(dots) : new Zero(value.aval))) }
  },

  batch(args, dims, params, axis) {
    const front = args.map((arg, i) => (dims[i] === null ? arg : moveBatchAxis(arg, dims[i], 0, axis.size)))
    const { jaxpr, outBatched } = batchJaxpr(
      params.jaxpr,
      axis,
      dims.map((dim) => dim !== null),
    )
    return { outputs: bindCheckpoint(jaxpr, front, params), dims: outBatched.map((flag) => (flag ? 0 : null)) }
  },

  partialEval(args, unknown, params, stage) {
    const split = partialEvalJaxpr(params.jaxpr, unknown)
    // The known half runs now and keeps nothing; the unknown half takes the inputs and starts over.
    const numKnown = split.unknownOut.filter((flag) => !flag).length
    const known = rewire(split.known, indices(0, split.known.inAvals.length), indices(0, numKnown))
    const knownOuts = bindCheckpoint(
      known,
      args.filter((_, i) => !unknown[i]),
      params,
    ).values()
    const rest = hoistConstants(rewire(params.jaxpr, indices(0, args.length), positions(split.unknownOut)))
    const unknownOuts = stage(checkpointPrimitive, [...rest.consts, ...args], {
      ...params,
      jaxpr: rest.jaxpr,
      differentiated: true,
    }).values()
    return split.unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : knownOuts))
  },

  transpose(cotangents, args, params) {
    const linear = args.map((arg) => arg instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const transposed = transposeJaxpr(params.jaxpr, linear, nonzero)
    const residuals = args.flatMap((arg) => (arg instanceof UndefinedPrimal ? [] : [arg]))
    const live = cotangents.flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent]))
    const outs = bindCheckpoint(transposed.jaxpr, [...residuals, ...live], params).values()
    const zeroOut = transposed.zeroOut.values()
    return args.map((arg) => {
      if (!(arg instanceof UndefinedPrimal)) return null
      return next(zeroOut) ? new Zero(arg.aval) : next(outs)
    })
  },
})

/** Binds a checkpoint equation; constants that the jaxpr captured become leading operands. */
export function bindCheckpoint(
  closed: ClosedJaxpr,
  args: readonly JaxArray[],
  params: Omit<CheckpointParams, 'jaxpr'>,
): JaxArray[] {
  const { jaxpr, consts } = hoistConstants(closed)
  return bind(checkpointPrimitive, [...consts, ...args], { ...params, jaxpr })
}
