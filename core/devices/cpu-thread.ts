import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { primitiveNamed } from '../control/registry.ts'
import { Gathered } from '../compiler/reference/gathered.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import '../interpreters/evaluation.ts'
import { type TappedValues, withTaps } from '../interpreters/tap.ts'
import { type DType, viewOf } from '../ir/dtype.ts'
import { type HostArray, detached } from '../ir/host-array.ts'
import { type Shape, sizeOf } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { unpackJaxpr } from '../ir/pack.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { withDeviceContext } from '../runtime/device-context.ts'
import { setInterruptionCheck } from '../runtime/interruption.ts'
import {
  type DeviceCommand,
  type DeviceInterval,
  type DeviceReport,
  type DeviceThreadStart,
  controlOf,
  deviceWords,
  raiseCompletion,
  setWords,
} from './device-channel.ts'
import { DeviceTaps } from './device-taps.ts'
import { DeviceAbort, Exchange } from './exchange.ts'
import { type RunFrame, labelsOf, readFrame, writeReport } from './mailbox.ts'
import { RunIntervals } from './run-intervals.ts'

/** A CPU device: a thread that runs programs on its shard of the shared heap. Entry of the worker. */
const { port, memory, words, index }: DeviceThreadStart = workerData
const control = controlOf(words, index)
const programs = new Map<number, KnownProgram>()

interface KnownProgram {
  readonly jaxpr: ClosedJaxpr
  readonly labels: readonly string[]
}

/** A value of the heap. */
function valueAt(address: number, { shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): HostArray {
  return { shape, dtype, data: viewOf(dtype, memory.buffer, address, sizeOf(shape)) }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function run({ jaxpr }: KnownProgram, frame: RunFrame, taps: DeviceTaps): readonly DeviceInterval[] {
  const { axisName, axisSize } = frame
  const exchange = new Exchange(words, axisSize)
  const intervals = new RunIntervals(now())
  const outs = withDeviceContext(
    {
      axisName,
      axisIndex: index,
      axisSize,
      exchange(operation, value, make) {
        const start = now()
        const place = `${operation} of ${value.dtype}[${value.shape.join(',')}]`
        const { byteLength } = value.data
        valueAt(frame.exchange + index * byteLength, value).data.set(value.data)
        exchange.meet(index, place)
        const all = valueAt(frame.exchange, { shape: [axisSize, ...value.shape], dtype: value.dtype })
        const made = make(new Gathered(all))
        // The place is another collective's as soon as all have come here.
        const result = made.data.buffer === all.data.buffer ? detached(made) : made
        exchange.barrier(place)
        intervals.collective(operation, start, now(), byteLength)
        return result
      },
    },
    () =>
      withTaps(taps.sink, () =>
        runOnHost(
          jaxpr,
          jaxpr.inAvals.map((aval, i) => valueAt(frame.inputs[i], aval)),
        ),
      ),
  )
  const done = intervals.finish(now())
  exchange.finish()
  outs.forEach((out, i) => {
    valueAt(frame.outputs[i], out).data.set(out.data)
  })
  return done
}

/** Runs a program, and reports it: in the heap where that has room for what is to be said. */
function carryOutRun(programId: number, frame: RunFrame): void {
  const taps = new DeviceTaps()
  try {
    // It was sent before the run was begun.
    while (!programs.has(programId)) {
      const received: { message: DeviceCommand } | undefined = receiveMessageOnPort(port)
      if (received === undefined) throw new Error('internal: the program was not sent')
      carryOut(received.message)
    }
    const program = programs.get(programId)
    if (program === undefined) throw new Error('internal: the program was not sent')
    const intervals = run(program, frame, taps)
    if (taps.seen.length === 0 && writeReport(memory.buffer, frame.report, intervals, program.labels)) {
      Atomics.store(control, deviceWords.reported, 1)
      raiseCompletion(words)
    } else post({ kind: 'done', intervals, seen: taps.seen })
  } catch (error) {
    Exchange.abort(words)
    post(failure(error, taps.seen))
  }
}

function carryOut(command: DeviceCommand): void {
  switch (command.kind) {
    case 'program': {
      const jaxpr = unpackJaxpr(command.jaxpr, {
        primitiveNamed,
        constant: (host) => new ConcreteArray(host),
        callback: callHost,
      })
      programs.set(command.programId, { jaxpr, labels: labelsOf(jaxpr) })
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
    const answered = next()
    const answer = answered !== null && 'message' in answered ? answered.message : null
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

type Next = { readonly run: number; readonly frame: number } | { readonly message: DeviceCommand }

/** Waits for what is to be done next without using the processor; null when the thread is to end. */
function next(): Next | null {
  for (;;) {
    const seen = Atomics.load(control, deviceWords.command)
    if (Atomics.load(words, setWords.ending) === 1) return null
    const run = Atomics.exchange(control, deviceWords.run, 0)
    if (run > 0) return { run: run - 1, frame: Atomics.load(control, deviceWords.frame) >>> 0 }
    const received: { message: DeviceCommand } | undefined = receiveMessageOnPort(port)
    if (received !== undefined) return received
    Atomics.wait(control, deviceWords.command, seen)
  }
}

// A run that failed elsewhere is left at the next look, so that the thread can be used again.
setInterruptionCheck(() => {
  if (Atomics.load(words, setWords.aborted) === 1) throw new DeviceAbort()
})
for (let todo = next(); todo !== null; todo = next()) {
  if ('run' in todo) carryOutRun(todo.run, readFrame(memory.buffer, todo.frame))
  else carryOut(todo.message)
}
