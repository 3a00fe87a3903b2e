/** Wide enough that Node does not set several of them side by side. */
const markWidth = 36
/** Of no meaning, and of the width of a letter. */
const filler = '\uE000'

/**
 * Texts of several lines inside Node's printing of an object. Node knows nothing of the column that such a text
 * begins at; so it prints a mark of its own line, and the text is put there afterwards, with its lines below each other.
 */
export class NestedTexts {
  readonly #texts: string[] = []

  /** What Node is to print: a text of one line itself. */
  mark(text: string): string {
    if (!text.includes('\n')) return text
    // Node escapes this character wherever it stands in a string of the learner's.
    return `${`\0${this.#texts.push(text) - 1}`.padEnd(markWidth, filler)}\n`
  }

  /** The printed object with the texts in their places. */
  placed(printed: string): string {
    let done = ''
    let at = 0
    for (const mark of printed.matchAll(/\0(\d+)\uE000*\n */g)) {
      done += printed.slice(at, mark.index)
      at = mark.index + mark[0].length
      const column = done.length - 1 - done.lastIndexOf('\n')
      done += (this.#texts[Number(mark[1])] ?? '').replaceAll('\n', `\n${' '.repeat(column)}`)
    }
    return done + printed.slice(at)
  }
}
