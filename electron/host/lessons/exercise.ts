import type { Exercise, ExerciseKind } from '../../protocol.ts'
import { escapeHtml } from './escape-html.ts'
import type { LessonMarkdown } from './markdown.ts'
import { readOptions } from './options.ts'
import { readOrder } from './line-order.ts'
import type { ExerciseAnswer, ParsedExercise } from './parsed-lesson.ts'
import type { ProblemLog } from './problem-log.ts'
import type { ContainerPart, FencePart, FenceRole, SourcePart } from './source-parts.ts'

export interface ReadExercise {
  readonly shown: Exercise
  readonly hidden: ParsedExercise
}

const kinds: readonly ExerciseKind[] = ['predict', 'order', 'write', 'fix', 'bug', 'measure']

/** The parts of an exercise, sorted by what they are for. */
interface Gathered {
  readonly prose: string[]
  readonly hints: string[]
  readonly explanations: string[]
  readonly fences: Map<FenceRole, FencePart>
}

/** Turns an `:::exercise` container into its two halves. Null, with the problem reported, when it cannot be solved. */
export function readExercise(part: ContainerPart, markdown: LessonMarkdown, problems: ProblemLog): ReadExercise | null {
  const heading = readHeading(part, problems)
  const gathered = gather(part, problems)
  if (heading === null) return null
  const { id, kind, title } = heading
  const judged = readAnswer(id, part.line, gathered.fences, markdown, problems)
  if (judged === null) return null
  if (kind === 'order' && judged.answer.kind !== 'order') {
    problems.add(part.line, `exercise ${id} is of kind order and needs an "order" fence`)
    return null
  }

  const solutionFence = gathered.fences.get('solution')
  const source = solutionFence?.text ?? null
  const explained = solutionText(judged.answer, judged.shown, gathered.explanations)
  const solution = source === null && explained === '' ? null : { source, html: explained }
  if (judged.answer.kind === 'code' && source === null) problems.add(part.line, `exercise ${id} has no solution`)
  return {
    shown: {
      id,
      kind,
      title,
      html: gathered.prose.join('\n'),
      ...judged.shown,
      hintCount: gathered.hints.length,
      hasSolution: solution !== null,
    },
    hidden: {
      id,
      kind,
      answer: judged.answer,
      hints: gathered.hints,
      solution,
      proof: gathered.fences.get('proof')?.text ?? null,
    },
  }
}

function readHeading(part: ContainerPart, problems: ProblemLog): Pick<Exercise, 'id' | 'kind' | 'title'> | null {
  for (const name of part.attributes.keys()) {
    if (!['id', 'kind', 'title'].includes(name)) problems.add(part.line, `an exercise has no attribute "${name}"`)
  }
  const id = part.attributes.get('id') ?? ''
  const title = part.attributes.get('title') ?? ''
  const kind = kinds.find((known) => known === part.attributes.get('kind'))
  if (!isId(id)) problems.add(part.line, 'an exercise needs an id= of letters, digits, dots and dashes')
  if (title === '') problems.add(part.line, 'an exercise needs a title=')
  if (kind === undefined) problems.add(part.line, `kind= must be one of ${kinds.join(', ')}`)
  return isId(id) && title !== '' && kind !== undefined ? { id, kind, title } : null
}

/** The form of id that the protocol lets through. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
}

function gather(part: ContainerPart, problems: ProblemLog): Gathered {
  const gathered: Gathered = { prose: [], hints: [], explanations: [], fences: new Map() }
  for (const inner of part.parts) {
    switch (inner.kind) {
      case 'prose':
        gathered.prose.push(inner.html)
        break
      case 'fence':
        if (inner.role === 'cell') problems.add(inner.line, 'a cell cannot stand inside an exercise')
        else if (gathered.fences.has(inner.role)) problems.add(inner.line, `a second ${inner.role} in one exercise`)
        else gathered.fences.set(inner.role, inner)
        break
      case 'container':
        if (inner.name === 'hint') gathered.hints.push(proseOnly(inner.parts, problems))
        else if (inner.name === 'explain') gathered.explanations.push(proseOnly(inner.parts, problems))
        else problems.add(inner.line, `:::${inner.name} cannot stand inside an exercise`)
        break
    }
  }
  return gathered
}

function proseOnly(parts: readonly SourcePart[], problems: ProblemLog): string {
  return parts
    .map((part) => {
      if (part.kind === 'prose') return part.html
      problems.add(part.line, 'only prose can stand here; write code as a plain ```ts block')
      return ''
    })
    .join('\n')
}

type Judged = { readonly answer: ExerciseAnswer; readonly shown: Pick<Exercise, 'starter' | 'options' | 'lines'> }

function readAnswer(
  id: string,
  line: number,
  fences: ReadonlyMap<FenceRole, FencePart>,
  markdown: LessonMarkdown,
  problems: ProblemLog,
): Judged | null {
  const starter = fences.get('starter')
  const check = fences.get('check')
  const options = fences.get('options')
  const order = fences.get('order')
  const ways = [check, options, order].filter((fence) => fence !== undefined)
  if (ways.length !== 1) {
    problems.add(line, `exercise ${id} needs one of check, options and order, and has ${ways.length}`)
    return null
  }
  if (options !== undefined) {
    const read = readOptions(options, markdown, problems)
    return read === null ? null : { answer: read.answer, shown: { options: read.shown } }
  }
  if (order !== undefined) {
    const read = readOrder(order, id, problems)
    return read === null ? null : { answer: read.answer, shown: { lines: read.shown } }
  }
  if (starter === undefined || check === undefined) {
    problems.add(line, `exercise ${id} has a check and no starter`)
    return null
  }
  if (!/\bexpect\s*\(/.test(check.text)) {
    problems.add(check.line, 'a check must call expect(…): this one passes whatever the answer')
    return null
  }
  return { answer: { kind: 'code', starter: starter.text, check: check.text }, shown: { starter: starter.text } }
}

/** What stands beside a solution: the right option or order where there is no code, then the explanations. */
function solutionText(answer: ExerciseAnswer, shown: Judged['shown'], explanations: readonly string[]): string {
  const text = explanations.join('\n')
  switch (answer.kind) {
    case 'code':
      return text
    case 'option': {
      const right = shown.options?.find((option) => option.id === answer.rightId)
      return `<p><strong>${right?.html ?? ''}</strong></p>\n${text}`
    }
    case 'order':
      return `<pre><code>${answer.lines.map((line) => escapeHtml(line.code)).join('\n')}</code></pre>\n${text}`
  }
}
