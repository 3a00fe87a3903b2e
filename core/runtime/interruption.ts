/**
 * Loops of the core that may last look here, so that a user can stop them from outside: once a step of a
 * scan or a while loop, once an equation, once every few thousand elements of a kernel.
 */
let check: () => void = () => {}

/** Names the function that throws when the user has asked to stop. */
export function setInterruptionCheck(throwIfStopped: () => void): void {
  check = throwIfStopped
}

/** Throws what the check throws when the user has asked to stop. */
export function checkInterruption(): void {
  check()
}

/** How many elements a kernel handles between two checks: a power of two, a fraction of a millisecond. */
export const elementsBetweenChecks = 65_536

let unlooked = 0

/**
 * Counts the elements that a kernel is about to handle, and looks once they are many. A kernel calls this once a row,
 * a run or a step; and where one of those may be long by itself, once a block of it.
 */
export function countWork(elements: number): void {
  unlooked += elements
  if (unlooked < elementsBetweenChecks) return
  unlooked = 0
  check()
}

/** Calls `body` with one range of indices after the other, from 0 up to `count`; in between it looks. */
export function inBlocks(count: number, body: (from: number, to: number) => void): void {
  for (let from = 0; from < count; from += elementsBetweenChecks) {
    const to = Math.min(count, from + elementsBetweenChecks)
    countWork(to - from)
    body(from, to)
  }
}
