import type { LessonMarkdown } from './markdown.ts'
import type { OptionAnswer } from './parsed-lesson.ts'
import type { ProblemLog } from './problem-log.ts'
import type { FencePart } from './source-parts.ts'

export interface ParsedOptions {
  readonly shown: readonly { readonly id: string; readonly html: string }[]
  readonly answer: OptionAnswer
}

interface OptionLine {
  readonly line: number
  readonly right: boolean
  readonly answer: string
  readonly reply: string | null
}

const expected = 'expected "- [x] right answer" or "- [ ] other answer :: what to say to it"'

const partsOfList = ['bullet_list_open', 'list_item_open', 'paragraph_open']

/** Reads `- [x] text` and `- [ ] text :: feedback`. Null when there is no single right option. */
export function readOptions(fence: FencePart, markdown: LessonMarkdown, problems: ProblemLog): ParsedOptions | null {
  const shown: { id: string; html: string }[] = []
  const feedback = new Map<string, string>()
  const rightIds: string[] = []
  for (const { line, right, answer, reply } of readLines(fence, markdown, problems)) {
    const id = `option-${shown.length + 1}`
    shown.push({ id, html: markdown.inline(answer, line) })
    if (right) rightIds.push(id)
    else if (reply === null) problems.add(line, 'a wrong option needs feedback after " :: "')
    if (reply !== null) feedback.set(id, reply)
  }
  const [rightId] = rightIds
  if (rightId === undefined || rightIds.length > 1) {
    problems.add(fence.line, `exactly one option is right: ${rightIds.length} are marked [x]`)
    return null
  }
  if (shown.length < 2) {
    problems.add(fence.line, 'a prediction needs at least two options')
    return null
  }
  return { shown, answer: { kind: 'option', rightId, feedback } }
}

/** The items of a Markdown list in which each item is one paragraph; anything else is a problem of its line. */
function readLines(fence: FencePart, markdown: LessonMarkdown, problems: ProblemLog): readonly OptionLine[] {
  const options: OptionLine[] = []
  const firstLine = fence.line + 1
  const tokens = markdown.parse(fence.text, firstLine)
  for (const [at, token] of tokens.entries()) {
    if (token.map === null) continue
    const line = firstLine + token.map[0]
    const isItem = token.level === 3 && token.type === 'inline'
    const option = isItem ? readOption(token.content, line) : null
    if (option !== null) options.push(option)
    else if (isItem || tokens[at + 1]?.type === 'list_item_close' || !partsOfList.includes(token.type)) {
      problems.add(line, expected)
    }
  }
  return options
}

function readOption(content: string, line: number): OptionLine | null {
  const mark = content.slice(0, 4)
  if (mark !== '[x] ' && mark !== '[ ] ') return null
  const at = content.search(/\s::\s/)
  const answer = content.slice(4, at < 0 ? undefined : at).trim()
  const reply = at < 0 ? '' : content.slice(at + 4).trim()
  if (answer === '') return null
  return { line, right: mark === '[x] ', answer, reply: reply === '' ? null : reply.replaceAll('\n', ' ') }
}
