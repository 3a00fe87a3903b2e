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

/** What all kernels together may take of the machine when nobody says otherwise, in MB: half of it. */
export function memoryToSpare(): number {
  const allowed = constrainedMemory()
  const machine = allowed > 0 && allowed < totalmem() ? allowed : totalmem()
  return Math.floor(machine / 2 / megabyte)
}
