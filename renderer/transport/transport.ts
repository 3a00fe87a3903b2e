/**
 * A two-way channel of text messages to the host. One implementation for each way the lab can run;
 * everything above it is the same.
 */
export interface Transport {
  send(message: string): void
  onMessage(listener: (message: string) => void): void
  /** Called once, when no further message can pass. `final` says that trying again by itself is of no use. */
  onClose(listener: (reason: { message: string; final: boolean }) => void): void
  close(): void
}

/** Opens a new channel. Called again for every attempt to reconnect. */
export type OpenTransport = () => Promise<Transport>
