import type {
  AnyNode,
  BlockStatement,
  CatchClause,
  DoWhileStatement,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  SwitchStatement,
  ThrowStatement,
  VariableDeclaration,
  WhileStatement,
} from 'acorn'
import { emitPattern, emitUpdate } from './rewrite-assignments.ts'
import { emitLocalDeclaration, emitSharedDeclaration, emitSharedVarHead } from './rewrite-declarations.ts'
import { emitTruth } from './rewrite-expressions.ts'
import { emitIterable } from './rewrite-positions.ts'
import { type Rewrite, emitAround, emitCall, endStatement, insertFor } from './rewrite.ts'
import { lexicalNames, patternNames } from './syntax-tree.ts'

export function emitBlock(rewrite: Rewrite, node: BlockStatement): void {
  rewrite.scopes.within(lexicalNames(node.body), 'block', () => emitAround(rewrite, node, node.body))
}

export function emitDeclaration(rewrite: Rewrite, node: VariableDeclaration): void {
  if (rewrite.scopes.shares(node.kind)) {
    emitSharedDeclaration(rewrite, node)
  } else {
    emitLocalDeclaration(rewrite, node)
    endStatement(rewrite, node)
  }
}

/** An expression whose value nothing reads. */
export function emitUnused(rewrite: Rewrite, node: Expression): void {
  if (node.type === 'UpdateExpression') emitUpdate(rewrite, node, false)
  else rewrite.emit(node)
}

/** The body of a loop, which checks for an interrupt every time round. */
function emitLoopBody(rewrite: Rewrite, body: AnyNode): void {
  insertFor(rewrite, body, `{ ${rewrite.lab}.tick(); `)
  rewrite.emit(body)
  insertFor(rewrite, body, ' }')
}

export function emitWhile(rewrite: Rewrite, node: WhileStatement): void {
  emitAround(rewrite, node, [node.test, node.body], (child) => {
    if (child === node.test) emitTruth(rewrite, node.test)
    else emitLoopBody(rewrite, child)
  })
}

export function emitDoWhile(rewrite: Rewrite, node: DoWhileStatement): void {
  emitAround(rewrite, node, [node.body, node.test], (child) => {
    if (child === node.test) emitTruth(rewrite, node.test)
    else emitLoopBody(rewrite, child)
  })
  endStatement(rewrite, node)
}

function headNames(head: AnyNode | null | undefined): string[] {
  if (head?.type !== 'VariableDeclaration' || head.kind === 'var') return []
  return head.declarations.flatMap((each) => patternNames(each.id))
}

export function emitFor(rewrite: Rewrite, node: ForStatement): void {
  const { init, test, update, body } = node
  rewrite.scopes.within(headNames(init), 'block', () => {
    emitAround(rewrite, node, [init, test, update, body], (child) => {
      if (child === body) emitLoopBody(rewrite, body)
      else if (test && child === test) emitTruth(rewrite, test)
      else if (update && child === update) emitUnused(rewrite, update)
      else if (init?.type !== 'VariableDeclaration') rewrite.emit(child)
      else if (rewrite.scopes.shares('var') && init.kind === 'var') emitSharedVarHead(rewrite, init, true)
      else emitLocalDeclaration(rewrite, init)
    })
  })
}

function emitGoneThrough(rewrite: Rewrite, node: ForInStatement | ForOfStatement): void {
  if (node.type === 'ForInStatement' || node.await) rewrite.emit(node.right)
  else emitIterable(rewrite, node.right)
}

export function emitForEach(rewrite: Rewrite, node: ForInStatement | ForOfStatement): void {
  const { left, right, body } = node
  rewrite.scopes.within(headNames(left), 'block', () => {
    emitAround(rewrite, node, [left, right, body], (child) => {
      if (child === body) emitLoopBody(rewrite, body)
      else if (child === right) emitGoneThrough(rewrite, node)
      else if (left.type !== 'VariableDeclaration') emitPattern(rewrite, left, false)
      else if (rewrite.scopes.shares('var') && left.kind === 'var') emitSharedVarHead(rewrite, left, false)
      else emitLocalDeclaration(rewrite, left)
    })
  })
}

export function emitSwitch(rewrite: Rewrite, node: SwitchStatement): void {
  rewrite.out.copy(node.start, node.discriminant.start)
  rewrite.emit(node.discriminant)
  let cursor = node.discriminant.end
  rewrite.scopes.within(lexicalNames(node.cases.flatMap((each) => each.consequent)), 'block', () => {
    for (const each of node.cases) {
      rewrite.out.copy(cursor, each.start)
      emitAround(rewrite, each, [each.test, ...each.consequent])
      cursor = each.end
    }
  })
  rewrite.out.copy(cursor, node.end)
}

/** A thrown value that is no Error has no stack of its own: the runtime keeps the place for it. */
export function emitThrow(rewrite: Rewrite, node: ThrowStatement): void {
  insertFor(rewrite, node, 'throw ')
  emitCall(rewrite, node, 'thrown', [node.argument])
  insertFor(rewrite, node, ';')
}

/** A catch clause never sees the interrupt: Stop must get through `try { … } catch {}`. */
export function emitCatch(rewrite: Rewrite, node: CatchClause): void {
  const { param, body } = node
  const name = param?.type === 'Identifier' ? param.name : `${rewrite.lab}Error`
  rewrite.scopes.within(param ? patternNames(param) : [], 'block', () => {
    insertFor(rewrite, node, `catch (${name}) { ${rewrite.lab}.caught(${name}); `)
    if (param && param.type !== 'Identifier') {
      insertFor(rewrite, param, 'let ')
      emitPattern(rewrite, param, true)
      insertFor(rewrite, param, ` = ${name}; `)
    }
    rewrite.emit(body)
    insertFor(rewrite, node, ' }')
  })
}
