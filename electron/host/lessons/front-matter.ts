import * as v from 'valibot'
import { LineCounter, parseDocument } from 'yaml'
import { streams } from '../../protocol.ts'
import type { ProblemLog } from './problem-log.ts'

const lessonId = v.pipe(
  v.string('must be text'),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits, dots, dashes or underscores, at most 64'),
)
const sentence = v.pipe(v.string('must be text'), v.trim(), v.minLength(1, 'is empty'), v.maxLength(300, 'is too long'))

const frontMatterSchema = v.strictObject({
  id: lessonId,
  title: sentence,
  lead: sentence,
  stream: v.picklist(streams, `must be one of ${streams.join(', ')}`),
  level: v.optional(
    v.nullable(v.picklist(['beginner', 'intermediate', 'advanced'], 'must be beginner, intermediate or advanced')),
    null,
  ),
  minutes: v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(600, 'must be at most 600'),
  ),
  order: v.optional(v.pipe(v.number('must be a number'), v.finite('must be finite')), 0),
  requires: v.optional(v.array(lessonId, 'must be a list of lesson ids'), []),
})
export type FrontMatter = v.InferOutput<typeof frontMatterSchema>

/** Where the body of the lesson starts, and what its head says (null when it cannot be used). */
export interface LessonHead {
  readonly frontMatter: FrontMatter | null
  readonly body: string
  readonly bodyLine: number
  /** Line of `requires`, for problems that show only once all lessons are known. */
  readonly requiresLine: number
}

/** Reads the YAML between the first two `---` lines. */
export function readFrontMatter(text: string, problems: ProblemLog): LessonHead {
  const lines = text.split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0) {
    problems.add(1, 'a lesson starts with front matter between two --- lines')
    return { frontMatter: null, body: text, bodyLine: 1, requiresLine: 1 }
  }
  const counter = new LineCounter()
  const head = lines.slice(1, end)
  const document = parseDocument(head.join('\n'), { lineCounter: counter })
  const rest = { body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 }
  const lineOf = (key: string): number => {
    const at = head.findIndex((line) => line.startsWith(`${key}:`))
    return at < 0 ? 1 : at + 2
  }
  for (const error of document.errors) {
    problems.add(counter.linePos(error.pos[0]).line + 1, error.message.split('\n')[0] ?? 'not YAML')
  }
  if (document.errors.length > 0) return { frontMatter: null, requiresLine: 1, ...rest }
  const parsed = v.safeParse(frontMatterSchema, document.toJS() ?? {})
  if (parsed.success) return { frontMatter: parsed.output, requiresLine: lineOf('requires'), ...rest }
  for (const issue of parsed.issues) {
    const key = String(issue.path?.[0]?.key ?? '')
    problems.add(lineOf(key), headProblem(key, issue))
  }
  return { frontMatter: null, requiresLine: 1, ...rest }
}

function headProblem(key: string, issue: v.BaseIssue<unknown>): string {
  if (key === '') return 'the front matter must be a list of "name: value" lines'
  if (issue.expected === 'never') return `"${key}" is not a field of a lesson`
  if (issue.received === 'undefined') return `"${key}" is missing`
  return `"${key}" ${issue.message}`
}
