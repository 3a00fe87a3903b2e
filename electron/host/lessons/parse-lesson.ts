import { dirname } from 'node:path'
import type { FigureKind, LessonBlock } from '../../protocol.ts'
import { isId, readExercise } from './exercise.ts'
import { readFrontMatter } from './front-matter.ts'
import { createLessonMarkdown } from './markdown.ts'
import type { ParsedExercise, ParsedLesson } from './parsed-lesson.ts'
import { ProblemLog } from './problem-log.ts'
import { splitSource } from './source-parts.ts'
import type { FencePart } from './source-parts.ts'

export interface ParseResult {
  /** Null when the front matter cannot be used: then nobody could find or order the lesson. */
  readonly lesson: ParsedLesson | null
  /** The first few, for everybody; the lesson itself shows more of them. */
  readonly problems: readonly string[]
  /** Line of `requires` in the front matter. */
  readonly requiresLine: number
}

const mostCells = 300
const mostTold = 5
const mostShown = 50
const figureKinds: readonly FigureKind[] = ['graph', 'tape', 'keys', 'timeline']

/**
 * Reads one lesson file. Nothing in it is executed.
 *
 * @param file what the file is called in problems
 * @param folder absolute path of the lesson's folder
 */
export function parseLesson(source: string, file: string, folder: string): ParseResult {
  const problems = new ProblemLog(file)
  const head = readFrontMatter(source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'), problems)
  const markdown = createLessonMarkdown(problems)
  const blocks: LessonBlock[] = []
  const exercises = new Map<string, ParsedExercise>()
  const lineOfId = new Map<string, number>()
  const claim = (id: string, line: number): boolean => {
    const earlier = lineOfId.get(id)
    if (earlier !== undefined) problems.add(line, `the id ${id} is taken by line ${earlier}`)
    else if (lineOfId.size === mostCells) problems.add(line, `a lesson has at most ${mostCells} cells and exercises`)
    else lineOfId.set(id, line)
    return lineOfId.get(id) === line
  }

  for (const part of splitSource(head.body, head.bodyLine, markdown, problems)) {
    switch (part.kind) {
      case 'prose':
        blocks.push({ kind: 'prose', html: part.html })
        break
      case 'fence': {
        const cell = readCell(part, problems)
        if (cell !== null && claim(cell.id, part.line)) blocks.push(cell)
        break
      }
      case 'container': {
        if (part.name !== 'exercise') {
          problems.add(part.line, `:::${part.name} is not known here; a lesson has :::exercise`)
          break
        }
        const exercise = readExercise(part, markdown, problems)
        if (exercise !== null && claim(exercise.shown.id, part.line)) {
          blocks.push({ kind: 'exercise', exercise: exercise.shown })
          exercises.set(exercise.hidden.id, exercise.hidden)
        }
        break
      }
    }
  }

  const { frontMatter, requiresLine } = head
  if (frontMatter === null) return { lesson: null, problems: problems.list(mostTold), requiresLine }
  const { order, ...described } = frontMatter
  const summary = { ...described, exerciseIds: [...exercises.keys()] }
  const lesson = { summary, blocks, problems: problems.list(mostShown) }
  return {
    lesson: { summary, lesson, folder, root: dirname(folder), order, exercises },
    problems: problems.list(mostTold),
    requiresLine,
  }
}

function readCell(fence: FencePart, problems: ProblemLog): Extract<LessonBlock, { kind: 'cell' }> | null {
  if (fence.role !== 'cell') {
    problems.add(fence.line, `"${fence.role}" belongs inside an :::exercise`)
    return null
  }
  const id = fence.attributes.get('id') ?? ''
  if (!isId(id)) {
    problems.add(fence.line, 'a cell needs an id= of letters, digits, dots and dashes')
    return null
  }
  for (const name of fence.attributes.keys()) {
    if (name !== 'id' && name !== 'figure') problems.add(fence.line, `a cell has no attribute "${name}"`)
  }
  const wanted = fence.attributes.get('figure')
  const figure = figureKinds.find((kind) => kind === wanted)
  if (wanted !== undefined && figure === undefined) {
    problems.add(fence.line, `figure= must be one of ${figureKinds.join(', ')}`)
  }
  return { kind: 'cell', id, source: fence.text, ...(figure === undefined ? {} : { figure }) }
}
