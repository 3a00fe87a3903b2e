import { FreeRuns } from './free-runs.ts'
import { classOf, granuleShift, largestSmall, pageBytes, pageShift, smallSizes, spanPages } from './size-classes.ts'

/** What WebAssembly memory grows by. */
const growthBytes = 65_536
const pagesOfGrowth = growthBytes / pageBytes

/** Largest heap, in pages of WebAssembly: 4 GiB is what 32-bit addresses reach. */
export const maxHeapPages = 65_536

/** What a page is: in a free run, in a block of its own, or, from here on, of a span of a class. Zero is none of it yet. */
const free = 1
const large = 2
const small = 3

/** There is no room for a block, and the memory may not grow. */
export class HeapExhausted extends Error {
  readonly bytes: number

  constructor(bytes: number) {
    super(`no room for ${bytes} bytes`)
    this.bytes = bytes
  }
}

/**
 * Addresses of blocks in one shared WebAssembly memory. Only the cell thread allocates. Memory cannot shrink, so
 * what is released goes to lists by size: small blocks of a size stay together, runs of pages join with their
 * neighbours. Nothing here knows what a block is used for.
 */
export class Heap {
  readonly memory: WebAssembly.Memory
  /** The bytes of the memory. Another object after it has grown, over the same bytes. */
  buffer: ArrayBufferLike
  /** Bytes of the blocks that are in use, as they were asked for rounded up to their size. */
  bytesInUse = 0
  readonly #maxPages: number
  readonly #kinds: Uint8Array
  /** Pages of a large block at its first page; the first page of a span at each page of it. */
  readonly #runs: Uint32Array
  /** Blocks in use of a span, at its first page. */
  readonly #counts: Uint16Array
  /** A bit a cache line: whether a block in use starts there. */
  readonly #starts: Uint32Array
  readonly #freeRuns: FreeRuns
  readonly #freeSmall: number[][] = smallSizes.map(() => [])
  /** Spans without a block in use. */
  readonly #emptySpans = new Set<number>()
  // Address 0 stays unused, so that an address is never falsy.
  #end = 1
  /** Nothing was ever written from here on. */
  #untouched = pageBytes

