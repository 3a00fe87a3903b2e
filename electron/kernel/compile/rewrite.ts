import type { AnyNode } from 'acorn'
import type { CellPositions } from './cell-positions.ts'
import type { FunctionNames } from './function-names.ts'
import type { GeneratedText } from './generated-text.ts'
import type { NameScopes } from './name-scopes.ts'
import { childNodes } from './syntax-tree.ts'

/** What every part of the rewriting works on. */
export interface Rewrite {
  readonly source: string
  readonly out: GeneratedText
  readonly scopes: NameScopes
  /** The name by which generated code reaches the cell runtime; occurs nowhere in the source. */
  readonly lab: string
  readonly positions: CellPositions
  readonly functionNames: FunctionNames
  /** Properties of arrays that are worked out when they are read. */
  readonly lazyMembers: ReadonlySet<string>
  /** Writes the rewritten form of a node. */
  emit(node: AnyNode): void
}

/** Writes text that stands for a whole node. */
export function insertFor(rewrite: Rewrite, node: AnyNode, text: string): void {
  rewrite.out.insert(text, node.start, node.end)
}

export function copyNode(rewrite: Rewrite, node: AnyNode): void {
  rewrite.out.copy(node.start, node.end)
}

/** Keeps the text of a node and rewrites only the given children, which are in the order of the text. */
export function emitAround(
  rewrite: Rewrite,
  node: AnyNode,
  children: readonly (AnyNode | null | undefined)[] = childNodes(node),
  emit: (child: AnyNode) => void = (child) => rewrite.emit(child),
): void {
  let cursor = node.start
  for (const child of children) {
    if (child === null || child === undefined) continue
    rewrite.out.copy(cursor, child.start)
    emit(child)
    cursor = child.end
  }
  rewrite.out.copy(cursor, node.end)
}

/** Writes an expression where a comma would separate it from its neighbours. */
export function emitOperand(rewrite: Rewrite, node: AnyNode): void {
  if (node.type !== 'SequenceExpression') {
    rewrite.emit(node)
    return
  }
  insertFor(rewrite, node, '(')
  rewrite.emit(node)
  insertFor(rewrite, node, ')')
}

/** Writes `$lab.name(a, b, …)` in place of a node. */
export function emitCall(rewrite: Rewrite, node: AnyNode, name: string, operands: readonly (AnyNode | string)[]): void {
  insertFor(rewrite, node, `${rewrite.lab}.${name}(`)
  operands.forEach((operand, index) => {
    if (index > 0) insertFor(rewrite, node, ', ')
    if (typeof operand === 'string') insertFor(rewrite, node, operand)
    else emitOperand(rewrite, operand)
  })
  insertFor(rewrite, node, ')')
}

const fixedNames: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity'])

/** How generated code spells a name that is read or assigned. */
export function nameText(rewrite: Rewrite, name: string): string {
  return isShared(rewrite, name) ? `${rewrite.lab}.s.${name}` : name
}

export function isShared(rewrite: Rewrite, name: string): boolean {
  return !fixedNames.has(name) && !rewrite.scopes.isLocal(name)
}

/** Statements that may end without a semicolon get one: what follows may begin with a parenthesis now. */
export function endStatement(rewrite: Rewrite, node: AnyNode): void {
  if (rewrite.source[node.end - 1] !== ';') insertFor(rewrite, node, ';')
}
