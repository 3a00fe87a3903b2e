import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { primitiveNamed } from '../control/registry.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import '../interpreters/evaluation.ts'
import { viewOf } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { sizeOf } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { unpackJaxpr } from '../ir/pack.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { withDeviceContext } from '../runtime/device-context.ts'
import {
  type DeviceCommand,
  type DeviceInterval,
  type DeviceReport,
  type DeviceThreadStart,
  type HeapValue,
  deviceWords,
} from './device-channel.ts'
import { Exchange } from './exchange.ts'

/** A CPU device: a thread that runs programs on its shard of the shared heap. Entry of the worker. */
const { port, memory, control, shared }: DeviceThreadStart = workerData
const programs = new Map<number, ClosedJaxpr>()

function view({ address, shape, dtype }: HeapValue): HostArray {
  return { shape, dtype, data: viewOf(dtype, memory.buffer, address, sizeOf(shape)) }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function run(command: Extract<DeviceCommand, { kind: 'run' }>): DeviceReport {
  const program = programs.get(command.programId)
  if (program === undefined) throw new Error('internal: the program was not sent')
  const intervals: DeviceInterval[] = []
  const exchange = new Exchange(shared, command.axisSize)
  const start = now()
  let resumed = start
  const outs = withDeviceContext(
    {
      axisName: command.axisName,
      axisIndex: command.axisIndex,
      axisSize: command.axisSize,
      exchange(operation, value) {
        const before = now()
        intervals.push({ kind: 'compute', label: 'compute', start: resumed, end: before })
        const slot = view({ address: command.exchange[command.axisIndex], shape: value.shape, dtype: value.dtype })
        slot.data.set(value.data)
        exchange.barrier()
        const values = command.exchange.map((address) => {
          const copy = hostArray(value.shape, value.dtype)
          copy.data.set(view({ address, shape: value.shape, dtype: value.dtype }).data)
          return copy
        })
        exchange.barrier()
        resumed = now()
        intervals.push({
          kind: 'collective',
          label: operation,
          start: before,
          end: resumed,
          bytes: value.data.byteLength,
        })
        return values
      },
    },
    () => runOnHost(program, command.inputs.map(view)),
  )
  const computed = now()
  intervals.push({ kind: 'compute', label: 'compute', start: resumed, end: computed })
  outs.forEach((out, i) => view(command.outputs[i]).data.set(out.data))
  return { kind: 'done', intervals }
}

function carryOut(command: DeviceCommand): boolean {
  switch (command.kind) {
    case 'program':
      programs.set(
        command.programId,
        unpackJaxpr(command.jaxpr, {
          primitiveNamed,
          constant: (host) => new ConcreteArray(host),
          callback: callHost,
        }),
      )
      return true
    case 'run': {
      Atomics.store(control, deviceWords.busy, 1)
      let report: DeviceReport
      try {
        report = run(command)
      } catch (error) {
        Exchange.abort(shared)
        report = failure(error)
      }
      port.postMessage(report)
      Atomics.store(control, deviceWords.busy, 0)
      Exchange.complete(shared)
      return true
    }
    case 'forget':
      programs.delete(command.programId)
      return true
    case 'stop':
      return false
  }
}

/** Hands a callback's values to the cell thread and goes on: nothing comes back from it. */
function callHost(callback: number): (...values: ConcreteArray[]) => void {
  return (...values) => {
    const copies = values.map(({ host }) => hostArray(host.shape, host.dtype, host.data.slice()))
    port.postMessage({ kind: 'callback', callback, values: copies } satisfies DeviceReport)
    Exchange.complete(shared)
  }
}

function failure(error: unknown): DeviceReport {
  if (error instanceof Error)
    return { kind: 'failed', name: error.name, message: error.message, stack: error.stack ?? '' }
  return { kind: 'failed', name: 'Error', message: String(error), stack: '' }
}

/** Takes commands until told to stop. The thread sleeps without using the processor in between. */
function serve(): void {
  let seen = 0
  for (;;) {
    Atomics.wait(control, deviceWords.command, seen)
    seen = Atomics.load(control, deviceWords.command)
    for (;;) {
      const received: { message: DeviceCommand } | undefined = receiveMessageOnPort(port)
      if (received === undefined) break
      if (!carryOut(received.message)) return
    }
  }
}

serve()
