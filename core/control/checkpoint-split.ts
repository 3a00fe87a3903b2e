import { type DType, isFloat } from '../ir/dtype.ts'
import { inlineJit } from '../ir/inline.ts'
import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from '../ir/jaxpr.ts'
import { positions } from '../ir/rewire.ts'
import { liveEqns } from '../interpreters/partial-eval.ts'
import { reducePrecisionPrimitive } from '../primitives/elementwise-rounding.ts'
import type { CheckpointPolicy } from './checkpoint-policies.ts'

/** A checkpointed program, cut in what runs now and what runs on the way back. */
export interface CheckpointSplit {
  /** Known inputs to the known outputs, where these are plain results, followed by the kept values. */
  readonly known: ClosedJaxpr
  /** The outputs that `known` gives before the kept values; empty when they must be computed otherwise. */
  readonly hasKnownOutputs: boolean
  /** Kept values followed by the inputs at `inputs` to the unknown outputs. */
  readonly rest: ClosedJaxpr
  readonly inputs: readonly number[]
}

/**
 * Cuts a checkpointed program by a policy. Values that the policy keeps are computed once; everything else
 * that the way back reads is computed there again, from the inputs and the kept values.
 */
export function splitCheckpoint(
  given: ClosedJaxpr,
  unknownIn: readonly boolean[],
  unknownOut: readonly boolean[],
  policy: CheckpointPolicy | null,
): CheckpointSplit {
  const closed = policy === null ? given : inlineJit(given)
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  const unknown = new Set<Atom>(invars.filter((_, i) => unknownIn[i]))
  const keepable = new Set<Atom>()
  const staged: JaxprEqn[] = []
  for (const eqn of eqns) {
    const isUnknown = eqn.inputs.some((input) => unknown.has(input))
    if (isUnknown) eqn.outputs.forEach((output) => unknown.add(output))
    if (!isUnknown && keeps(policy, eqn)) eqn.outputs.forEach((output) => keepable.add(output))
    else staged.push(eqn)
  }
  const wanted = outvars.filter((_, i) => unknownOut[i])
  const live = liveEqns(staged, wanted)
  const read = new Set<Atom>([...live.flatMap((eqn) => eqn.inputs), ...wanted])
  const inReadingOrder = [...staged.flatMap((eqn) => eqn.inputs), ...wanted]
  const kept = [...new Set(inReadingOrder)].filter(
    (atom): atom is Var => !('value' in atom) && keepable.has(atom) && read.has(atom),
  )
  const inputs = positions(invars.map((invar) => read.has(invar)))
  const rest = new Jaxpr(constvars, [...kept, ...inputs.map((i) => invars[i])], live, wanted)
  const knownOutputs = outvars.filter((_, i) => !unknownOut[i])
  const hasKnownOutputs = knownOutputs.every((output) => !unknown.has(output))
  const knownWanted = [...(hasKnownOutputs ? knownOutputs : []), ...kept]
  const known = new Jaxpr(
    constvars,
    invars.filter((_, i) => !unknownIn[i]),
    withFixedPrecision(liveEqns(eqns, knownWanted), kept),
    knownWanted,
  )
  return {
    known: new ClosedJaxpr(known, closed.consts),
    hasKnownOutputs,
    rest: new ClosedJaxpr(rest, closed.consts),
    inputs,
  }
}

function keeps(policy: CheckpointPolicy | null, { primitive, inputs, params }: JaxprEqn): boolean {
  if (policy === null || primitive.effectful === true) return false
  return policy(
    primitive,
    inputs.map((input) => input.aval),
    params,
  )
}

/**
 * Rounds each kept float that later equations also read to its own precision, so that both ways see the same
 * bits also where a compiler computes with more.
 */
function withFixedPrecision(eqns: readonly JaxprEqn[], kept: readonly Var[]): JaxprEqn[] {
  const used = new Set<Atom>(eqns.flatMap((eqn) => eqn.inputs))
  const rounded = new Set<Var>(kept.filter((value) => isFloat(value.aval.dtype) && used.has(value)))
  return eqns.flatMap((eqn) => {
    if (!eqn.outputs.some((output) => rounded.has(output))) return [eqn]
    const raw = eqn.outputs.map((output) => (rounded.has(output) ? new Var(output.aval) : output))
    const fixed = eqn.outputs.flatMap((output, i): JaxprEqn[] => {
      if (!rounded.has(output)) return []
      const params = precisionOf(output.aval.dtype)
      return [{ primitive: reducePrecisionPrimitive, inputs: [raw[i]], outputs: [output], params, source: eqn.source }]
    })
    return [{ ...eqn, outputs: raw }, ...fixed]
  })
}

/** Bits of exponent and mantissa of a float. */
function precisionOf(dtype: DType): { exponent_bits: number; mantissa_bits: number } {
  switch (dtype) {
    case 'float16':
      return { exponent_bits: 5, mantissa_bits: 10 }
    case 'float64':
      return { exponent_bits: 11, mantissa_bits: 52 }
    default:
      return String(dtype) === 'bfloat16'
        ? { exponent_bits: 8, mantissa_bits: 7 }
        : { exponent_bits: 8, mantissa_bits: 23 }
  }
}
