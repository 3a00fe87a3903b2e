import { type ProgressChange, type ProgressEntry, entryKey, revisionOf } from '../progress-entries.ts'
import type { StoredEntry, StoredProgress } from './progress-format.ts'

/** The progress with a page's changes in it. What cannot be merged stays as it is; the page sees that it did. */
export function mergeProgress(saved: StoredProgress, changes: readonly ProgressChange[]): StoredProgress {
  const entries = new Map(saved.entries)
  for (const change of changes) {
    const key = entryKey(change)
    const before = entries.get(key)
    const after = merged(before?.entry ?? null, change)
    if (after === null) entries.delete(key)
    else if (after !== before?.entry) entries.set(key, { entry: after, fields: before?.fields ?? {} })
  }
  return { ...saved, entries }
}

/** One entry after a change; null when there is none any more. */
export function merged(saved: ProgressEntry | null, change: ProgressChange): ProgressEntry | null {
  switch (change.kind) {
    case 'source': {
      const { kind, id, value, base } = change
      const wanted = value === null ? null : ({ kind, id, value } as const)
      if (saved?.kind !== 'source' || saved.value === value) return wanted
      if (revisionOf(saved.value) === base) return wanted
      // Changed elsewhere since: only the person who wrote both can say which one is to stay.
      return saved
    }
    case 'solved':
      return saved?.kind === 'solved' && Date.parse(saved.value) <= Date.parse(change.value) ? saved : change
    case 'hints':
      return saved?.kind === 'hints' && saved.value >= change.value ? saved : change
    case 'prediction':
      return change
  }
}

export function isSame(a: StoredEntry | undefined, b: StoredEntry | undefined): boolean {
  return a?.entry.value === b?.entry.value
}
