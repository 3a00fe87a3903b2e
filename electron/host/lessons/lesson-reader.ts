import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ParseResult } from './parse-lesson.ts'
import type { ParseRequest } from './parse-thread.ts'

/** In milliseconds: for one lesson, on a busy machine; for the start of the thread; and until it ends for want of work. */
const deadline = 5000
const startWithin = 30_000
const idleFor = 10_000
/** How long a lesson that took too long is left alone: the machine may have been busy. */
const again = 60_000
const memory = { maxOldGenerationSizeMb: 256 }

interface Known {
  readonly source: string
  readonly result: ParseResult
  /** From then on it is read again, in the time of `performance.now`. */
  readonly until: number
}

/** The thread, named as the build knows it. */
const entry = new URL('./parse-thread.ts', import.meta.url)

/**
 * Reads lessons in a thread of its own, one after the other, and remembers each until its text changes. A text
 * that takes too long or too much memory ends the thread and has that for its result, for a minute; the next one
 * gets a new thread.
 */
export class LessonReader {
  readonly #results = new Map<string, Known>()
  readonly #deadline: number
  #thread: Worker | null = null
  #idle: NodeJS.Timeout | null = null

  /** @param milliseconds what one lesson may take */
  constructor(milliseconds = deadline) {
    this.#deadline = milliseconds
  }

  /** What is known of a lesson with this text, without reading it. */
  known(folder: string, source: string): ParseResult | null {
    const last = this.#results.get(folder)
    return last?.source === source && performance.now() < last.until ? last.result : null
  }

  /** Reads a lesson. Not to be called again before it has answered. */
  async read(source: string, file: string, folder: string): Promise<ParseResult> {
    const known = this.known(folder, source)
    if (known !== null) return known
    let thread: Worker
    try {
      thread = await this.#running()
    } catch (error) {
      return failure(file, `the thread that reads lessons does not start: ${this.#reasonOf(error)}`)
    }
    try {
      const result = await this.#ask(thread, { source, file, folder })
      this.#results.set(folder, { source, result, until: Infinity })
      return result
    } catch (error) {
      this.#end(thread)
      const result = failure(file, this.#reasonOf(error))
      this.#results.set(folder, { source, result, until: performance.now() + again })
      return result
    }
  }

  /** Forgets lessons that are in none of these folders any more. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#results.keys()) if (!folders.has(folder)) this.#results.delete(folder)
  }

  async #ask(thread: Worker, request: ParseRequest): Promise<ParseResult> {
    try {
      thread.ref()
      thread.postMessage(request)
      const [result]: ParseResult[] = await once(thread, 'message', { signal: AbortSignal.timeout(this.#deadline) })
      return result ?? failure(request.file, 'there is no answer')
    } finally {
      this.#rest(thread)
    }
  }

  async #running(): Promise<Worker> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    if (this.#thread !== null) return this.#thread
    const thread = new Worker(entry, { resourceLimits: memory })
    this.#thread = thread
    // Whoever waits for an answer hears of an error, too.
    thread.on('error', () => this.#end(thread))
    thread.on('exit', () => this.#end(thread))
    try {
      await once(thread, 'message', { signal: AbortSignal.timeout(startWithin) })
    } catch (error) {
      this.#end(thread)
      throw error
    }
    return thread
  }

  /** Lets the process end while the thread has nothing to do, and the thread after a while. */
  #rest(thread: Worker): void {
    thread.unref()
    this.#idle = setTimeout(() => this.#end(thread), idleFor).unref()
  }

  #end(thread: Worker): void {
    if (this.#thread === thread) this.#thread = null
    void thread.terminate()
  }

  #reasonOf(error: unknown): string {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ABORT_ERR') return `it took longer than ${this.#deadline / 1000} seconds`
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'it needs too much memory'
    return error instanceof Error ? error.message : String(error)
  }
}

function failure(file: string, reason: string): ParseResult {
  return { lesson: null, problems: [`${file}:1: cannot be read: ${reason}`], requiresLine: 1 }
}
