import type { AnyNode, AssignmentExpression, Identifier, MemberExpression, Pattern, UpdateExpression } from 'acorn'
import { type BinaryName, binaryNames, isBinaryOperator } from './operator-names.ts'
import { emitIterable, operatorOffset, placed } from './rewrite-positions.ts'
import { type Rewrite, copyNode, emitAround, emitCall, emitOperand, insertFor, isShared, nameText } from './rewrite.ts'
import { emitMemberAsWritten, rewritesMember } from './rewrite-expressions.ts'

/** Writes a pattern: of names that it declares, or (`binding` false) of targets that it assigns to. */
export function emitPattern(rewrite: Rewrite, pattern: Pattern, binding: boolean): void {
  const inner = (child: AnyNode, part: Pattern): void => {
    if (child === part) emitPattern(rewrite, part, binding)
    else rewrite.emit(child)
  }
  switch (pattern.type) {
    case 'Identifier':
      if (binding) copyNode(rewrite, pattern)
      else insertFor(rewrite, pattern, nameText(rewrite, pattern.name))
      return
    case 'MemberExpression':
      emitMemberTarget(rewrite, pattern)
      return
    case 'RestElement':
      emitAround(rewrite, pattern, [pattern.argument], (child) => inner(child, pattern.argument))
      return
    case 'AssignmentPattern':
      emitAround(rewrite, pattern, [pattern.left, pattern.right], (child) => inner(child, pattern.left))
      return
    case 'ArrayPattern':
      emitAround(rewrite, pattern, pattern.elements, (child) => {
        const element = pattern.elements.find((each) => each === child)
        if (element) emitPattern(rewrite, element, binding)
      })
      return
    case 'ObjectPattern':
      emitAround(rewrite, pattern, pattern.properties, (child) => {
        const property = pattern.properties.find((each) => each === child)
        if (property?.type === 'RestElement') emitPattern(rewrite, property, binding)
        else if (property?.shorthand) {
          copyNode(rewrite, property.key)
          insertFor(rewrite, property, ': ')
          emitPattern(rewrite, property.value, binding)
        } else if (property) {
          const parts = property.computed ? [property.key, property.value] : [property.value]
          emitAround(rewrite, property, parts, (part) => inner(part, property.value))
        }
      })
  }
}

/** `x[i]` as the target of a destructuring or a loop: an object whose `value` is the element. */
function emitMemberTarget(rewrite: Rewrite, node: MemberExpression): void {
  if (!rewritesMember(node)) {
    emitMemberAsWritten(rewrite, node)
    return
  }
  emitCall(rewrite, node, 'slot', [node.object, node.property, placed(rewrite, node.property.start)])
  insertFor(rewrite, node, '.value')
}

