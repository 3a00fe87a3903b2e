import { JaxTypeError } from '../errors.ts'
import type { JaxArray } from './array.ts'
import { onInterruption } from './restore.ts'

/** Makes an array of what a traced value of then held. */
type Resolve = (value: JaxArray) => JaxArray

let resolver: Resolve | null = null

onInterruption(() => {
  resolver = null
})

/** Draws a figure: what the learner wrote is not called meanwhile. */
export function whileLooking<T>(resolve: Resolve, body: () => T): T {
  resolver = resolve
  try {
    return body()
  } finally {
    resolver = null
  }
}

const ofTheRecord = new WeakSet<Error>()

/** Marks an error that says what a record does not have, which is no word about the program that it is the record of. */
export function notInRecord<E extends Error>(error: E): E {
  ofTheRecord.add(error)
  return error
}

export function isNotInRecord(error: unknown): boolean {
  return error instanceof Error && ofTheRecord.has(error)
}

export function isLooking(): boolean {
  return resolver !== null
}

/** What a rule read besides its arguments, in the figure of the run that it ran in. */
export function seenAgain(value: JaxArray): JaxArray {
  return resolver === null ? value : resolver(value)
}

/** Before a rule of `name` is called that somebody gave it. */
export function assertNotLooking(name: string): void {
  if (resolver === null) return
  throw notInRecord(
    new JaxTypeError(
      `The run took no derivative of this call of ${name}, so the record does not have what its rule does.`,
      {
        hint: 'Looking at a figure runs nothing of yours. Differentiate the function in a cell (grad, jvp, or vjp and a call of what it gives), then look at that call.',
      },
    ),
  )
}

/** Before a function of the host is called that a rule calls. */
export function assertNoHostCall(name: string): void {
  if (resolver === null) return
  throw notInRecord(
    new JaxTypeError(`The tape would have to call your function in ${name} again.`, {
      hint: 'Looking at a figure runs nothing of yours, and what a rule got from a function of the host is not in the record.',
    }),
  )
}
