import type { ProblemLog } from './problem-log.ts'

/** A stretch of a lesson file, with the line (from 1) on which it starts. */
export type SourcePart = ProsePart | FencePart | ContainerPart

export interface ProsePart {
  readonly kind: 'prose'
  readonly line: number
  readonly text: string
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
const fenceLine = /^(`{3,})\s*([^`]*)$/
const containerLine = /^:::\s*([A-Za-z][\w-]*)?\s*(.*)$/

/**
 * Splits the body of a lesson into prose, fences and containers. Never fails: what cannot be
 * understood is reported and kept as prose.
 */
export function splitSource(text: string, firstLine: number, problems: ProblemLog): readonly SourcePart[] {
  const lines = text.split('\n')
  let index = 0

  const readParts = (open: { readonly name: string; readonly line: number } | null): readonly SourcePart[] => {
    const parts: SourcePart[] = []
    let prose: string[] = []
    let proseLine = 0
    const endProse = (): void => {
      const trimmed = prose.join('\n').trim()
      if (trimmed !== '') parts.push({ kind: 'prose', line: proseLine, text: trimmed })
      prose = []
    }
    const keepAsProse = (...kept: readonly string[]): void => {
      if (prose.every((line) => line.trim() === '')) {
        prose = []
        proseLine = firstLine + index
      }
      prose.push(...kept)
    }

    for (; index < lines.length; index++) {
      const line = lines[index] ?? ''
      const lineNumber = firstLine + index
      const fence = fenceLine.exec(line)
      if (fence !== null) {
        const [, ticks = '```', info = ''] = fence
        const end = closingLine(lines, index, ticks)
        if (end === null) problems.add(lineNumber, 'this fenced block is never closed')
        const last = end ?? lines.length
        const heading = fenceHeading(info, lineNumber, problems)
        if (heading === null) {
          keepAsProse(...lines.slice(index, last + 1))
        } else {
          endProse()
          parts.push({ kind: 'fence', line: lineNumber, ...heading, text: lines.slice(index + 1, last).join('\n') })
        }
        index = last
        continue
      }
      const container = containerLine.exec(line)
      if (container === null) {
        keepAsProse(line)
        continue
      }
      const [, name, rest = ''] = container
      if (name === undefined) {
        if (open === null) problems.add(lineNumber, 'this ::: closes nothing')
        else {
          endProse()
          return parts
        }
        continue
      }
      endProse()
      const attributes = readAttributes(rest, lineNumber, problems)
      index++
      parts.push({
        kind: 'container',
        line: lineNumber,
        name,
        attributes,
        parts: readParts({ name, line: lineNumber }),
      })
    }
    endProse()
    if (open !== null) problems.add(open.line, `:::${open.name} is never closed`)
    return parts
  }
  return readParts(null)
}

function closingLine(lines: readonly string[], start: number, ticks: string): number | null {
  const end = lines.findIndex((line, at) => at > start && line.startsWith(ticks) && /^`+\s*$/.test(line))
  return end < 0 ? null : end
}

/** Null when the fence is an ordinary code block of the prose. */
function fenceHeading(info: string, line: number, problems: ProblemLog): Pick<FencePart, 'role' | 'attributes'> | null {
  const [first = '', second = ''] = info.trim().split(/\s+/)
  const listRole = listRoles.find((role) => role === first)
  if (listRole !== undefined) {
    return { role: listRole, attributes: readAttributes(info.trim().slice(first.length), line, problems) }
  }
  if (first !== 'ts' || second === '') return null
  const role = codeRoles.find((known) => known === second)
  if (role === undefined) {
    problems.add(line, `"ts ${second}" is none of ${codeRoles.map((known) => `"ts ${known}"`).join(', ')}`)
    return null
  }
  const rest = info.trim().slice(info.trim().indexOf(second) + second.length)
  return { role, attributes: readAttributes(rest, line, problems) }
}

/** Reads `name=value name="two words"`. */
function readAttributes(text: string, line: number, problems: ProblemLog): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  const rest = text.replace(/([A-Za-z]+)=(?:"([^"]*)"|(\S+))/g, (_, name: string, quoted?: string, bare?: string) => {
    if (attributes.has(name)) problems.add(line, `${name}= is given twice`)
    attributes.set(name, quoted ?? bare ?? '')
    return ''
  })
  if (rest.trim() !== '') problems.add(line, `cannot read "${rest.trim()}": expected name=value`)
  return attributes
}