  /** `maxPages` counts pages of WebAssembly, 64 KiB each. */
  constructor(maxPages = maxHeapPages) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: maxPages, shared: true })
    this.buffer = this.memory.buffer
    this.#maxPages = maxPages * pagesOfGrowth
    this.#kinds = new Uint8Array(this.#maxPages + 1)
    this.#runs = new Uint32Array(this.#maxPages)
    this.#counts = new Uint16Array(this.#maxPages)
    this.#starts = new Uint32Array(Math.ceil((maxPages * growthBytes) / 2 ** (granuleShift + 5)))
    this.#freeRuns = new FreeRuns(this.#maxPages)
  }

  /** Pages of WebAssembly that the memory has. */
  get pages(): number {
    return this.buffer.byteLength / growthBytes
  }

  /** Address of a block of at least `bytes`. HeapExhausted when there is no room. What it holds is anything. */
  allocate(bytes: number): number {
    const address = bytes <= largestSmall ? this.#allocateSmall(classOf(bytes || 1)) : this.#allocateLarge(bytes)
    this.#starts[address >>> (granuleShift + 5)] |= 1 << ((address >>> granuleShift) & 31)
    const end = address + this.sizeOf(address)
    this.bytesInUse += end - address
    if (end > this.#untouched) this.#untouched = end
    return address
  }

  /** The same, filled with zeros. */
  allocateZeroed(bytes: number): number {
    const untouched = this.#untouched
    const address = this.allocate(bytes)
    if (address < untouched) new Uint8Array(this.buffer, address, this.sizeOf(address)).fill(0)
    return address
  }

  release(address: number): void {
    const word = address >>> (granuleShift + 5)
    const bit = 1 << ((address >>> granuleShift) & 31)
    if ((this.#starts[word] & bit) === 0) throw new Error(`internal: address ${address} is not allocated`)
    this.bytesInUse -= this.sizeOf(address)
    this.#starts[word] &= ~bit
    const page = address >>> pageShift
    const kind = this.#kinds[page]
    if (kind === large) {
      this.#releaseRun(page, this.#runs[page])
      return
    }
    this.#freeSmall[kind - small].push(address)
    const span = this.#runs[page]
    if (--this.#counts[span] === 0) this.#emptySpans.add(span)
  }

  /** Bytes of the block that starts at an address. */
  sizeOf(address: number): number {
    const page = address >>> pageShift
    const kind = this.#kinds[page]
    return kind === large ? this.#runs[page] * pageBytes : smallSizes[kind - small]
  }

  /** Makes spans without blocks into free runs, for blocks of any size. */
  trim(): void {
    if (this.#emptySpans.size === 0) return
    const kinds = new Set([...this.#emptySpans].map((span) => this.#kinds[span] - small))
    for (const kind of kinds) {
      this.#freeSmall[kind] = this.#freeSmall[kind].filter(
        (address) => !this.#emptySpans.has(this.#runs[address >>> pageShift]),
      )
    }
    for (const span of this.#emptySpans) this.#releaseRun(span, spanPages)
    this.#emptySpans.clear()
  }

  /**
   * Puts everything right from the blocks that are in use, since a computation that was broken off at any
   * instruction may have left it half done. What is not among them is free.
   */
  rebuild(inUse: Iterable<number>): void {
    this.buffer = this.memory.buffer
    const regions = new Map<number, number>()
    const blocks = [...inUse]
    const kinds = blocks.map((address) => this.#kinds[address >>> pageShift])
    const spans = blocks.map((address) => this.#runs[address >>> pageShift])
    blocks.forEach((address, i) => {
      if (kinds[i] === large) regions.set(address >>> pageShift, this.#runs[address >>> pageShift])
      else regions.set(spans[i], spanPages)
    })
    this.#freeRuns.clear()
    this.#starts.fill(0)
    this.#emptySpans.clear()
    this.#freeSmall.forEach((list) => (list.length = 0))
    this.bytesInUse = 0
    this.#end = Math.max(1, Math.min(this.#maxPages, this.buffer.byteLength / pageBytes))
    let at = 1
    for (const [first, length] of [...regions].sort(([a], [b]) => a - b)) {
      if (first > at) this.#enterFree(at, first - at)
      this.#counts[first] = 0
      at = first + length
    }
    if (this.#end > at) this.#enterFree(at, this.#end - at)
    const taken = new Set(blocks)
    blocks.forEach((address, i) => {
      this.#starts[address >>> (granuleShift + 5)] |= 1 << ((address >>> granuleShift) & 31)
      this.bytesInUse += this.sizeOf(address)
      if (kinds[i] !== large) this.#counts[spans[i]]++
    })
    for (const span of new Set(spans.filter((_, i) => kinds[i] !== large))) {
      this.#enterBlocks(span, this.#kinds[span] - small, (address) => !taken.has(address))
    }
  }

  #allocateSmall(kind: number): number {
    const list = this.#freeSmall[kind]
    if (list.length === 0) this.#newSpan(kind)
    const address = list.pop()
    if (address === undefined) throw new Error('internal: a new span has no blocks')
    const span = this.#runs[address >>> pageShift]
    if (this.#counts[span]++ === 0) this.#emptySpans.delete(span)
    return address
  }

  #newSpan(kind: number): void {
    const first = this.#takeRun(spanPages, smallSizes[kind])
    for (let page = first; page < first + spanPages; page++) {
      this.#kinds[page] = small + kind
      this.#runs[page] = first
    }
    this.#counts[first] = 0
    this.#enterBlocks(first, kind, () => true)
  }

  /** Lists blocks of a span, the last first: they are handed out from the end of the list. */
  #enterBlocks(span: number, kind: number, isFree: (address: number) => boolean): void {
    const size = smallSizes[kind]
    const start = span * pageBytes
    for (let i = Math.floor((spanPages * pageBytes) / size) - 1; i >= 0; i--)
      if (isFree(start + i * size)) this.#freeSmall[kind].push(start + i * size)
  }

  #allocateLarge(bytes: number): number {
    const length = Math.ceil(bytes / pageBytes)
    const page = this.#takeRun(length, bytes)
    this.#kinds[page] = large
    // The last page may bear the mark of a free run that ended there.
    this.#kinds[page + length - 1] = large
    this.#runs[page] = length
    return page * pageBytes
  }

  /** The first page of a run that is in nobody's list any more. */
  #takeRun(length: number, bytes: number): number {
    let page = this.#freeRuns.find(length)
    if (page < 0 && this.#emptySpans.size > 1) {
      this.trim()
      page = this.#freeRuns.find(length)
    }
    if (page < 0) return this.#grow(length, bytes)
    const found = this.#freeRuns.lengths[page]
    this.#freeRuns.remove(page)
    if (found > length) this.#enterFree(page + length, found - length)
    return page
  }

  #grow(length: number, bytes: number): number {
    const last = this.#end - 1
    const joined = this.#kinds[last] === free ? this.#freeRuns.lengths[last] : 0
    const page = this.#end - joined
    const end = page + length
    if (end > this.#maxPages) throw new HeapExhausted(bytes)
    const missing = Math.ceil(end / pagesOfGrowth) - this.pages
    if (missing > 0) {
      try {
        this.memory.grow(missing)
        this.buffer = this.memory.buffer
      } catch {
        throw new HeapExhausted(bytes)
      }
    }
    if (joined > 0) this.#freeRuns.remove(page)
    this.#end = end
    return page
  }

  #releaseRun(page: number, length: number): void {
    let first = page
    let end = page + length
    if (this.#kinds[first - 1] === free && first > 1) {
      first -= this.#freeRuns.lengths[first - 1]
      this.#freeRuns.remove(first)
    }
    if (this.#kinds[end] === free && end < this.#end) {
      const after = this.#freeRuns.lengths[end]
      this.#freeRuns.remove(end)
      end += after
    }
    this.#enterFree(first, end - first)
  }

  /** Only the ends of a free run are marked: nobody looks at the pages between. */
  #enterFree(page: number, length: number): void {
    this.#kinds[page] = free
    this.#kinds[page + length - 1] = free
    this.#freeRuns.add(page, length)
  }
}
