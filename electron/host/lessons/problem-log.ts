/** Collects what is wrong with a lesson, each with its place, so that one mistake does not hide the others. */
export class ProblemLog {
  readonly #file: string
  readonly #entries: { readonly line: number; readonly text: string }[] = []

  /** @param file how the lesson file is called in messages */
  constructor(file: string) {
    this.#file = file
  }

  /** @param line counts from 1 */
  add(line: number, message: string): void {
    this.#entries.push({ line, text: `${this.#file}:${line}: ${message}` })
  }

  /** All problems in the order of their lines. */
  list(): readonly string[] {
    return this.#entries.toSorted((a, b) => a.line - b.line).map((entry) => entry.text)
  }
}
