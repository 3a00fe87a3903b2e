import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  Pattern,
} from 'acorn'

export type FunctionNode =
  FunctionDeclaration | AnonymousFunctionDeclaration | FunctionExpression | ArrowFunctionExpression

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The nodes directly below, in the order of the text. */
export function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node)) {
    if (isNode(value)) children.push(value)
    else if (Array.isArray(value)) children.push(...value.filter(isNode))
  }
  return children.sort((a, b) => a.start - b.start)
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  )
}

/** The names that a binding pattern declares. */
export function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'MemberExpression':
      return []
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)))
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement' ? patternNames(property) : patternNames(property.value),
      )
  }
}

/** Names that `let`, `const`, `class` and `function` declare directly in a list of statements. */
export function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => {
    switch (statement.type) {
      case 'VariableDeclaration':
        return statement.kind === 'var' ? [] : statement.declarations.flatMap((each) => patternNames(each.id))
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        return statement.id === null ? [] : [statement.id.name]
      default:
        return []
    }
  })
}

/** Names that `var` declares anywhere below, functions excepted. */
export function varNames(node: AnyNode): string[] {
  if (isFunction(node) || node.type === 'StaticBlock' || node.type === 'PropertyDefinition') return []
  const here =
    node.type === 'VariableDeclaration' && node.kind === 'var'
      ? node.declarations.flatMap((each) => patternNames(each.id))
      : []
  return [...here, ...childNodes(node).flatMap(varNames)]
}

/** Whether a node below satisfies a test, functions and classes excepted. */
export function containsDirectly(node: AnyNode, test: (node: AnyNode) => boolean): boolean {
  return childNodes(node).some((child) => test(child) || (!isFunction(child) && containsDirectly(child, test)))
}

export function usesAwait(node: AnyNode): boolean {
  return containsDirectly(
    node,
    (child) => child.type === 'AwaitExpression' || (child.type === 'ForOfStatement' && child.await),
  )
}

/** A function that calls nothing cannot recurse, so it needs no check for an interrupt of its own. */
export function callsSomething(node: AnyNode): boolean {
  return containsDirectly(
    node,
    (child) =>
      child.type === 'CallExpression' ||
      child.type === 'NewExpression' ||
      child.type === 'TaggedTemplateExpression' ||
      child.type === 'AwaitExpression' ||
      child.type === 'YieldExpression',
  )
}

/** Expressions whose value is a JS boolean whatever their operands are. */
export function isPlainBoolean(node: Expression): boolean {
  switch (node.type) {
    case 'Literal':
      return true
    case 'UnaryExpression':
      return node.operator === '!' || node.operator === 'delete' || node.operator === 'typeof'
    case 'BinaryExpression':
      return ['===', '!==', 'in', 'instanceof'].includes(node.operator)
    default:
      return false
  }
}
