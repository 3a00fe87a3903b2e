import { type Atom, ClosedJaxpr, type JaxprEqn, Jaxpr, type Var } from '../ir/jaxpr.ts'
import { VariableNames, printEqn, printJaxpr } from '../ir/print.ts'
import { type InlinedStep, inlined } from '../ir/inline.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { isDifferentiable } from '../primitives/zeros.ts'
import { unrecorded } from '../tracing/trace.ts'
import { flatten } from '../tree/pytree.ts'
import { FlatCall, arrayOf, asInput, callable } from '../tree/leaves.ts'
import { JaxTypeError } from '../errors.ts'
import type { TapeDocument, TapeNode } from './documents.ts'
import { functionLabel, leafLabels } from './function-names.ts'
import { branchNote } from './branches-taken.ts'
import { forwardTape } from './forward-tape.ts'
import { holdsHostCalls, withoutSilentCalls } from './host-calls.ts'
import { reverseTape } from './reverse-tape.ts'
import { spanOf } from './summary.ts'
import type { ValueSummary } from './documents.ts'

/** A box of the tape with what the interpreters need to find it again. */
export interface TapeSlot {
  readonly id: string
  readonly label: string
  readonly outputs: readonly Var[]
  /** Which of its outputs the box shows: the first that a derivative can pass through. */
  readonly shown: number
  readonly eqn: JaxprEqn | null
}

function shownOf(outputs: readonly Var[]): number {
  return Math.max(
    outputs.findIndex(({ aval }) => isDifferentiable(aval)),
    0,
  )
}

/** A program laid out for a tape: its inputs and equations in execution order. */
export interface TapeProgram {
  readonly closed: ClosedJaxpr
  readonly args: readonly JaxArray[]
  readonly slots: readonly TapeSlot[]
  readonly slotOf: ReadonlyMap<Var, string>
  readonly names: VariableNames
  /** Ids of the inputs that are differentiated. */
  readonly differentiated: ReadonlySet<string>
  /** What the equations do in turn, and what they end with, where sums of derivatives are those of the run. */
  readonly steps: readonly InlinedStep[]
  readonly results: readonly Atom[]
}

/**
 * Forward and reverse mode of one function at one point, step by step, as the interpreters ran them.
 * Every differentiable argument gets the tangent 1, every output the cotangent 1.
 *
 * @example tape((x, y) => x.mul(jnp.sin(y)).add(jnp.cos(x)), 0.5, 0.75)
 */
export function tape(fun: (...args: never[]) => unknown, ...args: unknown[]): TapeDocument {
  const { leaves, tree } = flatten(args)
  const arrays = leaves.map((leaf) => asInput(arrayOf(leaf, 'inspect.tape')))
  const call = new FlatCall<unknown[], unknown>(callable(fun), tree, 'inspect.tape')
  const traced = traceToJaxpr(
    call.fun,
    arrays.map((array) => array.aval),
    'inspect.tape',
  )
  return unrecorded(() => tapeOfProgram(traced, arrays, leafLabels(fun, args), functionLabel(fun)))
}

/** The tape of a program at given inputs, of which the differentiable ones among `chosen` are differentiated. */
export function tapeOfProgram(
  traced: ClosedJaxpr,
  args: readonly JaxArray[],
  /** Of the inputs, then of what the program captured, as far as they have names. */
  labels: readonly (string | undefined)[],
  title: string,
  chosen: readonly boolean[] = args.map(() => true),
  notes: readonly string[] = [],
): TapeDocument {
  if (!args.some((array, i) => chosen[i] && isDifferentiable(array.aval))) {
    throw new JaxTypeError(`${title}: no argument can be differentiated`, {
      hint: 'The tape follows derivatives: pass at least one float argument.',
    })
  }
  const { closed, steps, results } = inlined(withoutSilentCalls(traced))
  assertNoHostCalls(closed)
  const program: TapeProgram = { ...layOut(closed, args, labels, chosen), steps, results }
  const reverse = reverseTape(program)
  const forward = forwardTape(program)
  if (forward.notes.length > 0 && reverse.notes.length > 0) {
    throw new JaxTypeError(`${title} has no derivative in either mode.`, {
      hint: [...forward.notes, ...reverse.notes].join(' '),
    })
  }
  const primals = new Map([...forward.primals, ...reverse.primals])
  const { outvars } = closed.jaxpr
  const outputs = outvars.flatMap((atom) => ('value' in atom ? [] : [program.slotOf.get(atom) ?? '']))
  const inputs = [...program.differentiated]
  const inputSize = args
    .filter((array, i) => chosen[i] && isDifferentiable(array.aval))
    .reduce((count, array) => count + array.size, 0)
  const outputSize = closed.outAvals.filter(isDifferentiable).reduce((count, aval) => count + aval.size, 0)
  const all = [...new Set([...notes, ...forward.notes, ...reverse.notes, ...branchNotes(program, primals)])]
  return {
    kind: 'tape',
    version: 1,
    title,
    nodes: program.slots.map((slot) => nodeOf(slot, program, primals, reverse.active)),
    inputs,
    outputs: outputs.filter((id) => id !== ''),
    forwardCaption:
      forward.steps.length === 0 ? 'this function has no forward mode' : `${seedsInWords(inputs.length)} rides along`,
    reverseCaption:
      reverse.notes.length > 0
        ? 'this function has no reverse mode'
        : outputSize === 1
          ? 'cotangent 1 comes back'
          : 'cotangents of 1 come back',
    forward: forward.steps,
    reverse: reverse.steps,
    residuals: reverse.residuals,
    passes: { forward: inputSize, reverse: outputSize },
    ...(all.length > 0 && { notes: all }),
  }
}

