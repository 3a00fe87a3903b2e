import { TextLines } from './text-lines.ts'

/** A run of generated text and what it stands for in the original. */
interface Piece {
  readonly from: number
  readonly start: number
  readonly end: number
  /** Copied text advances with the original; inserted text stands for its whole range. */
  readonly copied: boolean
}

/** A stretch of the user's text. Line and column count from 1; the end column is on the same line. */
export interface SourceRange {
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

/**
 * The program that runs, as it is written, with the origin of every character. Errors of the engine
 * name places in this text; `originalPlace` turns them into places of the user's.
 */
export class GeneratedText {
  readonly #original: TextLines
  readonly #pieces: Piece[] = []
  #text = ''
  #lines: TextLines | null = null

  constructor(original: string) {
    this.#original = new TextLines(original)
  }

  get text(): string {
    return this.#text
  }

  /** Takes over the original text between two offsets. */
  copy(start: number, end: number): void {
    if (end > start) this.#append(this.#original.text.slice(start, end), start, end, true)
  }

  /** Writes text that is not the user's and stands for the original between two offsets. */
  insert(text: string, start: number, end: number): void {
    const touches = /[\p{ID_Continue}$]$/u.test(this.#text.slice(-2)) && /^[\p{ID_Start}$_]/u.test(text)
    this.#append(touches ? ` ${text}` : text, start, end, false)
  }

  /** The user's place for a line and column of the generated text; null for text that has no origin. */
  originalPlace(line: number, column: number): SourceRange | null {
    this.#lines ??= new TextLines(this.#text)
    const offset = this.#lines.offsetOf(line, column)
    const piece = this.#pieceAt(offset)
    if (piece === null || piece.start < 0) return null
    if (piece.copied) return this.#range(piece.start + offset - piece.from, null)
    return this.#range(piece.start, piece.end)
  }

  #append(text: string, start: number, end: number, copied: boolean): void {
    this.#pieces.push({ from: this.#text.length, start, end, copied })
    this.#text += text
  }

  #pieceAt(offset: number): Piece | null {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#pieces[middle]?.from ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return this.#pieces[low] ?? null
  }

  #range(start: number, end: number | null): SourceRange {
    const first = this.#original.placeOf(start)
    const stop = end ?? start + (/^(?:[\p{ID_Continue}$]+|.)/u.exec(this.#original.text.slice(start))?.[0].length ?? 0)
    const last = this.#original.placeOf(stop)
    if (last.line === first.line) return last.column > first.column ? { ...first, endColumn: last.column } : first
    const lineEnd = this.#original.text.slice(start, this.#original.startOf(first.line + 1)).trimEnd().length
    return { ...first, endColumn: first.column + lineEnd }
  }
}
