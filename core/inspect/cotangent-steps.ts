import type { Atom } from '../ir/jaxpr.ts'
import type { BackwardStep } from '../interpreters/transpose.ts'
import { addTangents } from '../primitives/zeros.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import type { ReverseStep, ValueSummary } from './documents.ts'
import { summaryOf } from './summary.ts'
import type { TapeProgram } from './tape.ts'

/** The way back, one node a step: its cotangent, and what it hands to each node that it read. */
export function cotangentStepsOf(
  program: TapeProgram,
  backward: readonly BackwardStep[],
  nodeOfOutput: ReadonlyMap<Atom, string>,
  nodeOfTangent: ReadonlyMap<Atom, string>,
  idOfResidual: ReadonlyMap<Atom, string>,
  /** What each node has of its cotangent so far. */
  sums: Map<string, Tangent>,
  totalOf: (node: string) => Tangent | null,
): ReverseStep[] {
  const lastUse = new Map<string, number>()
  backward.forEach(({ eqn }, i) =>
    eqn.inputs.forEach((atom) => {
      const id = idOfResidual.get(atom)
      if (id !== undefined) lastUse.set(id, i)
    }),
  )
  const isOf = ({ eqn }: BackwardStep, node: string): boolean =>
    eqn.outputs.some((output) => nodeOfOutput.get(output) === node)
  const steps: ReverseStep[] = []
  const order = program.slots.toReversed()
  for (const slot of order) {
    const own = backward.flatMap((step, i) => (isOf(step, slot.id) ? [{ step, i }] : []))
    const total = totalOf(slot.id)
    if (own.length === 0 && (total === null || total instanceof Zero)) continue
    const contributions: { to: string; value: ValueSummary; sum: ValueSummary }[] = []
    for (const { step } of own) {
      step.eqn.inputs.forEach((atom, position) => {
        const to = nodeOfTangent.get(atom)
        const contribution = step.contributions[position]
        if (to === undefined || to === slot.id || contribution === null || contribution === undefined) return
        const sum = addTangents(sums.get(to) ?? new Zero(atom.aval), contribution)
        sums.set(to, sum)
        const value = contribution instanceof Zero ? null : summaryOf(contribution)
        const sumSummary = sum instanceof Zero ? null : summaryOf(sum)
        if (value !== null && sumSummary !== null) contributions.push({ to, value, sum: sumSummary })
      })
    }
    const freed = own.flatMap(({ step, i }) =>
      step.eqn.inputs.flatMap((atom) => {
        const id = idOfResidual.get(atom)
        return id !== undefined && lastUse.get(id) === i ? [id] : []
      }),
    )
    const cotangent = total === null || total instanceof Zero ? null : summaryOf(total)
    steps.push({
      phase: 'cotangent',
      node: slot.id,
      cotangent,
      contributions,
      freed: [...new Set(freed)],
      text: cotangentText(program, slot.label, cotangent, contributions),
    })
  }
  return steps
}

function cotangentText(
  program: TapeProgram,
  label: string,
  cotangent: ValueSummary | null,
  contributions: readonly { to: string; value: ValueSummary; sum: ValueSummary }[],
): string {
  const has = `${label} has the cotangent ${cotangent?.text ?? '0'}`
  if (contributions.length === 0) return `${has}: this is its derivative.`
  const parts = contributions.map(({ to, value, sum }) => {
    const name = program.slots.find((slot) => slot.id === to)?.label ?? to
    const added = sum.text === value.text ? '' : `, where it adds up to ${sum.text}`
    return `${value.text} to ${name}${added}`
  })
  return `${has} and hands ${parts.join(', ')}.`
}
