/**
 * The CPU devices' memory: one shared WebAssembly memory and a first-fit allocator over it. Only the cell
 * thread allocates. WebAssembly memory cannot shrink, so freed blocks go to a free list and are joined
 * with their neighbours.
 */
const pageBytes = 65_536
const alignment = 16

/** Largest heap: 4 GiB is what 32-bit addresses reach. */
export const maxHeapPages = 65_536

interface Block {
  start: number
  size: number
}

export class Heap {
  readonly memory: WebAssembly.Memory
  private free: Block[] = []
  private used = new Map<number, number>()
  private end: number
  private readonly maxPages: number

  /** `memory` is one of another heap with the same limit, of which nothing is in use any more. */
  constructor(maxPages = 16_384, memory = new WebAssembly.Memory({ initial: 16, maximum: maxPages, shared: true })) {
    this.maxPages = maxPages
    this.memory = memory
    // Address 0 stays unused, so that an address is never falsy.
    this.end = alignment
  }

  get bytesInUse(): number {
    return [...this.used.values()].reduce((sum, size) => sum + size, 0)
  }

  get pages(): number {
    return this.memory.buffer.byteLength / pageBytes
  }

  /** Address of a block of at least `bytes`, aligned for vectors. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
    const index = this.free.findIndex((block) => block.size >= size)
    if (index >= 0) {
      const block = this.free[index]
      const start = block.start
      if (block.size === size) {
        this.free.splice(index, 1)
      } else {
        block.start += size
        block.size -= size
      }
      this.used.set(start, size)
      return start
    }
    const start = this.end
    this.growTo(start + size)
    this.end = start + size
    this.used.set(start, size)
    return start
  }

  release(start: number): void {
    const size = this.used.get(start)
    if (size === undefined) throw new Error(`internal: address ${start} is not allocated`)
    this.used.delete(start)
    const at = this.free.findIndex((block) => block.start > start)
    const index = at < 0 ? this.free.length : at
    this.free.splice(index, 0, { start, size })
    this.joinWithNext(index)
    if (index > 0) this.joinWithNext(index - 1)
  }

  /** Forgets all blocks: what was broken off may have left them half entered. */
  clear(): void {
    this.free = []
    this.used = new Map()
    this.end = alignment
  }

  private joinWithNext(index: number): void {
    const block = this.free[index]
    const after = this.free[index + 1]
    if (after === undefined || block.start + block.size !== after.start) return
    block.size += after.size
    this.free.splice(index + 1, 1)
  }

  private growTo(bytes: number): void {
    const needed = Math.ceil(bytes / pageBytes) - this.pages
    if (needed <= 0) return
    if (this.pages + needed > this.maxPages) {
      throw new RangeError(
        `out of memory: the CPU heap holds ${this.bytesInUse} bytes and cannot grow past ${this.maxPages * pageBytes}`,
      )
    }
    this.memory.grow(needed)
  }
}
