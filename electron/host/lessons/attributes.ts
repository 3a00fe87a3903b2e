import type { ProblemLog } from './problem-log.ts'

const longest = 500
const attribute = /([A-Za-z]+)=(?:"([^"]*)"|([^\s"]\S*))(?=\s|$)/y
const word = /\S*/y

/** Reads the `name=value name="two words"` behind a fence or a container. */
export function readAttributes(text: string, line: number, problems: ProblemLog): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  if (text.length > longest) {
    problems.add(line, `this line has ${text.length} characters of attributes; the limit is ${longest}`)
    return attributes
  }
  const unread: string[] = []
  for (let at = 0; at < text.length;) {
    attribute.lastIndex = at
    const match = attribute.exec(text)
    if (match === null) {
      // A blank, or a word to step over.
      word.lastIndex = at
      const skipped = word.exec(text)?.[0] ?? ''
      if (skipped !== '') unread.push(skipped)
      at += Math.max(1, skipped.length)
      continue
    }
    const [whole, name = '', quoted, bare] = match
    if (attributes.has(name)) problems.add(line, `${name}= is given twice`)
    attributes.set(name, quoted ?? bare ?? '')
    at += whole.length
  }
  if (unread.length > 0) problems.add(line, `cannot read "${unread.join(' ')}": expected name=value`)
  return attributes
}
