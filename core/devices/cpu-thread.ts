import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { primitiveNamed } from '../control/registry.ts'
import { Gathered } from '../compiler/reference/gathered.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import '../interpreters/evaluation.ts'
import { type TappedValues, withTaps } from '../interpreters/tap.ts'
import { viewOf } from '../ir/dtype.ts'
import { type HostArray, detached, hostArray } from '../ir/host-array.ts'
import { sizeOf } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { unpackJaxpr } from '../ir/pack.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { withDeviceContext } from '../runtime/device-context.ts'
import { setInterruptionCheck } from '../runtime/interruption.ts'
import {
  type DeviceCommand,
  type DeviceReport,
  type DeviceThreadStart,
  type HeapValue,
  controlOf,
  deviceWords,
  raiseCompletion,
  setWords,
} from './device-channel.ts'
import { DeviceTaps } from './device-taps.ts'
import { DeviceAbort, Exchange } from './exchange.ts'
import { RunIntervals } from './run-intervals.ts'

/** A CPU device: a thread that runs programs on its shard of the shared heap. Entry of the worker. */
const { port, memory, words, index }: DeviceThreadStart = workerData
const control = controlOf(words, index)
const programs = new Map<number, ClosedJaxpr>()

function view({ address, shape, dtype }: HeapValue): HostArray {
  return { shape, dtype, data: viewOf(dtype, memory.buffer, address, sizeOf(shape)) }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function run(command: Extract<DeviceCommand, { kind: 'run' }>, taps: DeviceTaps): DeviceReport {
  const program = programs.get(command.programId)
  if (program === undefined) throw new Error('internal: the program was not sent')
  const exchange = new Exchange(words, command.axisSize)
  const intervals = new RunIntervals(now())
  const outs = withDeviceContext(
    {
      axisName: command.axisName,
      axisIndex: command.axisIndex,
      axisSize: command.axisSize,
      exchange(operation, value) {
        const start = now()
        const place = `${operation} of ${value.dtype}[${value.shape.join(',')}]`
        const slot = view({ address: command.exchange[command.axisIndex], shape: value.shape, dtype: value.dtype })
        slot.data.set(value.data)
        exchange.meet(command.axisIndex, place)
        const stacked = hostArray([command.axisSize, ...value.shape], value.dtype)
        command.exchange.forEach((address, device) => {
          const { data } = view({ address, shape: value.shape, dtype: value.dtype })
          stacked.data.set(data, device * data.length)
        })
        exchange.barrier(place)
        intervals.collective(operation, start, now(), value.data.byteLength)
        return new Gathered(stacked)
      },
    },
    () => withTaps(taps.sink, () => runOnHost(program, command.inputs.map(view))),
  )
  const done = intervals.finish(now())
  exchange.finish()
  outs.forEach((out, i) => view(command.outputs[i]).data.set(out.data))
  return { kind: 'done', intervals: done, seen: taps.seen }
}

function carryOut(command: DeviceCommand): void {
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
      return
    case 'run': {
      let report: DeviceReport
      const taps = new DeviceTaps()
      try {
        report = run(command, taps)
      } catch (error) {
        Exchange.abort(words)
        report = failure(error, taps.seen)
      }
      post(report)
      return
    }
    case 'forget':
      programs.delete(command.programId)
      return
    case 'answer':
    case 'refusal':
      throw new Error('internal: an answer without a question')
  }
}

function post(report: DeviceReport): void {
  port.postMessage(report)
  raiseCompletion(words)
}

/** Has the cell thread make a call, and waits for what it returned. */
function callHost(callback: number): (...values: ConcreteArray[]) => ConcreteArray[] {
  return (...values) => {
    const copies = values.map(({ host }) => detached(host))
    post({ kind: 'callback', callback, values: copies })
    const answer = nextCommand()
    switch (answer?.kind) {
      case 'answer':
        return answer.values.map((host) => new ConcreteArray(host))
      case 'refusal':
        throw new DeviceAbort()
      default:
        throw new Error('internal: a callback was answered by another command')
    }
  }
}

function failure(error: unknown, seen: readonly TappedValues[]): DeviceReport {
  if (error instanceof Error)
    return { kind: 'failed', name: error.name, message: error.message, stack: error.stack ?? '', seen }
  return { kind: 'failed', name: 'Error', message: String(error), stack: '', seen }
}

/** Waits for the next command without using the processor; null when the thread is to end. */
function nextCommand(): DeviceCommand | null {
  for (;;) {
    const seen = Atomics.load(control, deviceWords.command)
    if (Atomics.load(words, setWords.ending) === 1) return null
    const received: { message: DeviceCommand } | undefined = receiveMessageOnPort(port)
    if (received !== undefined) return received.message
    Atomics.wait(control, deviceWords.command, seen)
  }
}

// A run that failed elsewhere is left at the next look, so that the thread can be used again.
setInterruptionCheck(() => {
  if (Atomics.load(words, setWords.aborted) === 1) throw new DeviceAbort()
})
for (let command = nextCommand(); command !== null; command = nextCommand()) carryOut(command)
