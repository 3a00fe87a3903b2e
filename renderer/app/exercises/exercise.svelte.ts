import type { CheckResult, Exercise } from '../../../electron/protocol.ts'
import type { Cell } from '../notebook/cell.svelte.ts'

/** What an attendee has done with one exercise. */
export class ExerciseState {
  readonly exercise: Exercise
  /** Where code is written; absent for a prediction or an order without code. */
  readonly cell: Cell | null
  /** Time of the first pass. */
  solvedAt: string | null = $state(null)
  /** The option that is chosen, and the one that was committed. */
  choice: string | null = $state(null)
  committed: string | null = $state(null)
  /** Line ids as arranged. */
  order: readonly string[] = $state.raw([])
  checking = $state(false)
  result: CheckResult | null = $state.raw(null)
  /** What was checked is not what stands there now. */
  outdated = $state(false)
  /** The check could not be done at all. */
  failure: string | null = $state(null)
  hints: readonly string[] = $state.raw([])
  solution: { readonly source: string | null; readonly html: string } | null = $state.raw(null)

  constructor(exercise: Exercise, cell: Cell | null) {
    this.exercise = exercise
    this.cell = cell
    this.order = (exercise.lines ?? []).map((line) => line.id)
  }

  /** Whether the prediction must be committed before the code may run. */
  get mustPredict(): boolean {
    return this.exercise.options !== undefined && this.committed === null
  }

  /** Moves a line of an ordering by `by` places, as far as there is room. */
  move(lineId: string, by: number): void {
    const from = this.order.indexOf(lineId)
    const to = Math.max(0, Math.min(this.order.length - 1, from + by))
    if (from < 0 || from === to) return
    this.order = this.order.toSpliced(from, 1).toSpliced(to, 0, lineId)
    this.outdated = this.result !== null
  }

  /** Takes up a saved arrangement, unless the lesson's lines have changed since. */
  restoreOrder(saved: readonly string[]): void {
    const known = new Set(this.order)
    if (saved.length === known.size && new Set(saved).size === known.size && saved.every((id) => known.has(id))) {
      this.order = saved
    }
  }
}
