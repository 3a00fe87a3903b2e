/** A line of one of two texts. */
export interface ComparedLine {
  readonly text: string
  /** It is not the same in the other text. */
  readonly changed: boolean
}

/** The lines of two texts, with those marked between the beginning and the end that they share. */
export function changedLines(one: string, other: string): [ComparedLine[], ComparedLine[]] {
  const [a, b] = [one.split('\n'), other.split('\n')]
  const shortest = Math.min(a.length, b.length)
  let [start, end] = [0, 0]
  while (start < shortest && a[start] === b[start]) start++
  while (end < shortest - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const marked = (lines: readonly string[]) =>
    lines.map((text, at) => ({ text, changed: at >= start && at < lines.length - end }))
  return [marked(a), marked(b)]
}
