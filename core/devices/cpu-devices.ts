import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { itemSize, viewOf } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { type ShapedArray, sizeOf } from '../ir/aval.ts'
import { innerJaxprs } from '../ir/check.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type PackedJaxpr, packJaxpr } from '../ir/pack.ts'
import { Heap } from '../runtime/heap.ts'
import type { DeviceDescription, ParallelDevices, ParallelProgram } from '../runtime/parallel.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { callable } from '../tree/leaves.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { DeviceLostError } from '../errors.ts'
import {
  type DeviceCommand,
  type DeviceInterval,
  type DeviceReport,
  type HeapValue,
  deviceWords,
  sharedWords,
} from './device-channel.ts'
import { Exchange } from './exchange.ts'
import { RecentPrograms } from './recent-programs.ts'

/** A running device thread as the cell thread sees it. */
export interface DeviceThread {
  /** Commands go out and reports come in here; both sides read it while they are blocked. */
  readonly port: MessagePort
  readonly control: Int32Array
}

export type DeviceKind = 'cpu' | 'gpu'

/** Starts device threads: the kernel's control thread does, since a blocked thread learns nothing of a death. */
export interface DeviceThreads {
  start(kind: DeviceKind, count: number, memory: WebAssembly.Memory, shared: Int32Array): readonly DeviceThread[]
  stop(threads: readonly DeviceThread[]): void
}

export interface RunTimeline {
  readonly lanes: readonly (readonly DeviceInterval[])[]
}

/** CPU devices: worker threads over one shared WebAssembly memory. */
export class CpuDevices implements ParallelDevices {
  private readonly threads: DeviceThreads
  private readonly shared = new Int32Array(new SharedArrayBuffer(4 * sharedWords.count))
  private readonly heap = new Heap()
  private readonly programs = new RecentPrograms<DeviceProgram>(({ id, knownTo }) => {
    for (const thread of knownTo) send(thread, { kind: 'forget', programId: id })
  })
  private running: readonly DeviceThread[] = []
  private readonly countWanted: () => number
  /** What each device did in the last run. */
  lastRun: RunTimeline | null = null

  /** `count` is asked before every run: threads are started or replaced when it has changed. */
  constructor(threads: DeviceThreads, count: () => number) {
    this.threads = threads
    this.countWanted = count
  }

  list(): readonly DeviceDescription[] {
    return Array.from({ length: this.countWanted() }, (_, i) => ({
      id: `cpu:${i}`,
      platform: 'cpu' as const,
      label: `CPU thread ${i}`,
    }))
  }

  stop(): void {
    if (this.running.length > 0) this.threads.stop(this.running)
    this.running = []
    this.programs.clear()
  }

  run(program: ParallelProgram, shards: readonly (readonly HostArray[])[]): HostArray[][] {
    const threads = this.ready().slice(0, shards.length)
    const addresses: number[] = []
    const place = (shape: readonly number[], dtype: HostArray['dtype']): HeapValue => {
      const address = this.heap.allocate(sizeOf(shape) * itemSize(dtype))
      addresses.push(address)
      return { address, shape, dtype }
    }
    try {
      Exchange.reset(this.shared)
      const exchangeBytes = largestExchange(program.jaxpr)
      const exchange = threads.map(() => {
        const address = this.heap.allocate(exchangeBytes)
        addresses.push(address)
        return address
      })
      const loaded = this.programs.of(program.jaxpr, (id) => packProgram(id, program.jaxpr))
      const programId = loaded.id
      const outputs = threads.map(() => program.outAvals.map((aval) => place(aval.shape, aval.dtype)))
      const before = Atomics.load(this.shared, sharedWords.completion)
      threads.forEach((thread, axisIndex) => {
        sendProgram(thread, loaded)
        const inputs = shards[axisIndex].map((shard) => {
          const value = place(shard.shape, shard.dtype)
          this.view(value).data.set(shard.data)
          return value
        })
        const axisSize = shards.length
        const { axisName } = program
        send(thread, {
          kind: 'run',
          programId,
          axisName,
          axisIndex,
          axisSize,
          inputs,
          outputs: outputs[axisIndex],
          exchange,
        })
      })
      const reports = this.collect(threads, before, loaded)
      this.lastRun = { lanes: reports.map((report) => report.intervals) }
      return outputs.map((values) => values.map((value) => this.copyOut(value)))
    } finally {
      addresses.forEach((address) => this.heap.release(address))
    }
  }

