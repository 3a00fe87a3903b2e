import * as v from 'valibot'
import { entryId, type EntryKind } from '../../../electron/protocol.ts'
import type { LivePages } from './live-pages.ts'
import type { EntryValue } from './reconcile.ts'

export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const about = {
  id: entryId,
  /** The revision it was made from. */
  base: v.nullable(v.string()),
  /** Revisions that were on their way to the host: it may have them or not. */
  sent: v.array(v.string()),
}
/** Longer texts than can be saved are kept here all the same. */
const changeSchema = v.variant('kind', [
  v.object({ ...about, kind: v.literal('source'), value: v.nullable(v.string()) }),
  v.object({ ...about, kind: v.picklist(['solved', 'prediction']), value: v.string() }),
  v.object({ ...about, kind: v.literal('hints'), value: v.number() }),
])
/** A change that is not known to be saved. */
export interface DraftChange {
  readonly kind: EntryKind
  readonly id: string
  readonly value: EntryValue
  readonly base: string | null
  readonly sent: readonly string[]
}

const draftSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ version: v.literal(2), changes: v.array(v.unknown()) }),
)
/** What the first labs kept: everything done in a lesson. */
const firstDraftSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    sources: v.pipe(
      v.unknown(),
      v.check((value) => typeof value === 'object' && value !== null),
    ),
  }),
)

/**
 * What is typed and not yet known to be on the host's disk, kept in the browser with every keystroke: it
 * outlives the page and the host. Each page has drafts of its own, so that two never overwrite each other;
 * those of a page that is gone are taken up by the next one that opens the lesson.
 */
export class Drafts {
  readonly #storage: DraftStorage
  readonly #pages: LivePages

  constructor(storage: DraftStorage, pages: LivePages) {
    this.#storage = storage
    this.#pages = pages
  }

  /** Keeps what is not saved of a lesson. False when the browser has no room for it. */
  keep(lessonId: string, changes: readonly DraftChange[]): boolean {
    const key = `${prefix}${this.#pages.own}/${lessonId}`
    try {
      if (changes.length === 0) this.#storage.removeItem(key)
      else this.#storage.setItem(key, JSON.stringify({ version: 2, changes }))
      return true
    } catch {
      return false
    }
  }

  /** What pages that are gone have left of a lesson. `forget` removes it, once it is kept elsewhere. */
  async leftBehind(lessonId: string): Promise<{ readonly changes: readonly DraftChange[]; forget(): void }> {
    const living = await this.#pages.living()
    const keys = this.#keys().filter((key) => {
      if (key === firstPrefix + lessonId) return true
      const [page, lesson] = key.startsWith(prefix) ? key.slice(prefix.length).split('/') : []
      return page !== undefined && lesson === lessonId && !living.has(page)
    })
    return {
      changes: keys.flatMap((key) => changesIn(this.#storage.getItem(key))),
      forget: () => {
        for (const key of keys) this.#storage.removeItem(key)
      },
    }
  }

  #keys(): string[] {
    return Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) ?? '')
  }
}

const prefix = 'jax-workshop-lab.draft/'
const firstPrefix = 'jax-workshop-lab.unsaved.'

/** One change that cannot be read costs no other. */
function changesIn(text: string | null): DraftChange[] {
  const draft = v.safeParse(draftSchema, text)
  const raw = draft.success ? draft.output.changes : changesOfFirst(text)
  return raw.flatMap((change) => {
    const parsed = v.safeParse(changeSchema, change)
    return parsed.success ? [parsed.output] : []
  })
}

function changesOfFirst(text: string | null): unknown[] {
  const draft = v.safeParse(firstDraftSchema, text)
  if (!draft.success) return []
  return Object.entries(Object(draft.output.sources)).map(([id, value]) => ({
    kind: 'source',
    id,
    value,
    base: null,
    sent: [],
  }))
}
