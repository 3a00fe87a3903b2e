import type { KernelProgram } from '../../electron/host/kernel-process.ts'
import { LessonKernel } from '../../electron/host/lesson-kernel.ts'
import type { CellError, CellOutput, CheckResult, KernelStatus, RunResult } from '../../electron/protocol.ts'

const kernelEntry = new URL('../../electron/kernel/main.ts', import.meta.url)

export interface Ran extends RunResult {
  readonly outputs: readonly CellOutput[]
}

/** A lesson's kernel in a process of its own, driven as the host drives it. */
export class Notebook {
  readonly kernel: LessonKernel
  readonly statuses: KernelStatus[] = []
  readonly #outputs = new Map<string, CellOutput[]>()
  readonly #waiting: { heard: (output: CellOutput) => boolean; resolve: () => void }[] = []
  #runs = 0

  constructor(program: Partial<KernelProgram> = {}) {
    this.kernel = new LessonKernel(
      'test',
      { entry: kernelEntry, nodePath: process.execPath, memoryLimit: 1024, ...program },
      1,
      {
        output: ({ runId, output }) => {
          this.#outputs.set(runId, [...(this.#outputs.get(runId) ?? []), output])
          for (const { heard, resolve } of this.#waiting) if (heard(output)) resolve()
        },
        status: (status) => this.statuses.push(status),
        memory() {},
      },
    )
  }

  async run(source: string, cellId = 'cell'): Promise<Ran> {
    const runId = `run-${++this.#runs}`
    const result = await this.kernel.run(cellId, runId, source)
    return { ...result, outputs: this.#outputs.get(runId) ?? [] }
  }

  /** The text of a cell's value. */
  async value(source: string): Promise<string | undefined> {
    const { outputs } = await this.run(source)
    return outputs.flatMap((output) => (output.kind === 'value' ? [output.text] : [])).at(-1)
  }

  /** Everything a cell printed. */
  async printed(source: string): Promise<string> {
    const { outputs } = await this.run(source)
    return outputs.map((output) => (output.kind === 'text' ? output.text : '')).join('')
  }

  /** The error a cell ended with. */
  async error(source: string, cellId = 'cell'): Promise<CellError> {
    const { outputs } = await this.run(source, cellId)
    const last = outputs.at(-1)
    if (last?.kind !== 'error') throw new Error(`no error in ${JSON.stringify(outputs)}`)
    return last.error
  }

  /** Starts a cell that prints `running` and goes on, and presses Stop when the print has arrived. */
  async stopped(source: string, pressed: () => void = () => {}): Promise<Ran> {
    const running = this.heard((output) => output.kind === 'text' && output.text === 'running\n')
    const result = this.run(`print('running');\n${source}`)
    await running
    pressed()
    this.kernel.interrupt()
    return result
  }

  heard(heard: (output: CellOutput) => boolean): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ heard, resolve }))
  }

  check(source: string, check: string): Promise<CheckResult> {
    return this.kernel.check('exercise', `run-${++this.#runs}`, source, check)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kernel.close()
  }
}
