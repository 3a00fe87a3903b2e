import { catalogue } from './catalogue.ts'

/** One kind of error, as `docs/errors` explains it. */
export interface CatalogueEntry {
  /** Name of the entry's file: `broadcasting`. */
  readonly kind: string
  /** The class that carries it. */
  readonly class: string
  /** Id of the lesson that explains it. */
  readonly lesson: string | null
  /** What the messages of this kind say, as regular expressions; none when the class alone decides. */
  readonly says: readonly string[]
  readonly title: string
  readonly why: string
  /** The smallest fix, in a sentence or two. */
  readonly fix: string
}

const patterns = catalogue.map((entry) => ({ entry, says: entry.says.map((text) => new RegExp(text, 'i')) }))

/**
 * The entry for an error: the one its thrower names, or the first of its class (nearest class first)
 * whose pattern the message has, or the entry of the class itself.
 */
export function entryFor(classes: readonly string[], message: string, kind?: string): CatalogueEntry | null {
  if (kind !== undefined) return catalogue.find((entry) => entry.kind === kind) ?? null
  for (const name of classes) {
    const ofClass = patterns.filter(({ entry }) => entry.class === name)
    const found =
      ofClass.find(({ says }) => says.some((pattern) => pattern.test(message))) ??
      ofClass.find(({ says }) => says.length === 0)
    if (found !== undefined) return found.entry
  }
  return null
}
