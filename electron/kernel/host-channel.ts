import { Socket } from 'node:net'
import { readLines } from './message-lines.ts'
import type { HostToKernel, KernelToHost } from './messages.ts'

/** Descriptors of the pipes: what the host says, and what is said to it. */
const fromHost = 0
const toHost = 3

/**
 * The control thread's end of the pipes to the host. The host's first line is a seal, which stands before
 * every message that goes back. All threads of a process share its descriptors; the seal only this one
 * has, so nothing that a cell might write to a descriptor is taken for a message.
 */
export class HostChannel {
  readonly #out = new Socket({ fd: toHost, readable: false, writable: true })
  #seal: string | null = null
  readonly #waiting: (() => void)[] = []

  /** `gone` is called when the host has ended, or has let go of this kernel. */
  constructor(receive: (message: HostToKernel) => void, gone: () => void) {
    const input = new Socket({ fd: fromHost, readable: true, writable: false })
    readLines(
      input,
      (line) => {
        if (this.#seal === null) this.#begin(line)
        else receive(JSON.parse(line))
      },
      gone,
    )
    input.on('end', gone).on('error', gone).on('close', gone)
    this.#out.on('error', gone)
  }

  /** `sent` is called when the message has left this process. */
  send(message: KernelToHost, sent: () => void = () => {}): void {
    if (this.#seal === null) {
      this.#waiting.push(() => this.send(message, sent))
      return
    }
    this.#out.write(`${this.#seal}${JSON.stringify(message)}\n`, () => sent())
  }

  #begin(seal: string): void {
    this.#seal = seal
    for (const send of this.#waiting.splice(0)) send()
  }
}
