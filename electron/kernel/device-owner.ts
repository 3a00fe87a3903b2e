import type { MessagePort } from 'node:worker_threads'
import { raiseCompletion, setWords } from '../../core/devices/device-channel.ts'
import type { ThreadSet } from '../../core/devices/device-threads.ts'
import { StartedSet } from '../../core/devices/worker-threads.ts'
import { threadOptions } from './box/permissions.ts'

/** What the cell thread asks of the control thread. After a start it is blocked until `answered` is raised. */
export interface DeviceRequest {
  readonly kind: 'start' | 'end'
  readonly set: ThreadSet
}

/** The answer to a start. Nobody may have waited for it, hence the number of the set. */
export interface StartAnswer {
  readonly set: number
  readonly result: { readonly ports: readonly MessagePort[] } | { readonly reason: string }
}

/**
 * The control thread's side: it starts the device threads and watches over them, since the cell thread
 * is blocked while they work and would not learn of a death.
 */
export class DeviceOwner {
  private readonly sets = new Map<number, StartedSet>()
  private readonly application: string

  constructor(port: MessagePort, answered: Int32Array, application: string) {
    this.application = application
    port.on('message', ({ kind, set }: DeviceRequest) => {
      switch (kind) {
        case 'start': {
          const { answer, transferred } = this.start(set)
          port.postMessage(answer, transferred)
          Atomics.add(answered, 0, 1)
          Atomics.notify(answered, 0)
          return
        }
        case 'end':
          void this.end(set)
      }
    })
  }

  /** Whether Dawn is at work, so that an orderly exit of the process would abort it. */
  get busyWithGpu(): boolean {
    return [...this.sets.values()].some((set) => set.mustEndByItself)
  }

  private start(set: ThreadSet): { answer: StartAnswer; transferred: MessagePort[] } {
    try {
      // Dawn is native code; a thread that computes on the processor needs none.
      const started = new StartedSet(set, threadOptions(this.application, { addons: set.kind === 'gpu' }))
      this.sets.set(set.number, started)
      const ports = [...started.ports]
      return { answer: { set: set.number, result: { ports } }, transferred: ports }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { answer: { set: set.number, result: { reason } }, transferred: [] }
    }
  }

  private async end({ number, words }: ThreadSet): Promise<void> {
    const started = this.sets.get(number)
    if (started !== undefined) {
      await started.end()
      this.sets.delete(number)
      return
    }
    // Never started, or gone already.
    Atomics.store(words, setWords.gone, 1)
    raiseCompletion(words)
  }
}
