import { expect, test } from 'vitest'
import { CellSyntaxError } from '../../../electron/kernel/compile/cell-syntax-error.ts'
import { compileCell } from '../../../electron/kernel/compile/compile-cell.ts'
import { describeSyntaxError } from '../../../electron/kernel/describe-error.ts'

const setting = (names: readonly string[]) => ({
  modules: { jax: names },
  firstPosition: 1,
  lazyMembers: new Set<string>(),
})

function syntaxError(source: string) {
  try {
    compileCell(source, setting(['grad', 'jit', 'valueAndGrad']))
  } catch (error) {
    if (error instanceof CellSyntaxError) return describeSyntaxError(error, 'c', source)
    throw error
  }
  throw new Error(`${source} compiles`)
}

test.each([
  ['const x: number = ;', 1, 19, 'Expression expected'],
  ['let a = 1\nlet b = 2 +\n  * 3', 3, 3, 'Expression expected'],
  ['\tconst é日本 = "日本😀" + ;', 1, 23, 'Expression expected'],
  ['f(1, 2', 1, 7, "Expected ',', got the end of the cell"],
  ['a b', 1, 3, "Expected ';', '}' or the end of the cell"],
  ['a = 1\r\nb = ;', 2, 5, 'Expression expected'],
  ['let x = 1\n  let x = 2', 2, 7, "Identifier 'x' has already been declared"],
  ['return 5', 1, 1, 'Return statement is not allowed here'],
  ['for (;;) { break outer }', 1, 12, "A 'break' statement can only jump to a label of an enclosing statement"],
  ["import { grad } from 'numpy'", 1, 22, "a cell cannot import from 'numpy': there is only 'jax'"],
  [
    "import {\n  value_and_grad } from 'jax'",
    2,
    3,
    "'jax' has no export 'value_and_grad'; did you mean 'valueAndGrad'?",
  ],
  ["await import('fs')", 1, 7, 'a cell cannot load modules with import()'],
  [
    'using file = open()',
    1,
    1,
    "a cell cannot declare with 'using' at its top level: the name would outlive its disposal",
  ],
  ['export const a = 1', 1, 1, 'a cell exports nothing: its top-level names are in scope in every other cell already'],
])('%j is wrong at %i:%i', (source, line, column, message) => {
  const error = syntaxError(source)
  expect(error).toMatchObject({ name: 'SyntaxError', message, place: { cellId: 'c', line, column } })
})

test.each([
  ['enum Color { Red }', 1, 'enum', 'const Color = { Red: 0'],
  ['const a = 1\nenum Color {\n  Red,\n}', 2, 'enum', 'const Color = { Red: 0'],
  ['namespace N { export const a = 1 }', 1, 'namespace declaration', 'Use an object'],
  ['class A { constructor(private x: number) {} }', 1, 'parameter property', 'Declare the field'],
])('%j says which TypeScript a cell cannot use, and what to write', (source, line, what, hint) => {
  const error = syntaxError(source)
  expect(error.message).toContain(`a cell cannot use TypeScript's ${what}`)
  expect(error.hint).toContain(hint)
  expect(error.place?.line).toBe(line)
})

test('types are removed and nothing else moves', () => {
  const { text } = compileCell('const f = <T,>(x: T): T => x as T; type A = number; f(1 satisfies A)', setting([]))
  expect(text.text).not.toMatch(/satisfies|: T|as T|type A/)
})
