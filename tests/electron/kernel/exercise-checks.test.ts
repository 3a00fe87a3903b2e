import { afterAll, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

const check = `
signature(double(3) === 9, 'That squares the number.')
expect('doubles a number', double(2) === 4)
expect('doubles an array', allclose(double(lax.iota('float32', 3)), [0, 2, 4]), 'An array should be doubled element by element.')
`

test('a right answer passes, with a tick for every expectation', async () => {
  expect(await notebook.check('const double = (x) => x * 2', check)).toEqual({
    passed: true,
    items: [
      { label: 'doubles a number', passed: true },
      { label: 'doubles an array', passed: true },
    ],
    message: 'Right: all 2 checks pass.',
    status: 'ok',
  })
})

test('partial credit shows, and the first failure speaks', async () => {
  expect(await notebook.check("const double = (x) => (typeof x === 'number' ? x * 2 : x)", check)).toMatchObject({
    passed: false,
    items: [{ passed: true }, { passed: false, message: 'An array should be doubled element by element.' }],
    message: 'An array should be doubled element by element.',
  })
})

test('a known mistake is named', async () => {
  expect(await notebook.check('const double = (x) => x ** 2', check)).toMatchObject({
    passed: false,
    message: 'That squares the number.',
  })
})

test.each([
  ['const other = 1', 'error', 'ReferenceError: double is not defined'],
  ['const double = ', 'error', 'SyntaxError: Expression expected'],
  ["const double = () => { throw new Error('not yet') }", 'error', 'Error: not yet'],
])('%j is answered with the error', async (source, status, message) => {
  // Names of earlier checks must not help this one.
  await notebook.kernel.restart()
  const result = await notebook.check(source, check)
  expect(result).toMatchObject({ passed: false, status })
  expect(result.message).toContain(message)
})

test('what a check declares stays out of the learner’s names', async () => {
  await notebook.check('const mine = 1', "const secret = 5; expect('is one', mine === 1)")
  expect(await notebook.error('secret')).toMatchObject({ message: 'secret is not defined' })
  expect(await notebook.error('expect')).toMatchObject({ message: 'expect is not defined' })
})

test('a learner who redefines the checker’s functions gains nothing', async () => {
  const source = 'const expect = () => {}; const allclose = () => true; var signature = 1; const double = (x) => x'
  expect(await notebook.check(source, check)).toMatchObject({
    passed: false,
    items: [{ passed: false }, { passed: false }],
  })
})

test('a check that expects nothing does not pass', async () => {
  expect(await notebook.check('1', '')).toMatchObject({ passed: false })
})

test('checks count primitives, compare pytrees and see what is thrown', async () => {
  const source = `
    expect('sin twice', countPrimitives((x) => jit((y) => lax.sin(lax.sin(y)))(x), 1).sin === 2)
    expect('nested jit', countPrimitives((x) => jit((y) => lax.sin(y))(x), 1).jit === 1)
    expect('trees', allclose({ a: lax.iota('float32', 2), b: [1] }, { a: lax.iota('float32', 2), b: [1 + 1e-9] }))
    expect('other values', !allclose({ a: 1, b: 2 }, { a: 1, b: 3 }))
    expect('other shapes', !allclose(lax.iota('float32', 2), lax.iota('float32', 3)))
    expect('scalars spread', allclose(lax.iota('float32', 2) * 0, 0))
    expect('tolerance', allclose(1, 1.05, { atol: 0.1 }) && !allclose(1, 1.05))
    expect('nan', allclose(NaN, NaN) && !allclose(NaN, 1))
    expect('throws', throws(() => missing)?.name === 'ReferenceError' && throws(() => 1) === null)
    expect('array truth', lax.iota('float32', 1) + 1)
  `
  const { items, passed } = await notebook.check('', source)
  expect(items.filter((item) => !item.passed)).toEqual([])
  expect(passed).toBe(true)
})

test('Stop ends a check', async () => {
  const running = notebook.heard((output) => output.kind === 'text')
  const result = notebook.check('', "print('checking'); for (;;) {}")
  await running
  notebook.kernel.interrupt()
  expect(await result).toMatchObject({ passed: false, status: 'interrupted' })
})
