import type {
  AnyNode,
  BinaryExpression,
  CallExpression,
  ChainExpression,
  Expression,
  Identifier,
  LogicalExpression,
  MemberExpression,
  NewExpression,
  TaggedTemplateExpression,
  UnaryExpression,
} from 'acorn'
import { binaryNames, isBinaryOperator, isUnaryOperator, unaryNames } from './operator-names.ts'
import { type Rewrite, copyNode, emitAround, emitCall, emitOperand, insertFor, isShared, nameText } from './rewrite.ts'
import {
  callOffset,
  emitLastArgument,
  emitPlaced,
  emitTemplate,
  emitWithoutArguments,
  isSimpleCallee,
  operatorOffset,
  placed,
  positionText,
} from './rewrite-positions.ts'
import { isPlainBoolean } from './syntax-tree.ts'

export function emitIdentifier(rewrite: Rewrite, node: Identifier): void {
  if (isShared(rewrite, node.name)) insertFor(rewrite, node, nameText(rewrite, node.name))
  else copyNode(rewrite, node)
}

export function emitBinary(rewrite: Rewrite, node: BinaryExpression): void {
  const { operator, left, right } = node
  const constant = left.type === 'Literal' && right.type === 'Literal'
  if (!isBinaryOperator(operator) || constant) emitAround(rewrite, node)
  else {
    const place = placed(rewrite, operatorOffset(rewrite, left, operator, right))
    emitCall(rewrite, node, binaryNames[operator], [left, right, place])
  }
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
  emitCall(rewrite, node.left, 'test', [node.left, placed(rewrite, node.left.start)])
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
    emitCall(rewrite, node, 'truth', [node, placed(rewrite, node.start)])
  }
}

export function emitUnary(rewrite: Rewrite, node: UnaryExpression): void {
  const { operator, argument } = node
  if (isUnaryOperator(operator) && argument.type !== 'Literal') {
    emitCall(rewrite, node, unaryNames[operator], [argument, placed(rewrite, node.start)])
  } else if (operator === '!') {
    insertFor(rewrite, node, '!(')
    emitTruth(rewrite, argument)
    insertFor(rewrite, node, ')')
  } else if (operator === 'typeof' && argument.type === 'Identifier' && isShared(rewrite, argument.name)) {
    insertFor(rewrite, node, `${rewrite.lab}.typeOf('${argument.name}')`)
  } else if (operator === 'delete' && argument.type === 'MemberExpression' && rewritesMember(argument)) {
    emitCall(rewrite, node, 'delete', [argument.object, argument.property])
  } else if (operator === 'delete') {
    emitAround(rewrite, node, [argument], () => emitCallee(rewrite, argument))
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
    emitNamedMember(rewrite, node)
    return
  }
  const { object, property } = node
  const place = placed(rewrite, property.start)
  if (property.type === 'SequenceExpression')
    emitCall(rewrite, node, 'getAll', [place, object, ...property.expressions])
  else emitCall(rewrite, node, 'get', [object, property, place])
}

