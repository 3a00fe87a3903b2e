/** What stands in a file of the lab, read leniently: one bad part costs that part, an unknown one is kept. */
export interface ReadFile<Content> {
  readonly content: Content
  /** Parts that are nothing the lab knows how to use; they leave the file, and are kept beside it. */
  readonly rejected: readonly unknown[]
}

/** How one kind of file is read and written. */
export interface FileFormat<Content> {
  readonly empty: Content
  /** Throws `NewerFile` or `DamagedFile` when nothing of it can be used. */
  read(document: JsonObject): ReadFile<Content>
  write(content: Content): JsonObject
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A file that a later lab wrote, in a way that this one does not know. It is not touched. */
export class NewerFile extends Error {
  override readonly name = 'NewerFile'

  constructor(version: number, known: number) {
    super(
      `it was written by a newer lab (version ${version} of its format; this lab knows ${known}). ` +
        'It is left as it is: open it with the newer lab',
    )
  }
}

/** A file of which nothing can be used. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
}

/** The version that a document says it has; the first labs wrote none. */
export function versionOf(document: JsonObject): number {
  const { version = 1 } = document
  if (typeof version === 'number' && Number.isInteger(version) && version >= 1) return version
  throw new DamagedFile('its version is not a number')
}

/** Brings a document to the present version, one step after the other; `steps[n]` leads from version n + 1. */
export function migrate(document: JsonObject, steps: readonly ((old: JsonObject) => JsonObject)[]): JsonObject {
  const present = steps.length + 1
  const version = versionOf(document)
  if (version > present) throw new NewerFile(version, present)
  return steps.slice(version - 1).reduce((older, step) => step(older), document)
}
