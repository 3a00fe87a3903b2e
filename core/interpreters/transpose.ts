import type { ShapedArray } from '../ir/aval.ts'
import type { Atom, ClosedJaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import { interpret } from '../ir/interpret.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Tangent, UndefinedPrimal, Zero } from '../tracing/primitive.ts'
import { addTangents, instantiate } from '../primitives/zeros.ts'
import { JaxTypeError } from '../errors.ts'
import { withSource } from '../tracing/source.ts'
import { arrayEnvironment, bindEqn } from './eval-jaxpr.ts'
import { next } from '../ir/sequence.ts'
import { traceWithAux } from './to-jaxpr.ts'

/** What the reverse pass did at one equation, for whoever records a tape. */
export interface BackwardStep {
  readonly eqn: JaxprEqn
  readonly cotangents: readonly Tangent[]
  readonly contributions: readonly (Tangent | null)[]
}

/**
 * Runs a linear jaxpr backwards: from cotangents of the outputs to cotangents of the inputs that are
 * `UndefinedPrimal`. Equations that depend on no such input are evaluated forwards first.
 */
export function backwardPass(
  closed: ClosedJaxpr,
  args: readonly (JaxArray | UndefinedPrimal)[],
  cotangents: readonly Tangent[],
  onStep?: (step: BackwardStep) => void,
): (Tangent | null)[] {
  const { jaxpr, consts } = closed
  const env = arrayEnvironment<UndefinedPrimal>()
  const linearEqns: JaxprEqn[] = []
  interpret(jaxpr, env, consts, args, (eqn, operands) => {
    const known = operands.flatMap((operand) => (operand instanceof UndefinedPrimal ? [] : [operand]))
    if (known.length === operands.length) return bindEqn(eqn, known)
    linearEqns.push(eqn)
    return eqn.outputs.map(({ aval }) => new UndefinedPrimal(aval))
  })

  const accumulated = new Map<Atom, Tangent>()
  const accumulate = (atom: Atom, cotangent: Tangent): void => {
    if (!(env.read(atom) instanceof UndefinedPrimal)) return
    const previous = accumulated.get(atom)
    accumulated.set(atom, previous === undefined ? cotangent : addTangents(previous, cotangent))
  }
  jaxpr.outvars.forEach((outvar, i) => accumulate(outvar, cotangents[i]))

  for (const eqn of linearEqns.toReversed()) {
    const outs = eqn.outputs.map((output) => accumulated.get(output) ?? new Zero(output.aval))
    if (outs.every((out) => out instanceof Zero)) continue
    const operands = eqn.inputs.map((atom) => env.read(atom))
    const contributions = withSource(eqn.source, () => {
      const given = transposeEqn(eqn, outs, operands)
      // Adding up what an operand got so far belongs to the equation as well.
      given.forEach((contribution, i) => {
        if (contribution !== null) accumulate(eqn.inputs[i], contribution)
      })
      return given
    })
    onStep?.({ eqn, cotangents: outs, contributions })
    eqn.outputs.forEach((output) => accumulated.delete(output))
  }
  return jaxpr.invars.map((invar, i) =>
    args[i] instanceof UndefinedPrimal ? (accumulated.get(invar) ?? new Zero(invar.aval)) : null,
  )
}

function transposeEqn(
  { primitive, params }: JaxprEqn,
  cotangents: readonly Tangent[],
  operands: readonly (JaxArray | UndefinedPrimal)[],
): (Tangent | null)[] {
  if (primitive.transpose !== undefined) return primitive.transpose(cotangents, operands, params)
  throw new JaxTypeError(`Transpose rule (for reverse-mode differentiation) for '${primitive.name}' not implemented`)
}

/** Runs a linear jaxpr with all inputs unknown backwards. */
export function transposeLinear(closed: ClosedJaxpr, cotangents: readonly Tangent[]): Tangent[] {
  const inputs = closed.inAvals.map((aval) => new UndefinedPrimal(aval))
  return backwardPass(closed, inputs, cotangents).map((cotangent, i) => cotangent ?? new Zero(closed.inAvals[i]))
}

/**
 * The transpose of a jaxpr that is linear in some inputs, as a jaxpr: non-linear inputs followed by the
 * non-zero cotangents in, cotangents of the linear inputs out (those in `zeroOut` are known to be zero
 * and left out, unless `forced`). Cotangents have the types of `outAvals`, which may be less weak than the outputs.
 */
export function transposeJaxpr(
  closed: ClosedJaxpr,
  linear: readonly boolean[],
  nonzero: readonly boolean[],
  forced: readonly boolean[] = [],
  outAvals: readonly ShapedArray[] = closed.outAvals,
): { jaxpr: ClosedJaxpr; zeroOut: boolean[] } {
  const residualAvals = closed.inAvals.filter((_, i) => !linear[i])
  const cotangentAvals = outAvals.filter((_, i) => nonzero[i])
  const { jaxpr, aux } = traceWithAux(
    (...inputs) => {
      const residuals = inputs.slice(0, residualAvals.length).values()
      const given = inputs.slice(residualAvals.length).values()
      const args = closed.inAvals.map((aval, i) => (linear[i] ? new UndefinedPrimal(aval) : next(residuals)))
      const cotangents = closed.outAvals.map((aval, i) => (nonzero[i] ? next(given) : new Zero(aval)))
      const outs = backwardPass(closed, args, cotangents).filter((out) => out !== null)
      const keep = outs.map((out, i) => !(out instanceof Zero) || forced[i] === true)
      return { outputs: outs.filter((_, i) => keep[i]).map(instantiate), aux: keep.map((kept) => !kept) }
    },
    [...residualAvals, ...cotangentAvals],
    'vjp',
  )
  return { jaxpr, zeroOut: aux }
}
