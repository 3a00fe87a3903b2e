import * as v from 'valibot'
import { type ProgressEntry, entryKey, entryKinds, progressEntrySchema } from '../progress-entries.ts'
import { DamagedFile, type FileFormat, type JsonObject, isJsonObject, migrate } from './file-version.ts'

/** An entry with everything that stands with it in the file, also what a newer lab added. */
export interface StoredEntry {
  readonly entry: ProgressEntry
  readonly fields: JsonObject
}

export interface StoredProgress {
  readonly entries: ReadonlyMap<string, StoredEntry>
  /** Entries of a kind that a newer lab added. */
  readonly foreign: readonly unknown[]
  /** Fields of the file that a newer lab added. */
  readonly fields: JsonObject
}

/** The progress of one lesson: `{ "version": 2, "entries": [{ "kind", "id", "value" }] }`. */
export const progressFormat: FileFormat<StoredProgress> = {
  empty: { entries: new Map(), foreign: [], fields: {} },
  read(document) {
    const { version: _version, entries, ...fields } = migrate(document, [fromRecords])
    if (!Array.isArray(entries)) throw new DamagedFile('it has no list of entries')
    const known = new Map<string, StoredEntry>()
    const [foreign, rejected]: [unknown[], unknown[]] = [[], []]
    for (const raw of entries) {
      const parsed = v.safeParse(progressEntrySchema, raw)
      if (parsed.success && isJsonObject(raw) && !known.has(entryKey(parsed.output))) {
        known.set(entryKey(parsed.output), { entry: parsed.output, fields: raw })
      } else if (isForeign(raw)) foreign.push(raw)
      else rejected.push(raw)
    }
    return { content: { entries: known, foreign, fields }, rejected }
  },
  write: ({ entries, foreign, fields }) => ({
    ...fields,
    version: 2,
    entries: [...[...entries.values()].map((stored) => ({ ...stored.fields, ...stored.entry })), ...foreign],
  }),
}

const kinds: ReadonlySet<unknown> = new Set(entryKinds)

function isForeign(raw: unknown): boolean {
  return isJsonObject(raw) && typeof raw['kind'] === 'string' && !kinds.has(raw['kind'])
}

/** Version 1 had an object for each kind, with ids as keys. */
function fromRecords({ sources, solved, predictions, hintsSeen, ...fields }: JsonObject): JsonObject {
  if ([sources, solved, predictions, hintsSeen].every((part) => part === undefined)) {
    throw new DamagedFile('it is not the progress of a lesson')
  }
  const listed = (kind: string, part: unknown): unknown[] => {
    if (part === undefined) return []
    if (!isJsonObject(part)) return [part]
    return Object.entries(part).map(([id, value]) => ({ kind, id, value }))
  }
  return {
    ...fields,
    version: 2,
    entries: [
      ...listed('source', sources),
      ...listed('solved', solved),
      ...listed('prediction', predictions),
      ...listed('hints', hintsSeen),
    ],
  }
}
