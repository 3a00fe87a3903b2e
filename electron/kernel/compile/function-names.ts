import type { AnyNode, Expression, Pattern } from 'acorn'
import { childNodes } from './syntax-tree.ts'

/** The names that functions have in stacks: their own, or that of what they are assigned to. */
export type FunctionNames = ReadonlyMap<AnyNode, string>

export function functionNames(program: AnyNode): FunctionNames {
  const names = new Map<AnyNode, string>()
  visit(program, names)
  return names
}

function visit(node: AnyNode, names: Map<AnyNode, string>): void {
  const [value, name] = named(node)
  if (value && name !== null && !names.has(value)) names.set(value, name)
  for (const child of childNodes(node)) visit(child, names)
}

/** The function or class that a node gives a name to, with that name. */
function named(node: AnyNode): readonly [AnyNode | null | undefined, string | null] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return [node, node.id?.name ?? null]
    case 'ClassDeclaration':
    case 'ClassExpression': {
      const constructor = node.body.body.find((each) => each.type === 'MethodDefinition' && each.kind === 'constructor')
      return [constructor?.type === 'MethodDefinition' ? constructor.value : null, node.id?.name ?? null]
    }
    case 'VariableDeclarator':
      return [node.init, identifier(node.id)]
    case 'AssignmentExpression':
      return [node.right, identifier(node.left)]
    case 'AssignmentPattern':
      return [node.right, identifier(node.left)]
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return [node.value, node.computed ? null : keyName(node.key)]
    default:
      return [null, null]
  }
}

function identifier(target: Pattern | Expression): string | null {
  return target.type === 'Identifier' ? target.name : null
}

function keyName(key: AnyNode): string | null {
  if (key.type === 'Identifier' || key.type === 'PrivateIdentifier') return key.name
  return key.type === 'Literal' ? String(key.value) : null
}
