import { MessageChannel, type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads'
import {
  type DeviceThreadStart,
  controlOf,
  deviceWords,
  hasEnded,
  raiseCompletion,
  setWords,
  threadEnds,
  wakeDevice,
} from './device-channel.ts'
import type { DeviceThreads, ThreadSet } from './device-threads.ts'

type ThreadOptions = Pick<WorkerOptions, 'execArgv' | 'env'>

interface StartedThread {
  readonly worker: Worker
  readonly control: Int32Array
}

/** The threads of a set as whoever started them sees them. */
export class StartedSet {
  readonly ports: readonly MessagePort[]
  private readonly set: ThreadSet
  private readonly threads: readonly StartedThread[]

  /** `options` may bound what the threads are allowed to do. */
  constructor(set: ThreadSet, options: ThreadOptions = {}) {
    this.set = set
    const started = Array.from({ length: set.count }, (_, index) => startDeviceThread(set, index, options))
    this.ports = started.map(({ port }) => port)
    this.threads = started
  }

  /** Whether ending the process in an orderly way would abort it: Dawn may be at work in a thread. */
  get mustEndByItself(): boolean {
    return this.set.kind === 'gpu' && this.threads.some(({ control }) => !hasEnded(control))
  }

  /** Ends the threads; the promise is kept when none runs any more. */
  async end(): Promise<void> {
    const { words } = this.set
    Atomics.store(words, setWords.ending, 1)
    for (const { control } of this.threads) wakeDevice(control)
    await Promise.all(this.threads.map((thread) => this.endOf(thread)))
    Atomics.store(words, setWords.gone, 1)
    raiseCompletion(words)
  }

  /** Lets the process end though the threads run. */
  unref(): void {
    for (const { worker } of this.threads) worker.unref()
    for (const port of this.ports) port.unref()
  }

  // Dawn aborts the process when it is ended from outside while at work, so a GPU's thread ends by itself.
  private async endOf({ worker, control }: StartedThread): Promise<void> {
    if (this.set.kind === 'cpu') await worker.terminate()
    else if (!hasEnded(control)) await new Promise((resolve) => worker.once('exit', resolve))
  }
}

/** Starts a device thread and raises its `ended` word when it is gone, however that came about. */
function startDeviceThread(
  { kind, memory, words }: ThreadSet,
  index: number,
  options: ThreadOptions,
): StartedThread & { readonly port: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  const control = controlOf(words, index)
  const start: DeviceThreadStart = { port: port2, memory, words, index }
  const entry =
    kind === 'cpu' ? new URL('./cpu-thread.ts', import.meta.url) : new URL('./gpu-thread.ts', import.meta.url)
  const worker = new Worker(entry, { ...options, name: `${kind}:${index}`, workerData: start, transferList: [port2] })
  let end: number = threadEnds.ended
  // The end follows, and only then the thread writes nothing more.
  worker.on('error', (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      end = threadEnds.outOfMemory
  })
  worker.on('exit', () => {
    Atomics.store(control, deviceWords.ended, end)
    raiseCompletion(words)
  })
  return { port: port1, control, worker }
}

/** Device threads that the calling thread owns itself. */
export class WorkerThreads implements DeviceThreads {
  private readonly sets = new Map<number, StartedSet>()

  start(set: ThreadSet): readonly MessagePort[] {
    const started = new StartedSet(set)
    started.unref()
    this.sets.set(set.number, started)
    return started.ports
  }

  end({ number }: ThreadSet): void {
    void this.sets.get(number)?.end()
    this.sets.delete(number)
  }
}
