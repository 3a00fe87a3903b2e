import { setWords } from './device-channel.ts'

/** A barrier over the words of a set: everyone waits for the last. */
export class Exchange {
  private readonly words: Int32Array
  private readonly size: number

  constructor(words: Int32Array, size: number) {
    this.words = words
    this.size = size
  }

  /** `operation` is what the device waits for, should it wait in vain. */
  barrier(operation: string): void {
    const { words } = this
    const generation = Atomics.load(words, setWords.generation)
    if (Atomics.add(words, setWords.arrived, 1) + 1 === this.size) {
      Atomics.store(words, setWords.arrived, 0)
      Atomics.add(words, setWords.generation, 1)
      tell(words)
    } else this.sleep(generation, operation)
    if (Atomics.load(words, setWords.aborted) === 1) throw new DeviceAbort()
  }

  private sleep(generation: number, operation: string): void {
    const { words } = this
    for (;;) {
      const news = Atomics.load(words, setWords.news)
      // Looked at before the barrier: the last to arrive may have come to its end before this device woke.
      const finished = Atomics.load(words, setWords.finished)
      if (Atomics.load(words, setWords.generation) !== generation || Atomics.load(words, setWords.aborted) === 1) return
      if (finished > 0) throw new MissingDevice(operation)
      Atomics.wait(words, setWords.news, news)
    }
  }

  /** This device has come to its end, and the others need not wait for it. */
  finish(): void {
    Atomics.add(this.words, setWords.finished, 1)
    tell(this.words)
  }

  /** Sets the words back before a run. Every device of the set must be idle. */
  static reset(words: Int32Array): void {
    Atomics.store(words, setWords.arrived, 0)
    Atomics.store(words, setWords.finished, 0)
    Atomics.store(words, setWords.aborted, 0)
  }

  /** Wakes everyone who waits for a device that will not come. */
  static abort(words: Int32Array): void {
    Atomics.store(words, setWords.aborted, 1)
    tell(words)
  }
}

function tell(words: Int32Array): void {
  Atomics.add(words, setWords.news, 1)
  Atomics.notify(words, setWords.news)
}

/** The run failed elsewhere; its own error is the one to show. */
export class DeviceAbort extends Error {
  override readonly name = 'DeviceAbort'

  constructor() {
    super('another device of this run failed')
  }
}

/** The program of one device came to its end while others waited for it. */
class MissingDevice extends Error {
  override readonly name = 'MissingDevice'

  constructor(operation: string) {
    super(
      `it waits in ${operation} for a device whose program has ended. Every device must run the same collectives: put them where no branch or loop condition differs between devices.`,
    )
  }
}
