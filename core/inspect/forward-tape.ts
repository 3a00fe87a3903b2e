import { JaxTypeError, errorParts } from '../errors.ts'
import type { Environment } from '../ir/interpret.ts'
import { isDifferentiable } from '../primitives/zeros.ts'
import { arrayEnvironment, bindEqn } from '../interpreters/eval-jaxpr.ts'
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
  return isDifferentiable(value.aval) ? fromHost(filledHost(value.shape, value.dtype, 1)) : new Zero(value.aval)
}

interface ForwardTape {
  readonly steps: readonly ForwardStep[]
  /** The value of each node. */
  readonly primals: ReadonlyMap<string, ValueSummary>
  /** Why forward mode cannot go this way. */
  readonly notes: readonly string[]
}

/** Why a mode of differentiation has no half of the tape. */
export function cannotGo(mode: 'Forward' | 'Reverse', error: unknown): string {
  const why = errorParts(error)?.summary ?? String(error)
  return `${mode} mode cannot go this way: ${why}${why.endsWith('.') ? '' : '.'}`
}

/** Runs the program under the jvp interpreter, one equation a step. */
export function forwardTape(program: TapeProgram): ForwardTape {
  const { closed, args, slots, differentiated } = program
  const trace = new JvpTrace(currentTrace(), 'jvp')
  const env = arrayEnvironment()
  const steps: ForwardStep[] = []
  const primals = new Map<string, ValueSummary>()
  try {
    for (const [position, slot] of slots.entries()) {
      const values =
        slot.eqn === null
          ? [differentiated.has(slot.id) ? trace.join(args[position], onesLike(args[position])) : args[position]]
          : stepOf(trace, env, slot.eqn)
      env.write(slot.outputs, values)
      const { primal, tangent } = trace.split(values[slot.shown])
      const summary = summaryOf(primal)
      if (summary !== null) primals.set(slot.id, summary)
      const tangentSummary = tangent instanceof Zero ? null : summaryOf(tangent)
      steps.push({
        node: slot.id,
        tangent: tangentSummary,
        text: describeStep(slot.label, summary, tangentSummary, slot.eqn === null),
      })
    }
  } catch (error) {
    if (!(error instanceof JaxTypeError)) throw error
    return { steps: [], primals, notes: [cannotGo('Forward', error)] }
  } finally {
    trace.live = false
  }
  return { steps: closed.jaxpr.outvars.length === 0 ? [] : steps, primals, notes: [] }
}

function stepOf(
  trace: JvpTrace,
  env: Environment<JaxArray>,
  eqn: NonNullable<TapeProgram['slots'][number]['eqn']>,
): JaxArray[] {
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
