import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { viewOf } from '../ir/dtype.ts'
import { sizeOf } from '../ir/aval.ts'
import type { WgslProgram } from '../compiler/wgsl/program.ts'
import {
  type DeviceInterval,
  type DeviceReport,
  type DeviceThreadStart,
  type HeapValue,
  deviceWords,
} from './device-channel.ts'
import { Exchange } from './exchange.ts'
import { type OpenedGpu, openGpu } from './dawn.ts'
import { GpuProgram } from './gpu-program.ts'

/** A GPU device: a thread that owns a Dawn device. Entry of the worker. */

export type GpuCommand =
  | { readonly kind: 'open' }
  | { readonly kind: 'program'; readonly programId: number; readonly program: WgslProgram }
  | {
      readonly kind: 'run'
      readonly programId: number
      readonly inputs: readonly HeapValue[]
      readonly outputs: readonly HeapValue[]
    }
  | { readonly kind: 'forget'; readonly programId: number }
  | { readonly kind: 'stop' }

export type GpuReport = DeviceReport | { readonly kind: 'opened'; readonly label: string; readonly software: boolean }

const { port, memory, control, shared }: DeviceThreadStart = workerData
const programs = new Map<number, WgslProgram>()
const compiled = new Map<number, GpuProgram>()
let opened: OpenedGpu | null = null

function floats({ address, shape }: HeapValue): Float32Array {
  const view = viewOf('float32', memory.buffer, address, sizeOf(shape))
  if (!(view instanceof Float32Array)) throw new Error('internal: a GPU value is not float32')
  return view
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

async function device(): Promise<GPUDevice> {
  if (opened === null) {
    const result = await openGpu()
    if ('reason' in result) throw new Error(`there is no GPU device: ${result.reason}`)
    opened = result
  }
  return opened.device
}

async function run(command: Extract<GpuCommand, { kind: 'run' }>): Promise<DeviceInterval[]> {
  const gpu = await device()
  let program = compiled.get(command.programId)
  if (program === undefined) {
    const source = programs.get(command.programId)
    if (source === undefined) throw new Error('internal: the program was not sent')
    program = await GpuProgram.compile(gpu, source)
    compiled.set(command.programId, program)
  }
  const start = now()
  const results = await program.run(command.inputs.map(floats))
  results.forEach((result, i) => floats(command.outputs[i]).set(result))
  return [{ kind: 'compute', label: program.label, start, end: now() }]
}

async function answer(command: GpuCommand): Promise<GpuReport | null> {
  switch (command.kind) {
    case 'open': {
      await device()
      return { kind: 'opened', label: opened?.label ?? '', software: opened?.software ?? false }
    }
    case 'program':
      programs.set(command.programId, command.program)
      return null
    case 'run':
      return { kind: 'done', intervals: await run(command) }
    case 'forget':
      programs.delete(command.programId)
      compiled.delete(command.programId)
      return null
    case 'stop':
      return null
  }
}

/**
 * Between commands the thread is blocked and no promise is pending, so it may be ended from outside then;
 * while a command runs it may not, since Dawn aborts the process when a pending promise is dropped.
 */
async function serve(): Promise<void> {
  let seen = 0
  for (;;) {
    Atomics.wait(control, deviceWords.command, seen)
    seen = Atomics.load(control, deviceWords.command)
    for (;;) {
      const received: { message: GpuCommand } | undefined = receiveMessageOnPort(port)
      if (received === undefined) break
      const command = received.message
      if (command.kind === 'stop') {
        opened?.device.destroy()
        port.close()
        return
      }
      Atomics.store(control, deviceWords.busy, 1)
      const report = await answer(command).catch((error: unknown): GpuReport => ({
        kind: 'failed',
        name: error instanceof Error ? error.name : 'Error',
        message: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? (error.stack ?? '') : '',
      }))
      Atomics.store(control, deviceWords.busy, 0)
      if (report !== null) {
        port.postMessage(report)
        Exchange.complete(shared)
      }
    }
  }
}

await serve()
