import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { compileToWgsl } from '../compiler/wgsl/compile.ts'
import type { Shape } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { heapMemory } from '../runtime/memory.ts'
import type { GpuRunner } from '../runtime/gpu.ts'
import { DeviceLostError } from '../errors.ts'
import { controlOf, hasEnded, newWords, setWords, wakeDevice } from './device-channel.ts'
import { type DeviceThreads, type ThreadSet, nextSetNumber } from './device-threads.ts'
import { LentValues, placeOf } from './lent-values.ts'
import { RecentPrograms } from './recent-programs.ts'
import type { GpuCommand, GpuReport, GpuRequest } from './gpu-thread.ts'

interface KnownProgram {
  readonly id: number
  readonly outShapes: readonly Shape[]
}

/** The GPU's thread, and the words that only it and the cell thread know. */
class GpuThread implements ThreadSet {
  readonly number = nextSetNumber()
  readonly kind = 'gpu'
  readonly count = 1
  readonly words = newWords(1)
  readonly memory = heapMemory()
  readonly lent = new LentValues()
  readonly control = controlOf(this.words, 0)
  #port: MessagePort | null = null

  /** Whether it has been started; one whose start was broken off has not. */
  get started(): boolean {
    return this.#port !== null
  }

  start(threads: DeviceThreads): void {
    this.#port = threads.start(this)[0]
  }

  send(command: GpuCommand): void {
    this.#port?.postMessage(command)
    wakeDevice(this.control)
  }

  /** The next report; undefined when there is none. */
  receive(): GpuReport | undefined {
    if (this.#port === null) return undefined
    const received: { message: GpuReport } | undefined = receiveMessageOnPort(this.#port)
    return received?.message
  }

  get lost(): boolean {
    return hasEnded(this.control)
  }
}

/** A request without its number. */
type Question<R> = R extends GpuRequest ? Omit<R, 'request'> : never

/** The GPU as the cell thread sees it: programs go to its thread, and the caller sleeps until it is done. */
export class GpuDevice implements GpuRunner {
  private readonly threads: DeviceThreads
  private thread: GpuThread | null = null
  private requests = 0
  /** Whether a request has no answer yet. */
  private asking = false
  /** A run was broken off: nobody knows what the thread still does, nor what the memory is used for. */
  private unclear = false
  private readonly programs = new RecentPrograms<KnownProgram>(({ id }) => {
    this.thread?.send({ kind: 'forget', programId: id })
  })

  constructor(threads: DeviceThreads) {
    this.threads = threads
  }

  /** Opens the adapter; its name, or the reason why there is none as an error. */
  open(): { label: string; software: boolean } {
    const report = this.ask(this.running(), { kind: 'open' })
    if (report.kind !== 'opened') throw new Error('internal: the GPU thread answered out of turn')
    return report
  }

  run(jaxpr: ClosedJaxpr, args: readonly HostArray[]): HostArray[] {
    const thread = this.running()
    this.unclear = true
    try {
      return this.runOn(thread, jaxpr, args)
    } finally {
      this.unclear = this.asking
    }
  }

  stop(): void {
    if (this.thread !== null) this.threads.end(this.thread)
    this.thread = null
    this.asking = false
    this.unclear = false
    this.programs.clear()
  }

  private runOn(thread: GpuThread, jaxpr: ClosedJaxpr, args: readonly HostArray[]): HostArray[] {
    const { lent } = thread
    const known = this.send(thread, jaxpr)
    try {
      const inputs = args.map((arg) => lent.lend(arg))
      const results = known.outShapes.map((shape) => lent.result(shape, 'float32'))
      this.ask(thread, { kind: 'run', programId: known.id, inputs, outputs: results.map(placeOf) })
      return results
    } finally {
      // Without an answer the thread may write yet: `running` takes all back, once it has answered.
      if (!this.asking) lent.takeBack()
    }
  }

  private send(thread: GpuThread, jaxpr: ClosedJaxpr): KnownProgram {
    return this.programs.of(jaxpr, (id) => {
      const program = compileToWgsl(jaxpr)
      thread.send({ kind: 'program', programId: id, program })
      return { id, outShapes: program.outShapes }
    })
  }

  /** The thread, with nothing at work on it. */
  private running(): GpuThread {
    // One whose start was broken off ends as soon as it is there.
    if (this.thread !== null && (this.thread.lost || !this.thread.started)) this.stop()
    const thread = this.thread ?? this.start()
    if (this.unclear) {
      // Dawn cannot be interrupted: what was broken off is awaited.
      this.ask(thread, { kind: 'clear' })
      this.programs.clear()
      thread.lent.takeBack()
      this.unclear = false
    }
    return thread
  }

  private start(): GpuThread {
    const thread = new GpuThread()
    this.thread = thread
    thread.start(this.threads)
    return thread
  }

  private ask(thread: GpuThread, question: Question<GpuRequest>): GpuReport {
    const { words } = thread
    const request = ++this.requests
    this.asking = true
    thread.send({ ...question, request })
    for (;;) {
      const seen = Atomics.load(words, setWords.completion)
      const report = thread.receive()
      if (report !== undefined) {
        // The answer to a request that nobody waits for any more.
        if (report.request !== request) continue
        this.asking = false
        if (report.kind === 'failed') throw new DeviceLostError('gpu:0', report.message)
        return report
      }
      if (thread.lost) {
        this.stop()
        throw new DeviceLostError('gpu:0')
      }
      Atomics.wait(words, setWords.completion, seen)
    }
  }
}
