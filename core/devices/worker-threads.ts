import { MessageChannel, Worker } from 'node:worker_threads'
import { type DeviceThreadStart, deviceWords, sharedWords } from './device-channel.ts'
import type { DeviceKind, DeviceThread, DeviceThreads } from './cpu-devices.ts'

/** Device threads of this process, started and watched by the thread that calls `start`. */
export class WorkerThreads implements DeviceThreads {
  private readonly workers = new Map<DeviceThread, Worker>()

  start(kind: DeviceKind, count: number, memory: WebAssembly.Memory, shared: Int32Array): readonly DeviceThread[] {
    return Array.from({ length: count }, (_, device) => {
      const { port1, port2 } = new MessageChannel()
      const control = new Int32Array(new SharedArrayBuffer(4 * deviceWords.count))
      const start: DeviceThreadStart = { port: port2, memory, control, shared }
      const entry =
        kind === 'cpu' ? new URL('./cpu-thread.ts', import.meta.url) : new URL('./gpu-thread.ts', import.meta.url)
      const worker = new Worker(entry, {
        name: `${kind}:${device}`,
        workerData: start,
        transferList: [port2],
      })
      Atomics.store(control, deviceWords.kind, kind === 'gpu' ? 1 : 0)
      worker.unref()
      port1.unref()
      const ended = (): void => {
        Atomics.store(control, deviceWords.ended, 1)
        Atomics.add(shared, sharedWords.completion, 1)
        Atomics.notify(shared, sharedWords.completion)
      }
      worker.on('error', ended)
      worker.on('exit', ended)
      const thread: DeviceThread = { port: port1, control }
      this.workers.set(thread, worker)
      return thread
    })
  }

  stop(threads: readonly DeviceThread[]): void {
    for (const thread of threads) {
      const worker = this.workers.get(thread)
      this.workers.delete(thread)
      // A thread that Dawn is busy in must end by itself: ending it from outside aborts the whole process.
      thread.port.postMessage({ kind: 'stop' })
      Atomics.add(thread.control, deviceWords.command, 1)
      Atomics.notify(thread.control, deviceWords.command)
      if (Atomics.load(thread.control, deviceWords.kind) === 0) {
        thread.port.close()
        void worker?.terminate()
      }
    }
  }
}
