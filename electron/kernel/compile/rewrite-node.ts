import type { AnyNode } from 'acorn'
import { CellSyntaxError } from './cell-syntax-error.ts'
import { emitAssignment, emitPattern, emitUpdate } from './rewrite-assignments.ts'
import {
  emitClass,
  emitField,
  emitFunction,
  emitMethod,
  emitProperty,
  emitStaticBlock,
} from './rewrite-declarations.ts'
import {
  emitBinary,
  emitCallExpression,
  emitChain,
  emitIdentifier,
  emitLogical,
  emitMember,
  emitNew,
  emitTagged,
  emitTruth,
  emitUnary,
} from './rewrite-expressions.ts'
import {
  emitBlock,
  emitCatch,
  emitDeclaration,
  emitDoWhile,
  emitFor,
  emitForEach,
  emitSwitch,
  emitThrow,
  emitUnused,
  emitWhile,
} from './rewrite-statements.ts'
import { emitSpread, emitTemplate } from './rewrite-positions.ts'
import { type Rewrite, copyNode, emitAround, endStatement } from './rewrite.ts'

/** Writes the rewritten form of one node; what needs no rewriting is copied. */
export function rewriteNode(rewrite: Rewrite, node: AnyNode): void {
  switch (node.type) {
    case 'Identifier':
      return emitIdentifier(rewrite, node)
    case 'MemberExpression':
      return emitMember(rewrite, node)
    case 'CallExpression':
      return emitCallExpression(rewrite, node)
    case 'NewExpression':
      return emitNew(rewrite, node)
    case 'TaggedTemplateExpression':
      return emitTagged(rewrite, node)
    case 'TemplateLiteral':
      return emitTemplate(rewrite, node)
    case 'ArrayExpression':
      return emitAround(rewrite, node, node.elements, (child) => {
        if (child.type !== 'SpreadElement') rewrite.emit(child)
        else emitAround(rewrite, child, [child.argument], () => emitSpread(rewrite, child.argument, child.start))
      })
    case 'ChainExpression':
      return emitChain(rewrite, node)
    case 'BinaryExpression':
      return emitBinary(rewrite, node)
    case 'LogicalExpression':
      return emitLogical(rewrite, node)
    case 'UnaryExpression':
      return emitUnary(rewrite, node)
    case 'UpdateExpression':
      return emitUpdate(rewrite, node, true)
    case 'AssignmentExpression':
      return emitAssignment(rewrite, node)
    case 'ConditionalExpression':
    case 'IfStatement':
      return emitAround(rewrite, node, undefined, (child) => {
        if (child === node.test) emitTruth(rewrite, node.test)
        else rewrite.emit(child)
      })
    case 'Property':
      return emitProperty(rewrite, node)
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return emitFunction(rewrite, node)
    case 'ClassDeclaration':
    case 'ClassExpression':
      return emitClass(rewrite, node)
    case 'MethodDefinition':
      return emitMethod(rewrite, node)
    case 'PropertyDefinition':
      return emitField(rewrite, node)
    case 'StaticBlock':
      return emitStaticBlock(rewrite, node)
    case 'BlockStatement':
      return emitBlock(rewrite, node)
    case 'VariableDeclaration':
      return emitDeclaration(rewrite, node)
    case 'ExpressionStatement':
      emitAround(rewrite, node, [node.expression], () => emitUnused(rewrite, node.expression))
      return endStatement(rewrite, node)
    case 'ReturnStatement':
      emitAround(rewrite, node)
      return endStatement(rewrite, node)
    case 'WhileStatement':
      return emitWhile(rewrite, node)
    case 'DoWhileStatement':
      return emitDoWhile(rewrite, node)
    case 'ForStatement':
      return emitFor(rewrite, node)
    case 'ForInStatement':
    case 'ForOfStatement':
      return emitForEach(rewrite, node)
    case 'SwitchStatement':
      return emitSwitch(rewrite, node)
    case 'ThrowStatement':
      return emitThrow(rewrite, node)
    case 'CatchClause':
      return emitCatch(rewrite, node)
    case 'LabeledStatement':
      return emitAround(rewrite, node, [node.body])
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'DebuggerStatement':
      copyNode(rewrite, node)
      return endStatement(rewrite, node)
    case 'ImportExpression':
      throw new CellSyntaxError('a cell cannot load modules with import()', node.start, node.end, importHint)
    case 'MetaProperty':
      if (node.meta.name !== 'import') return copyNode(rewrite, node)
      throw new CellSyntaxError('a cell has no import.meta', node.start, node.end)
    case 'ObjectPattern':
    case 'ArrayPattern':
    case 'AssignmentPattern':
    case 'RestElement':
      return emitPattern(rewrite, node, false)
    case 'Literal':
    case 'TemplateElement':
    case 'ThisExpression':
    case 'Super':
    case 'PrivateIdentifier':
    case 'EmptyStatement':
      return copyNode(rewrite, node)
    default:
      return emitAround(rewrite, node)
  }
}

const importHint = "Everything that jax exports is in scope already; `import { grad } from 'jax'` works too."
