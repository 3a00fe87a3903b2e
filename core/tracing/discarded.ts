import { config } from '../config.ts'
import { FloatingPointError } from '../errors.ts'
import { onInterruption } from './restore.ts'

let depth = 0

onInterruption(() => {
  depth = 0
})

/** Whether what is computed now may be thrown away, so that nobody is to be told that it is not finite. */
export function mayBeDiscarded(): boolean {
  return depth > 0
}

/**
 * Selects from values of which some are thrown away: those alone may be anything. Where a selected one is refused, as
 * `debugNans` asks for, they are computed again under its eyes, which names the operation that went wrong.
 */
export function selecting<T, R>(compute: () => T, select: (values: T) => R): R {
  if (!config.debugNans && !config.debugInfs) return select(compute())
  try {
    return select(discardable(compute))
  } catch (error) {
    if (error instanceof FloatingPointError && depth === 0) compute()
    throw error
  }
}

function discardable<T>(compute: () => T): T {
  const outer = depth
  depth = outer + 1
  try {
    return compute()
  } finally {
    depth = outer
  }
}
