import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type HostToKernel, type KernelToHost, isKernelMessage } from '../kernel/messages.ts'

export interface KernelProgram {
  /** The control thread's file. */
  readonly entry: URL
  /** The Node 26 that runs it. */
  readonly nodePath: string
  /** Limit of the JavaScript heap in MB. */
  readonly memoryLimit: number
  /** Limit of the whole process in MB, arrays included; most of the machine's memory when not given. */
  readonly processLimit?: number
}

/** Why a kernel is gone. */
export interface KernelEnd {
  readonly reason: 'memory' | 'crash' | 'not-started'
  /** `exit code 3`, `signal SIGSEGV`, what the system said. */
  readonly detail: string
}

type Listener = (message: KernelToHost) => void

const keptErrorText = 4000

/** One kernel: a forked process, the messages to and from it, and its end. */
export class KernelProcess {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'jax-lab-kernel-'))
  readonly #listeners = new Set<Listener>()
  #errorText = ''
  #lost: Extract<KernelToHost, { kind: 'lost' }> | null = null
  /** Resolves when the process is gone, whatever the cause. */
  readonly ended: Promise<KernelEnd>

  constructor({ entry, nodePath, memoryLimit, processLimit }: KernelProgram) {
    const options: ForkOptions & { windowsHide: boolean } = {
      execPath: nodePath,
      execArgv: [`--max-old-space-size=${memoryLimit}`, '--expose-gc', '--disable-warning=ExperimentalWarning'],
      // Text, because the host may be Electron: its V8 and the kernel's need not share a binary format.
      serialization: 'json',
      cwd: this.#folder,
      env: kernelEnvironment(process.env),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A process group of its own, so that Ctrl-C in a terminal reaches the host alone.
      detached: process.platform !== 'win32',
      windowsHide: true,
    }
    this.#child = fork(fileURLToPath(entry), processLimit === undefined ? [] : [String(processLimit)], options)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorText = (this.#errorText + text).slice(-keptErrorText)
    })
    this.#child.on('message', (message) => {
      if (!isKernelMessage(message)) return
      if (message.kind === 'lost') this.#lost ??= message
      for (const listener of [...this.#listeners]) listener(message)
    })
    this.ended = this.#watchEnd()
  }

  send(message: HostToKernel): void {
    // The channel closes a moment before the end is known; `ended` tells the rest.
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Hears every message until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first message that `select` makes something of; null when the kernel ends before. */
  next<T>(select: (message: KernelToHost) => T | null): Promise<T | null> {
    return new Promise((resolve) => {
      const stop = this.listen((message) => {
        const found = select(message)
        if (found === null) return
        stop()
        resolve(found)
      })
      void this.ended.then(() => {
        stop()
        resolve(null)
      })
    })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #watchEnd(): Promise<KernelEnd> {
    return new Promise<KernelEnd>((resolve) => {
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) resolve({ reason: 'not-started', detail: error.message })
      })
      // After `close` nothing more arrives, on the channel or from stderr.
      this.#child.once('close', (code, signal) => resolve(this.#describeEnd(code, signal)))
    }).finally(() => rmSync(this.#folder, { recursive: true, force: true }))
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): KernelEnd {
    const outOfMemory = this.#lost?.reason === 'memory' || /heap out of memory|Allocation failed/.test(this.#errorText)
    if (outOfMemory) return { reason: 'memory', detail: this.#lost?.detail ?? 'heap out of memory' }
    if (this.#lost !== null) return { reason: 'crash', detail: this.#lost.detail }
    return { reason: 'crash', detail: signal === null ? `exit code ${code}` : `signal ${signal}` }
  }
}

/** Names a graphics driver or the system's loader needs; a cell gets nothing else of the user's. */
const keptVariables =
  /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|TEMP|TMP|SystemRoot|windir|XDG_RUNTIME_DIR|DISPLAY|WAYLAND_DISPLAY|LD_LIBRARY_PATH|NODEVICE_SELECT|VK_\w+|JAX_LAB_\w+)$/i

function kernelEnvironment(all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(all).filter(([name]) => keptVariables.test(name)))
}
