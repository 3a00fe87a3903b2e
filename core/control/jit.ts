import { type Atom, ClosedJaxpr, Jaxpr } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { liveEqns, partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { next } from '../ir/sequence.ts'
import { hoistTracers } from '../interpreters/to-jaxpr.ts'
import { transposeJaxpr } from '../interpreters/transpose.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { programCost } from '../ir/cost.ts'
import { asItsProgram } from '../sharding/program-specs.ts'

export type JitParams = { jaxpr: ClosedJaxpr; name: string }

/** A call of a compiled function. JAX: `pjit`, printed as `jit`. */
export const jitPrimitive: Primitive<JitParams> = definePrimitive<JitParams>({
  name: 'jit',
  ...asItsProgram(({ jaxpr }) => jaxpr),
  cost: (_avals, { jaxpr }) => programCost(jaxpr),
  abstractEval: (_avals, { jaxpr }) => jaxpr.outAvals,
  impl: (args, { jaxpr }) => runOnHost(jaxpr, args),

  jvp(primals, tangents, { jaxpr, name }) {
    const nonzero = tangents.map((tangent) => !(tangent instanceof Zero))
    const { jaxpr: derivative, nonzeroOut } = jvpJaxpr(jaxpr, nonzero)
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    const outs = bindJit(derivative, [...primals, ...live], name)
    const tangentsOut = outs.slice(nonzeroOut.length).values()
    return {
      primals: outs.slice(0, nonzeroOut.length),
      tangents: nonzeroOut.map((has, i) => (has ? next(tangentsOut) : new Zero(jaxpr.outAvals[i]))),
    }
  },

  batch(args, dims, { jaxpr, name }, axis) {
    const front = args.map((arg, i) => (dims[i] === null ? arg : moveBatchAxis(arg, dims[i], 0, axis.size)))
    const { jaxpr: batched, outBatched } = batchJaxpr(
      jaxpr,
      axis,
      dims.map((dim) => dim !== null),
    )
    return { outputs: bindJit(batched, front, name), dims: outBatched.map((flag) => (flag ? 0 : null)) }
  },

  partialEval(args, unknown, { jaxpr, name }, stage) {
    const split = partialEvalJaxpr(jaxpr, unknown)
    const knownArgs = args.filter((_, i) => !unknown[i])
    const numKnown = split.known.jaxpr.outvars.length - split.numResiduals
    const { jaxpr: trimmed, sources } = withoutForwarded(split.known, numKnown)
    const computed = bindJit(trimmed, knownArgs, name)
    const knownOuts = sources.map(({ from, index }) => (from === 'input' ? knownArgs : computed)[index])
    const residuals = knownOuts.slice(numKnown)
    const unknownOuts = stage(jitPrimitive, [...residuals, ...args.filter((_, i) => unknown[i])], {
      jaxpr: split.unknown,
      name,
    }).values()
    const known = knownOuts.slice(0, numKnown).values()
    return split.unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : known))
  },

  transpose(cotangents, args, { jaxpr, name }) {
    const linear = args.map((arg) => arg instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const transposed = transposeJaxpr(
      jaxpr,
      linear,
      nonzero,
      [],
      cotangents.map((cotangent) => cotangent.aval),
    )
    const residuals = args.flatMap((arg) => (arg instanceof UndefinedPrimal ? [] : [arg]))
    const live = cotangents.flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent]))
    const outs = bindJit(transposed.jaxpr, [...residuals, ...live], name).values()
    const zeroOut = transposed.zeroOut.values()
    return args.map((arg) => {
      if (!(arg instanceof UndefinedPrimal)) return null
      return next(zeroOut) ? new Zero(arg.aval) : next(outs)
    })
  },
})

type OutputSource = { readonly from: 'input' | 'output'; readonly index: number }

/**
 * What is an input needs not be returned, whoever gave it has it; nor need a residual that is an output besides. Without
 * them, and without equations that nothing else reads.
 */
function withoutForwarded(
  { jaxpr, consts }: ClosedJaxpr,
  numKnown: number,
): { jaxpr: ClosedJaxpr; sources: OutputSource[] } {
  const kept: Atom[] = []
  const inputs = new Map<Atom, number>(jaxpr.invars.map((invar, i) => [invar, i]))
  const outputs = new Map<Atom, number>()
  const sources = jaxpr.outvars.map((outvar, i): OutputSource => {
    const input = inputs.get(outvar)
    if (input !== undefined) return { from: 'input', index: input }
    const known = i < numKnown ? undefined : outputs.get(outvar)
    if (known !== undefined) return { from: 'output', index: known }
    const index = kept.push(outvar) - 1
    if (!outputs.has(outvar)) outputs.set(outvar, index)
    return { from: 'output', index }
  })
  const live = new Jaxpr(jaxpr.constvars, jaxpr.invars, liveEqns(jaxpr.eqns, kept), kept)
  return { jaxpr: new ClosedJaxpr(live, consts), sources }
}

/** Binds a jit equation; tracers that the jaxpr captured become leading operands. */
export function bindJit(closed: ClosedJaxpr, args: readonly JaxArray[], name: string): JaxArray[] {
  const { jaxpr, tracers } = hoistTracers(closed)
  return bind(jitPrimitive, [...tracers, ...args], { jaxpr, name })
}
