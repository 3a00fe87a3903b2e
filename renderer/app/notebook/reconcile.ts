import type { EntryKind } from '../../../electron/protocol.ts'

/** What an entry says; null where there is none: a text is the lesson's own, an exercise is not solved. */
export type EntryValue = string | number | null

/** Which value stays, or that only the person who wrote both can say. */
export type Verdict = 'same' | 'local' | 'remote' | 'ask'

/** Three values of one entry: the one both sides knew, the one here, and the one that is saved now. */
export interface Versions {
  readonly base: EntryValue
  readonly local: EntryValue
  readonly remote: EntryValue
}

/** Merges one entry. A text is never given up for another text, nor for none. */
export function reconcile(kind: EntryKind, { base, local, remote }: Versions): Verdict {
  if (local === remote) return 'same'
  if (local === base) return 'remote'
  if (remote === base) return 'local'
  if (local === null) return 'remote'
  if (remote === null) return 'local'
  switch (kind) {
    case 'source':
      return 'ask'
    case 'solved':
      return Date.parse(String(remote)) <= Date.parse(String(local)) ? 'remote' : 'local'
    case 'hints':
      return remote > local ? 'remote' : 'local'
    case 'prediction':
      return 'local'
  }
}
