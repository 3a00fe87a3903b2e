import { isFloat } from '../ir/dtype.ts'
import { Environment, bindEqn } from '../interpreters/eval-jaxpr.ts'
import { JvpTrace } from '../interpreters/jvp.ts'
import { filledHost, fromHost } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import { currentTrace, withTrace } from '../tracing/trace.ts'
import type { ForwardStep, ValueSummary } from './documents.ts'
import { summaryOf } from './summary.ts'
import type { TapeProgram } from './tape.ts'

/** The tangent that is pushed for an input, or the cotangent that is pulled for an output: all ones. */
export function onesLike(value: JaxArray): Tangent {
  return isFloat(value.dtype) ? fromHost(filledHost(value.shape, value.dtype, 1)) : new Zero(value.aval)
}

/** Runs the program under the jvp interpreter, one equation a step. */
export function forwardTape(program: TapeProgram): {
  steps: ForwardStep[]
  primals: Map<string, ValueSummary>
} {
  const { closed, args, slots } = program
  const trace = new JvpTrace(currentTrace(), 'jvp')
  const env = new Environment()
  const numInputs = slots.filter((slot) => slot.id.startsWith('in')).length
  const steps: ForwardStep[] = []
  const primals = new Map<string, ValueSummary>()
  try {
    for (const [position, slot] of slots.entries()) {
      const values =
        slot.eqn === null
          ? [position < numInputs ? trace.join(args[position], onesLike(args[position])) : args[position]]
          : stepOf(trace, env, slot.eqn)
      env.write(slot.outputs, values)
      const { primal, tangent } = trace.split(values[0])
      const summary = summaryOf(primal)
      if (summary !== null) primals.set(slot.id, summary)
      const tangentSummary = tangent instanceof Zero ? null : summaryOf(tangent)
      steps.push({
        node: slot.id,
        tangent: tangentSummary,
        text: describeStep(slot.label, summary, tangentSummary, slot.eqn === null),
      })
    }
  } finally {
    trace.live = false
  }
  return { steps: closed.jaxpr.outvars.length === 0 ? [] : steps, primals }
}

function stepOf(trace: JvpTrace, env: Environment, eqn: NonNullable<TapeProgram['slots'][number]['eqn']>): JaxArray[] {
  const operands = eqn.inputs.map((atom) => env.read(atom))
  return withTrace(trace, () => bindEqn(eqn, operands))
}

function describeStep(
  label: string,
  primal: ValueSummary | null,
  tangent: ValueSummary | null,
  isInput: boolean,
): string {
  const value = primal?.text ?? 'no value'
  if (isInput)
    return tangent === null
      ? `${label} is ${value} and does not change.`
      : `${label} starts with value ${value} and tangent ${tangent.text}.`
  if (tangent === null) return `${label} gives ${value}; no tangent reaches it.`
  return `${label} gives ${value}, and its tangent is ${tangent.text}.`
}
