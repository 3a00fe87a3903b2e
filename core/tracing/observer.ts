import type { HostArray } from '../ir/host-array.ts'
import type { Params } from './primitive.ts'

/** An equation that was evaluated, also within a program. */
export interface Evaluation {
  readonly primitive: string
  readonly params: Params
  readonly operands: readonly HostArray[]
  readonly results: readonly HostArray[]
  /** The jitted functions that it is in, outermost first. */
  readonly jits: readonly string[]
}

/** Sees what makes and spends PRNG keys, while the line that it was done for is the current one. */
export type KeyObserver = (evaluation: Evaluation) => void

let observer: KeyObserver | null = null
let jitNames: readonly string[] = []

/** Watches keys until the returned function is called. */
export function observe(watch: KeyObserver): () => void {
  observer = watch
  return () => {
    if (observer === watch) observer = null
  }
}

export function currentKeyObserver(): KeyObserver | null {
  return observer
}

/** Names of the library functions that run at once and would be jitted in a program, outermost first. */
export function enclosingJits(): readonly string[] {
  return jitNames
}

export function insideJit<T>(name: string, body: () => T): T {
  const outer = jitNames
  jitNames = [...outer, name]
  try {
    return body()
  } finally {
    jitNames = outer
  }
}

/** After a computation was broken off from outside, so that no finally block ran. */
export function resetObservation(): void {
  jitNames = []
}
