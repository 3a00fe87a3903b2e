import type { SourceLocation } from '../ir/source.ts'

/**
 * Finds the user's own line on the stack. What counts as the user's is decided by whoever runs the
 * code (a notebook's cells, a test file): `setUserFile`.
 */
let isUserFile: ((file: string) => boolean) | null = null

/**
 * Says which files are the user's, so that errors and equations name lines of those, found on the stack; null
 * where programs say their lines themselves.
 */
export function setUserFile(predicate: ((file: string) => boolean) | null): void {
  isUserFile = predicate
}

const framePattern = /^\s*at (?:(?:async |new )?(.*?) \()?(.+?):(\d+):(\d+)\)?$/

/** User frames of a stack text, innermost first. */
export function userFrames(stack: string | undefined): SourceLocation[] {
  return (stack?.split('\n') ?? []).flatMap((text) => userFrame(text) ?? [])
}

function userFrame(text: string): SourceLocation | null {
  const match = framePattern.exec(text)
  if (match === null || isUserFile?.(match[2]) !== true) return null
  const [, functionName, file, line, column] = match
  const location = { file, line: Number(line), column: Number(column) }
  return functionName && functionName !== '<anonymous>' ? { ...location, functionName } : location
}

/** Whether lines are looked for on the stack: somebody has said what a user's file is. */
export function capturesLines(): boolean {
  return isUserFile !== null
}

/** The user's innermost line on the stack, which costs more than most equations to take; null outside user code. */
export function capturedSource(): SourceLocation | null {
  if (isUserFile === null) return null
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  const stack = new Error().stack
  Error.stackTraceLimit = limit
  for (const text of stack?.split('\n') ?? []) {
    const frame = userFrame(text)
    if (frame !== null) return frame
  }
  return null
}

/** `line 3 of cell:a, in f`. */
export function placeText({ file, line, functionName }: SourceLocation): string {
  const name = file.replace(/^.*[\\/]/, '').replace(/#\d+$/, '')
  return `line ${line} of ${name}${functionName === undefined ? '' : `, in ${functionName}`}`
}
