import * as v from 'valibot'
import { type FileFormat, type JsonObject, migrate } from '../file-version.ts'

/** That a person allowed the code of a lesson, with the content it had then. */
export interface Decision {
  readonly digest: string
  readonly since: string
}

export interface StoredTrust {
  /** By the folder of the lesson. */
  readonly decisions: ReadonlyMap<string, Decision>
  /** Fields of the file that a newer lab added. */
  readonly fields: JsonObject
}

const entry = v.object({
  folder: v.string(),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  since: v.pipe(v.string(), v.isoTimestamp()),
})

/** Which lessons may run: `{ "version": 1, "lessons": [{ "folder", "digest", "since" }] }`. */
export const trustFormat: FileFormat<StoredTrust> = {
  empty: { decisions: new Map(), fields: {} },
  read(document) {
    const { version: _version, lessons, ...fields } = migrate(document, [])
    const decisions = new Map<string, Decision>()
    const rejected: unknown[] = []
    for (const each of Array.isArray(lessons) ? lessons : []) {
      const parsed = v.safeParse(entry, each)
      if (!parsed.success) rejected.push(each)
      else decisions.set(parsed.output.folder, { digest: parsed.output.digest, since: parsed.output.since })
    }
    return { content: { decisions, fields }, rejected }
  },
  write: ({ decisions, fields }) => ({
    ...fields,
    version: 1,
    lessons: [...decisions].map(([folder, { digest, since }]) => ({ folder, digest, since })),
  }),
}
