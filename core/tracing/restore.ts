const restorers: (() => void)[] = []

/**
 * Names what puts a module's own state right after a computation was broken off: a setting that was changed for
 * the time of a call, memory that was taken for it.
 */
export function onInterruption(restore: () => void): void {
  restorers.push(restore)
}

export function restoreAll(): void {
  for (const restore of restorers) restore()
}
