import type {
  AnonymousClassDeclaration,
  AnyNode,
  AssignmentProperty,
  ClassDeclaration,
  ClassExpression,
  Expression,
  MethodDefinition,
  Pattern,
  Property,
  PropertyDefinition,
  StaticBlock,
  VariableDeclaration,
} from 'acorn'
import { CellSyntaxError } from './cell-syntax-error.ts'
import { emitPattern } from './rewrite-assignments.ts'
import { emitIterable } from './rewrite-positions.ts'
import { type Rewrite, copyNode, emitAround, endStatement, insertFor } from './rewrite.ts'
import { type FunctionNode, callsSomething, isFunction, lexicalNames, patternNames, varNames } from './syntax-tree.ts'

/** A declaration whose names stay local, or the head of a loop. */
export function emitLocalDeclaration(rewrite: Rewrite, node: VariableDeclaration): void {
  emitAround(rewrite, node, node.declarations, (child) => {
    const each = node.declarations.find((declarator) => declarator === child)
    if (each === undefined) return
    emitAround(rewrite, each, [each.id, each.init], (part) => {
      if (part === each.id) emitPattern(rewrite, each.id, true)
      else if (each.init) emitInitial(rewrite, each.id, each.init)
    })
  })
}

/** The value of a declaration; a list pattern goes through it, which an array answers to. */
function emitInitial(rewrite: Rewrite, target: Pattern, value: Expression): void {
  if (target.type === 'ArrayPattern') emitIterable(rewrite, value)
  else rewrite.emit(value)
}

/**
 * A top-level declaration: declared in a block of its own, so that functions get their names as usual,
 * and then defined in the shared scope.
 */
export function emitSharedDeclaration(rewrite: Rewrite, node: VariableDeclaration): void {
  const kind: string = node.kind
  if (kind !== 'var' && kind !== 'let' && kind !== 'const') {
    throw new CellSyntaxError(
      `a cell cannot declare with '${kind}' at its top level: the name would outlive its disposal`,
      node.start,
      node.start + kind.length,
      'Use it inside a block or a function.',
    )
  }
  insertFor(rewrite, node, '{ ')
  for (const each of node.declarations) {
    const { id, init } = each
    const names = patternNames(id)
    if (!init && node.kind === 'var') continue
    insertFor(rewrite, each, `{ ${init ? 'const' : 'let'} `)
    emitPattern(rewrite, id, true)
    if (init) {
      rewrite.out.copy(id.end, init.start)
      emitInitial(rewrite, id, init)
      rewrite.out.copy(init.end, each.end)
    }
    insertFor(rewrite, each, `; ${rewrite.lab}.define('${node.kind}', { ${names.join(', ')} }); } `)
  }
  insertFor(rewrite, node, '}')
}

/** A shared `var` in the head of a loop: its names exist already, so it only assigns. */
export function emitSharedVarHead(rewrite: Rewrite, node: VariableDeclaration, assigns: boolean): void {
  const assigned = node.declarations.filter((each) => !assigns || each.init)
  assigned.forEach((each, index) => {
    if (index > 0) insertFor(rewrite, each, ', ')
    const grouped = assigns && each.id.type === 'ObjectPattern'
    if (grouped) insertFor(rewrite, each, '(')
    emitPattern(rewrite, each.id, false)
    if (each.init) {
      rewrite.out.copy(each.id.end, each.init.start)
      emitInitial(rewrite, each.id, each.init)
      rewrite.out.copy(each.init.end, each.end)
    }
    if (grouped) insertFor(rewrite, each, ')')
  })
}

/** A function with its names; a getter, which runs where nothing says so, puts the position back. */
export function emitFunction(rewrite: Rewrite, node: FunctionNode, isGetter = false): void {
  rewrite.positions.within(rewrite.functionNames.get(node) ?? null, () => emitParts(rewrite, node, isGetter))
}

