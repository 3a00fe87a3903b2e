import { JaxTypeError } from '../errors.ts'
import { onInterruption } from './restore.ts'

let looking = false

onInterruption(() => {
  looking = false
})

/** Draws a figure: what the learner wrote is not called meanwhile. */
export function whileLooking<T>(body: () => T): T {
  looking = true
  try {
    return body()
  } finally {
    looking = false
  }
}

/** Before a rule of `name` is called that somebody gave it. */
export function assertNotLooking(name: string): void {
  if (!looking) return
  throw new JaxTypeError(`The tape would have to call the rule of ${name} again.`, {
    hint: 'Looking at a figure runs nothing of yours. Differentiate the function outside of jit, scan, while, cond and checkpoint, where the record has what its rule did.',
  })
}
