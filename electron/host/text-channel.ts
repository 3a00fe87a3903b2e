/** A channel of text messages to one page: over a port of Electron, over a socket, or in memory. */
export interface TextChannel {
  send(message: string): void
  onMessage(listener: (message: string) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** Two ends of a channel inside one process. Messages arrive in a later turn, as they do over a wire. */
export function channelPair(): [TextChannel, TextChannel] {
  const ends = [new MemoryEnd(), new MemoryEnd()] as const
  ends[0].other = ends[1]
  ends[1].other = ends[0]
  return [ends[0], ends[1]]
}

class MemoryEnd implements TextChannel {
  other: MemoryEnd | null = null
  readonly #listeners: ((message: string) => void)[] = []
  readonly #closed: (() => void)[] = []
  #open = true

  send(message: string): void {
    const { other } = this
    queueMicrotask(() => other?.deliver(message))
  }

  onMessage(listener: (message: string) => void): void {
    this.#listeners.push(listener)
  }

  onClose(listener: () => void): void {
    this.#closed.push(listener)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    for (const listener of this.#closed) listener()
    this.other?.close()
  }

  deliver(message: string): void {
    if (!this.#open) return
    for (const listener of this.#listeners) listener(message)
  }
}
