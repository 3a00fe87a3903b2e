import type { Shape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import { type Block, blockOf, newBlock, pin, release, unpin } from '../runtime/memory.ts'
import type { HeapValue } from './device-channel.ts'

/**
 * Values that threads work on while the cell thread waits. They lie in the kernel's heap, where a thread reads and
 * writes them at their addresses, and stay there until they are taken back: when all threads have come to the end
 * of a run, or are gone.
 */
export class LentValues {
  readonly #pinned: Block[] = []
  /** Blocks of these alone: copies of values that are not in the heap, and places for exchanges. */
  readonly #own: Block[] = []

  /** A value for threads to read. */
  lend(host: HostArray): HeapValue {
    const { shape, dtype, data } = host
    const block = blockOf(data)
    if (block === undefined) {
      const copy = this.#place(shape, dtype)
      copy.data.set(data)
      return placeOf(copy)
    }
    this.#pinned.push(pin(block))
    return placeOf(host)
  }

  /** A value for a thread to write. */
  result(shape: Shape, dtype: DType): HostArray {
    const data = newBlock(shape, dtype, false)
    this.#pinned.push(pin(data))
    return { shape, dtype, data }
  }

  /** Bytes for threads to write and read. */
  room(bytes: number): number {
    return this.#place([bytes], 'uint8').data.byteOffset
  }

  /** No thread uses any of it any more. */
  takeBack(): void {
    this.#pinned.splice(0).forEach(unpin)
    this.#own.splice(0).forEach((block) => {
      unpin(block)
      release(block)
    })
  }

  #place(shape: Shape, dtype: DType): HostArray {
    const data = newBlock(shape, dtype, false)
    this.#own.push(pin(data))
    return { shape, dtype, data }
  }
}

/** Where a value of the heap lies. */
export function placeOf({ shape, dtype, data }: HostArray): HeapValue {
  return { address: data.byteOffset, shape, dtype }
}
