/**
 * What is kept of an attendee's work on a lesson: a list of entries, each of which is saved, merged and
 * checked by itself. Never an object with ids as keys: an id may be `constructor`.
 */
import * as v from 'valibot'

/** The longest text of a cell that can be saved. A message that holds one still fits through every channel. */
export const longestSavedText = 2_000_000

export const entryId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/))
const savedText = v.pipe(v.string(), v.maxLength(longestSavedText))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const time = v.pipe(v.string(), v.isoTimestamp())

/** The text of a cell or exercise where it differs from the lesson's own, an added cell, or an order of lines. */
const source = { kind: v.literal('source'), id: entryId }
/** The time at which an exercise was solved first. */
const solved = { kind: v.literal('solved'), id: entryId, value: time }
/** The option that was committed before running. */
const prediction = { kind: v.literal('prediction'), id: entryId, value: entryId }
/** How many hints were opened. */
const hints = { kind: v.literal('hints'), id: entryId, value: count }

export const progressEntrySchema = v.variant('kind', [
  v.object({ ...source, value: savedText }),
  v.object(solved),
  v.object(prediction),
  v.object(hints),
])
export type ProgressEntry = v.InferOutput<typeof progressEntrySchema>
export type EntryKind = ProgressEntry['kind']
export const entryKinds: readonly EntryKind[] = ['source', 'solved', 'prediction', 'hints']

/** A revision of a text, as `revisionOf` names it; null where there is no text. */
const revision = v.nullable(v.pipe(v.string(), v.maxLength(40)))

/**
 * A change of one entry. A text says which revision it was made from, so that the host can tell whether
 * another window changed the same one; its value is null when it goes back to the lesson's own.
 */
export const progressChangeSchema = v.variant('kind', [
  v.object({ ...source, value: v.nullable(savedText), base: revision }),
  v.object(solved),
  v.object(prediction),
  v.object(hints),
])
export type ProgressChange = v.InferOutput<typeof progressChangeSchema>

/** The saved work on one lesson. */
export interface LessonProgress {
  readonly lessonId: string
  /** Counts the changes since the host started; a state with a lower one is out of date. */
  readonly revision: number
  readonly entries: readonly ProgressEntry[]
}

/** Names an entry among those of its lesson. */
export function entryKey({ kind, id }: { readonly kind: EntryKind; readonly id: string }): string {
  return `${kind} ${id}`
}

/**
 * The name of a text, made from the text itself: page and host agree on it, before and after either was
 * started again. Two 32-bit hashes and the length; it tells versions apart and guards against nobody.
 */
export function revisionOf(value: string | number): string {
  const text = String(value)
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return `${text.length}-${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}`
}
