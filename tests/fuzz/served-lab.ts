import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import WebSocket from 'ws'
import { TestFolder, lessonText } from '../electron/host/lesson-folder.ts'

const entry = fileURLToPath(new URL('../../electron/serve.ts', import.meta.url))
const hostileKernel = new URL('./with-hostile-kernel.ts', import.meta.url).href

/** The lab as `serve` starts it, in a process of its own, with a small page and the lesson T1 besides its own. */
export class ServedLab {
  readonly #folder = new TestFolder()
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  #output = ''
  address = new URL('http://127.0.0.1')

  private constructor() {
    const { path } = this.#folder
    this.#folder.write('page/index.html', 'the page')
    this.#folder.write('lessons/a-good-one/lesson.md', lessonText)
    mkdirSync(join(path, 'data'))
    const args = ['--port', '0', '--page', join(path, 'page'), '--data', join(path, 'data'), '--lessons', this.lessons]
    this.#process = spawn(process.execPath, ['--import', hostileKernel, entry, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    }
    this.#ended = once(this.#process, 'exit')
  }

  static async start(): Promise<ServedLab> {
    const lab = new ServedLab()
    for (;;) {
      const address = /http:\S+/.exec(lab.#output)?.[0]
      if (address !== undefined) {
        lab.address = new URL(address)
        return lab
      }
      if (!lab.isRunning) throw new Error(`The lab did not start:\n${lab.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  get lessons(): string {
    return join(this.#folder.path, 'lessons')
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** What it printed to the terminal. */
  get output(): string {
    return this.#output
  }

  async close(): Promise<void> {
    this.#process.kill('SIGTERM')
    await this.#ended
    this.#folder[Symbol.dispose]()
  }

  /**
   * Opens a connection, writes bytes, and gives what comes back before the connection ends. With `reset` it is
   * cut off by us: at once, after the writing, or once an answer has begun.
   */
  send(bytes: string | Uint8Array, reset?: 'at once' | 'when written' | 'when answered'): Promise<string> {
    return new Promise((resolve) => {
      let answer = ''
      const socket = connect(Number(this.address.port), this.address.hostname)
      const cut = (): void => void socket.resetAndDestroy()
      socket.setEncoding('latin1').on('data', (text: string) => {
        answer += text
        if (reset === 'when answered') cut()
      })
      socket.on('error', () => {}).on('close', () => resolve(answer))
      socket.on('connect', () => {
        if (reset === 'at once') return cut()
        socket.write(bytes, () => {
          if (reset === 'when written') setImmediate(cut)
        })
      })
    })
  }

  async openPage(): Promise<RawPage> {
    const socket = new WebSocket(`ws://${this.address.host}/`, { origin: this.address.origin })
    await once(socket, 'open')
    socket.send(JSON.stringify({ token: this.address.hash.replace('#token=', '') }))
    return new RawPage(socket)
  }
}

/** A page that sends text as it stands, and takes note of what is answered. */
export class RawPage {
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  #calls = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const message: Partial<Answer> & { readonly i?: string } = JSON.parse(String(data))
      const answered = this.#waiting.get(message.i ?? '')
      this.#waiting.delete(message.i ?? '')
      answered?.({ r: message.r, e: message.e })
    })
  }

  /** A name for a call, under which `answer` waits. */
  nextId(): string {
    return `call-${++this.#calls}`
  }

  answer(id: string): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  send(message: string | Uint8Array): void {
    this.#socket.send(message)
  }

  async call(method: string, call: object): Promise<Answer> {
    const id = this.nextId()
    const answer = this.answer(id)
    this.send(JSON.stringify({ t: 'q', i: id, m: method, a: [call] }))
    return answer
  }

  close(): void {
    this.#socket.terminate()
  }
}

/** What the host says to a call: a result or an error. */
export interface Answer {
  readonly r?: unknown
  readonly e?: unknown
}
