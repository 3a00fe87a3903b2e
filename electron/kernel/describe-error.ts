import { inspect } from 'node:util'
import type { CellError, CellPlace } from '../protocol.ts'
import type { CellPlaces } from './cell-places.ts'
import type { CellSyntaxError } from './compile/cell-syntax-error.ts'
import { TextLines } from './compile/text-lines.ts'
import { scopeTag } from './runtime/shared-scope.ts'

/** Names by which generated code reaches the runtime, as the engine's messages show them. */
const generatedNames = /\(0 ?, ?\$+lab\.s\.([\p{ID_Continue}$]+)\)|\$+lab\.s\.(?=[\p{ID_Start}$_])/gu

/** Lines of the user's that an error shows; endless recursion has thousands. */
const deepestStack = 20

/** What the engine says, without the traces of the rewriting. */
function readable(message: string): string {
  const constant = new RegExp(`^Cannot assign to read only property '(.+)' of object '\\[object ${scopeTag}\\]'$`).exec(
    message,
  )
  if (constant !== null) return `Assignment to constant variable '${constant[1]}'.`
  return message.replace(generatedNames, (_, called: string | undefined) => called ?? '')
}

function text(error: object, property: string): string | undefined {
  const value: unknown = Reflect.get(error, property)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An error of a running cell, as the notebook shows it. */
export function describeError(error: unknown, places: CellPlaces, thrownAt: object | null = null): CellError {
  if (!(error instanceof Error)) {
    const [place = null, ...stack] = thrownAt === null ? [] : places.framesOf(thrownAt).slice(0, deepestStack)
    const message = typeof error === 'string' ? error : inspect(error, { depth: 4 })
    return { name: 'Thrown', message, place: withoutName(place), stack }
  }
  const [place = null, ...stack] = places.framesOf(error).slice(0, deepestStack)
  const hint = text(error, 'hint')
  const lessonId = text(error, 'lesson')
  return {
    name: error.name,
    message: readable(error.message),
    place: withoutName(place),
    stack,
    ...(hint === undefined ? {} : { hint }),
    ...(lessonId === undefined ? {} : { lessonId }),
  }
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
  const oneLine = end.line === start.line && end.column > start.column
  return {
    name: error.name,
    message: error.message,
    place: { cellId, ...start, ...(oneLine ? { endColumn: end.column } : {}) },
    stack: [],
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}
