import type { JaxArray } from './array.ts'
import type { Params, Primitive } from './primitive.ts'

/** Sees every primitive that is evaluated, with its operands and results. */
export type Observer = (
  primitive: Primitive,
  args: readonly JaxArray[],
  params: Params,
  outs: readonly JaxArray[],
) => void

let observer: Observer | null = null
let jitNames: readonly string[] = []

/** Watches evaluation until the returned function is called. */
export function observe(watch: Observer): () => void {
  observer = watch
  return () => {
    if (observer === watch) observer = null
  }
}

export function currentObserver(): Observer | null {
  return observer
}

/** Names of the jitted functions that are being evaluated, outermost first. */
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
