import { MessageChannel, type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads'
import type { DeviceKind, DeviceThread, DeviceThreads } from './cpu-devices.ts'
import { type DeviceThreadStart, deviceWords, sharedWords } from './device-channel.ts'

/** A device thread that was started, with the worker for whoever must end it. */
export interface StartedThread extends DeviceThread {
  readonly worker: Worker
}

/**
 * Starts a device thread and raises its `ended` word when it is gone, however that came about. `options`
 * may bound what the thread is allowed to do.
 */
export function startDeviceThread(
  kind: DeviceKind,
  index: number,
  memory: WebAssembly.Memory,
  shared: Int32Array,
  options: Pick<WorkerOptions, 'execArgv' | 'env'> = {},
): StartedThread {
  const { port1, port2 } = new MessageChannel()
  const control = new Int32Array(new SharedArrayBuffer(4 * deviceWords.count))
  Atomics.store(control, deviceWords.kind, kind === 'gpu' ? 1 : 0)
  const start: DeviceThreadStart = { port: port2, memory, control, shared }
  const entry =
    kind === 'cpu' ? new URL('./cpu-thread.ts', import.meta.url) : new URL('./gpu-thread.ts', import.meta.url)
  const worker = new Worker(entry, { ...options, name: `${kind}:${index}`, workerData: start, transferList: [port2] })
  const ended = (): void => {
    Atomics.store(control, deviceWords.ended, 1)
    Atomics.add(shared, sharedWords.completion, 1)
    Atomics.notify(shared, sharedWords.completion)
  }
  worker.on('error', ended)
  worker.on('exit', ended)
  return { port: port1, control, worker }
}

/** Tells a thread to end by itself once it has finished what it does. */
export function askToStop(port: MessagePort, control: Int32Array): void {
  port.postMessage({ kind: 'stop' })
  Atomics.add(control, deviceWords.command, 1)
  Atomics.notify(control, deviceWords.command)
}

/** Whether ending the thread from outside would abort the process: Dawn is at work in it. */
export function mustEndByItself(control: Int32Array): boolean {
  return Atomics.load(control, deviceWords.kind) === 1 && Atomics.load(control, deviceWords.ended) === 0
}

/** Device threads that the calling thread owns itself. */
export class WorkerThreads implements DeviceThreads {
  private readonly workers = new Map<DeviceThread, Worker>()

  start(kind: DeviceKind, count: number, memory: WebAssembly.Memory, shared: Int32Array): readonly DeviceThread[] {
    return Array.from({ length: count }, (_, index) => {
      const { worker, ...thread } = startDeviceThread(kind, index, memory, shared)
      worker.unref()
      thread.port.unref()
      this.workers.set(thread, worker)
      return thread
    })
  }

  stop(threads: readonly DeviceThread[]): void {
    for (const thread of threads) {
      askToStop(thread.port, thread.control)
      if (!mustEndByItself(thread.control)) void this.workers.get(thread)?.terminate()
      this.workers.delete(thread)
    }
  }
}
