import { messageOf } from '../../transport/host-connection.ts'

export type SaveState =
  { readonly kind: 'saved' } | { readonly kind: 'unsaved' } | { readonly kind: 'failed'; readonly message: string }

const pauseBeforeSaving = 400
/** Typing without a pause is saved as often as this. */
const longestWait = 2000
/** After a failure, the first wait before another attempt; each is twice as long, up to the longest. */
const firstRetry = 1000
const longestRetry = 15_000

/**
 * Saves a short moment after the last change, and no later than two seconds after the first; one save at a
 * time, always with the newest text. What could not be saved is tried again until it is.
 */
export class ProgressSaver {
  state: SaveState = $state.raw({ kind: 'saved' })
  readonly #save: () => Promise<void>
  readonly #now: () => number
  #timer: ReturnType<typeof setTimeout> | null = null
  /** When the first change was made that no save has begun with. */
  #waitingSince: number | null = null
  #changes = 0
  #failures = 0
  #saving: Promise<void> | null = null
  #ended = false

  constructor(save: () => Promise<void>, now: () => number = () => performance.now()) {
    this.#save = save
    this.#now = now
  }

  /** Notes a change. */
  touch(): void {
    this.#changes++
    this.#waitingSince ??= this.#now()
    if (this.state.kind === 'saved') this.state = { kind: 'unsaved' }
    this.#after(Math.max(0, Math.min(pauseBeforeSaving, this.#waitingSince + longestWait - this.#now())))
  }

  /** Nothing is saved from here on: what there was is to be forgotten. */
  end(): void {
    this.#ended = true
    this.#cancel()
  }

  /** Saves now what is not saved yet; resolves when that was tried. */
  async flush(): Promise<void> {
    this.#cancel()
    await this.#saving
    if (this.#ended || this.state.kind === 'saved') return
    this.#saving ??= this.#attempt().finally(() => {
      this.#saving = null
    })
    await this.#saving
  }

  async #attempt(): Promise<void> {
    const changes = this.#changes
    this.#waitingSince = null
    this.#cancel()
    try {
      await this.#save()
      this.#failures = 0
      if (changes === this.#changes) this.state = { kind: 'saved' }
      else if (this.state.kind === 'failed') this.state = { kind: 'unsaved' }
    } catch (error) {
      this.state = { kind: 'failed', message: messageOf(error) }
      this.#after(Math.min(longestRetry, firstRetry * 2 ** this.#failures++))
    }
  }

  #after(wait: number): void {
    this.#cancel()
    if (this.#ended) return
    this.#timer = setTimeout(() => void this.flush(), wait)
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
