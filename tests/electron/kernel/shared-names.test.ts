import { expect, test } from 'vitest'
import { Bench } from './cell-bench.ts'

function cells(...sources: string[]): unknown {
  const bench = new Bench({ grad: 'grad', jnp: { sum: 'sum' } })
  return sources.map((source) => bench.run(source)).at(-1)
}

test.each<[unknown, ...string[]]>([
  [3, 'const a = 1', 'let b = 2', 'a + b'],
  [5, 'let a = 1', 'a = 5', 'a'],
  [2, 'const a = 1', 'const a = 2', 'a'],
  [7, 'function f() { return g() }', 'function g() { return 7 }', 'f()'],
  [8, 'function g() { return 7 }; function f() { return g() }', 'function g() { return 8 }', 'f()'],
  [4, 'class A { static two = 2; static four = A.two * 2 }', 'A.four'],
  [6, 'const { a, b: [c = 3, ...d], ...e } = { a: 1, b: [undefined, 2], z: 0 }', 'a + c + d[0] + e.z'],
  ['f', 'const f = () => 1', 'f.name'],
  ['f', 'let f; f = () => 1', 'f.name'],
  [6, 'const constructor = 5', 'constructor + 1'],
  [8, 'const __proto__ = 7', '__proto__ + 1'],
  [9, 'var __proto__ = 9', '__proto__'],
  [3, 'var valueOf = 3', 'valueOf'],
  ['hi', "function toString() { return 'hi' }", 'toString()'],
  [2, 'let hasOwnProperty = 1', 'hasOwnProperty = 2', 'hasOwnProperty'],
  [3, 'var i; for (i = 0; i < 3; i++) {}', 'i'],
  [3, 'for (var i = 0; i < 3; i++) {}', 'i'],
  ['b', 'for (var k in { a: 1, b: 2 }) {}', 'k'],
  [9, 'if (true) { var deep = 9 }', 'deep'],
  ['undefined', '{ let inner = 1 }', 'typeof inner'],
  ['undefined', 'function f() { var inner = 1 } f()', 'typeof inner'],
  ['number', 'const a = 1', 'typeof a'],
  [2, 'function f(n) { return n } ', 'f(2)'],
  [1, 'const early = late(); function late() { return 1 }', 'early'],
  [undefined, 'var x', 'x'],
  [{ a: 1 }, 'const a = 1', '({ a })'],
  [[2, 1], 'let a = 1, b = 2; [a, b] = [b, a]', '[a, b]'],
  [3, 'let a = 1; ({ a, b: a = 3 } = { a: 2 })', 'a'],
  ['grad', "import { grad } from 'jax'", 'grad'],
  ['grad', "import { grad as g } from 'jax'", 'g'],
  ['sum', "import * as jax from 'jax'", 'jax.jnp.sum'],
  ['grad', 'grad'],
  ['mine', "const grad = 'mine'", 'grad'],
  [undefined, 'function whose() { return this } whose()'],
  [10, 'let total = 0; for (const v of [1, 2, 3, 4]) total += v', 'total'],
])('gives %j', (expected, ...sources) => {
  expect(cells(...sources)).toEqual(expected)
})

test('awaits at the top level, and what follows sees the names', async () => {
  const bench = new Bench()
  expect(await bench.run('const a = await Promise.resolve(4); a + 1')).toBe(5)
  expect(bench.run('a')).toBe(4)
  expect(await bench.run('let s = 0; for await (const v of [1, Promise.resolve(2)]) s += v; s')).toBe(3)
})

test('a name that nobody declared is a ReferenceError with what was probably meant', () => {
  const bench = new Bench({ valueAndGrad: () => 0 })
  expect(() => bench.run('value_and_grad(1)')).toThrow(
    expect.objectContaining({
      name: 'ReferenceError',
      message: 'value_and_grad is not defined',
      hint: 'Did you mean `valueAndGrad`?',
    }),
  )
  expect(() => bench.run('missing = 1')).toThrow('missing is not defined')
  expect(() => bench.run('process.exit()')).toThrow('process is not defined')
})

test('a name is dead before its declaration', () => {
  expect(() => new Bench().run('later + 1; const later = 2')).toThrow("Cannot access 'later' before initialization")
})

test('constants cannot be assigned, in their own cell or another', () => {
  const bench = new Bench()
  expect(() => bench.run('const a = 1; a = 2')).toThrow(TypeError)
  expect(() => bench.run('a = 2')).toThrow(TypeError)
  expect(bench.run('a')).toBe(1)
})

test('a cell that fails keeps what it declared before', () => {
  const bench = new Bench()
  expect(() => bench.run("const kept = 1; throw new Error('x')")).toThrow('x')
  expect(bench.run('kept')).toBe(1)
})

test('loops and recursive functions stop when the interrupt word is set', () => {
  const bench = new Bench()
  bench.run('function recurse(n) { return n === 0 ? 0 : recurse(n - 1) }')
  bench.interrupt.set()
  for (const source of [
    'while (true) {}',
    'for (;;) {}',
    'do {} while (true)',
    'for (const a of [1]) {}',
    'for (const a in { b: 1 });',
    'recurse(1)',
    'while (true) { try { while (true) {} } catch {} }',
  ]) {
    expect(() => bench.run(source), source).toThrow(expect.objectContaining({ name: 'Interrupted' }))
  }
  bench.interrupt.clear()
  expect(bench.run('recurse(3)')).toBe(0)
})
