import { ClosedJaxpr, type Var } from '../ir/jaxpr.ts'
import { bindEqn, evalJaxpr } from '../interpreters/eval-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { Operand, RecordedEqn } from '../tracing/record.ts'
import type { RecordedCall } from '../tracing/recorder.ts'

/** A program that ran in all lanes at once, so that the program itself never saw numbers. */
interface LaneProgram {
  readonly program: ClosedJaxpr
  readonly operands: readonly Operand[]
}

/** The call within a call that took its derivative, or in which that was taken: of those in its name, if there is one. */
export function towardsDerivative({ inner, taken }: RecordedCall): RecordedCall | null {
  const named = inner !== null && (inner.differentiated.includes(true) || inner.taken !== null)
  return named ? inner : (taken?.through ?? null)
}

/** The programs that the functions of a call ran under vmap, from the call down to `inner`. */
export function lanePrograms(call: RecordedCall, inner: RecordedCall | null): LaneProgram[] {
  if (call === inner || inner === null) return []
  const own = (call.own?.log?.entries ?? []).flatMap((entry) => (entry.kind === 'eqn' ? programIn(entry) : []))
  const next = towardsDerivative(call)
  return next === null ? own : [...own, ...lanePrograms(next, inner)]
}

function programIn({ primitive, params, operands }: RecordedEqn): LaneProgram[] {
  const { jaxpr } = params
  return primitive.name === 'jit' && jaxpr instanceof ClosedJaxpr && operands !== null
    ? [{ program: jaxpr, operands }]
    : []
}

/** What the variables of such programs hold in a lane. */
export function laneValues(
  programs: readonly LaneProgram[],
  resolve: (operand: Operand) => JaxArray,
): ReadonlyMap<Var, JaxArray> {
  const values = new Map<Var, JaxArray>()
  const note = (variables: readonly Var[], held: readonly JaxArray[]): void =>
    variables.forEach((variable, i) => values.set(variable, held[i]))
  const run = ({ jaxpr, consts }: ClosedJaxpr, args: readonly JaxArray[]): JaxArray[] => {
    note(jaxpr.constvars, consts)
    note(jaxpr.invars, args)
    return evalJaxpr(jaxpr, consts, args, (eqn, operands) => {
      const inner = eqn.primitive.name === 'jit' ? eqn.params.jaxpr : null
      const outs = inner instanceof ClosedJaxpr ? run(inner, operands) : bindEqn(eqn, operands)
      note(eqn.outputs, outs)
      return outs
    })
  }
  for (const { program, operands } of programs) run(program, operands.map(resolve))
  return values
}
