import type { AnyNode, ImportDeclaration, Program } from 'acorn'
import { type CellImport, type CellModules, readImport } from './cell-imports.ts'
import { type CellPosition, CellPositions } from './cell-positions.ts'
import { CellSyntaxError } from './cell-syntax-error.ts'
import { functionNames } from './function-names.ts'
import { GeneratedText } from './generated-text.ts'
import { NameScopes } from './name-scopes.ts'
import { parseCell } from './parse-cell.ts'
import { type Rewrite, insertFor } from './rewrite.ts'
import { rewriteNode } from './rewrite-node.ts'
import { stripTypes } from './strip-types.ts'
import { lexicalNames, usesAwait, varNames } from './syntax-tree.ts'

/** A cell ready to run. */
export interface CompiledCell {
  /** An expression: a function of the cell runtime that returns the function which is the cell. */
  readonly text: GeneratedText
  /** The names the cell declares at its top level. */
  readonly declares: readonly string[]
  readonly isAsync: boolean
  /** Whether the last statement is an expression, so that the cell has a value to show. */
  readonly hasValue: boolean
  /** The places that the program announces; the first has the number that was asked for. */
  readonly positions: readonly CellPosition[]
}

/** What a cell is compiled with. */
export interface CompileSetting {
  readonly modules: CellModules
  /** The number of the first place that the program announces; all numbers are above zero. */
  readonly firstPosition: number
  /** Properties of arrays that are worked out when they are read: at their own place. */
  readonly lazyMembers: ReadonlySet<string>
}

/**
 * Turns the text of a cell into a program: types removed, top-level names moved to the shared scope,
 * operators and truth tests handed to the runtime, every loop interruptible, every call announced by its
 * place, the last expression returned. Throws a CellSyntaxError with offsets into the user's text.
 */
export function compileCell(source: string, { modules, firstPosition, lazyMembers }: CompileSetting): CompiledCell {
  const code = stripTypes(source)
  const program = parseCell(code)
  const out = new GeneratedText(code)
  const lab = unusedName(source)
  const rewrite: Rewrite = {
    source: code,
    out,
    scopes: new NameScopes(),
    lab,
    positions: new CellPositions(firstPosition),
    functionNames: functionNames(program),
    lazyMembers,
    emit: (node) => rewriteNode(rewrite, node),
  }
  const last = program.body.at(-1)
  const isAsync = usesAwait(program)
  const unplaced = (text: string): void => out.insert(text, -1, -1)

  unplaced(
    `(function (${lab}) { 'use strict'; const ${lab}Scope = ${lab}.scope; return ${isAsync ? 'async ' : ''}function () { `,
  )
  const imports = program.body.flatMap((node) =>
    node.type === 'ImportDeclaration' ? emitImport(rewrite, node, modules) : [],
  )
  const functions = program.body.flatMap((node) => (node.type === 'FunctionDeclaration' ? [node.id.name] : []))
  const vars = [...new Set(varNames(program))]
  const declares = [...new Set([...imports.map((each) => each.local), ...lexicalNames(program.body), ...vars])]
  unplaced(`${lab}.hoist({ ${functions.join(', ')} }, ${JSON.stringify(vars)}); `)
  for (const node of program.body) emitTopLevel(rewrite, node, node === last)
  unplaced('\n} })')

  const hasValue = last?.type === 'ExpressionStatement' && last.expression.type !== 'AssignmentExpression'
  return { text: out, declares, isAsync, hasValue, positions: rewrite.positions.places }
}

function emitTopLevel(rewrite: Rewrite, node: Program['body'][number], isLast: boolean): void {
  switch (node.type) {
    case 'ImportDeclaration':
      return
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportAllDeclaration':
      throw new CellSyntaxError(
        'a cell exports nothing: its top-level names are in scope in every other cell already',
        node.start,
        node.start + 'export'.length,
        'Leave `export` out.',
      )
    case 'ClassDeclaration':
      rewrite.emit(node)
      insertFor(rewrite, node, ` ${rewrite.lab}.define('class', { ${node.id.name} });`)
      return
    case 'ExpressionStatement':
      if (isLast) emitValue(rewrite, node.expression)
      else rewrite.emit(node)
      rewrite.out.insert('\n', node.end, node.end)
      return
    default:
      rewrite.emit(node)
      rewrite.out.insert('\n', node.end, node.end)
  }
}

function emitValue(rewrite: Rewrite, expression: AnyNode): void {
  insertFor(rewrite, expression, 'return (')
  rewrite.emit(expression)
  insertFor(rewrite, expression, ');')
}

function emitImport(rewrite: Rewrite, node: ImportDeclaration, modules: CellModules): CellImport[] {
  const imports = readImport(node, modules)
  const { lab } = rewrite
  for (const { local, module, imported } of imports) {
    const whole = `${lab}.modules['${module}']`
    const value = imported === null ? whole : `${whole}.${imported}`
    insertFor(rewrite, node, `${lab}.define('const', { ${local}: ${value} }); `)
  }
  return imports
}

/** A name for the runtime that the cell does not use itself. */
function unusedName(source: string): string {
  let name = '$lab'
  while (source.includes(name)) name = `$${name}`
  return name
}
