import type { DraftStorage } from '../../renderer/app/notebook/drafts.ts'
import type { LivePages } from '../../renderer/app/notebook/live-pages.ts'

/** What a browser keeps from one page to the next, and the pages that are open in it. */
export class FakeBrowser {
  readonly kept = new Map<string, string>()
  readonly #open = new Set<string>()
  #pages = 0
  /** The number of characters it has room for. */
  room = Number.POSITIVE_INFINITY

  readonly storage: DraftStorage = (() => {
    const { kept } = this
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => {
        const taken = [...kept].reduce((sum, [other, text]) => (other === key ? sum : sum + text.length), 0)
        if (taken + value.length > this.room) throw new DOMException('There is no room.', 'QuotaExceededError')
        kept.set(key, value)
      },
      removeItem: (key) => void kept.delete(key),
      key: (at) => [...kept.keys()][at] ?? null,
      get length() {
        return kept.size
      },
    }
  })()

  /** Opens a page. */
  page(): LivePages {
    const own = `page-${++this.#pages}`
    this.#open.add(own)
    return { own, living: async () => new Set(this.#open) }
  }

  /** Closes a page. */
  endPage({ own }: LivePages): void {
    this.#open.delete(own)
  }

  /** Ends every page that is open, as a crash would. */
  endPages(): void {
    this.#open.clear()
  }
}
