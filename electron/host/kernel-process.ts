import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { applicationFolder, processFlags } from '../kernel/box/permissions.ts'
import { kernelArguments } from '../kernel/kernel-options.ts'
import { readLines } from '../kernel/message-lines.ts'
import { type HostToKernel, type KernelToHost, isKernelMessage } from '../kernel/messages.ts'
import { makeKernelFolder } from './kernel-folders.ts'

export interface KernelProgram {
  /** The control thread's file. */
  readonly entry: URL
  /** The Node 26 that runs it. */
  readonly nodePath: string
  /** Limit of the JavaScript heap in MB. */
  readonly memoryLimit: number
  /** Limit of the whole process in MB, arrays included; half of the machine's memory when not given. */
  readonly processLimit?: number
  /** False where Stop must do without signals, as on Windows. */
  readonly signals?: boolean
}

/** Why a kernel is gone. */
export interface KernelEnd {
  readonly reason: 'memory' | 'crash' | 'killed' | 'forged' | 'not-started'
  /** `exit code 3`, `signal SIGSEGV`, what the system said. */
  readonly detail: string
}

type Listener = (message: KernelToHost) => void

const keptErrorText = 4000

/** One kernel: a process, the messages to and from it, and its end. */
export class KernelProcess {
  readonly #child: ChildProcess
  readonly #folder = makeKernelFolder()
  /** Stands before every message of the control thread; nothing else in the process knows it. */
  readonly #seal = randomBytes(16).toString('hex')
  readonly #listeners = new Set<Listener>()
  #errorText = ''
  #lost: Extract<KernelToHost, { kind: 'lost' }> | null = null
  #forged = false
  #megabytes = 0
  /** Resolves when the process is gone, whatever the cause. */
  readonly ended: Promise<KernelEnd>

  constructor({ entry, nodePath, memoryLimit, processLimit, signals }: KernelProgram) {
    const args = [
      `--max-old-space-size=${memoryLimit}`,
      '--expose-gc',
      '--disable-warning=ExperimentalWarning',
      ...processFlags(fileURLToPath(applicationFolder(entry))),
      fileURLToPath(entry),
      ...kernelArguments({ processLimit, signals }),
    ]
    this.#child = spawn(nodePath, args, {
      cwd: this.#folder,
      env: kernelEnvironment(process.env),
      // Plain pipes of text: the host may be Electron, whose V8 shares no binary format with the kernel's.
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      // A process group of its own, so that Ctrl-C in a terminal reaches the host alone.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    preferToEnd(this.#child.pid)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorText = (this.#errorText + text).slice(-keptErrorText)
    })
    // The pipe closes a moment before the end is known; `ended` tells the rest.
    this.#child.stdin?.on('error', () => {})
    this.#child.stdin?.write(`${this.#seal}\n`)
    const messages = this.#child.stdio[3]
    if (messages instanceof Readable) {
      messages.on('error', () => {})
      readLines(
        messages,
        (line) => this.#receive(line),
        () => this.#refuse(),
      )
    }
    this.ended = this.#watchEnd()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What the process takes of the machine's memory, in MB, as it said last. */
  get megabytes(): number {
    return this.#megabytes
  }

  send(message: HostToKernel): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
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

  #receive(line: string): void {
    if (this.#forged) return
    const message = line.startsWith(this.#seal) ? parsed(line.slice(this.#seal.length)) : null
    if (message === null) {
      this.#refuse()
      return
    }
    if (message.kind === 'lost') this.#lost ??= message
    if (message.kind === 'memory') this.#megabytes = message.megabytes
    for (const listener of [...this.#listeners]) listener(message)
  }

  /** What came is no message of the control thread, so the kernel is not what it was. */
  #refuse(): void {
    this.#forged = true
    this.kill()
  }

  #watchEnd(): Promise<KernelEnd> {
    return new Promise<KernelEnd>((resolve) => {
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) resolve({ reason: 'not-started', detail: error.message })
      })
      // After `close` nothing more arrives, on the pipes or from stderr.
      this.#child.once('close', (code, signal) => resolve(this.#describeEnd(code, signal)))
    }).finally(() => rmSync(this.#folder, { recursive: true, force: true }))
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): KernelEnd {
    const outOfMemory = this.#lost?.reason === 'memory' || /heap out of memory|Allocation failed/.test(this.#errorText)
    if (outOfMemory) return { reason: 'memory', detail: this.#lost?.detail ?? 'heap out of memory' }
    if (this.#forged) return { reason: 'forged', detail: 'what it sent was no message' }
    if (this.#lost !== null) return { reason: 'crash', detail: this.#lost.detail }
    if (signal === 'SIGKILL') return { reason: 'killed', detail: 'signal SIGKILL' }
    return { reason: 'crash', detail: signal === null ? `exit code ${code}` : `signal ${signal}` }
  }
}

function parsed(text: string): KernelToHost | null {
  try {
    const value: unknown = JSON.parse(text)
    return isKernelMessage(value) ? value : null
  } catch {
    return null
  }
}

/** Should Linux have to end a process for want of memory, it takes the kernel and not the lab. */
function preferToEnd(pid: number | undefined): void {
  if (process.platform !== 'linux' || pid === undefined) return
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '800')
  } catch {
    // Gone already, or not allowed: the watches remain.
  }
}

/** Names a graphics driver or the system's loader needs. Cells see no environment at all. */
const keptVariables =
  /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|TEMP|TMP|SystemRoot|windir|XDG_RUNTIME_DIR|DISPLAY|WAYLAND_DISPLAY|LD_LIBRARY_PATH|NODEVICE_SELECT|VK_\w+)$/i

function kernelEnvironment(all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(all).filter(([name]) => keptVariables.test(name)))
}
