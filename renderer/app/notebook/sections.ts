import { entryKey, type FigureKind, type Lesson, type ProgressEntry } from '../../../electron/protocol.ts'
import { ExerciseState } from '../exercises/exercise.svelte.ts'
import { Cell } from './cell.svelte.ts'

/** A lesson in reading order, with the state of what can be worked on. */
export type Section =
  | { readonly kind: 'prose'; readonly key: string; readonly html: string }
  | { readonly kind: 'cell'; readonly key: string; readonly cell: Cell }
  | { readonly kind: 'exercise'; readonly key: string; readonly exercise: ExerciseState }

const scratchPrefix = 'scratch-'

/** Saved entries, found by what they are of. */
export class SavedEntries {
  readonly #entries: ReadonlyMap<string, ProgressEntry>

  constructor(entries: readonly ProgressEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entryKey(entry), entry]))
  }

  text(id: string): string | null {
    const entry = this.#entries.get(entryKey({ kind: 'source', id }))
    return entry?.kind === 'source' ? entry.value : null
  }

  solvedAt(id: string): string | null {
    const entry = this.#entries.get(entryKey({ kind: 'solved', id }))
    return entry?.kind === 'solved' ? entry.value : null
  }

  prediction(id: string): string | null {
    const entry = this.#entries.get(entryKey({ kind: 'prediction', id }))
    return entry?.kind === 'prediction' ? entry.value : null
  }
}

/** Builds the sections of a lesson as the saved entries left them. */
export function sectionsOf(lesson: Lesson, saved: SavedEntries): Section[] {
  let cells = 0
  return lesson.blocks.map((block, at): Section => {
    switch (block.kind) {
      case 'prose':
        return { kind: 'prose', key: `prose-${at}`, html: block.html }
      case 'cell': {
        const about = lessonCell(block.id, String(++cells), block.source, block.figure)
        return { kind: 'cell', key: block.id, cell: new Cell(about, saved.text(block.id) ?? block.source) }
      }
      case 'exercise': {
        const { id, starter, lines } = block.exercise
        const about = { id, origin: 'exercise', label: id, original: starter ?? '' } as const
        const cell = starter === undefined ? null : new Cell(about, saved.text(id) ?? starter)
        const exercise = new ExerciseState(block.exercise, cell)
        exercise.solvedAt = saved.solvedAt(id)
        exercise.committed = exercise.choice = saved.prediction(id)
        if (lines) exercise.restoreOrder((saved.text(id) ?? '').split('\n'))
        return { kind: 'exercise', key: id, exercise }
      }
    }
  })
}

function lessonCell(id: string, label: string, original: string, figure: FigureKind | undefined) {
  return { id, origin: 'lesson', label, original, ...(figure && { figure }) } as const
}

export function isScratchId(id: string): boolean {
  return id.startsWith(scratchPrefix)
}

/** A cell of the attendee's own. Its place is among others in the order of their numbers. */
export function scratchCell(id: string, text = ''): Cell {
  return new Cell({ id, origin: 'scratch', label: '', original: '' }, text)
}

/** An id for a cell that is added now. No other window that adds one at the same time takes the same. */
export function newScratchId(scratch: readonly Cell[]): string {
  const number = 1 + Math.max(0, ...scratch.map((cell) => scratchNumber(cell.id)))
  return `${scratchPrefix}${number}-${crypto.randomUUID().slice(0, 8)}`
}

/** Puts the attendee's own cells in order, and gives them their names. */
export function orderScratch(scratch: readonly Cell[]): Cell[] {
  const byNumber = (a: Cell, b: Cell) => scratchNumber(a.id) - scratchNumber(b.id) || (a.id < b.id ? -1 : 1)
  const ordered = scratch.toSorted(byNumber)
  for (const [at, cell] of ordered.entries()) cell.label = `scratch ${at + 1}`
  return ordered
}

function scratchNumber(id: string): number {
  return Number.parseInt(id.slice(scratchPrefix.length), 10) || 0
}

/** What there is to save. Text that is the lesson's own is left out, so that a corrected lesson reaches its readers. */
export function entriesOf(sections: readonly Section[], scratch: readonly Cell[]): ProgressEntry[] {
  const entries: ProgressEntry[] = []
  const keep = (cell: Cell) => {
    if (cell.edited || cell.origin === 'scratch') entries.push({ kind: 'source', id: cell.id, value: cell.text })
  }
  for (const section of sections) {
    if (section.kind === 'cell') keep(section.cell)
    if (section.kind !== 'exercise') continue
    const { exercise, cell, solvedAt, committed, order } = section.exercise
    const { id, lines } = exercise
    if (cell) keep(cell)
    if (solvedAt !== null) entries.push({ kind: 'solved', id, value: solvedAt })
    if (committed !== null) entries.push({ kind: 'prediction', id, value: committed })
    if (!cell && lines && lines.some((line, at) => line.id !== order[at])) {
      entries.push({ kind: 'source', id, value: order.join('\n') })
    }
  }
  for (const cell of scratch) keep(cell)
  return entries
}
