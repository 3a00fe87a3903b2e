import type { AnyNode, CallExpression, Expression, TemplateLiteral } from 'acorn'
import { type Rewrite, emitAround, emitCall, insertFor } from './rewrite.ts'

/**
 * Generated code says where it is right before everything that might reach the core: by writing a number into
 * the position of the source scope, or by handing it to the runtime, which writes it when an array is met.
 */
export function positionText(rewrite: Rewrite, offset: number): string {
  return `${rewrite.lab}Scope.position = ${rewrite.positions.at(offset)}`
}

/** The number of a place, as an operand of a function of the runtime. */
export function placed(rewrite: Rewrite, offset: number): string {
  return String(rewrite.positions.at(offset))
}

/** Where an operator stands between its operands. */
export function operatorOffset({ source }: Rewrite, left: AnyNode, operator: string, right: AnyNode): number {
  const between = source.slice(left.end, right.start)
  const code = between.replace(/\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*/g, (comment) => ' '.repeat(comment.length))
  return left.end + Math.max(0, code.indexOf(operator))
}

/** Where a call is: at its method, as the engine places it, or where it begins. */
export function callOffset(callee: AnyNode, start: number): number {
  return callee.type === 'MemberExpression' && !callee.computed ? callee.property.start : start
}

/** Whether evaluating an expression runs nothing that could move the position. */
export function isSimple(node: AnyNode): boolean {
  switch (node.type) {
    case 'Identifier':
    case 'Literal':
    case 'ThisExpression':
    case 'Super':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true
    case 'ArrayExpression':
      return node.elements.every((element) => element === null || isSimple(element))
    case 'ObjectExpression':
      return node.properties.every((each) => each.type === 'Property' && !each.computed && isSimple(each.value))
    default:
      return false
  }
}

/** Whether what is called can be found without moving the position; getters of the user's put it back. */
export function isSimpleCallee(rewrite: Rewrite, node: AnyNode): boolean {
  if (node.type !== 'MemberExpression') return isSimple(node)
  const { object, property, computed } = node
  const lazy = property.type === 'Identifier' && rewrite.lazyMembers.has(property.name)
  // `x[i]` below the callee is an operation of its own, with its own place.
  const indexed = object.type === 'MemberExpression' && object.computed
  return !lazy && !indexed && (!computed || isSimple(property)) && isSimpleCallee(rewrite, object)
}

/** Writes an expression after which the position is the given one. */
export function emitPlaced(rewrite: Rewrite, node: AnyNode, offset: number): void {
  if (isSimple(node)) {
    insertFor(rewrite, node, `(${positionText(rewrite, offset)}, `)
    rewrite.emit(node)
    insertFor(rewrite, node, ')')
  } else {
    emitCall(rewrite, node, 'at', [node, placed(rewrite, offset)])
  }
}

/** Writes the last operand of a call, so that the call that follows has its position. */
export function emitLastArgument(rewrite: Rewrite, node: AnyNode, offset: number): void {
  if (node.type !== 'SpreadElement') {
    emitPlaced(rewrite, node, offset)
    return
  }
  emitAround(rewrite, node, [node.argument], () => emitSpread(rewrite, node.argument, offset))
}

/** Writes what is spread: gone through already, so that nothing moves the position afterwards. */
export function emitSpread(rewrite: Rewrite, node: Expression, offset: number): void {
  emitCall(rewrite, node, 'spread', [node, placed(rewrite, offset), textOf(rewrite, node)])
}

/** Writes what a loop or a pattern goes through. */
export function emitIterable(rewrite: Rewrite, node: Expression): void {
  if (node.type === 'ArrayExpression') rewrite.emit(node)
  else emitCall(rewrite, node, 'iterable', [node, placed(rewrite, node.start), textOf(rewrite, node)])
}

/** An expression as an error names it. */
function textOf({ source }: Rewrite, node: AnyNode): string {
  const text = source.slice(node.start, node.end).replace(/\s+/g, ' ')
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)} …` : text)
}

/** Writes a template whose values are turned into text at their places, or at that of the call they are for. */
export function emitTemplate(rewrite: Rewrite, node: TemplateLiteral, offset?: number): void {
  emitAround(rewrite, node, node.expressions, (child) => {
    if (child.type === 'Literal' && offset === undefined) rewrite.emit(child)
    else emitPlaced(rewrite, child, offset ?? child.start)
  })
}

/** Writes a call without operands, which cannot carry its position in the last of them. */
export function emitWithoutArguments(
  rewrite: Rewrite,
  node: CallExpression,
  linked: boolean,
  emitCalled: (parenthesis: string) => void,
): void {
  const { callee } = node
  const offset = callOffset(callee, node.start)
  if (linked || !isSimpleCallee(rewrite, callee)) {
    emitCalled(`...${rewrite.lab}.here(${placed(rewrite, offset)})`)
    return
  }
  insertFor(rewrite, node, `(${positionText(rewrite, offset)}, `)
  emitCalled('')
  insertFor(rewrite, node, ')')
}
