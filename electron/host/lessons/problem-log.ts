/** Beyond this many they are only counted: a file can be wrong on every line. */
const mostKept = 2000
const longestMessage = 300

/** Collects what is wrong with a lesson, each with its place, so that one mistake does not hide the others. */
export class ProblemLog {
  readonly #file: string
  readonly #entries: { readonly line: number; readonly text: string }[] = []
  #count = 0

  /** @param file how the lesson file is called in messages */
  constructor(file: string) {
    this.#file = file
  }

  /** @param line counts from 1 */
  add(line: number, message: string): void {
    this.#count++
    if (this.#entries.length === mostKept) return
    const short = message.length > longestMessage ? `${message.slice(0, longestMessage)} …` : message
    this.#entries.push({ line, text: `${this.#file}:${line}: ${short}` })
  }

  /** The problems in the order of their lines; of more than `most` the first ones, and how many more there are. */
  list(most = Infinity): readonly string[] {
    const shown = this.#entries
      .toSorted((a, b) => a.line - b.line)
      .slice(0, most)
      .map((entry) => entry.text)
    return this.#count <= most ? shown : [...shown, `${this.#file}: and ${this.#count - most} more problems`]
  }
}
