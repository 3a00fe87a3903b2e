/** Runs up to this length have a list each; longer ones share eight lists for each doubling. */
const exact = 64
const exactLog = 6
const listsOfDoublings = 8

function listOf(length: number): number {
  if (length < exact) return length
  const log = 31 - Math.clz32(length)
  return exact + listsOfDoublings * (log - exactLog) + ((length >>> (log - 3)) & 7)
}

/**
 * Free runs of pages by length: doubly linked lists in typed arrays, so that a run is entered, found and taken out
 * in a few steps however many there are.
 */
export class FreeRuns {
  /** Length of a free run, at its first and at its last page. */
  readonly lengths: Uint32Array
  // Pages are numbered from 1 here: 0 ends a list.
  readonly #next: Uint32Array
  readonly #previous: Uint32Array
  readonly #heads: Uint32Array
  readonly #occupied: Uint32Array

  constructor(maxPages: number) {
    this.lengths = new Uint32Array(maxPages)
    this.#next = new Uint32Array(maxPages + 1)
    this.#previous = new Uint32Array(maxPages + 1)
    this.#heads = new Uint32Array(listOf(maxPages) + 1)
    this.#occupied = new Uint32Array((this.#heads.length >>> 5) + 1)
  }

  add(page: number, length: number): void {
    this.lengths[page] = length
    this.lengths[page + length - 1] = length
    const list = listOf(length)
    const head = this.#heads[list]
    this.#next[page + 1] = head
    this.#previous[page + 1] = 0
    if (head !== 0) this.#previous[head] = page + 1
    this.#heads[list] = page + 1
    this.#occupied[list >>> 5] |= 1 << (list & 31)
  }

  remove(page: number): void {
    const list = listOf(this.lengths[page])
    const next = this.#next[page + 1]
    const previous = this.#previous[page + 1]
    if (next !== 0) this.#previous[next] = previous
    if (previous !== 0) this.#next[previous] = next
    else {
      this.#heads[list] = next
      if (next === 0) this.#occupied[list >>> 5] &= ~(1 << (list & 31))
    }
  }

  /** The first page of a run of at least `length`; -1 when there is none. */
  find(length: number): number {
    const list = listOf(length)
    for (let at = this.#heads[list], tries = 16; at !== 0 && tries > 0; at = this.#next[at], tries--)
      if (this.lengths[at - 1] >= length) return at - 1
    const longer = this.#occupiedAfter(list)
    return longer < 0 ? -1 : this.#heads[longer] - 1
  }

  clear(): void {
    this.#heads.fill(0)
    this.#occupied.fill(0)
  }

  /** The first list after `list` with a run in it: every run in it is longer than any in `list`. */
  #occupiedAfter(list: number): number {
    const from = list + 1
    let word = from >>> 5
    let bits = word < this.#occupied.length ? this.#occupied[word] & (~0 << (from & 31)) : 0
    while (bits === 0 && ++word < this.#occupied.length) bits = this.#occupied[word]
    return bits === 0 ? -1 : (word << 5) + 31 - Math.clz32(bits & -bits)
  }
}
