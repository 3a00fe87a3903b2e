/** Offsets of a text as lines and columns, both from 1. */
export class TextLines {
  readonly text: string
  readonly #starts: number[] = [0]

  constructor(text: string) {
    this.text = text
    const lineBreak = /\r\n|[\n\r\u2028\u2029]/g
    for (let match = lineBreak.exec(text); match !== null; match = lineBreak.exec(text)) {
      this.#starts.push(match.index + match[0].length)
    }
  }

  /** The offset where a line begins; the text's end for a line past the last. */
  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.text.length
  }

  /** A line without its line break. */
  lineText(line: number): string {
    return this.text.slice(this.startOf(line), this.startOf(line + 1)).replace(/[\r\n\u2028\u2029]+$/, '')
  }

  /** The offset of a place; columns past the line's end stay inside the text. */
  offsetOf(line: number, column: number): number {
    return Math.min(this.startOf(line) + column - 1, this.text.length)
  }

  placeOf(offset: number): { line: number; column: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}
