import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchProgram } from './bench-program.ts'

/** The core without a lab, in a process of its own. */
export class PlainCore {
  readonly #process: ChildProcess = fork(fileURLToPath(new URL('./plain-process.ts', import.meta.url)), {
    execPath: process.execPath,
    stdio: 'inherit',
  })

  readonly #ended = once(this.#process, 'exit').then(() => {
    throw new Error('the process of the core ended before it answered')
  })

  constructor() {
    // Its end is an error for who waits for an answer.
    this.#ended.catch(() => {})
  }

  async prepare({ setup, measured }: BenchProgram): Promise<void> {
    await this.#ask({ setup, measured })
  }

  /** Milliseconds of one run of what is measured. */
  async measure(): Promise<number> {
    return Number(await this.#ask('measure'))
  }

  close(): void {
    this.#process.kill()
  }

  async #ask(message: object | 'measure'): Promise<unknown> {
    const answer = once(this.#process, 'message')
    this.#process.send(message)
    const [value] = await Promise.race([answer, this.#ended])
    return value
  }
}
