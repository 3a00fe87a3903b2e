import type { OptionAnswer } from './parsed-lesson.ts'
import type { ProseRenderer } from './markdown.ts'
import type { ProblemLog } from './problem-log.ts'
import type { FencePart } from './source-parts.ts'

export interface ParsedOptions {
  readonly shown: readonly { readonly id: string; readonly html: string }[]
  readonly answer: OptionAnswer
}

const optionLine = /^- \[([ x])\] (.+?)(?:\s+::\s+(.+))?$/

/** Reads `- [x] text` and `- [ ] text :: feedback`. Null when there is no single right option. */
export function readOptions(fence: FencePart, prose: ProseRenderer, problems: ProblemLog): ParsedOptions | null {
  const shown: { id: string; html: string }[] = []
  const feedback = new Map<string, string>()
  const rightIds: string[] = []
  fence.text.split('\n').forEach((text, at) => {
    if (text.trim() === '') return
    const line = fence.line + 1 + at
    const match = optionLine.exec(text.trimEnd())
    if (match === null) {
      problems.add(line, 'expected "- [x] right answer" or "- [ ] other answer :: what to say to it"')
      return
    }
    const [, mark, answer = '', reply] = match
    const id = `option-${shown.length + 1}`
    shown.push({ id, html: prose.inline(answer, line) })
    if (mark === 'x') rightIds.push(id)
    else if (reply === undefined) problems.add(line, 'a wrong option needs feedback after " :: "')
    if (reply !== undefined) feedback.set(id, reply)
  })
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
