import type { HostArray } from '../ir/host-array.ts'
import { type Block, hold, letGo } from '../runtime/memory.ts'

/** Numbers that are kept until newer records need the room. */
export class KeptNumbers {
  host: HostArray | null
  #block: Block | null

  constructor(host: HostArray) {
    this.host = host
    this.#block = hold(host.data)
  }

  forget(): void {
    const block = this.#block
    this.host = null
    this.#block = null
    if (block !== null) letGo(block)
  }
}
