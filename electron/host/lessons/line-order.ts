import type { OrderAnswer } from './parsed-lesson.ts'
import type { ProblemLog } from './problem-log.ts'
import type { FencePart } from './source-parts.ts'

export interface ParsedOrder {
  /** Shuffled, the same way each time, and never already right. */
  readonly shown: OrderAnswer['lines']
  readonly answer: OrderAnswer
}

const mostLines = 30

/** Reads the lines of an `order` fence, which stand in a right order. */
export function readOrder(fence: FencePart, seed: string, problems: ProblemLog): ParsedOrder | null {
  const by = fence.attributes.get('by') ?? 'exact'
  if (by !== 'exact' && by !== 'names') {
    problems.add(fence.line, `by=${by}: an order is judged by=exact or by=names`)
    return null
  }
  const lines = fence.text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((code, at) => ({ id: `line-${at + 1}`, code }))
  if (lines.length < 3) {
    problems.add(fence.line, 'an order needs at least three lines')
    return null
  }
  if (lines.length > mostLines) {
    problems.add(fence.line, `an order of ${lines.length} lines is too long; the limit is ${mostLines}`)
    return null
  }
  const answer: OrderAnswer = { kind: 'order', lines, by }
  if (firstMisplaced(answer, lines) !== null) {
    problems.add(fence.line, 'by=names: the lines as written read a name before the line that defines it')
    return null
  }
  const shown = shuffleWrong(answer, seed)
  if (shown === null) {
    problems.add(fence.line, 'every order of these lines is right')
    return null
  }
  return { shown, answer }
}

/** The first line that stands where it cannot, and why; null when the order is right. */
export function firstMisplaced(
  answer: OrderAnswer,
  given: OrderAnswer['lines'],
): { readonly position: number; readonly reads: string | null } | null {
  if (answer.by === 'exact') {
    const position = answer.lines.findIndex((line, at) => given[at]?.id !== line.id)
    return position < 0 ? null : { position, reads: null }
  }
  const names = new Set(answer.lines.flatMap((line) => definedNames(line.code)))
  const known = new Set<string>()
  for (const [position, line] of given.entries()) {
    const reads = readNames(line.code).find((name) => names.has(name) && !known.has(name))
    if (reads !== undefined) return { position, reads }
    for (const name of definedNames(line.code)) known.add(name)
  }
  return null
}

/** `const [a, b] = …`, `x = …` and the equations of a printed jaxpr, `c:f32[] = …`. */
const definition = /^\s*(?:(?:const|let)\s+)?(\[[^\]=]*\]|[A-Za-z_]\w*)(?::[A-Za-z]\w*\[[^\]]*\])?\s*=(?!=|>)/

function definedNames(code: string): readonly string[] {
  return definition.exec(code)?.[1]?.match(/[A-Za-z_]\w*/g) ?? []
}

function readNames(code: string): readonly string[] {
  const names = code.replace(definition, '').match(/(?<![\w.])[A-Za-z_]\w*/g) ?? []
  return names
}

/** A permutation from a hash of the seed; turned on until it is wrong. Null when no turn is. */
function shuffleWrong(answer: OrderAnswer, seed: string): OrderAnswer['lines'] | null {
  let state = 2166136261
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return (state ^ (state >>> 13)) >>> 0
  }
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 16777619)
  const keyed = answer.lines.map((line) => ({ line, key: next() }))
  const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ line }) => line)
  for (let turn = 0; turn < shuffled.length; turn++) {
    const turned = [...shuffled.slice(turn), ...shuffled.slice(0, turn)]
    if (firstMisplaced(answer, turned) !== null) return turned
  }
  return null
}
