import { sharedWords } from './device-channel.ts'

/** A barrier over shared words: everyone waits for the last. */
export class Exchange {
  private readonly shared: Int32Array
  private readonly size: number

  constructor(shared: Int32Array, size: number) {
    this.shared = shared
    this.size = size
  }

  barrier(): void {
    const { shared } = this
    const generation = Atomics.load(shared, sharedWords.generation)
    if (Atomics.add(shared, sharedWords.arrived, 1) + 1 === this.size) {
      Atomics.store(shared, sharedWords.arrived, 0)
      Atomics.add(shared, sharedWords.generation, 1)
      Atomics.notify(shared, sharedWords.generation)
    } else {
      while (Atomics.load(shared, sharedWords.generation) === generation && !this.aborted) {
        Atomics.wait(shared, sharedWords.generation, generation)
      }
    }
    if (this.aborted) throw new DeviceAbort()
  }

  private get aborted(): boolean {
    return Atomics.load(this.shared, sharedWords.aborted) === 1
  }

  /** Sets the words back before a run. */
  static reset(shared: Int32Array): void {
    Atomics.store(shared, sharedWords.arrived, 0)
    Atomics.store(shared, sharedWords.aborted, 0)
  }

  /** Wakes everyone who waits for a device that will not come. */
  static abort(shared: Int32Array): void {
    Atomics.store(shared, sharedWords.aborted, 1)
    Atomics.add(shared, sharedWords.generation, 1)
    Atomics.notify(shared, sharedWords.generation)
  }

  /** Tells the cell thread that a device has finished. */
  static complete(shared: Int32Array): void {
    Atomics.add(shared, sharedWords.completion, 1)
    Atomics.notify(shared, sharedWords.completion)
  }
}

/** Another device of the same run failed; its own error is the one to show. */
export class DeviceAbort extends Error {
  override readonly name = 'DeviceAbort'

  constructor() {
    super('another device of this run failed')
  }
}
