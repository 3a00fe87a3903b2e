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
