/** A text that is longer than this is shown in part. */
const mostLines = 40
const mostCharacters = 6000
/** What is shown of its beginning, and of its end. */
const keptLines = 15
const keptCharacters = 1000

/** A text as it is first shown: whole, or its beginning and its end with a word on what lies between. */
export type ShownText =
  | { readonly kind: 'whole' }
  | { readonly kind: 'parts'; readonly head: string; readonly tail: string; readonly size: string }

/** Shortens what a loop printed, or a line without end, so that the lesson stays readable. */
export function shortened(text: string): ShownText {
  const lines = text.split('\n')
  if (lines.length <= mostLines && text.length <= mostCharacters) return { kind: 'whole' }
  const few = lines.length <= mostLines
  const head = few ? text : lines.slice(0, keptLines).join('\n')
  const tail = few ? text : lines.slice(-keptLines).join('\n')
  return {
    kind: 'parts',
    head: head.length <= keptCharacters ? head : `${head.slice(0, keptCharacters)} …`,
    tail: tail.length <= keptCharacters ? tail : `… ${tail.slice(-keptCharacters)}`,
    size: few ? `${grouped(text.length)} characters` : `${grouped(lines.length)} lines`,
  }
}

/** A line of a text, with its line break. */
export interface TextLine {
  /** Blanks before its first word: what is wrapped hangs below that word. */
  readonly indent: number
  readonly pieces: readonly string[]
}

const deepestIndent = 24

export function linesOf(text: string): TextLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({
    indent: Math.min(deepestIndent, /^ */.exec(line)?.[0].length ?? 0),
    pieces: pieces(line),
  }))
}

const longestLine = 1000
const pieceLength = 400

/**
 * A line in pieces that a browser can lay out each by itself. Where it breaks a line it measures anew what it has
 * measured from the start of the paragraph, which takes minutes for a line of a hundred thousand characters.
 */
function pieces(line: string): string[] {
  if (line.length <= longestLine) return [line]
  const found: string[] = []
  for (let at = 0; at < line.length;) {
    let end = Math.min(line.length, at + pieceLength)
    // Both halves of a character stay together.
    if (/[\uD800-\uDBFF]/.test(line.charAt(end - 1))) end++
    found.push(line.slice(at, end))
    at = end
  }
  return found
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