function isAnonymous(node: AnyNode): boolean {
  return (
    node.type === 'ArrowFunctionExpression' ||
    ((node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id)
  )
}

/** Writes a value so that an anonymous function in it gets the name it would have had. */
function emitNamed(rewrite: Rewrite, target: Identifier, value: AnyNode): void {
  if (!isShared(rewrite, target.name) || !isAnonymous(value)) {
    emitOperand(rewrite, value)
    return
  }
  insertFor(rewrite, value, `({ ${target.name}: `)
  rewrite.emit(value)
  insertFor(rewrite, value, ` }).${target.name}`)
}

export function emitAssignment(rewrite: Rewrite, node: AssignmentExpression): void {
  const { left, operator, right } = node
  if (operator === '=') {
    if (left.type === 'MemberExpression' && rewritesMember(left)) {
      emitCall(rewrite, node, 'set', [left.object, left.property, right])
      return
    }
    emitAround(rewrite, node, [left, right], (child) => {
      if (child === left) emitPattern(rewrite, left, false)
      else if (left.type === 'Identifier') emitNamed(rewrite, left, right)
      else if (left.type === 'ArrayPattern') emitIterable(rewrite, right)
      else rewrite.emit(child)
    })
    return
  }
  const binary = operator.slice(0, -1)
  if (isBinaryOperator(binary)) emitCompound(rewrite, node, binaryNames[binary])
  else emitLogicalAssignment(rewrite, node)
}

/** Whether evaluating an expression twice is the same as evaluating it once. */
function isStable(node: AnyNode): boolean {
  return node.type === 'Identifier' || node.type === 'Literal' || node.type === 'ThisExpression'
}

function emitCompound(rewrite: Rewrite, node: AssignmentExpression, name: BinaryName): void {
  const { left, operator, right } = node
  const { lab } = rewrite
  const place = placed(rewrite, operatorOffset(rewrite, left, operator, right))
  if (left.type === 'Identifier') {
    const target = nameText(rewrite, left.name)
    insertFor(rewrite, node, `${target} = `)
    emitCall(rewrite, node, name, [target, right, place])
  } else if (left.type === 'MemberExpression' && !left.computed && isStable(left.object)) {
    emitMemberAsWritten(rewrite, left)
    insertFor(rewrite, node, ' = ')
    insertFor(rewrite, node, `${lab}.${name}(`)
    emitMemberAsWritten(rewrite, left)
    insertFor(rewrite, node, ', ')
    emitOperand(rewrite, right)
    insertFor(rewrite, node, `, ${place})`)
  } else if (
    left.type === 'MemberExpression' &&
    rewritesMember(left) &&
    isStable(left.object) &&
    isStable(left.property)
  ) {
    insertFor(rewrite, node, `${lab}.set(`)
    rewrite.emit(left.object)
    insertFor(rewrite, node, ', ')
    rewrite.emit(left.property)
    insertFor(rewrite, node, `, ${lab}.${name}(`)
    emitCall(rewrite, node, 'get', [left.object, left.property, placed(rewrite, left.property.start)])
    insertFor(rewrite, node, ', ')
    emitOperand(rewrite, right)
    insertFor(rewrite, node, `, ${place}))`)
  } else if (left.type === 'MemberExpression' && left.object.type !== 'Super') {
    emitSlot(rewrite, left)
    insertFor(rewrite, node, '.value = ')
    emitCall(rewrite, node, name, [`${lab}.slotValue()`, right, place])
  } else {
    emitAround(rewrite, node, [left, right])
  }
}

/** `$lab.slot(object, key)`: the element as an object with a `value`, remembered by the runtime. */
function emitSlot(rewrite: Rewrite, node: MemberExpression): void {
  const key = node.computed ? node.property : keyText(node)
  emitCall(rewrite, node, 'slot', [node.object, key, placed(rewrite, node.property.start)])
}

function keyText(node: MemberExpression): string {
  return node.property.type === 'Identifier' ? `'${node.property.name}'` : 'undefined'
}

function emitLogicalAssignment(rewrite: Rewrite, node: AssignmentExpression): void {
  const { left, operator, right } = node
  const member = left.type === 'MemberExpression'
  const isPrivate = member && (left.object.type === 'Super' || left.property.type === 'PrivateIdentifier')
  if (operator === '??=' || isPrivate || !(member || left.type === 'Identifier')) {
    const parts = [left, right]
    emitAround(rewrite, node, parts, (child) => {
      if (child === left && left.type !== 'MemberExpression') emitPattern(rewrite, left, false)
      else if (child === left && member) emitMemberTarget(rewrite, left)
      else if (left.type === 'Identifier') emitNamed(rewrite, left, right)
      else rewrite.emit(child)
    })
    return
  }
  const { lab } = rewrite
  insertFor(rewrite, node, `(${lab}.test(`)
  if (left.type === 'Identifier') insertFor(rewrite, node, nameText(rewrite, left.name))
  else emitSlotOf(rewrite, left)
  insertFor(rewrite, node, `, ${placed(rewrite, left.start)}) ? `)
  const assign = (): void => {
    insertFor(rewrite, node, left.type === 'Identifier' ? nameText(rewrite, left.name) : `${lab}.lastSlot()`)
    insertFor(rewrite, node, left.type === 'Identifier' ? ' = ' : '.value = ')
    if (left.type === 'Identifier') emitNamed(rewrite, left, right)
    else emitOperand(rewrite, right)
  }
  if (operator === '&&=') assign()
  else insertFor(rewrite, node, `${lab}.take()`)
  insertFor(rewrite, node, ' : ')
  if (operator === '||=') assign()
  else insertFor(rewrite, node, `${lab}.take()`)
  insertFor(rewrite, node, ')')
}

function emitSlotOf(rewrite: Rewrite, left: Pattern): void {
  if (left.type !== 'MemberExpression') return
  emitSlot(rewrite, left)
  insertFor(rewrite, left, '.value')
}

/** `x++` and kin. `used` is false where nothing reads the value. */
export function emitUpdate(rewrite: Rewrite, node: UpdateExpression, used: boolean): void {
  const { argument, operator, prefix } = node
  const { lab } = rewrite
  const step = operator === '++' ? 'increment' : 'decrement'
  const place = placed(rewrite, node.start)
  if (argument.type === 'Identifier') {
    const target = nameText(rewrite, argument.name)
    const keeps = used && !prefix
    const text = `${target} = ${lab}.${step}${keeps ? 'Keeping' : ''}(${target}, ${place})`
    insertFor(rewrite, node, keeps ? `(${text}, ${lab}.take())` : used ? `(${text})` : text)
  } else if (
    argument.type === 'MemberExpression' &&
    argument.object.type !== 'Super' &&
    argument.property.type !== 'PrivateIdentifier'
  ) {
    const key = argument.computed ? argument.property : keyText(argument)
    emitCall(rewrite, node, prefix ? `${step}At` : `${step}AtKeeping`, [argument.object, key, place])
  } else {
    emitAround(rewrite, node)
  }
}
