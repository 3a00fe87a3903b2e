/**
 * Documents that choose their own line breaks: a group is printed on one line when it fits, otherwise
 * all its breaks become new lines. After Wadler, "A prettier printer" (2003).
 */
export type Doc =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break'; readonly flat: string }
  | { readonly kind: 'concat'; readonly parts: readonly Doc[] }
  | { readonly kind: 'nest'; readonly indent: number; readonly body: Doc }
  | { readonly kind: 'group'; readonly body: Doc }

export const text = (value: string): Doc => ({ kind: 'text', text: value })
export const concat = (...parts: readonly Doc[]): Doc => ({ kind: 'concat', parts })
export const lineBreak = (flat = ' '): Doc => ({ kind: 'break', flat })
export const nest = (indent: number, body: Doc): Doc => ({ kind: 'nest', indent, body })
export const group = (body: Doc): Doc => ({ kind: 'group', body })

export function join(separator: Doc, docs: readonly Doc[]): Doc {
  return concat(...docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc])))
}

interface Item {
  readonly indent: number
  readonly flat: boolean
  readonly doc: Doc
}

/** Whether the rest of the line fits: the first line of `items` up to a break that is taken. */
function fits(doc: Doc, width: number): boolean {
  const stack: Doc[] = [doc]
  let left = width
  while (left >= 0) {
    const top = stack.pop()
    if (top === undefined) return true
    switch (top.kind) {
      case 'text':
        left -= top.text.length
        break
      case 'break':
        left -= top.flat.length
        break
      case 'concat':
        stack.push(...top.parts.toReversed())
        break
      case 'nest':
      case 'group':
        stack.push(top.body)
        break
    }
  }
  return false
}

/** Lays a document out in lines of at most `width` characters where that is possible. */
export function layout(doc: Doc, width = 80): string {
  const lines: string[] = []
  let line = ''
  const stack: Item[] = [{ indent: 0, flat: false, doc }]
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { indent, flat } = item
    const current = item.doc
    switch (current.kind) {
      case 'text':
        line += current.text
        break
      case 'break':
        if (flat) {
          line += current.flat
        } else {
          lines.push(line)
          line = ' '.repeat(indent)
        }
        break
      case 'concat':
        stack.push(...current.parts.toReversed().map((part) => ({ indent, flat, doc: part })))
        break
      case 'nest':
        stack.push({ indent: indent + current.indent, flat, doc: current.body })
        break
      case 'group':
        stack.push({ indent, flat: flat || fits(current.body, width - line.length), doc: current.body })
        break
    }
  }
  lines.push(line)
  return lines.join('\n')
}
