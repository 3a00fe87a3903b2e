import { messageOf } from '../../transport/host-connection.ts'

export type SaveState =
  { readonly kind: 'saved' } | { readonly kind: 'unsaved' } | { readonly kind: 'failed'; readonly message: string }

const pauseBeforeSaving = 400

/** Saves a short moment after the last change, one save at a time, always with the newest text. */
export class ProgressSaver {
  state: SaveState = $state.raw({ kind: 'saved' })
  readonly #save: () => Promise<void>
  #timer: ReturnType<typeof setTimeout> | null = null
  #changes = 0
  #saving: Promise<void> | null = null

  constructor(save: () => Promise<void>) {
    this.#save = save
  }

  /** Notes a change. */
  touch(): void {
    this.#changes++
    if (this.state.kind === 'saved') this.state = { kind: 'unsaved' }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), pauseBeforeSaving)
  }

  /** Saves now what is not saved yet; resolves when that was tried. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#saving
    if (this.state.kind === 'saved') return
    this.#saving = this.#attempt()
    await this.#saving
    this.#saving = null
  }

  async #attempt(): Promise<void> {
    const changes = this.#changes
    try {
      await this.#save()
      if (changes === this.#changes) this.state = { kind: 'saved' }
    } catch (error) {
      this.state = { kind: 'failed', message: messageOf(error) }
    }
  }
}
