import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../build/project.mjs'

/** A program that was started for a test, with everything that it printed. */
export class Program {
  readonly #child: ChildProcess
  readonly #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  #output = ''
  #onOutput: () => void = () => {}

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
        this.#onOutput()
      })
    }
    this.#exit = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  get output(): string {
    return this.#output
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Resolves with the first match in what the program prints; rejects when it ends without one. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const match = new Promise<RegExpExecArray>((resolve) => {
      const look = (): void => {
        const found = pattern.exec(this.#output)
        if (found) resolve(found)
      }
      this.#onOutput = look
      look()
    })
    const ended = this.#exit.then(({ code, signal }) => {
      throw new Error(`It ended with ${code ?? signal} before it printed ${pattern}:\n${this.#output}`)
    })
    return await Promise.race([match, ended])
  }

  /** Sends a signal, or none, and resolves with the exit code (or the signal that ended it). */
  async end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (signal) this.#child.kill(signal)
    const { code, signal: killer } = await this.#exit
    return code ?? killer
  }
}

/** A served lab with a progress folder of its own. */
export interface ServedLab {
  readonly program: Program
  /** The address as a user would open it, token included. */
  readonly address: string
  readonly dataFolder: string
  close(): Promise<void>
}

export const addressPattern = /http:\/\/127\.0\.0\.1:(\d+)\/\S*/

/** Starts the built lab under the Node that runs the tests, on a port that the system chooses unless one is given. */
export async function serveLab(givenFolder?: string, port = 0): Promise<ServedLab> {
  const dataFolder = givenFolder ?? (await mkdtemp(join(tmpdir(), 'lab-e2e-')))
  const args = [join(root, 'dist/electron/serve.js'), '--port', String(port), '--data', dataFolder]
  const program = new Program(process.execPath, args)
  const [address] = await program.printed(addressPattern)
  return {
    program,
    address,
    dataFolder,
    close: async () => {
      await program.end('SIGTERM')
      if (givenFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
