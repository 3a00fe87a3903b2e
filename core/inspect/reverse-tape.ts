import { errorParts } from '../errors.ts'
import { sizeOf } from '../ir/aval.ts'
import { itemSize } from '../ir/dtype.ts'
import type { Atom, Jaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import { next } from '../ir/sequence.ts'
import { arrayEnvironment, bindEqn } from '../interpreters/eval-jaxpr.ts'
import { JvpTrace } from '../interpreters/jvp.ts'
import { PartialEvalTrace, type UnknownTracer, notReversible } from '../interpreters/partial-eval.ts'
import { type BackwardStep, backwardPass } from '../interpreters/transpose.ts'
import { copy } from '../primitives/conversion.ts'
import { addTangents } from '../primitives/zeros.ts'
import type { JaxArray } from '../tracing/array.ts'
import { isNotInRecord } from '../tracing/looking.ts'
import { type Tangent, UndefinedPrimal, Zero } from '../tracing/primitive.ts'
import { currentTrace, withTrace } from '../tracing/trace.ts'
import type { Residual, ReverseStep, ValueSummary } from './documents.ts'
import { cannotGo, onesLike } from './forward-tape.ts'
import { NamingTrace } from './naming-trace.ts'
import { cotangentStepsOf } from './cotangent-steps.ts'
import { summaryOf } from './summary.ts'
import type { TapeProgram, TapeSlot } from './tape.ts'

interface ReverseTape {
  readonly steps: ReverseStep[]
  readonly residuals: Residual[]
  /** The value of each node. */
  readonly primals: ReadonlyMap<string, ValueSummary>
  /** Nodes that a derivative passes through. */
  readonly active: Set<string>
  /** Why there is no way back. */
  readonly notes: readonly string[]
}

/** A program run with tangents that nobody knows, one equation after another. */
interface WayOut {
  readonly naming: NamingTrace
  readonly partial: PartialEvalTrace
  readonly jvp: JvpTrace
  readonly inputs: readonly UnknownTracer[]
  readonly outputs: readonly { readonly primal: JaxArray; readonly tangent: Tangent }[]
  readonly primals: ReadonlyMap<string, ValueSummary>
  /** Linear variables that stand for nodes' tangents, the own one of each node, and which node each linear equation serves. */
  readonly nodeOfTangent: ReadonlyMap<Atom, string>
  readonly tangentOf: ReadonlyMap<string, Atom>
  readonly nodeOfOutput: ReadonlyMap<Atom, string>
  readonly keptBy: ReadonlyMap<string, readonly JaxArray[]>
}

/**
 * Linearizes the program equation by equation, then runs the recorded linear program backwards: what
 * `grad` does, watched.
 */
export function reverseTape(program: TapeProgram): ReverseTape {
  const out = wayOut(program)
  const active = new Set(out.nodeOfTangent.values())
  try {
    return { ...wayBack(program, out), primals: out.primals, active, notes: [] }
  } catch (error) {
    if (errorParts(error) === null || isNotInRecord(error)) throw error
    return { steps: [], residuals: [], primals: out.primals, active, notes: [cannotGo('Reverse', error)] }
  } finally {
    out.jvp.live = false
    out.partial.live = false
  }
}

function wayOut(program: TapeProgram): WayOut {
  const { args, slots, names } = program
  const naming = new NamingTrace(currentTrace())
  const partial = new PartialEvalTrace(naming, 'grad')
  const jvp = new JvpTrace(partial, 'grad')
  const env = arrayEnvironment()
  const primals = new Map<string, ValueSummary>()
  const inputs: UnknownTracer[] = []
  const nodeOfTangent = new Map<Atom, string>()
  const tangentOf = new Map<string, Atom>()
  const nodeOfOutput = new Map<Atom, string>()
  const keptBy = new Map<string, JaxArray[]>()

  const arrive = (slot: TapeSlot, compute: () => JaxArray[]): void => {
    const before = { eqns: partial.eqns.length, residuals: partial.residuals.size }
    const values = compute().map((value, i) => {
      if (i !== slot.shown) return value
      const { value: own, atom } = ownTangent(jvp, partial, value, (tangent) => nodeOfTangent.has(tangent))
      if (atom === null) return own
      nodeOfTangent.set(atom, slot.id)
      tangentOf.set(slot.id, atom)
      return own
    })
    env.write(slot.outputs, values)
    const summary = values.length === 0 ? null : summaryOf(jvp.split(values[slot.shown]).primal)
    if (summary !== null) primals.set(slot.id, summary)
    values.forEach((value, i) =>
      naming.name(
        jvp.split(value).primal,
        slot.eqn === null ? slot.label : describe(slot.label, slot.eqn, program),
        names.of(slot.outputs[i]),
      ),
    )
    // By its outputs, since an equation without those that nothing reads is another one.
    partial.eqns.slice(before.eqns).forEach((eqn) => eqn.outputs.forEach((output) => nodeOfOutput.set(output, slot.id)))
    const kept = [...partial.residuals.keys()].slice(before.residuals)
    keptBy.set(slot.id, kept)
  }
  const given = slots.filter(({ eqn }) => eqn === null)
  for (const [i, slot] of given.entries()) {
    const arg = args[i]
    arrive(slot, () => {
      if (!program.differentiated.has(slot.id)) return [arg]
      const unknown = partial.newUnknown(arg.aval)
      inputs.push(unknown)
      return [jvp.join(arg, unknown)]
    })
  }
  const computed = slots.slice(given.length).values()
  for (const step of program.steps) {
    if (step.kind === 'eqn') {
      const operands = step.reads.map((atom) => env.read(atom))
      arrive(next(computed), () => withTrace(jvp, () => bindEqn(step.eqn, operands)))
    } else {
      const from = env.read(step.from)
      const { value, atom } = ownTangent(jvp, partial, from, () => true)
      const { tangent } = jvp.split(from)
      const source = tangent instanceof Zero || !partial.isUnknown(tangent) ? null : tangent.atom
      const node = source === null ? undefined : nodeOfTangent.get(source)
      if (atom !== null && node !== undefined) nodeOfTangent.set(atom, node)
      env.write([step.to], [value])
    }
  }
  const outputs = program.results.map((atom) => jvp.split(env.read(atom)))
  return { naming, partial, jvp, inputs, outputs, primals, nodeOfTangent, tangentOf, nodeOfOutput, keptBy }
}

function wayBack(
  program: TapeProgram,
  { naming, partial, inputs, outputs, nodeOfTangent, tangentOf, nodeOfOutput, keptBy }: WayOut,
): Pick<ReverseTape, 'steps' | 'residuals'> {
  const { slots } = program
  if (outputs.some(({ primal }) => partial.isUnknown(primal))) throw notReversible()
  const live = outputs.filter((output) => !(output.tangent instanceof Zero))
  const linear = partial.finish(
    inputs,
    live.flatMap(({ tangent }) => (tangent instanceof Zero ? [] : [tangent])),
  )

  const needed = new Map(linear.jaxpr.constvars.map((variable, i) => [linear.consts[i], variable]))
  const residuals = residualsOf(program, keptBy, needed, naming)
  const idOfResidual = new Map<Atom, string>()
  for (const [value, id] of residuals.ids) {
    const variable = needed.get(value)
    if (variable !== undefined) idOfResidual.set(variable, id)
  }
  const primalSteps = slots.map((slot): ReverseStep => {
    const kept = (keptBy.get(slot.id) ?? []).flatMap((value) => residuals.ids.get(value) ?? [])
    return { phase: 'primal', node: slot.id, kept, text: keptText(slot, kept, residuals.list) }
  })

  const backward: BackwardStep[] = []
  const seeds = live.map(({ primal }) => onesLike(primal))
  const ends = backwardPass(
    linear,
    linear.inAvals.map((aval) => new UndefinedPrimal(aval)),
    seeds,
    (step) => backward.push(step),
  )
  const sums = new Map<string, Tangent>()
  linear.jaxpr.outvars.forEach((atom, i) => {
    const node = nodeOfTangent.get(atom)
    if (node !== undefined) sums.set(node, addTangents(sums.get(node) ?? new Zero(atom.aval), seeds[i]))
  })
  const totals = totalsOf(linear.jaxpr, backward, ends)
  const totalOf = (node: string): Tangent | null => {
    const atom = tangentOf.get(node)
    return (atom === undefined ? null : totals.get(atom)) ?? null
  }
  const cotangentSteps = cotangentStepsOf(program, backward, nodeOfOutput, nodeOfTangent, idOfResidual, sums, totalOf)
  return { steps: [...primalSteps, ...cotangentSteps], residuals: residuals.list }
}

/** The whole cotangent of each linear variable, added up in the order of the run. */
function totalsOf(
  { invars }: Jaxpr,
  backward: readonly BackwardStep[],
  ends: readonly (Tangent | null)[],
): ReadonlyMap<Atom, Tangent> {
  const totals = new Map<Atom, Tangent>()
  for (const { eqn, cotangents } of backward) eqn.outputs.forEach((output, i) => totals.set(output, cotangents[i]))
  invars.forEach((invar, i) => {
    const end = ends[i]
    if (end !== null) totals.set(invar, end)
  })
  return totals
}

/** The value with a linear variable of its own, also when its tangent is that of another unchanged. */
function ownTangent(
  jvp: JvpTrace,
  partial: PartialEvalTrace,
  value: JaxArray,
  isTaken: (tangent: Atom) => boolean,
): { value: JaxArray; atom: Atom | null } {
  const { primal, tangent } = jvp.split(value)
  if (tangent instanceof Zero || !partial.isUnknown(tangent)) return { value, atom: null }
  const own = isTaken(tangent.atom) ? withTrace(partial, () => copy(tangent)) : tangent
  return { value: jvp.join(primal, own), atom: partial.isUnknown(own) ? own.atom : null }
}

function describe(label: string, eqn: JaxprEqn, { names, slots, slotOf }: TapeProgram): string {
  const operands = eqn.inputs.map((atom) => {
    if ('value' in atom) return String(atom.value)
    const slot = slots.find((candidate) => candidate.id === slotOf.get(atom))
    return slot?.eqn === null ? slot.label : names.of(atom)
  })
  return `${label} ${operands.join(' ')}`
}

function residualsOf(
  program: TapeProgram,
  keptBy: ReadonlyMap<string, readonly JaxArray[]>,
  needed: ReadonlyMap<JaxArray, Atom>,
  naming: NamingTrace,
): { list: Residual[]; ids: Map<JaxArray, string> } {
  const list: Residual[] = []
  const ids = new Map<JaxArray, string>()
  for (const slot of program.slots) {
    for (const value of keptBy.get(slot.id) ?? []) {
      const summary = summaryOf(value)
      if (!needed.has(value) || summary === null) continue
      const id = `res${list.length}`
      ids.set(value, id)
      const known = naming.describe(value)
      const owner = program.slots.find((candidate) =>
        candidate.outputs.some((output) => program.names.of(output) === known?.variable),
      )
      list.push({
        id,
        node: owner?.id ?? slot.id,
        label: known?.text ?? 'a constant',
        value: summary,
        // Of all lanes, like the values beside it.
        bytes: sizeOf(summary.shape) * itemSize(value.dtype),
      })
    }
  }
  return { list, ids }
}

function keptText({ label, eqn }: TapeSlot, kept: readonly string[], residuals: readonly Residual[]): string {
  if (eqn === null) return `${label} is given.`
  if (kept.length === 0) return `${label} is computed; its derivative needs nothing kept.`
  const labels = kept.map((id) => residuals.find((residual) => residual.id === id)?.label ?? id)
  return `${label} is computed, and ${labels.join(' and ')} ${labels.length > 1 ? 'are' : 'is'} kept for the way back.`
}
