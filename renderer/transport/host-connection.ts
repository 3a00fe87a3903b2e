import { createBirpc } from 'birpc'
import type { HostApi, RendererApi } from '../../electron/protocol.ts'
import type { OpenTransport } from './transport.ts'

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** `retryIn` is null when only the user can start another attempt. */
  | { readonly kind: 'lost'; readonly message: string; readonly retryIn: number | null }

interface ConnectionOptions {
  readonly open: OpenTransport
  readonly events: RendererApi
  /** Called on every change, also after a reconnection. */
  readonly onState: (state: ConnectionState) => void
  readonly setTimer?: (action: () => void, milliseconds: number) => unknown
}

const longestWait = 5000

/** Thrown by every call that the host can no longer answer. */
export class HostGone extends Error {
  override readonly name = 'HostGone'
}

/**
 * The host, called over a transport that may come and go. `host` stays the same object for the life of
 * the page; calls made while nobody is at the other end fail with `HostGone`.
 */
export class HostConnection {
  readonly #options: ConnectionOptions
  #current: { readonly rpc: HostRpc; readonly close: () => void } | null = null
  #failures = 0
  #attempt = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  readonly host: HostApi = {
    hello: (call) => this.#rpc().hello(call),
    openLesson: (call) => this.#rpc().openLesson(call),
    showLesson: (call) => this.#rpc().showLesson(call),
    lessonTrust: (call) => this.#rpc().lessonTrust(call),
    trustLesson: (call) => this.#rpc().trustLesson(call),
    withdrawTrust: (call) => this.#rpc().withdrawTrust(call),
    runCell: (call) => this.#rpc().runCell(call),
    checkExercise: (call) => this.#rpc().checkExercise(call),
    hint: (call) => this.#rpc().hint(call),
    solution: (call) => this.#rpc().solution(call),
    interrupt: (call) => this.#rpc().interrupt(call),
    restartKernel: (call) => this.#rpc().restartKernel(call),
    kernelStatus: (call) => this.#rpc().kernelStatus(call),
    inspect: (call) => this.#rpc().inspect(call),
    setDevices: (call) => this.#rpc().setDevices(call),
    saveProgress: (call) => this.#rpc().saveProgress(call),
    resetLesson: (call) => this.#rpc().resetLesson(call),
    saveSettings: (call) => this.#rpc().saveSettings(call),
    saveFile: (call) => this.#rpc().saveFile(call),
  }

  /** Connects, or tries again now. */
  async connect(): Promise<void> {
    const attempt = ++this.#attempt
    this.#options.onState({ kind: 'connecting' })
    try {
      const transport = await this.#options.open()
      if (attempt !== this.#attempt) return transport.close()
      const rpc = hostRpc(transport, this.#options.events)
      const before = this.#current
      this.#current = { rpc, close: () => transport.close() }
      before?.close()
      transport.onClose(({ message, final }) => {
        rpc.$close(new HostGone(message))
        if (this.#current?.rpc !== rpc) return
        this.#current = null
        this.#lost(message, final)
      })
      this.#failures = 0
      this.#options.onState({ kind: 'open' })
    } catch (error) {
      if (attempt === this.#attempt) this.#lost(messageOf(error), false)
    }
  }

  #lost(message: string, final: boolean): void {
    const wait = final ? null : Math.min(longestWait, 500 * 2 ** this.#failures++)
    this.#options.onState({ kind: 'lost', message, retryIn: wait })
    if (wait === null) return
    const attempt = this.#attempt
    const setTimer = this.#options.setTimer ?? setTimeout
    setTimer(() => {
      if (attempt === this.#attempt) void this.connect()
    }, wait)
  }

  #rpc(): HostApi {
    if (!this.#current) throw new HostGone('The lab is not connected.')
    return this.#current.rpc
  }
}

type HostRpc = ReturnType<typeof hostRpc>

function hostRpc(transport: Awaited<ReturnType<OpenTransport>>, events: RendererApi) {
  return createBirpc<HostApi, RendererApi>(events, {
    post: (message: string) => transport.send(message),
    on: (listener) => transport.onMessage(listener),
    serialize: (message) => JSON.stringify(message),
    deserialize: (text: string) => JSON.parse(text),
    // A cell may run for as long as its author likes.
    timeout: -1,
  })
}

/** What to show of a failure, whatever was thrown: an Error, or one that travelled as JSON. */
export function messageOf(failure: unknown): string {
  if (failure instanceof Error) return failure.message
  if (typeof failure === 'string') return failure
  if (typeof failure === 'object' && failure !== null && 'message' in failure) return String(failure.message)
  return 'The lab could not do this.'
}