function emitParts(rewrite: Rewrite, node: FunctionNode, isGetter: boolean): void {
  const own = node.type === 'FunctionExpression' && node.id ? [node.id.name] : []
  const implicit = node.type === 'ArrowFunctionExpression' ? [] : ['arguments']
  const { body } = node
  const tick = callsSomething(body) ? `${rewrite.lab}.tick()` : null
  rewrite.scopes.within([...own, ...implicit, ...node.params.flatMap(patternNames)], 'function', () => {
    emitAround(rewrite, node, [...node.params, body], (child) => {
      const parameter = node.params.find((each) => each === child)
      if (parameter) emitPattern(rewrite, parameter, true)
      else if (body.type === 'BlockStatement') {
        rewrite.scopes.within([...varNames(body), ...lexicalNames(body.body)], 'function', () => {
          emitBody(rewrite, body, tick, isGetter)
        })
      } else if (tick !== null) {
        insertFor(rewrite, body, `(${tick}, `)
        rewrite.emit(body)
        insertFor(rewrite, body, ')')
      } else {
        rewrite.emit(body)
      }
    })
  })
}

/** The statements of a block, after a check for an interrupt. */
function emitBody(
  rewrite: Rewrite,
  body: AnyNode & { readonly body: readonly AnyNode[] },
  tick: string | null,
  restores: boolean,
): void {
  const position = `${rewrite.lab}Scope.position`
  const kept = `${rewrite.lab}Before`
  rewrite.out.copy(body.start, body.start + 1)
  if (tick !== null) rewrite.out.insert(` ${tick};`, body.start, body.start + 1)
  if (restores) rewrite.out.insert(` const ${kept} = ${position}; try {`, body.start, body.start + 1)
  let cursor = body.start + 1
  for (const statement of body.body) {
    rewrite.out.copy(cursor, statement.start)
    rewrite.emit(statement)
    cursor = statement.end
  }
  rewrite.out.copy(cursor, body.end - 1)
  if (restores) rewrite.out.insert(`} finally { ${position} = ${kept}; }`, body.end - 1, body.end)
  rewrite.out.copy(body.end - 1, body.end)
}

export function emitClass(
  rewrite: Rewrite,
  node: ClassDeclaration | AnonymousClassDeclaration | ClassExpression,
): void {
  rewrite.scopes.within(node.id ? [node.id.name] : [], 'block', () => {
    emitAround(rewrite, node, [node.superClass, node.body])
  })
}

export function emitProperty(rewrite: Rewrite, node: Property | AssignmentProperty): void {
  if (node.shorthand) {
    copyNode(rewrite, node.key)
    insertFor(rewrite, node, ': ')
    rewrite.emit(node.value)
  } else {
    emitAround(rewrite, node, node.computed ? [node.key, node.value] : [node.value], (child) => {
      if (node.kind === 'get' && isFunction(child) && child === node.value) emitFunction(rewrite, child, true)
      else rewrite.emit(child)
    })
  }
}

function emitKey(rewrite: Rewrite, key: AnyNode, computed: boolean): void {
  if (computed) rewrite.emit(key)
  else copyNode(rewrite, key)
}

export function emitMethod(rewrite: Rewrite, node: MethodDefinition): void {
  emitAround(rewrite, node, [node.key, node.value], (child) => {
    if (child === node.key) emitKey(rewrite, child, node.computed)
    else emitFunction(rewrite, node.value, node.kind === 'get')
  })
}

export function emitField(rewrite: Rewrite, node: PropertyDefinition): void {
  const value: Expression | null = node.value ?? null
  rewrite.scopes.within([], 'function', () => {
    emitAround(rewrite, node, [node.key, value], (child) => {
      if (child === node.key) emitKey(rewrite, child, node.computed)
      else rewrite.emit(child)
    })
  })
  endStatement(rewrite, node)
}

export function emitStaticBlock(rewrite: Rewrite, node: StaticBlock): void {
  const names = [...node.body.flatMap(varNames), ...lexicalNames(node.body)]
  rewrite.scopes.within(names, 'function', () => emitAround(rewrite, node, node.body))
}
