import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { next } from '../ir/sequence.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { hoistConstants, traceWithAux } from '../interpreters/to-jaxpr.ts'
import { backwardPass } from '../interpreters/transpose.ts'
import { instantiate } from '../primitives/zeros.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { CheckpointPolicy } from './checkpoint-policies.ts'
import { splitCheckpoint } from './checkpoint-split.ts'
import { programCost } from '../ir/cost.ts'
import { asItsProgram } from '../sharding/program-specs.ts'

export type CheckpointParams = {
  jaxpr: ClosedJaxpr
  prevent_cse: boolean
  differentiated: boolean
  policy: CheckpointPolicy | null
}

/** A call whose inner values are not kept for the way back but computed again there. JAX: `remat`, printed as `remat2`. */
export const checkpointPrimitive: Primitive<CheckpointParams> = definePrimitive<CheckpointParams>({
  name: 'remat2',
  ...asItsProgram(({ jaxpr }) => jaxpr),
  cost: (_avals, { jaxpr }) => programCost(jaxpr),
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
    const { known, unknownOut } = partialEvalJaxpr(params.jaxpr, unknown)
    const split = splitCheckpoint(params.jaxpr, unknown, unknownOut, params.policy)
    const knownArgs = args.filter((_, i) => !unknown[i])
    const computed = evalClosed(split.known, knownArgs)
    const numKnown = split.hasKnownOutputs ? unknownOut.filter((flag) => !flag).length : 0
    const knownOuts = split.hasKnownOutputs
      ? computed.slice(0, numKnown).values()
      : evalClosed(known, knownArgs).values()
    const rest = hoistConstants(split.rest)
    const operands = [...rest.consts, ...computed.slice(numKnown), ...split.inputs.map((i) => args[i])]
    const unknownOuts = stage(checkpointPrimitive, operands, {
      ...params,
      jaxpr: rest.jaxpr,
      differentiated: true,
    }).values()
    return unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : knownOuts))
  },

  transpose(cotangents, args, params) {
    const linear = args.map((arg) => arg instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const transposed = transposeRest(params.jaxpr, linear, nonzero)
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

/**
 * The transpose of the rest of a checkpointed program. What does not depend on its linear inputs is computed
 * first, also within loops and branches, and what remains is linear and runs backwards.
 */
function transposeRest(
  closed: ClosedJaxpr,
  linear: readonly boolean[],
  nonzero: readonly boolean[],
): { jaxpr: ClosedJaxpr; zeroOut: boolean[] } {
  const knownAvals = closed.inAvals.filter((_, i) => !linear[i])
  const cotangentAvals = closed.outAvals.filter((_, i) => nonzero[i])
  const { jaxpr, aux } = traceWithAux(
    (...inputs) => {
      const given = inputs.slice(knownAvals.length).values()
      const split = partialEvalJaxpr(closed, linear)
      const computed = evalClosed(split.known, inputs.slice(0, knownAvals.length))
      const residuals = computed.slice(computed.length - split.numResiduals)
      const cotangents = closed.outAvals.map((aval, i) => (nonzero[i] ? next(given) : new Zero(aval)))
      const unknowns = closed.inAvals.filter((_, i) => linear[i]).map((aval) => new UndefinedPrimal(aval))
      const outs = backwardPass(
        split.unknown,
        [...residuals, ...unknowns],
        cotangents.filter((_, i) => split.unknownOut[i]),
      ).filter((out) => out !== null)
      const zeroOut = outs.map((out) => out instanceof Zero)
      return { outputs: outs.filter((out) => !(out instanceof Zero)).map(instantiate), aux: zeroOut }
    },
    [...knownAvals, ...cotangentAvals],
    'vjp',
  )
  return { jaxpr, zeroOut: aux }
}
