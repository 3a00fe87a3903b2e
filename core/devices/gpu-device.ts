import { receiveMessageOnPort } from 'node:worker_threads'
import { compileToWgsl } from '../compiler/wgsl/compile.ts'
import { type Shape, sizeOf } from '../ir/aval.ts'
import { viewOf } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { Heap } from '../runtime/heap.ts'
import type { GpuRunner } from '../runtime/gpu.ts'
import { DeviceLostError } from '../errors.ts'
import type { DeviceThread, DeviceThreads } from './cpu-devices.ts'
import { type HeapValue, deviceWords, sharedWords } from './device-channel.ts'
import { RecentPrograms } from './recent-programs.ts'
import type { GpuCommand, GpuReport } from './gpu-thread.ts'

interface KnownProgram {
  readonly id: number
  readonly outShapes: readonly Shape[]
}

/** The GPU as the cell thread sees it: programs go to its thread, and the caller sleeps until it is done. */
export class GpuDevice implements GpuRunner {
  private readonly threads: DeviceThreads
  private readonly heap = new Heap()
  private readonly shared = new Int32Array(new SharedArrayBuffer(4 * sharedWords.count))
  private thread: DeviceThread | null = null
  private readonly programs = new RecentPrograms<KnownProgram>(({ id }) => {
    if (this.thread !== null) this.post(this.thread, { kind: 'forget', programId: id })
  })

  constructor(threads: DeviceThreads) {
    this.threads = threads
  }

  /** Opens the adapter; its name, or the reason why there is none as an error. */
  open(): { label: string; software: boolean } {
    const report = this.ask({ kind: 'open' })
    if (report.kind !== 'opened') throw new Error('internal: the GPU thread answered out of turn')
    return report
  }

  run(program: ClosedJaxpr, args: readonly HostArray[]): HostArray[] {
    const known = this.send(program)
    const addresses: number[] = []
    const place = (shape: Shape): HeapValue => {
      const address = this.heap.allocate(sizeOf(shape) * 4)
      addresses.push(address)
      return { address, shape, dtype: 'float32' }
    }
    try {
      const inputs = args.map((arg) => {
        const value = place(arg.shape)
        this.view(value).set(arg.data)
        return value
      })
      const outputs = known.outShapes.map(place)
      this.ask({ kind: 'run', programId: known.id, inputs, outputs })
      return outputs.map((value) => {
        const result = hostArray(value.shape, 'float32')
        result.data.set(this.view(value))
        return result
      })
    } finally {
      addresses.forEach((address) => this.heap.release(address))
    }
  }

  stop(): void {
    if (this.thread !== null) this.threads.stop([this.thread])
    this.thread = null
    this.programs.clear()
  }

  private send(jaxpr: ClosedJaxpr): KnownProgram {
    const thread = this.running()
    return this.programs.of(jaxpr, (id) => {
      const program = compileToWgsl(jaxpr)
      this.post(thread, { kind: 'program', programId: id, program })
      return { id, outShapes: program.outShapes }
    })
  }

  private running(): DeviceThread {
    if (this.thread !== null && Atomics.load(this.thread.control, deviceWords.ended) === 1) this.stop()
    if (this.thread === null) [this.thread] = this.threads.start('gpu', 1, this.heap.memory, this.shared)
    return this.thread
  }

  private post(thread: DeviceThread, command: GpuCommand): void {
    thread.port.postMessage(command)
    Atomics.add(thread.control, deviceWords.command, 1)
    Atomics.notify(thread.control, deviceWords.command)
  }

  private ask(command: GpuCommand): GpuReport {
    const thread = this.running()
    let seen = Atomics.load(this.shared, sharedWords.completion)
    this.post(thread, command)
    for (;;) {
      const received: { message: GpuReport } | undefined = receiveMessageOnPort(thread.port)
      if (received !== undefined) {
        const report = received.message
        if (report.kind === 'failed') throw new DeviceLostError('gpu:0', report.message)
        return report
      }
      if (Atomics.load(thread.control, deviceWords.ended) === 1) {
        this.stop()
        throw new DeviceLostError('gpu:0')
      }
      Atomics.wait(this.shared, sharedWords.completion, seen)
      seen = Atomics.load(this.shared, sharedWords.completion)
    }
  }

  private view({ address, shape }: HeapValue) {
    return viewOf('float32', this.heap.memory.buffer, address, sizeOf(shape))
  }
}
