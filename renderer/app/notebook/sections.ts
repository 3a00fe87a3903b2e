import type { FigureKind, Lesson, LessonProgress } from '../../../electron/protocol.ts'
import { ExerciseState } from '../exercises/exercise.svelte.ts'
import { Cell } from './cell.svelte.ts'

/** A lesson in reading order, with the state of what can be worked on. */
export type Section =
  | { readonly kind: 'prose'; readonly key: string; readonly html: string }
  | { readonly kind: 'cell'; readonly key: string; readonly cell: Cell }
  | { readonly kind: 'exercise'; readonly key: string; readonly exercise: ExerciseState }

export const emptyProgress: LessonProgress = { sources: {}, solved: {}, predictions: {}, hintsSeen: {} }

const scratchPrefix = 'scratch-'

/** Builds the sections of a lesson as `progress` left them. */
export function sectionsOf(lesson: Lesson, progress: LessonProgress): Section[] {
  let cells = 0
  return lesson.blocks.map((block, at): Section => {
    switch (block.kind) {
      case 'prose':
        return { kind: 'prose', key: `prose-${at}`, html: block.html }
      case 'cell': {
        const about = lessonCell(block.id, String(++cells), block.source, block.figure)
        return { kind: 'cell', key: block.id, cell: new Cell(about, progress.sources[block.id] ?? block.source) }
      }
      case 'exercise': {
        const { id, starter, lines } = block.exercise
        const about = { id, origin: 'exercise', label: id, original: starter ?? '' } as const
        const cell = starter === undefined ? null : new Cell(about, progress.sources[id] ?? starter)
        const exercise = new ExerciseState(block.exercise, cell)
        exercise.solvedAt = progress.solved[id] ?? null
        exercise.committed = exercise.choice = progress.predictions[id] ?? null
        if (lines) exercise.restoreOrder((progress.sources[id] ?? '').split('\n'))
        return { kind: 'exercise', key: id, exercise }
      }
    }
  })
}

function lessonCell(id: string, label: string, original: string, figure: FigureKind | undefined) {
  return { id, origin: 'lesson', label, original, ...(figure && { figure }) } as const
}

/** The cells that the attendee added at the end. */
export function scratchCells(progress: LessonProgress): Cell[] {
  return Object.entries(progress.sources)
    .flatMap(([id, text]) =>
      id.startsWith(scratchPrefix) ? [{ number: Number(id.slice(scratchPrefix.length)), text }] : [],
    )
    .sort((a, b) => a.number - b.number)
    .map(({ number, text }) => scratchCell(number, text))
}

export function scratchCell(number: number, text = ''): Cell {
  return new Cell(
    { id: `${scratchPrefix}${number}`, origin: 'scratch', label: `scratch ${number}`, original: '' },
    text,
  )
}

/** The number a new scratch cell takes. */
export function nextScratchNumber(scratch: readonly Cell[]): number {
  return 1 + Math.max(0, ...scratch.map((cell) => Number(cell.id.slice(scratchPrefix.length))))
}

/** What to save. Text that is the lesson's own is left out, so that a corrected lesson reaches its readers. */
export function progressOf(
  sections: readonly Section[],
  scratch: readonly Cell[],
  hintsSeen: Readonly<Record<string, number>>,
): LessonProgress {
  const progress: LessonProgress = { sources: {}, solved: {}, predictions: {}, hintsSeen: { ...hintsSeen } }
  const keep = (cell: Cell) => {
    if (cell.edited || cell.origin === 'scratch') progress.sources[cell.id] = cell.text
  }
  for (const section of sections) {
    if (section.kind === 'cell') keep(section.cell)
    if (section.kind !== 'exercise') continue
    const { exercise, cell, solvedAt, committed, order } = section.exercise
    if (cell) keep(cell)
    if (solvedAt !== null) progress.solved[exercise.id] = solvedAt
    if (committed !== null) progress.predictions[exercise.id] = committed
    if (exercise.lines && exercise.lines.some((line, at) => line.id !== order[at])) {
      progress.sources[exercise.id] = order.join('\n')
    }
  }
  for (const cell of scratch) keep(cell)
  return progress
}
