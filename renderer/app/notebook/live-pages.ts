/** The pages of this lab that are open in this browser, and the name of this one among them. */
export interface LivePages {
  readonly own: string
  /** The names of all pages that are open now, this one included. */
  living(): Promise<ReadonlySet<string>>
}

const prefix = 'jax-workshop-lab.page/'

/** Tells open pages by locks that the browser holds: each ends with its page, however that ends. */
export function livePages(locks: Pick<LockManager, 'request' | 'query'>): LivePages {
  const own = crypto.randomUUID()
  void locks.request(prefix + own, () => new Promise(() => {}))
  return {
    own,
    living: async () => {
      const { held = [], pending = [] } = await locks.query()
      const names = [...held, ...pending].flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : []))
      return new Set([own, ...names.map((name) => name.slice(prefix.length))])
    },
  }
}