/** The tangents that are pushed: one by one where they are few. */
function seedsInWords(count: number): string {
  return count <= 3
    ? `tangent ${Array.from({ length: count }, () => '1').join(', ')}`
    : `a tangent of 1 for each of ${count} inputs`
}

function branchNotes({ slots, slotOf }: TapeProgram, primals: ReadonlyMap<string, ValueSummary>): string[] {
  return slots.flatMap(({ eqn }) => {
    if (eqn === null) return []
    const [index] = eqn.inputs
    const slot = index === undefined || 'value' in index ? undefined : slotOf.get(index)
    return branchNote(eqn, slot === undefined ? undefined : primals.get(slot))
  })
}

/** Looking at a figure runs nothing of the learner's, so what a function of the host would give is not to be had. */
function assertNoHostCalls({ eqns }: ClosedJaxpr): void {
  const calling = eqns.find((eqn) => holdsHostCalls(eqn))
  if (calling === undefined) return
  throw new JaxTypeError(`The tape would have to call your function in ${calling.primitive.name} again.`, {
    hint: 'Looking at a figure runs nothing of yours. Call the function outside of jit, scan, while and cond, where the record has what it gave.',
  })
}

function layOut(
  traced: ClosedJaxpr,
  args: readonly JaxArray[],
  labels: readonly (string | undefined)[],
  chosen: readonly boolean[],
): Omit<TapeProgram, 'steps' | 'results'> {
  // Constants are values of the program like any other: they become inputs without a derivative.
  const { constvars, invars, eqns, outvars } = traced.jaxpr
  const closed = new ClosedJaxpr(new Jaxpr([], [...invars, ...constvars], eqns, outvars), [])
  const names = new VariableNames()
  printJaxpr(closed.jaxpr, names)
  const slots: TapeSlot[] = [
    ...invars.map((variable, i) => ({
      id: `in${i}`,
      label: labels[i] ?? names.of(variable),
      outputs: [variable],
      shown: 0,
      eqn: null,
    })),
    ...constvars.map((variable, i) => ({
      id: `const${i}`,
      label: labels[invars.length + i] ?? names.of(variable),
      outputs: [variable],
      shown: 0,
      eqn: null,
    })),
    ...eqns.map((eqn, i) => ({
      id: `eqn${i}`,
      label: labelOf(eqn),
      outputs: eqn.outputs,
      shown: shownOf(eqn.outputs),
      eqn,
    })),
  ]
  const slotOf = new Map(slots.flatMap((slot) => slot.outputs.map((variable) => [variable, slot.id] as const)))
  const differentiated = new Set(
    invars.flatMap((_, i) => (chosen[i] && isDifferentiable(args[i].aval) ? [`in${i}`] : [])),
  )
  return { closed, args: [...args, ...traced.consts], slots, slotOf, names, differentiated }
}

/** A function with a rule of its own is known by its name, all else by the primitive. */
function labelOf({ primitive, params }: JaxprEqn): string {
  const { call } = params
  const named = primitive.name.startsWith('custom_') && typeof call === 'object' && call !== null && 'name' in call
  return named && typeof call.name === 'string' && call.name !== '' ? call.name : primitive.name
}

function nodeOf(
  slot: TapeSlot,
  program: TapeProgram,
  primals: ReadonlyMap<string, ValueSummary>,
  active: ReadonlySet<string>,
): TapeNode {
  const { names, slotOf } = program
  const primal = primals.get(slot.id)
  if (primal === undefined) throw new Error(`internal: node ${slot.id} of the tape has no value`)
  const inputs = slot.eqn?.inputs ?? []
  const name = slot.outputs.map((variable) => names.of(variable)).join(' ')
  return {
    id: slot.id,
    primitive: slot.eqn?.primitive.name ?? 'input',
    label: slot.label,
    name,
    operands: inputs.map((atom) => ('value' in atom ? null : (slotOf.get(atom) ?? null))),
    operandTexts: inputs.map((atom) => ('value' in atom ? String(atom.value) : names.of(atom))),
    text: slot.eqn === null ? `${name}:${slot.outputs[0].aval.toString()}` : printEqn(slot.eqn, names),
    source: spanOf(slot.eqn?.source ?? null),
    primal,
    inactive: !active.has(slot.id),
  }
}
