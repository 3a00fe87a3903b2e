import type { JaxprEqn } from '../ir/jaxpr.ts'
import type { ValueSummary } from './documents.ts'
import { shownSteps } from './replay.ts'

/**
 * The branches of a cond that ran, in order; null where that is not known. `index` is what its first operand held: one
 * number, or one a step or lane.
 */
export function branchesTaken(
  { primitive, params, inputs }: JaxprEqn,
  index: ValueSummary | undefined,
): readonly number[] | null {
  const { branches } = params
  if (primitive.name !== 'cond' || !Array.isArray(branches)) return null
  const [first] = inputs
  const values = 'value' in first ? [first.value] : index?.values
  const count = index?.shape.reduce((size, length) => size * length, 1) ?? 1
  // Of more numbers than are shown, the rest may say another branch.
  if (values === undefined || values.length < count || count >= shownSteps) return null
  const taken = values.map((value) => Math.min(Math.max(Number(value), 0), branches.length - 1))
  return [...new Set(taken)].sort((a, b) => a - b)
}

/** Which branches of a cond have a part in a derivative, in a sentence. */
export function branchNote(eqn: JaxprEqn, index: ValueSummary | undefined): string[] {
  const taken = branchesTaken(eqn, index)
  const { branches } = eqn.params
  if (taken === null || !Array.isArray(branches) || branches.length < 2) return []
  const place = eqn.source === null ? 'A cond' : `The cond on line ${eqn.source.line}`
  const rest = branches.map((_, i) => i).filter((i) => !taken.includes(i))
  if (rest.length === 0) return [`${place} ran each of its branches in some lane.`]
  const other = rest.length === 1 ? `branch ${rest[0]} is` : `branches ${rest.join(', ')} are`
  const ran = taken.length === 1 ? `branch ${taken[0]}` : `branches ${taken.join(', ')}`
  return [`${place} ran ${ran}; ${other} in the program too, and did not run.`]
}
