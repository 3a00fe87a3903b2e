import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { viewOf } from '../ir/dtype.ts'
import { sizeOf } from '../ir/aval.ts'
import type { WgslProgram } from '../compiler/wgsl/program.ts'
import {
  type DeviceInterval,
  type DeviceThreadStart,
  type HeapValue,
  controlOf,
  deviceWords,
  raiseCompletion,
  setWords,
} from './device-channel.ts'
import { type OpenedGpu, openGpu } from './dawn.ts'
import { GpuProgram } from './gpu-program.ts'

/** A GPU device: a thread that owns a Dawn device. Entry of the worker. */

/** What is asked of the thread. The answer to a request bears its number, since nobody may have waited for it. */
export type GpuRequest =
  | { readonly kind: 'open'; readonly request: number }
  | {
      readonly kind: 'run'
      readonly request: number
      readonly programId: number
      readonly inputs: readonly HeapValue[]
      readonly outputs: readonly HeapValue[]
    }
  /** Forgets all programs. */
  | { readonly kind: 'clear'; readonly request: number }

export type GpuCommand =
  | GpuRequest
  | { readonly kind: 'program'; readonly programId: number; readonly program: WgslProgram }
  | { readonly kind: 'forget'; readonly programId: number }

export type GpuReport =
  | { readonly kind: 'done'; readonly request: number; readonly intervals: readonly DeviceInterval[] }
  | { readonly kind: 'opened'; readonly request: number; readonly label: string; readonly software: boolean }
  | { readonly kind: 'failed'; readonly request: number; readonly message: string }

const { port, memory, words, index }: DeviceThreadStart = workerData
const control = controlOf(words, index)
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

async function run(command: Extract<GpuRequest, { kind: 'run' }>): Promise<DeviceInterval[]> {
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

async function answer(command: GpuRequest): Promise<GpuReport> {
  const { request } = command
  try {
    switch (command.kind) {
      case 'open': {
        await device()
        return { kind: 'opened', request, label: opened?.label ?? '', software: opened?.software ?? false }
      }
      case 'run':
        return { kind: 'done', request, intervals: await run(command) }
      case 'clear':
        programs.clear()
        compiled.clear()
        return { kind: 'done', request, intervals: [] }
    }
  } catch (error) {
    return { kind: 'failed', request, message: error instanceof Error ? error.message : String(error) }
  }
}

async function carryOut(command: GpuCommand): Promise<void> {
  switch (command.kind) {
    case 'program':
      programs.set(command.programId, command.program)
      return
    case 'forget':
      programs.delete(command.programId)
      compiled.delete(command.programId)
      return
    case 'open':
    case 'run':
    case 'clear':
      port.postMessage(await answer(command))
      raiseCompletion(words)
  }
}

/** Between commands the thread is blocked and no promise is pending, so that it can end. */
async function serve(): Promise<void> {
  for (;;) {
    const seen = Atomics.load(control, deviceWords.command)
    if (Atomics.load(words, setWords.ending) === 1) {
      opened?.device.destroy()
      port.close()
      return
    }
    const received: { message: GpuCommand } | undefined = receiveMessageOnPort(port)
    if (received !== undefined) await carryOut(received.message)
    else Atomics.wait(control, deviceWords.command, seen)
  }
}

await serve()
