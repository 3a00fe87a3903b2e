import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

/** Lines and columns count from 1. */
export interface MarkedPlace {
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

export interface Marks {
  /** Where the error of the last run was. */
  readonly error: MarkedPlace | null
  /** The line that the chosen part of a figure was made at. */
  readonly linked: number | null
}

export const setMarks = StateEffect.define<Marks>()

const errorLine = Decoration.line({ class: 'cm-error-line' })
const errorPlace = Decoration.mark({ class: 'cm-error-place' })
const linkedLine = Decoration.line({ class: 'cm-linked-line' })

const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return decorate(transaction.state, effect.value)
    return marks.map(transaction.changes)
  },
  provide: (field) => EditorView.decorations.from(field),
})

/** Marks on lines that move along with the text until they are set anew. */
export const marks: Extension = markField

function decorate(state: EditorState, { error, linked }: Marks): DecorationSet {
  const ranges = []
  if (linked !== null && linked >= 1 && linked <= state.doc.lines)
    ranges.push(linkedLine.range(state.doc.line(linked).from))
  if (error !== null && error.line >= 1 && error.line <= state.doc.lines) {
    const line = state.doc.line(error.line)
    ranges.push(errorLine.range(line.from))
    const { from, to } = placeIn(line.text, error)
    if (to > from) ranges.push(errorPlace.range(line.from + from, line.from + to))
  }
  return Decoration.set(ranges, true)
}

/** Offsets in the line's text; without an end column, the word or sign that begins at the column. */
export function placeIn(text: string, place: MarkedPlace): { from: number; to: number } {
  const from = Math.max(0, Math.min(place.column - 1, text.length))
  if (place.endColumn !== undefined) return { from, to: Math.max(from, Math.min(place.endColumn - 1, text.length)) }
  const word = /^[\w$.]+|^\S/.exec(text.slice(from))
  return { from, to: from + (word?.[0].length ?? 0) }
}
