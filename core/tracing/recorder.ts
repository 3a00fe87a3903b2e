import type { SourceLocation } from '../ir/source.ts'
import { currentSource } from './source.ts'

/** A user's function that was handed to a transformation and called. */
export interface RecordedCall {
  /** `grad`, `jit`, `vmap`, … */
  readonly via: string
  readonly fun: (...args: never[]) => unknown
  readonly args: readonly unknown[]
  readonly source: SourceLocation | null
}

let listener: ((call: RecordedCall) => void) | null = null
let depth = 0

/** Whoever shows figures learns here which functions a cell transformed. Returns a function that stops it. */
export function onCall(heard: (call: RecordedCall) => void): () => void {
  listener = heard
  return () => {
    listener = null
  }
}

/** Runs the body of a transformation's call and reports the outermost one. */
export function recorded<T>(
  via: string,
  fun: (...args: never[]) => unknown,
  args: readonly unknown[],
  body: () => T,
): T {
  if (listener !== null && depth === 0) listener({ via, fun, args, source: currentSource() })
  depth++
  try {
    return body()
  } finally {
    depth--
  }
}

/** After a computation was broken off from outside, so that no finally block ran. */
export function resetRecorder(): void {
  depth = 0
}