/** `x.name`; where reading it computes something, the place is announced. */
function emitNamedMember(rewrite: Rewrite, node: MemberExpression): void {
  const { object, property } = node
  if (property.type !== 'Identifier' || !rewrite.lazyMembers.has(property.name) || object.type === 'Super') {
    emitMemberAsWritten(rewrite, node)
  } else {
    emitAround(rewrite, node, [object], () => emitPlaced(rewrite, object, property.start))
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
  else if (node.type === 'ChainExpression') emitChainAsWritten(rewrite, node)
  else rewrite.emit(node)
}

export function emitCallExpression(rewrite: Rewrite, node: CallExpression): void {
  emitCallOf(rewrite, node, false, (callee) => emitCallee(rewrite, callee))
}

/** Writes a call; `linked` where it is a link of an optional chain, in which nothing can stand before it. */
function emitCallOf(
  rewrite: Rewrite,
  node: CallExpression,
  linked: boolean,
  emitCalled: (callee: AnyNode) => void,
): void {
  const { callee, arguments: rest } = node
  const first = rest[0]
  // The engine places a call of anything but a method at its parenthesis; the user looks where it begins.
  const emitText = (start: number, end: number): void => {
    if (callee.type === 'MemberExpression') rewrite.out.copy(start, end)
    else insertFor(rewrite, callee.type === 'Identifier' ? callee : node, rewrite.source.slice(start, end))
  }
  if (first === undefined) {
    emitWithoutArguments(rewrite, node, linked, (spread) => {
      rewrite.out.copy(node.start, callee.start)
      emitCalled(callee)
      emitText(callee.end, node.end - 1)
      insertFor(rewrite, node, spread)
      emitText(node.end - 1, node.end)
    })
    return
  }
  rewrite.out.copy(node.start, callee.start)
  emitCalled(callee)
  emitText(callee.end, first.start)
  emitArguments(rewrite, rest, callOffset(callee, node.start))
  rewrite.out.copy(rest.at(-1)?.end ?? node.end, node.end)
}

/** Writes the operands of a call, from the first to the last. */
function emitArguments(rewrite: Rewrite, rest: readonly AnyNode[], offset: number): void {
  let cursor = rest[0]?.start ?? 0
  rest.forEach((argument, i) => {
    rewrite.out.copy(cursor, argument.start)
    if (i === rest.length - 1) emitLastArgument(rewrite, argument, offset)
    else rewrite.emit(argument)
    cursor = argument.end
  })
}

export function emitNew(rewrite: Rewrite, node: NewExpression): void {
  const { callee } = node
  const last = node.arguments.at(-1)
  const announced = last === undefined && isSimpleCallee(rewrite, callee)
  if (announced) insertFor(rewrite, node, `(${positionText(rewrite, node.start)}, `)
  emitAround(rewrite, node, [callee, ...node.arguments], (child) => {
    if (child === last) {
      emitLastArgument(rewrite, child, node.start)
    } else if (child !== callee || child.type === 'Identifier') {
      rewrite.emit(child)
    } else {
      insertFor(rewrite, child, '(')
      rewrite.emit(child)
      insertFor(rewrite, child, ')')
    }
  })
  if (announced) insertFor(rewrite, node, ')')
}

export function emitTagged(rewrite: Rewrite, node: TaggedTemplateExpression): void {
  const { tag, quasi } = node
  const offset = callOffset(tag, node.start)
  const announced = quasi.expressions.length === 0 && isSimpleCallee(rewrite, tag)
  if (announced) insertFor(rewrite, node, `(${positionText(rewrite, offset)}, `)
  emitAround(rewrite, node, [tag, quasi], (child) => {
    if (child === tag) emitCallee(rewrite, child)
    else emitTemplate(rewrite, quasi, offset)
  })
  if (announced) insertFor(rewrite, node, ')')
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
    emitCallOf(rewrite, node, hasOptional(node), (callee) => emitLink(rewrite, callee))
  } else if (node.type === 'MemberExpression') {
    emitAround(rewrite, node, node.computed ? [node.object, node.property] : [node.object], (child) => {
      if (child === node.object && hasOptional(child)) emitLink(rewrite, child)
      else rewrite.emit(child)
    })
  }
}

export function emitChain(rewrite: Rewrite, node: ChainExpression): void {
  if (!readsLazily(rewrite, node.expression)) {
    emitChainAsWritten(rewrite, node)
    return
  }
  insertFor(rewrite, node, `(${positionText(rewrite, node.start)}, `)
  emitChainAsWritten(rewrite, node)
  insertFor(rewrite, node, ')')
}

function readsLazily(rewrite: Rewrite, node: AnyNode): boolean {
  if (node.type !== 'MemberExpression') return false
  const { object, property } = node
  return (property.type === 'Identifier' && rewrite.lazyMembers.has(property.name)) || readsLazily(rewrite, object)
}

function emitChainAsWritten(rewrite: Rewrite, node: ChainExpression): void {
  const { expression } = node
  const indexes = expression.type === 'MemberExpression' && expression.computed && expression.optional
  if (!indexes || hasOptional(expression.object)) {
    emitLink(rewrite, expression)
    return
  }
  const { object, property } = expression
  insertFor(rewrite, node, '(')
  emitCall(rewrite, node, 'present', [object])
  insertFor(rewrite, node, ' ? ')
  emitCall(rewrite, node, 'get', [`${rewrite.lab}.take()`, property, placed(rewrite, property.start)])
  insertFor(rewrite, node, ' : undefined)')
}
