import { setFlagsFromString } from 'node:v8'
import { createContext, runInContext, runInNewContext } from 'node:vm'

/** Runs what is to happen before microtasks go on; the engine then forgets which weak references were read. */
let forgetReads: (() => void) | null = null
let collect: (() => void) | null = null

/**
 * Collects garbage now, within a synchronous computation: what nothing but weak references holds is gone afterwards.
 * A weak reference that was made or read holds its target until the current job ends; an empty job of another
 * context, which has microtasks of its own, ends that early.
 */
export function collectGarbage(): void {
  if (collect === null || forgetReads === null) prepareCollector()
  forgetReads?.()
  collect?.()
}

/** Gets what collecting needs from the engine, before a box takes the modules away. */
export function prepareCollector(): void {
  if (collect !== null) return
  const empty = createContext({}, { microtaskMode: 'afterEvaluate' })
  forgetReads = () => {
    runInContext('0', empty)
  }
  setFlagsFromString('--expose-gc')
  const exposed: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof exposed === 'function') collect = () => void exposed()
}
