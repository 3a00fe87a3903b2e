/** Thrown into a cell by Stop. Catch clauses of the cell let it through. */
export class Interrupt extends Error {
  override readonly name = 'Interrupted'

  constructor() {
    super('stopped')
  }
}

/** The word that Stop sets, in memory that the control thread and the cell thread share. */
export class InterruptWord {
  readonly words: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer)
  }

  /** Throws when Stop was pressed. Called in every loop and recursive function of a cell. */
  readonly check = (): void => {
    if (Atomics.load(this.words, 0) !== 0) throw new Interrupt()
  }

  get isSet(): boolean {
    return Atomics.load(this.words, 0) !== 0
  }

  set(): void {
    Atomics.store(this.words, 0, 1)
    Atomics.notify(this.words, 0)
  }

  clear(): void {
    Atomics.store(this.words, 0, 0)
  }
}
