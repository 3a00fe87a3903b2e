import { controlOf, deviceWords, setWords } from './device-channel.ts'

/** A barrier over the words of a set: everyone waits for the last. */
export class Exchange {
  private readonly words: Int32Array
  private readonly size: number

  constructor(words: Int32Array, size: number) {
    this.words = words
    this.size = size
  }

  /**
   * Waits until all devices have come with an equal value to the same collective, and a value is handed over.
   * `place` is the collective as an error names it.
   */
  meet(index: number, place: string): void {
    const { words } = this
    const meeting = hashOf(place)
    Atomics.store(controlOf(words, index), deviceWords.meeting, meeting)
    this.barrier(place)
    for (let other = 0; other < this.size; other++) {
      if (Atomics.load(controlOf(words, other), deviceWords.meeting) !== meeting) throw new DifferentCollectives(place)
    }
  }

  /** `place` is what the device waits in, should it wait in vain. */
  barrier(place: string): void {
    const { words } = this
    const generation = Atomics.load(words, setWords.generation)
    if (Atomics.add(words, setWords.arrived, 1) + 1 === this.size) {
      Atomics.store(words, setWords.arrived, 0)
      Atomics.add(words, setWords.generation, 1)
      tell(words)
    } else this.sleep(generation, place)
    if (Atomics.load(words, setWords.aborted) === 1) throw new DeviceAbort()
  }

  private sleep(generation: number, place: string): void {
    const { words } = this
    for (;;) {
      const news = Atomics.load(words, setWords.news)
      // Looked at before the barrier: the last to arrive may have come to its end before this device woke.
      const finished = Atomics.load(words, setWords.finished)
      if (Atomics.load(words, setWords.generation) !== generation || Atomics.load(words, setWords.aborted) === 1) return
      if (finished > 0) throw new MissingDevice(place)
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

const advice =
  'Every device must run the same collectives on values of the same shape and dtype: put them where no branch and no loop condition differs between devices.'

/** The program of one device came to its end while others waited for it. */
class MissingDevice extends Error {
  override readonly name = 'MissingDevice'

  constructor(place: string) {
    super(`it waits in ${place} for a device whose program has ended. ${advice}`)
  }
}

/** Devices met in different collectives. */
class DifferentCollectives extends Error {
  override readonly name = 'DifferentCollectives'

  constructor(place: string) {
    super(`it came to ${place} while another device came to another collective. ${advice}`)
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
