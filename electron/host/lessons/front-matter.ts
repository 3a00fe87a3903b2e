import * as v from 'valibot'
import type { Document } from 'yaml'
import { LineCounter, isAlias, parseDocument, visit } from 'yaml'
import { streams } from '../../protocol.ts'
import type { ProblemLog } from './problem-log.ts'

const mostLines = 60
/** In characters. */
const longestHead = 6000

const lessonId = v.pipe(
  v.string('must be text'),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits, dots, dashes or underscores, at most 64'),
)
/** Characters that are not seen, and turn around or break what is written after them, also in words of the lab's own. */
const unseen = /[^\P{Cc}\n\t]|[\u202a-\u202e]/u
const sentence = v.pipe(
  v.string('must be text'),
  v.trim(),
  v.minLength(1, 'is empty'),
  v.maxLength(300, 'is too long'),
  v.check((text) => !unseen.test(text), 'must not hold control characters, such as those that turn text around'),
)

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
  requires: v.optional(
    v.pipe(v.array(lessonId, 'must be a list of lesson ids'), v.maxLength(30, 'names too many lessons')),
    [],
  ),
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
  const found = findHead(text)
  if (found === null) {
    const message = text.startsWith('---\n')
      ? `no --- line ends the front matter within its first ${mostLines} lines`
      : 'a lesson starts with front matter between two --- lines'
    problems.add(1, message)
    return { frontMatter: null, body: text, bodyLine: 1, requiresLine: 1 }
  }
  const { head, end } = found
  const rest = { body: text.slice(end), bodyLine: head.length + 3 }
  const lineOf = (key: string): number => {
    const at = head.findIndex((line) => line.startsWith(`${key}:`))
    return at < 0 ? 1 : at + 2
  }
  const yaml = head.join('\n')
  const fields = readYaml(yaml, problems)
  if (fields === null) return { frontMatter: null, requiresLine: 1, ...rest }
  const parsed = v.safeParse(frontMatterSchema, fields.value)
  if (parsed.success) return { frontMatter: parsed.output, requiresLine: lineOf('requires'), ...rest }
  for (const issue of parsed.issues) {
    const key = String(issue.path?.[0]?.key ?? '')
    problems.add(lineOf(key), headProblem(key, issue))
  }
  return { frontMatter: null, requiresLine: 1, ...rest }
}

/** The lines between the marks, and where the text behind them starts. */
function findHead(text: string): { readonly head: readonly string[]; readonly end: number } | null {
  if (!text.startsWith('---\n')) return null
  const head: string[] = []
  for (let from = 4; head.length <= mostLines;) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end < 0 ? undefined : end)
    if (line === '---') return { head, end: end < 0 ? text.length : end + 1 }
    if (end < 0) return null
    head.push(line)
    from = end + 1
  }
  return null
}

/**
 * The plain values of some YAML, or null when it holds anything else. Anchors and aliases can make a few lines
 * as large as they like, and neither they nor tags are what an author means who writes `*`, `&` or `!`.
 */
function readYaml(text: string, problems: ProblemLog): { readonly value: unknown } | null {
  if (text.length > longestHead) {
    problems.add(1, `the front matter is ${text.length} characters long; the limit is ${longestHead}`)
    return null
  }
  const counter = new LineCounter()
  const refuse = (offset: number | undefined, message: string): null => {
    problems.add(counter.linePos(offset ?? 0).line + 1, message)
    return null
  }
  try {
    const document = parseDocument(text, { lineCounter: counter, logLevel: 'silent' })
    // Errors after the first few are mostly their consequences.
    for (const error of document.errors.slice(0, 3)) refuse(error.pos[0], error.message.split('\n')[0] ?? 'not YAML')
    if (document.errors.length > 0) return null
    const strange = nodesBeyondPlain(document)
    for (const { offset, mark } of strange) {
      refuse(offset, `a text that starts with ${mark} means something else in YAML: put it in quotes`)
    }
    return strange.length > 0 ? null : { value: document.toJS() ?? {} }
  } catch (error) {
    // Brackets within brackets, deeper than the stack.
    return refuse(0, `the front matter cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function nodesBeyondPlain(document: Document): { readonly offset: number | undefined; readonly mark: string }[] {
  const found: { offset: number | undefined; mark: string }[] = []
  visit(document, {
    Node(_key, node) {
      const offset = node.range?.[0]
      if (isAlias(node)) found.push({ offset, mark: '*' })
      else if (node.anchor !== undefined) found.push({ offset, mark: '&' })
      else if (node.tag?.startsWith('!') === true) found.push({ offset, mark: '!' })
    },
  })
  return found
}

function headProblem(key: string, issue: v.BaseIssue<unknown>): string {
  if (key === '') return 'the front matter must be a list of "name: value" lines'
  if (issue.expected === 'never') return `"${key}" is not a field of a lesson`
  if (issue.received === 'undefined') return `"${key}" is missing`
  return `"${key}" ${issue.message}`
}
