import { type Notify, reasonOf, removeFile, writeJson } from './json-file.ts'

/** How long a change may wait for the next one before it is on the disk. */
const delay = 250

/** Changes on their way to the disk: what changes again within a moment is written once. */
export class PendingWrites {
  readonly #values = new Map<string, unknown>()
  readonly #notify: Notify
  #timer: NodeJS.Timeout | null = null
  #failed = false

  constructor(notify: Notify) {
    this.#notify = notify
  }

  /** Writes a file soon; `undefined` removes it. */
  put(path: string, value: unknown): void {
    this.#values.set(path, value)
    this.#timer ??= setTimeout(() => this.flush(), delay)
  }

  /** Writes everything now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const [path, value] of [...this.#values]) {
      try {
        if (value === undefined) removeFile(path)
        else writeJson(path, value)
        this.#values.delete(path)
        this.#failed = false
      } catch (error) {
        // Kept for the next change or the end; said once, not with every keystroke.
        if (!this.#failed) this.#notify(`Progress cannot be saved: ${reasonOf(error)}`)
        this.#failed = true
      }
    }
  }
}
