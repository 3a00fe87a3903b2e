/** A failure that repeats is logged again at the 10th, 100th, … time, so that it cannot fill a disk. */
const worthLogging = (times: number): boolean => Number.isInteger(Math.log10(times))
const mostRemembered = 200
const mostTold = 5
/** In characters. */
const longestEntry = 4000
const longestReason = 300

/** Failures that no caller waited for: all are logged, and what went wrong inside the lab is said to the user. */
export class Incidents {
  readonly #times = new Map<string, number>()
  readonly #tell: (message: string) => void
  readonly #log: (line: string) => void
  #told = 0

  /** @param tell shows a message on every page */
  constructor(tell: (message: string) => void, log: (line: string) => void = (line) => console.error(line)) {
    this.#tell = tell
    this.#log = log
  }

  /** Something from outside that was refused or dropped. It is in the log for whoever looks for it. */
  note(problem: unknown): void {
    this.#count(describe(problem))
  }

  /** A failure of the lab itself, which goes on serving and says so. */
  failed(error: unknown): void {
    const times = this.#count(describe(error))
    if (times > 1 || this.#told === mostTold) return
    this.#told++
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, longestReason)
    this.#tell(
      `Something inside the lab failed, and the lab went on: ${reason.replace(/\.?$/, '.')} Your text is kept. ` +
        'If something does not answer now, start the lab again.',
    )
  }

  #count(text: string): number {
    if (this.#times.size >= mostRemembered && !this.#times.has(text)) this.#times.clear()
    const times = (this.#times.get(text) ?? 0) + 1
    this.#times.set(text, times)
    if (worthLogging(times)) this.#log(times === 1 ? text : `${text}\n(${times} times)`)
    return times
  }
}

function describe(problem: unknown): string {
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
  return text.slice(0, longestEntry)
}
