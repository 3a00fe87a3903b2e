import { parseArgs } from 'node:util'
import { constrainedMemory } from 'node:process'
import { totalmem } from 'node:os'

const megabyte = 2 ** 20

/** What the host may say when it starts a kernel. */
export interface KernelOptions {
  /** Limit of the whole process in MB, arrays included. */
  readonly processLimit: number
  /** Whether Stop may break into a cell by a signal; Windows has none. */
  readonly signals: boolean
}

export function readKernelOptions(args: string[]): KernelOptions {
  const { values } = parseArgs({
    args,
    options: { 'process-limit': { type: 'string' }, 'no-signals': { type: 'boolean', default: false } },
  })
  const limit = values['process-limit']
  return {
    processLimit: limit === undefined ? memoryToSpare() : Number(limit),
    signals: process.platform !== 'win32' && !values['no-signals'],
  }
}

export function kernelArguments({ processLimit, signals = true }: Partial<KernelOptions>): string[] {
  return [
    ...(processLimit === undefined ? [] : ['--process-limit', String(processLimit)]),
    ...(signals ? [] : ['--no-signals']),
  ]
}

/** What a process takes without any array, in MB, and what is left to it of a small limit. */
const withoutArrays = 256

/** The most bytes that arrays may take, so that a cell that wants more is told, before the process is ended. */
export function bytesForArrays({ processLimit }: KernelOptions): number {
  return Math.max(processLimit - withoutArrays, processLimit / 2) * megabyte
}

/** What all kernels together may take of the machine when nobody says otherwise, in MB: half of it. */
export function memoryToSpare(): number {
  const allowed = constrainedMemory()
  const machine = allowed > 0 && allowed < totalmem() ? allowed : totalmem()
  return Math.floor(machine / 2 / megabyte)
}
