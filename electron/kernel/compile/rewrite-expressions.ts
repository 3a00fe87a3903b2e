import type {
  AnyNode,
  AssignmentProperty,
  BinaryExpression,
  CallExpression,
  ChainExpression,
  Expression,
  Identifier,
  LogicalExpression,
  MemberExpression,
  NewExpression,
  Property,
  TaggedTemplateExpression,
  UnaryExpression,
} from 'acorn'
import { binaryNames, isBinaryOperator, isUnaryOperator, unaryNames } from './operator-names.ts'
import { type Rewrite, copyNode, emitAround, emitCall, emitOperand, insertFor, isShared, nameText } from './rewrite.ts'
import { isPlainBoolean } from './syntax-tree.ts'

export function emitIdentifier(rewrite: Rewrite, node: Identifier): void {
  if (isShared(rewrite, node.name)) insertFor(rewrite, node, nameText(rewrite, node.name))
  else copyNode(rewrite, node)
}

export function emitBinary(rewrite: Rewrite, node: BinaryExpression): void {
  const { operator, left, right } = node
  const constant = left.type === 'Literal' && right.type === 'Literal'
  if (!isBinaryOperator(operator) || constant) emitAround(rewrite, node)
  else emitCall(rewrite, node, binaryNames[operator], [left, right])
}

/**
 * The runtime remembers the value that `test` looked at, and `take` hands it out right after: the
 * expression's own value without a temporary variable.
 */
export function emitLogical(rewrite: Rewrite, node: LogicalExpression): void {
  if (node.operator === '??') {
    emitAround(rewrite, node)
    return
  }
  insertFor(rewrite, node, '(')
  emitCall(rewrite, node.left, 'test', [node.left])
  insertFor(rewrite, node, ' ? ')
  if (node.operator === '&&') emitOperand(rewrite, node.right)
  else insertFor(rewrite, node, `${rewrite.lab}.take()`)
  insertFor(rewrite, node, ' : ')
  if (node.operator === '||') emitOperand(rewrite, node.right)
  else insertFor(rewrite, node, `${rewrite.lab}.take()`)
  insertFor(rewrite, node, ')')
}

/** Writes an expression of which only the truth matters. */
export function emitTruth(rewrite: Rewrite, node: Expression): void {
  if (isPlainBoolean(node)) {
    rewrite.emit(node)
  } else if (node.type === 'LogicalExpression' && node.operator !== '??') {
    insertFor(rewrite, node, '(')
    emitTruth(rewrite, node.left)
    insertFor(rewrite, node, ` ${node.operator} `)
    emitTruth(rewrite, node.right)
    insertFor(rewrite, node, ')')
  } else {
    emitCall(rewrite, node, 'truth', [node])
  }
}

export function emitUnary(rewrite: Rewrite, node: UnaryExpression): void {
  const { operator, argument } = node
  if (isUnaryOperator(operator) && argument.type !== 'Literal') {
    emitCall(rewrite, node, unaryNames[operator], [argument])
  } else if (operator === '!') {
    insertFor(rewrite, node, '!(')
    emitTruth(rewrite, argument)
    insertFor(rewrite, node, ')')
  } else if (operator === 'typeof' && argument.type === 'Identifier' && isShared(rewrite, argument.name)) {
    insertFor(rewrite, node, `${rewrite.lab}.typeOf('${argument.name}')`)
  } else if (operator === 'delete' && argument.type === 'MemberExpression' && rewritesMember(argument)) {
    emitCall(rewrite, node, 'delete', [argument.object, argument.property])
  } else {
    emitAround(rewrite, node)
  }
}

/** `x[i]`, which arrays answer to; not `x.name`, nor `super[i]`. */
export function rewritesMember(node: MemberExpression): boolean {
  return node.computed && node.object.type !== 'Super'
}

export function emitMember(rewrite: Rewrite, node: MemberExpression): void {
  if (!rewritesMember(node)) {
    emitMemberAsWritten(rewrite, node)
  } else if (node.property.type === 'SequenceExpression') {
    emitCall(rewrite, node, 'getAll', [node.object, ...node.property.expressions])
  } else {
    emitCall(rewrite, node, 'get', [node.object, node.property])
  }
}

