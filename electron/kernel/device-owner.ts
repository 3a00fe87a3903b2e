import type { MessagePort } from 'node:worker_threads'
import type { DeviceKind } from '../../core/devices/cpu-devices.ts'
import { type StartedThread, mustEndByItself, startDeviceThread } from '../../core/devices/worker-threads.ts'
import { threadOptions } from './box/permissions.ts'

/** What the cell thread asks of the control thread. It is blocked until `answered` is raised. */
export type DeviceRequest =
  | {
      readonly kind: 'start'
      readonly device: DeviceKind
      readonly count: number
      readonly memory: WebAssembly.Memory
      readonly shared: Int32Array
    }
  | { readonly kind: 'end'; readonly controls: readonly Int32Array[] }

export interface StartedDevices {
  readonly threads: readonly { readonly port: MessagePort; readonly control: Int32Array }[]
}

/**
 * The control thread's side: it starts the device threads and watches over them, since the cell thread
 * is blocked while they work and would not learn of a death.
 */
export class DeviceOwner {
  private threads: StartedThread[] = []

  constructor(port: MessagePort, answered: Int32Array, application: string) {
    port.on('message', (request: DeviceRequest) => {
      switch (request.kind) {
        case 'start': {
          const { device, count, memory, shared } = request
          // Dawn is native code; a thread that computes on the processor needs none.
          const allowed = threadOptions(application, { addons: device === 'gpu' })
          const started = Array.from({ length: count }, (_, i) => startDeviceThread(device, i, memory, shared, allowed))
          this.threads.push(...started)
          const reply: StartedDevices = { threads: started.map(({ port: own, control }) => ({ port: own, control })) }
          port.postMessage(
            reply,
            started.map((thread) => thread.port),
          )
          Atomics.add(answered, 0, 1)
          Atomics.notify(answered, 0)
          return
        }
        case 'end':
          this.end(request.controls)
      }
    })
  }

  /** Whether Dawn is at work, so that an orderly exit of the process would abort it. */
  get busyWithGpu(): boolean {
    return this.threads.some((thread) => mustEndByItself(thread.control))
  }

  // The words are shared memory, so the same thread is known by the same buffer.
  private end(controls: readonly Int32Array[]): void {
    const named = this.threads.filter((thread) => controls.some((control) => control.buffer === thread.control.buffer))
    for (const thread of named) if (!mustEndByItself(thread.control)) void thread.worker.terminate()
    this.threads = this.threads.filter((thread) => !named.includes(thread))
  }
}