  private ready(): readonly DeviceThread[] {
    const lost = this.running.some(
      ({ control }) => Atomics.load(control, deviceWords.ended) === 1 || Atomics.load(control, deviceWords.busy) === 1,
    )
    const wanted = this.countWanted()
    if (lost || this.running.length !== wanted) {
      this.stop()
      this.running = this.threads.start('cpu', wanted, this.heap.memory, this.shared)
    }
    return this.running
  }

  /** Sleeps until every device has reported or one has died. */
  private collect(
    threads: readonly DeviceThread[],
    before: number,
    { callbacks }: DeviceProgram,
  ): Extract<DeviceReport, { kind: 'done' }>[] {
    const reports = new Map<DeviceThread, DeviceReport>()
    let seen = before
    for (;;) {
      for (const thread of threads) {
        for (;;) {
          const received: { message: DeviceReport } | undefined = receiveMessageOnPort(thread.port)
          if (received === undefined) break
          const report = received.message
          if (report.kind === 'callback')
            callbacks[report.callback](...report.values.map((host) => new ConcreteArray(host)))
          else reports.set(thread, report)
        }
      }
      if (reports.size === threads.length) break
      const dead = threads.findIndex(
        (thread) => !reports.has(thread) && Atomics.load(thread.control, deviceWords.ended) === 1,
      )
      if (dead >= 0) {
        Exchange.abort(this.shared)
        this.stop()
        throw new DeviceLostError(`cpu:${dead}`)
      }
      Atomics.wait(this.shared, sharedWords.completion, seen)
      seen = Atomics.load(this.shared, sharedWords.completion)
    }
    return threads.map((thread, device) => {
      const all = [...reports.values()]
      const failed =
        all.find((report) => report.kind === 'failed' && report.name !== 'DeviceAbort') ??
        all.find((report) => report.kind === 'failed')
      if (failed?.kind === 'failed') throw new DeviceLostError(`cpu:${device}`, `${failed.name}: ${failed.message}`)
      const report = reports.get(thread)
      if (report?.kind !== 'done') throw new Error('internal: a device did not report')
      return report
    })
  }

  private view({ address, shape, dtype }: HeapValue): HostArray {
    return { shape, dtype, data: viewOf(dtype, this.heap.memory.buffer, address, sizeOf(shape)) }
  }

  private copyOut(value: HeapValue): HostArray {
    const result = hostArray(value.shape, value.dtype)
    result.data.set(this.view(value).data)
    return result
  }
}

/** A program as devices get it, once, with the functions of the host that it calls. */
interface DeviceProgram {
  readonly id: number
  readonly jaxpr: PackedJaxpr
  readonly callbacks: readonly ((...values: ConcreteArray[]) => unknown)[]
  readonly knownTo: Set<DeviceThread>
}

function packProgram(id: number, closed: ClosedJaxpr): DeviceProgram {
  const callbacks: ((...values: ConcreteArray[]) => unknown)[] = []
  const jaxpr = packJaxpr(closed, {
    constant: (value) => {
      const host = hostValueOf(value)
      if (host === null) throw new Error('internal: a program with traced constants was sent to a device')
      return host
    },
    keep: (hostFunction) => callbacks.push(callable(hostFunction)) - 1,
  })
  return { id, jaxpr, callbacks, knownTo: new Set() }
}

function sendProgram(thread: DeviceThread, { id, jaxpr, knownTo }: DeviceProgram): void {
  if (knownTo.has(thread)) return
  knownTo.add(thread)
  send(thread, { kind: 'program', programId: id, jaxpr })
}

function send(thread: DeviceThread, command: DeviceCommand): void {
  thread.port.postMessage(command)
  Atomics.add(thread.control, deviceWords.command, 1)
  Atomics.notify(thread.control, deviceWords.command)
}

/** The most bytes that one collective of the program hands over. */
function largestExchange(closed: ClosedJaxpr): number {
  const bytes = (aval: ShapedArray): number => aval.nbytes
  return closed.eqns.reduce((largest, eqn) => {
    const own = eqn.primitive.axisNames === undefined ? 0 : Math.max(0, ...eqn.inputs.map((input) => bytes(input.aval)))
    const inner = innerJaxprs(eqn.params).map(largestExchange)
    return Math.max(largest, own, ...inner)
  }, 0)
}
