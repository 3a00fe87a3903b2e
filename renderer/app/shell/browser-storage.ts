import type { DraftStorage } from '../notebook/drafts.ts'

/** What the browser keeps for the lab. Where it keeps nothing, for reasons of privacy, it is as if it were full. */
export function browserStorage(page: Pick<Window, 'localStorage'>): DraftStorage {
  try {
    return page.localStorage
  } catch {
    return nothing
  }
}

const nothing: DraftStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem: () => {
    throw new Error('This browser keeps nothing for the lab.')
  },
  removeItem: () => {},
}
