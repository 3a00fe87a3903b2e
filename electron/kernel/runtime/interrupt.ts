/** Thrown into a cell by Stop. Catch clauses of the cell let it through. */
export class Interrupt extends Error {
  override readonly name = 'Interrupted'

  constructor() {
    super('stopped')
  }
}

const { load, store, notify, wait } = Atomics

/** The word that Stop sets, in memory that the control thread and the cell thread share. */
export class InterruptWord {
  readonly words: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer)
  }

  /** Throws when Stop was pressed. Called in every loop and recursive function of a cell. */
  readonly check = (): void => {
    if (load(this.words, 0) !== 0) throw new Interrupt()
  }

  get isSet(): boolean {
    return load(this.words, 0) !== 0
  }

  set(): void {
    store(this.words, 0, 1)
    notify(this.words, 0)
  }

  clear(): void {
    store(this.words, 0, 0)
  }
}

/** How long a wait may last before it looks at the interrupt word, in milliseconds. */
const longestWait = 20

/**
 * Makes every `Atomics.wait` of this thread look at the interrupt word: a cell's own, and those in which
 * the core waits for its devices. A cell cannot put functions of its own in place of the ones that see the
 * words of the lab.
 */
export function guardAtomics(interrupt: InterruptWord): void {
  const guarded = (words: Int32Array<SharedArrayBuffer>, index: number, value: number, timeout = Infinity) => {
    const end = performance.now() + (Number.isNaN(timeout) ? Infinity : timeout)
    for (;;) {
      const left = end - performance.now()
      const result = wait(words, index, value, Math.min(left, longestWait))
      if (result !== 'timed-out') return result
      interrupt.check()
      if (left <= longestWait) return result
    }
  }
  Object.defineProperty(Atomics, 'wait', { value: guarded })
  Object.freeze(Atomics)
  Object.defineProperty(globalThis, 'Atomics', { value: Atomics, writable: false, configurable: false })
}
