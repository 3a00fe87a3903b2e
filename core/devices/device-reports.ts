import { performance } from 'node:perf_hooks'
import { type HostArray, detached } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { DeviceLostError } from '../errors.ts'
import { replayTaps } from '../interpreters/tap.ts'
import {
  type CallbackAnswer,
  type DeviceInterval,
  type DeviceReport,
  type DeviceThread,
  deviceWords,
  hasEnded,
  setWords,
  threadEnds,
} from './device-channel.ts'
import type { HostCallback } from './device-program.ts'
import { DeviceAbort, Exchange } from './exchange.ts'

type Callback = Extract<DeviceReport, { kind: 'callback' }>
type Ending = Exclude<DeviceReport, Callback>

/** How long, in milliseconds, the other devices of a failed run may take to end by themselves. */
const patience = 250

/** What the devices of one run report. The cell thread sleeps on it, and serves host callbacks meanwhile. */
export class DeviceReports {
  private readonly threads: readonly DeviceThread[]
  private readonly words: Int32Array
  private readonly callbacks: readonly HostCallback[]
  private readonly endings = new Map<DeviceThread, Ending>()
  /** The first error of a callback, which is the user's own. */
  private thrown: { readonly error: unknown } | null = null
  private failedAt: number | null = null

  constructor(threads: readonly DeviceThread[], words: Int32Array, callbacks: readonly HostCallback[]) {
    this.threads = threads
    this.words = words
    this.callbacks = callbacks
  }

  /** Whether every device has come to the end of the run, so that none writes any more. */
  get complete(): boolean {
    return this.endings.size === this.threads.length
  }

  /** What each device did. Throws when the run failed; `complete` tells whether all devices have ended it. */
  collect(): readonly (readonly DeviceInterval[])[] {
    for (;;) {
      const seen = Atomics.load(this.words, setWords.completion)
      for (const thread of this.threads) this.receiveFrom(thread)
      if (this.complete) {
        this.handOverTaps()
        return this.intervals()
      }
      this.assertAlive()
      const rest = this.failedAt === null ? Infinity : this.failedAt + patience - performance.now()
      if (rest <= 0) throw this.failure()
      Atomics.wait(this.words, setWords.completion, seen, rest)
    }
  }

  private receiveFrom(thread: DeviceThread): void {
    for (;;) {
      const report = thread.receive()
      if (report === undefined) return
      if (report.kind === 'callback') thread.send(this.answer(report))
      else {
        this.endings.set(thread, report)
        if (report.kind === 'failed') this.failedAt ??= performance.now()
      }
    }
  }

  private answer({ callback, values }: Callback): CallbackAnswer {
    if (this.failedAt !== null) return { kind: 'refusal' }
    try {
      const result = this.callbacks[callback](...values.map((host) => new ConcreteArray(host)))
      return { kind: 'answer', values: hostsOf(result) }
    } catch (error) {
      this.thrown = { error }
      this.failedAt = performance.now()
      Exchange.abort(this.words)
      return { kind: 'refusal' }
    }
  }

  private assertAlive(): void {
    const dead = this.threads.findIndex((thread) => !this.endings.has(thread) && hasEnded(thread.control))
    if (dead < 0) return
    const end = Atomics.load(this.threads[dead].control, deviceWords.ended)
    const reason = end === threadEnds.outOfMemory ? 'it needed more memory than a thread may use' : 'its thread ended'
    throw new DeviceLostError(`cpu:${dead}`, reason)
  }

  /** What was watched, one device after the other. */
  private handOverTaps(): void {
    for (const thread of this.threads) replayTaps(this.endings.get(thread)?.seen ?? [])
  }

  private intervals(): readonly (readonly DeviceInterval[])[] {
    return this.threads.map((thread) => {
      const ending = this.endings.get(thread)
      if (this.failedAt !== null || ending?.kind !== 'done') throw this.failure()
      return ending.intervals
    })
  }

  /** The error to show: the user's own before a device's, and a device's own before that it was told to give up. */
  private failure(): unknown {
    if (this.thrown !== null) return this.thrown.error
    const failures = this.threads.flatMap((thread, device) => {
      const ending = this.endings.get(thread)
      return ending?.kind === 'failed' ? [{ device, ...ending }] : []
    })
    const cause = failures.find(({ name }) => name !== DeviceAbort.name) ?? failures.at(0)
    if (cause === undefined) return new Error('internal: a device did not report')
    return new DeviceLostError(`cpu:${cause.device}`, `${cause.name}: ${cause.message}`)
  }
}

/** What a pure callback returned. A callback for its effect returns nothing that a device could use. */
function hostsOf(result: unknown): HostArray[] {
  return Array.isArray(result)
    ? result.flatMap((each) => (each instanceof ConcreteArray ? [detached(each.host)] : []))
    : []
}
