import type { SourceLocation } from '../ir/source.ts'
import { capturesLines, capturedSource } from './user-line.ts'

/**
 * The user's line that is being worked for: a dynamic scope. A cell sets its position before everything that
 * it calls, interpreters enter the line of each equation that they bind, and the user's functions, called
 * from within, go on from there. Reading and setting it costs a few nanoseconds.
 */
export interface SourceScope {
  /** A position of the running program's, `entered` where `source` holds, `nowhere` where nobody said. */
  position: number
  source: SourceLocation | null
}

const nowhere = 0
const entered = -1

/** The one scope of this thread. Compiled cells write positions, which are above zero, into it. */
export const sourceScope: SourceScope = { position: nowhere, source: null }

let placeOf: (position: number) => SourceLocation | null = () => null

/** Says what the positions mean that compiled programs set. */
export function installPositions(lookup: (position: number) => SourceLocation | null): void {
  placeOf = lookup
}

/** The user's line that is being worked for, or null outside user code. */
export function currentSource(): SourceLocation | null {
  const { position, source } = sourceScope
  if (position > nowhere) return placeOf(position)
  return position === entered ? source : capturedSource()
}

/** Puts back the scope that was read before. */
export function restoreSource(position: number, source: SourceLocation | null): void {
  sourceScope.position = position
  sourceScope.source = source
}

/**
 * From here on everything is done for that line, null being known to have none, until the scope is restored. For loops
 * over equations; everybody else has `withSource`.
 */
export function enterSource(source: SourceLocation | null): void {
  sourceScope.position = entered
  sourceScope.source = source
}

/** Runs `body` for a line; where it is null, for whatever line was worked for before. */
export function withSource<T>(source: SourceLocation | null, body: () => T): T {
  return source === null ? body() : entering(source, body)
}

/** Runs `body` for no line of the user's. */
export function withoutSource<T>(body: () => T): T {
  return entering(null, body)
}

function entering<T>(source: SourceLocation | null, body: () => T): T {
  const { position, source: outer } = sourceScope
  enterSource(source)
  try {
    return body()
  } finally {
    restoreSource(position, outer)
  }
}

/** Runs one operation of the user's: where its line is on the stack, that is looked for once. */
export function asOneOperation<T>(body: () => T): T {
  const { position, source } = sourceScope
  if (position !== nowhere || !capturesLines()) return body()
  enterSource(capturedSource())
  try {
    return body()
  } finally {
    restoreSource(position, source)
  }
}

/**
 * A function of the user's as core calls it: its operations are for its own lines, and when it is done, what
 * follows is for the line as before.
 */
export function userCode<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const { position, source } = sourceScope
    // Where lines come from the stack, those of the function are found there. A cell sets its own.
    if (capturesLines()) sourceScope.position = nowhere
    try {
      return f(...args)
    } finally {
      restoreSource(position, source)
    }
  }
}

/** After a computation was broken off from outside, so that no finally block ran; and between programs. */
export function resetSource(): void {
  restoreSource(nowhere, null)
}
