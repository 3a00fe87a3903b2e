import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

/** What an editor shows of each public name, read from the sources as an editor does. */
const entry = resolve('core/index.ts')
const program = ts.createProgram([entry, resolve('core/runtime/webassembly.d.ts')], {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: [],
})
const checker = program.getTypeChecker()

interface PublicName {
  readonly name: string
  readonly documented: boolean
  readonly isFunction: boolean
  readonly hasExample: boolean
}

function namesOf(module: ts.Symbol, prefix: string, seen: Set<ts.Symbol>): PublicName[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (seen.has(symbol)) return []
    seen.add(symbol)
    const name = `${prefix}${exported.name}`
    if (symbol.flags & ts.SymbolFlags.ValueModule) return namesOf(symbol, `${name}.`, seen)
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
    const isFunction =
      isValue && checker.getSignaturesOfType(checker.getTypeOfSymbol(symbol), ts.SignatureKind.Call).length > 0
    const hasExample = symbol.getJsDocTags().some((tag) => tag.name === 'example')
    return [{ name, documented: /\w/.test(text), isFunction, hasExample }]
  })
}

const source = program.getSourceFile(entry)
const core = source === undefined ? undefined : checker.getSymbolAtLocation(source)
if (core === undefined) throw new Error('core/index.ts is not a module')
const names = namesOf(core, '', new Set())

test('every public name says in words what it is', () => {
  expect(names.length).toBeGreaterThan(900)
  expect(names.filter(({ documented }) => !documented).map(({ name }) => name)).toEqual([])
})

/** The libraries; what `lax` has is mostly one operation on each element, which its sentence says. */
const shown = /^(numpy|random|nn|scipy|ops|optimizers|test)\./
const dtypeConstructors = /^numpy\.(bool_|bfloat16|u?int\d+|float\d+|complex\d+)$/

test('every function of the libraries shows an example, which examples.test.ts runs', () => {
  const functions = names.filter(
    ({ name, isFunction }) => isFunction && shown.test(name) && !dtypeConstructors.test(name),
  )
  expect(functions.length).toBeGreaterThan(500)
  expect(functions.filter(({ hasExample }) => !hasExample).map(({ name }) => name)).toEqual([])
})
