import { inspect } from 'node:util'
import { type ErrorParts, errorParts } from '../../core/errors.ts'
import type { CellError, CellPlace } from '../protocol.ts'
import { refusedByPermission } from './box/not-allowed.ts'
import type { CellPlaces } from './cell-places.ts'
import type { CellSyntaxError } from './compile/cell-syntax-error.ts'
import { TextLines } from './compile/text-lines.ts'
import { readableMessage } from './readable-message.ts'
import type { Names } from './runtime/shared-scope.ts'
import { spellingHint } from './spelling-hint.ts'

/** Lines of the user's that an error shows; endless recursion has thousands. */
const deepestStack = 20

function text(error: object, property: string): string | undefined {
  const value: unknown = Reflect.get(error, property)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is longer than this is no message that a person reads. */
const longestMessage = 20_000

function shortened(message: unknown): string {
  const text = String(message)
  return text.length > longestMessage ? `${text.slice(0, longestMessage)} …` : text
}

interface ErrorSetting {
  readonly places: CellPlaces
  /** The lab's names, to say what a wrong one was meant to be. */
  readonly offered: Names
  /** Where a value that is no Error was thrown. */
  readonly thrownAt: object | null
}

/** An error of a running cell, as the notebook shows it. */
export function describeError(error: unknown, { places, offered, thrownAt }: ErrorSetting): CellError {
  if (!(error instanceof Error)) {
    const [place = null, ...stack] = thrownAt === null ? [] : places.framesOf(thrownAt).slice(0, deepestStack)
    const message = typeof error === 'string' ? error : inspect(error, { depth: 4 })
    return { name: 'Thrown', message: shortened(message), place: withoutName(place), ...lineOf(place, places), stack }
  }
  const [thrower = null, ...stack] = places.framesOf(error).slice(0, deepestStack)
  // The card shows the parts of a core error side by side; its message has them in one text.
  const parts = errorParts(error)
  const place = placeOf(parts, thrower, places)
  const shown = refusedByPermission(error) ?? error
  const message = readableMessage(shortened(parts?.summary ?? shown.message))
  const hint = text(shown, 'hint') ?? spellingHint(message, offered) ?? undefined
  const lessonId = text(error, 'lesson')
  return {
    name: text(shown, 'name')?.slice(0, longestLine) ?? 'Error',
    message,
    place: withoutName(place),
    ...lineOf(place, places),
    stack,
    ...(parts?.why === undefined ? {} : { why: parts.why }),
    ...(hint === undefined ? {} : { hint: shortened(hint) }),
    ...(lessonId === undefined ? {} : { lessonId }),
  }
}

/** The line that the core names, which for an equation is where it was written; else where the error was thrown. */
function placeOf(parts: ErrorParts | null, thrower: CellPlace | null, places: CellPlaces): CellPlace | null {
  const named = parts?.source ? places.placeOf(parts.source) : null
  if (named === null || (thrower?.cellId === named.cellId && thrower.line === named.line)) return thrower
  return named
}

/** A line longer than this is no line that a person reads. */
const longestLine = 300

function lineOf(place: CellPlace | null, places: CellPlaces): { readonly lineText?: string } {
  const text = place === null ? null : places.lineText(place)
  if (text === null) return {}
  return { lineText: text.length > longestLine ? `${text.slice(0, longestLine)} …` : text }
}

function withoutName(frame: CellPlace | null): CellPlace | null {
  if (frame === null) return null
  const { cellId, line, column, endColumn } = frame
  return { cellId, line, column, ...(endColumn === undefined ? {} : { endColumn }) }
}

/** A cell that did not compile. */
export function describeSyntaxError(error: CellSyntaxError, cellId: string, source: string): CellError {
  const lines = new TextLines(source)
  const start = lines.placeOf(error.start)
  const end = lines.placeOf(error.end)
  const lineText = lines.lineText(start.line).trim()
  const oneLine = end.line === start.line && end.column > start.column
  return {
    name: error.name,
    message: error.message,
    place: { cellId, ...start, ...(oneLine ? { endColumn: end.column } : {}) },
    ...(lineText === '' ? {} : { lineText: lineText.slice(0, longestLine) }),
    stack: [],
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}
