import type { Token } from 'markdown-it'
import { readAttributes } from './attributes.ts'
import type { LessonMarkdown } from './markdown.ts'
import type { ProblemLog } from './problem-log.ts'

/** A stretch of a lesson file, with the line (from 1) on which it starts. */
export type SourcePart = ProsePart | FencePart | ContainerPart

export interface ProsePart {
  readonly kind: 'prose'
  readonly line: number
  readonly html: string
}

/** A fenced block that means something to a lesson; other fences stay inside the prose. */
export interface FencePart {
  readonly kind: 'fence'
  readonly line: number
  readonly role: FenceRole
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
}

export interface ContainerPart {
  readonly kind: 'container'
  readonly line: number
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly parts: readonly SourcePart[]
}

export type FenceRole = 'cell' | 'starter' | 'check' | 'solution' | 'proof' | 'options' | 'order'

const codeRoles: readonly FenceRole[] = ['cell', 'starter', 'check', 'solution', 'proof']
const listRoles: readonly FenceRole[] = ['options', 'order']
/** A hint inside an exercise, and one to spare for a clear word about what cannot stand there. */
const deepestContainer = 3

/** A container whose end has not come yet, or the lesson itself. */
interface Open {
  readonly container: { readonly name: string; readonly line: number } | null
  readonly parts: SourcePart[]
}

/**
 * Sorts what the parser read into prose, fences and containers. Never fails: what cannot be understood is
 * reported and kept as prose.
 *
 * @param firstLine the line of the file on which the text starts
 */
export function splitSource(
  text: string,
  firstLine: number,
  markdown: LessonMarkdown,
  problems: ProblemLog,
): readonly SourcePart[] {
  const lines = text.split('\n')
  const lesson: Open = { container: null, parts: [] }
  const outer: Open[] = []
  let open = lesson
  /** Containers that are nested too deep are read flat; their ends have to be counted all the same. */
  let ignored = 0
  let prose: Token[] = []
  let proseLine = firstLine

  const endProse = (): void => {
    if (prose.length > 0) open.parts.push({ kind: 'prose', line: proseLine, html: markdown.render(prose) })
    prose = []
  }
  const close = (line: number): void => {
    if (ignored > 0) ignored--
    else {
      const last = outer.pop()
      if (last === undefined) problems.add(line, 'this ::: closes nothing')
      else open = last
    }
  }

  for (const token of markdown.parse(text, firstLine)) {
    const line = firstLine + (token.map?.[0] ?? 0)
    if (token.type === 'container') {
      endProse()
      const info = token.info.trim()
      const name = /^[A-Za-z][\w-]*/.exec(info)?.[0]
      if (/^:*$/.test(info)) close(line)
      else if (name === undefined) problems.add(line, 'after ::: stands the name of a container, or nothing')
      else if (outer.length === deepestContainer) {
        ignored++
        problems.add(line, `containers are nested more than ${deepestContainer} deep here`)
      } else {
        const parts: SourcePart[] = []
        const attributes = readAttributes(info.slice(name.length), line, problems)
        open.parts.push({ kind: 'container', line, name, attributes, parts })
        outer.push(open)
        open = { container: { name, line }, parts }
      }
      continue
    }
    if (token.type === 'fence') {
      if (!isClosed(token, lines)) problems.add(line, 'this fenced block is never closed')
      const heading = fenceHeading(token.info, line, problems)
      if (heading !== null && token.level > 0) {
        problems.add(line, `"${heading.role}" cannot stand inside a list or a quotation`)
      } else if (heading !== null) {
        endProse()
        open.parts.push({ kind: 'fence', line, ...heading, text: token.content.replace(/\n$/, '') })
        continue
      }
    }
    if (prose.length === 0) proseLine = line
    prose.push(token)
  }
  endProse()
  for (const { container } of [...outer.slice(1), open]) {
    if (container !== null) problems.add(container.line, `:::${container.name} is never closed`)
  }
  return lesson.parts
}

/** Whether the last line of a fenced block is its end: the parser takes the end of the text for one, too. */
function isClosed({ map, markup }: Token, lines: readonly string[]): boolean {
  if (map === null || map[1] - map[0] < 2) return false
  const last = lines[map[1] - 1]?.replace(/^[\s>]*/, '').trimEnd() ?? ''
  return last.length >= markup.length && last === markup.charAt(0).repeat(last.length)
}

/** Null when the fence is an ordinary code block of the prose. */
function fenceHeading(info: string, line: number, problems: ProblemLog): Pick<FencePart, 'role' | 'attributes'> | null {
  const heading = info.trim()
  const first = /^\S*/.exec(heading)?.[0] ?? ''
  const afterFirst = heading.slice(first.length).trim()
  const listRole = listRoles.find((role) => role === first)
  if (listRole !== undefined) return { role: listRole, attributes: readAttributes(afterFirst, line, problems) }
  const second = /^\S*/.exec(afterFirst)?.[0] ?? ''
  if (first !== 'ts' || second === '') return null
  const role = codeRoles.find((known) => known === second)
  if (role === undefined) {
    problems.add(line, `"ts ${second}" is none of ${codeRoles.map((known) => `"ts ${known}"`).join(', ')}`)
    return null
  }
  return { role, attributes: readAttributes(afterFirst.slice(second.length).trim(), line, problems) }
}