/** A member whose object must stay the receiver of a call, or the base of an optional chain. */
export function emitMemberAsWritten(rewrite: Rewrite, node: MemberExpression): void {
  emitAround(rewrite, node, node.computed ? [node.object, node.property] : [node.object])
}

/** `(0, name)`, so that a call does not make the shared scope its `this`. */
function emitCalledName(rewrite: Rewrite, node: Identifier): void {
  insertFor(rewrite, node, isShared(rewrite, node.name) ? `(0, ${nameText(rewrite, node.name)})` : node.name)
}

function emitCallee(rewrite: Rewrite, node: AnyNode): void {
  if (node.type === 'Identifier') emitCalledName(rewrite, node)
  else if (node.type === 'MemberExpression') emitMemberAsWritten(rewrite, node)
  else rewrite.emit(node)
}

export function emitCallExpression(rewrite: Rewrite, node: CallExpression, emitCalled = emitCallee): void {
  const { callee } = node
  const rest = node.arguments
  rewrite.out.copy(node.start, callee.start)
  emitCalled(rewrite, callee)
  const opening = rewrite.source.slice(callee.end, rest[0]?.start ?? node.end)
  // The engine places a call of anything but a method at its parenthesis; the user looks where it begins.
  if (callee.type === 'MemberExpression') rewrite.out.copy(callee.end, rest[0]?.start ?? node.end)
  else insertFor(rewrite, callee.type === 'Identifier' ? callee : node, opening)
  let cursor = rest[0]?.start ?? node.end
  for (const argument of rest) {
    rewrite.out.copy(cursor, argument.start)
    rewrite.emit(argument)
    cursor = argument.end
  }
  rewrite.out.copy(cursor, node.end)
}

export function emitNew(rewrite: Rewrite, node: NewExpression): void {
  emitAround(rewrite, node, [node.callee, ...node.arguments], (child) => {
    if (child !== node.callee || child.type === 'Identifier') {
      rewrite.emit(child)
      return
    }
    insertFor(rewrite, child, '(')
    rewrite.emit(child)
    insertFor(rewrite, child, ')')
  })
}

export function emitTagged(rewrite: Rewrite, node: TaggedTemplateExpression): void {
  emitAround(rewrite, node, [node.tag, node.quasi], (child) => {
    if (child === node.tag) emitCallee(rewrite, child)
    else rewrite.emit(child)
  })
}

function hasOptional(node: AnyNode): boolean {
  if (node.type === 'MemberExpression') return node.optional || hasOptional(node.object)
  if (node.type === 'CallExpression') return node.optional || hasOptional(node.callee)
  return false
}

/** The links of `a?.b.c()` after the first `?.` stay as written: together they may end early. */
function emitLink(rewrite: Rewrite, node: AnyNode): void {
  if (!hasOptional(node)) {
    emitCallee(rewrite, node)
  } else if (node.type === 'CallExpression') {
    emitCallExpression(rewrite, node, emitLink)
  } else if (node.type === 'MemberExpression') {
    emitAround(rewrite, node, node.computed ? [node.object, node.property] : [node.object], (child) => {
      if (child === node.object && hasOptional(child)) emitLink(rewrite, child)
      else rewrite.emit(child)
    })
  }
}

export function emitChain(rewrite: Rewrite, node: ChainExpression): void {
  const { expression } = node
  const indexes = expression.type === 'MemberExpression' && expression.computed && expression.optional
  if (!indexes || hasOptional(expression.object)) {
    emitLink(rewrite, expression)
    return
  }
  insertFor(rewrite, node, '(')
  emitCall(rewrite, node, 'present', [expression.object])
  insertFor(rewrite, node, ' ? ')
  emitCall(rewrite, node, 'get', [`${rewrite.lab}.take()`, expression.property])
  insertFor(rewrite, node, ' : undefined)')
}

export function emitProperty(rewrite: Rewrite, node: Property | AssignmentProperty): void {
  if (node.shorthand) {
    copyNode(rewrite, node.key)
    insertFor(rewrite, node, ': ')
    rewrite.emit(node.value)
  } else {
    emitAround(rewrite, node, node.computed ? [node.key, node.value] : [node.value])
  }
}
