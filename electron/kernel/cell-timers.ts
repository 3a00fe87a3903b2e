// Taken before the first cell, which may put something else under these names.
const timers = { setTimeout, setInterval, clearTimeout }

/** What a cell may schedule, as it knows it from a browser; all of it is dropped when Stop is pressed. */
export class CellTimers {
  readonly #pending = new Map<number, NodeJS.Timeout>()
  readonly #failed: (error: unknown) => void
  #next = 1

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  readonly setTimeout = (action: unknown, milliseconds?: unknown, ...values: unknown[]): number =>
    this.#start(action, milliseconds, values, false)

  readonly setInterval = (action: unknown, milliseconds?: unknown, ...values: unknown[]): number =>
    this.#start(action, milliseconds, values, true)

  readonly clear = (id: unknown): void => {
    if (typeof id !== 'number') return
    timers.clearTimeout(this.#pending.get(id))
    this.#pending.delete(id)
  }

  clearAll(): void {
    for (const id of [...this.#pending.keys()]) this.clear(id)
  }

  #start(action: unknown, milliseconds: unknown, values: readonly unknown[], repeats: boolean): number {
    if (typeof action !== 'function') throw new TypeError('setTimeout: the first argument must be a function')
    const id = this.#next++
    const run = (): void => {
      if (!repeats) this.#pending.delete(id)
      try {
        Reflect.apply(action, undefined, values)
      } catch (error) {
        this.clear(id)
        this.#failed(error)
      }
    }
    const delay = Number(milliseconds ?? 0)
    this.#pending.set(id, repeats ? timers.setInterval(run, delay) : timers.setTimeout(run, delay))
    return id
  }
}
