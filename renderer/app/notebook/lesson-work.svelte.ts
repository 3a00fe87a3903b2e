import { entryKey, type EntryKind, type Lesson, type ProgressEntry } from '../../../electron/protocol.ts'
import type { ExerciseState } from '../exercises/exercise.svelte.ts'
import type { Cell } from './cell.svelte.ts'
import type { EntryValue } from './reconcile.ts'
import {
  entriesOf,
  isScratchId,
  newScratchId,
  orderScratch,
  SavedEntries,
  scratchCell,
  sectionsOf,
  type Section,
} from './sections.ts'

/** What an attendee did in one lesson, and how saved entries become it and are made from it. */
export class LessonWork {
  readonly sections: readonly Section[]
  readonly exercises: readonly ExerciseState[]
  readonly lessonCells: readonly Cell[]
  /** Cells of the attendee's own. */
  scratch: readonly Cell[] = $state.raw([])
  readonly hintsSeen = new Map<string, number>()
  /** Saved entries of cells and exercises that the lesson does not have, or not any more: kept as they are. */
  readonly #others = new Map<string, ProgressEntry>()

  constructor(lesson: Lesson, entries: readonly ProgressEntry[]) {
    this.sections = sectionsOf(lesson, new SavedEntries(entries))
    this.exercises = this.sections.flatMap((section) => (section.kind === 'exercise' ? [section.exercise] : []))
    this.lessonCells = this.sections.flatMap((section) => {
      if (section.kind === 'cell') return [section.cell]
      return section.kind === 'exercise' && section.exercise.cell ? [section.exercise.cell] : []
    })
    for (const { kind, id, value } of entries) {
      if (kind === 'hints' || !this.#has(kind, id)) this.apply(kind, id, value)
    }
  }

  /** Everything there is to save. */
  entries(): ProgressEntry[] {
    const hints = [...this.hintsSeen].map(([id, value]) => ({ kind: 'hints', id, value }) as const)
    return [...entriesOf(this.sections, this.scratch), ...hints, ...this.#others.values()]
  }

  /** Takes over what is saved of one thing; null is the state in which the lesson comes. */
  apply(kind: EntryKind, id: string, value: EntryValue): void {
    const cell = kind === 'source' ? this.#cell(id) : undefined
    if (cell?.origin === 'scratch' && value === null) this.removeScratch(cell)
    else if (cell) this.setText(cell, value === null ? cell.original : String(value))
    else if (kind === 'hints') {
      if (value === null) this.hintsSeen.delete(id)
      else this.hintsSeen.set(id, Number(value))
    } else if (this.#has(kind, id)) this.#applyToExercise(kind, id, value)
    else if (value === null) this.#others.delete(entryKey({ kind, id }))
    else if (kind === 'source' && isScratchId(id)) this.addScratch(String(value), id)
    else this.#others.set(entryKey({ kind, id }), { kind, id, value: String(value) })
  }

  setText(cell: Cell, text: string): void {
    cell.text = text
    const exercise = this.exercises.find((each) => each.cell === cell)
    if (exercise?.result && exercise.exercise.options === undefined) exercise.outdated = true
  }

  addScratch(text: string, id = newScratchId(this.scratch)): Cell {
    const cell = scratchCell(id, text)
    this.scratch = orderScratch([...this.scratch, cell])
    return cell
  }

  removeScratch(cell: Cell): void {
    this.scratch = orderScratch(this.scratch.filter((other) => other !== cell))
  }

  #cell(id: string): Cell | undefined {
    return [...this.lessonCells, ...this.scratch].find((cell) => cell.id === id)
  }

  /** Whether the lesson has what an entry is about. */
  #has(kind: EntryKind, id: string): boolean {
    if (kind === 'source' && this.lessonCells.some((cell) => cell.id === id)) return true
    return this.exercises.some((exercise) => exercise.exercise.id === id)
  }

  #applyToExercise(kind: 'source' | 'solved' | 'prediction', id: string, value: EntryValue): void {
    const exercise = this.exercises.find((each) => each.exercise.id === id)
    if (!exercise) return
    const text = value === null ? null : String(value)
    switch (kind) {
      case 'solved':
        exercise.solvedAt = text
        break
      case 'prediction':
        exercise.committed = exercise.choice = text
        exercise.result = null
        break
      case 'source':
        exercise.restoreOrder(text?.split('\n') ?? (exercise.exercise.lines ?? []).map((line) => line.id))
    }
  }
}
