import { afterAll, describe, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

describe('values', () => {
  test.each([
    ['1 + 1', '2'],
    ['lax.iota("float32", 3) * 2 + 1', '[1. 3. 5.]'],
    ['({ w: lax.iota("int32", 2), name: "w" })', "{ w: [0 1], name: 'w' }"],
    ['null', 'null'],
    ['"text"', "'text'"],
    ['const f = (x) => x; f', '[Function: f]'],
    ['grad((x) => x ** 2)(3)', '6.0'],
    ['await Promise.resolve(7)', '7'],
    ['Promise.resolve(8)', '8'],
  ])('%s shows %s', async (source, text) => {
    expect(await notebook.value(source)).toBe(text)
  })

  test('an array comes with its dtype and shape', async () => {
    const { outputs } = await notebook.run('lax.iota("int32", 3)')
    expect(outputs).toEqual([{ kind: 'value', text: '[0 1 2]', type: 'i32[3]', truncated: false }])
  })

  test.each([
    ['jit((x) => x)(1)', 'f32[] weak'],
    ["jnp.ones([2, 3], 'bfloat16')", 'bf16[2,3]'],
    ['random.key(0)', 'key<fry>[]'],
    [
      '({ w: jnp.ones([3, 4]), b: [jnp.zeros(4), 2.5], name: "layer" })',
      '{ w: f32[3,4], b: [f32[4], number], name: string }',
    ],
    ['Array.from({ length: 20 }, () => jnp.ones(2))', '20 arrays f32[2]'],
    ['Array.from({ length: 20 }, (_, i) => jnp.ones(i))', '20 arrays'],
    ['({ x: 1 })', undefined],
    ['1 + 1', undefined],
    ['const loop = { x: jnp.ones(1) }; loop.loop = loop; loop', '{ x: f32[1], loop: … }'],
    ['({ get x() { throw new Error("looked at") }, y: jnp.ones(1) })', '{ x: undefined, y: f32[1] }'],
  ])('%s has the type %s beside it', async (source, type) => {
    const { outputs } = await notebook.run(source)
    const value = outputs.find((output) => output.kind === 'value')
    expect(value?.type).toBe(type)
  })

  test.each([
    ['({ w: jnp.eye(2), b: 1 })', '{\n  w: [[1. 0.]\n      [0. 1.]],\n  b: 1\n}'],
    ['[jnp.eye(2), jnp.ones(2)]', '[\n  [[1. 0.]\n   [0. 1.]],\n  [1. 1.]\n]'],
    [
      "({ deep: { name: jnp.eye(2), text: '\\0' + 1 } })",
      "{\n  deep: {\n    name: [[1. 0.]\n           [0. 1.]],\n    text: '\\x001'\n  }\n}",
    ],
    ['({ a: jnp.ones(2), b: [jnp.zeros(1)] })', '{ a: [1. 1.], b: [ [0.] ] }'],
    ['jnp.eye(2)', '[[1. 0.]\n [0. 1.]]'],
  ])('the rows of an array stand below each other in %s', async (source, text) => {
    expect(await notebook.value(source)).toBe(text)
    expect(await notebook.printed(`print(${source})`)).toBe(`${text}\n`)
  })

  test('many matrices in a list stand below each other', async () => {
    const value = await notebook.value('Array.from({ length: 9 }, () => jnp.eye(2))')
    expect(value).toBe(`[\n${Array.from({ length: 9 }, () => '  [[1. 0.]\n   [0. 1.]]').join(',\n')}\n]`)
  })

  test('a static argument is found by its name in a cell, where types are taken out and loops are watched', async () => {
    const source =
      "jit((x: number, n: number) => { for (let i = 0; i < n; i++) x = x * 2; return x }, { staticArgnames: 'n' })(1, 3)"
    expect(await notebook.value(source)).toBe('8.0')
  })

  test('numbers of a table and a plot are those that are printed', async () => {
    const { outputs } = await notebook.run(`
      const x = jnp.array([0.1, -0.1, 1 / 3])
      table(x)
      table([{ x: x[1], half: x.astype('float16')[2], big: jnp.array(2 ** 40, 'float32') }])
      plot({ series: [{ y: x.astype('bfloat16') }] })
    `)
    expect(outputs).toMatchObject([
      { rows: [[0.1], [-0.1], [0.33333334]] },
      { rows: [[-0.1, 0.3333, 1.0995116e12]] },
      { plot: { series: [{ y: [0.100098, -0.100098, 0.333984] }] } },
    ])
  })

  test.each(['undefined', 'const a = 1', 'let b; b = 2', 'if (true) { 5 }', ''])('%j shows nothing', async (source) => {
    expect(await notebook.run(source)).toMatchObject({ status: 'ok', outputs: [] })
  })

  test('a long value is cut', async () => {
    const { outputs } = await notebook.run("Array.from({ length: 100 }, () => 'x'.repeat(1000))")
    expect(outputs).toMatchObject([{ kind: 'value', truncated: true }])
  })

  test('a document is a figure', async () => {
    const { outputs } = await notebook.run('inspect.graph((x) => lax.sin(x), 0.5)')
    expect(outputs).toMatchObject([{ kind: 'document', document: { kind: 'graph' } }])
  })
})

describe('outputs', () => {
  test('arrive while the cell is still running', async () => {
    const early = notebook.heard((output) => output.kind === 'text' && output.text === 'early\n')
    let over = false
    const run = notebook.run("print('early'); while (true) {}").then((result) => {
      over = true
      return result
    })
    await early
    expect(over).toBe(false)
    notebook.kernel.interrupt()
    expect(await run).toMatchObject({ status: 'interrupted' })
  })

  test('of print and console are text, arrays as NumPy prints them', async () => {
    const { outputs } = await notebook.run(
      "print('x =', lax.iota('int32', 2), 3); console.warn('careful %d', 4); console.log([1])",
    )
    expect(outputs).toEqual([
      { kind: 'text', stream: 'stdout', text: 'x = [0 1] 3\n' },
      { kind: 'text', stream: 'stderr', text: 'careful 4\n' },
      { kind: 'text', stream: 'stdout', text: '[ 1 ]\n' },
    ])
  })

  test('of debug.print inside jit reach the notebook', async () => {
    expect(await notebook.printed("jit((x) => { debug.print('x is {}', x); return x })(2); undefined")).toContain(
      'x is',
    )
  })

  test('end with a notice when a cell prints without end', async () => {
    const { outputs } = await notebook.run('for (let i = 0; i < 5000; i++) print(i)')
    expect(outputs).toHaveLength(2001)
    expect(outputs.at(-1)).toMatchObject({ stream: 'stderr', text: expect.stringContaining('at most 2000 lines') })
    const wide = await notebook.run("print('x'.repeat(3_000_000)); print('more')")
    expect(wide.outputs.map((output) => (output.kind === 'text' ? output.text.length : 0))).toEqual([
      1_000_001,
      expect.any(Number),
    ])
  })

  test('of table and plot are data', async () => {
    const { outputs } = await notebook.run(`
      table([{ n: 1, x: lax.iota('float32', 2)[1] }, { n: 2, note: 'b' }])
      table({ a: lax.iota('int32', 2), b: ['u', 'v'] })
      plot({ title: 't', series: [{ label: 's', kind: 'points', y: lax.iota('float32', 3) }, { label: 'gap', x: [0, 1, 2], y: [1, NaN, 3] }] })
    `)
    expect(outputs).toEqual([
      {
        kind: 'table',
        columns: ['n', 'x', 'note'],
        rows: [
          [1, 1, ''],
          [2, '', 'b'],
        ],
        truncated: false,
      },
      {
        kind: 'table',
        columns: ['a', 'b'],
        rows: [
          [0, 'u'],
          [1, 'v'],
        ],
        truncated: false,
      },
      {
        kind: 'plot',
        plot: {
          title: 't',
          series: [
            { label: 's', kind: 'points', x: [0, 1, 2], y: [0, 1, 2] },
            { label: 'gap', kind: 'line', x: [0, 2], y: [1, 3] },
          ],
        },
      },
    ])
  })

  test.each([
    ['plot({ series: [{ y: 5 }] })', 'plot: y of series 0 must be an array of numbers'],
    [
      'plot({ series: [{ label: "s", kind: "pie", y: [1] }] })',
      "plot: series.0.kind must be 'line', 'points' or 'bars'",
    ],
    ['plot({ series: [{ label: "s", x: [1], y: [1, 2] }] })', "plot: series 's' has 1 x and 2 y values"],
    ['table(5)', 'table: give a list of rows, an object of columns, or an array of one or two axes'],
  ])('%s says what is wrong', async (source, message) => {
    expect(await notebook.error(source)).toMatchObject({ name: 'TypeError', message })
  })
})

describe('errors', () => {
  test.each([
    ['  foo(1)', 'ReferenceError', 'foo is not defined', 1, 3],
    [
      'const f = (x: number) => {\n  return x.y.z\n}\nf({})',
      'TypeError',
      "Cannot read properties of undefined (reading 'z')",
      2,
      14,
    ],
    ['const o = {}\no.f(1)', 'TypeError', 'o.f is not a function', 2, 3],
    ['const n = 1\n\n  n(2)', 'TypeError', 'n is not a function', 3, 3],
    ['let s: number[] = [1];  const [a] = null', 'TypeError', 'null is not iterable', 1, 37],
    ['const c = 1; c = 2', 'TypeError', "Assignment to constant variable 'c'.", 1, 16],
    ['for (const x of {}) {}', 'TypeError', '{} is not iterable', 1, 17],
    ['1n + 1', 'TypeError', 'Cannot mix BigInt and other types, use explicit conversions', 1, 4],
    ['const big = 1n;  big * 1.5', 'TypeError', 'Cannot mix BigInt and other types, use explicit conversions', 1, 18],
    [
      'const x = lax.iota("float32", 3)\nif (1 &&  x > 1) {}',
      'ValueError',
      'The truth value of an array with more than one element is ambiguous: its shape is (3,).',
      2,
      11,
    ],
    [
      '  jit((x: unknown) => (x > 0 ? x : -x))(1)',
      'TracerBoolConversionError',
      'Attempted boolean conversion of traced array with shape bool[].',
      1,
      24,
    ],
    [
      'const v = vmap((x) => { while (x) {} })\n v(lax.iota("int32", 2))',
      'TracerBoolConversionError',
      'Attempted boolean conversion of traced array with shape int32[].',
      1,
      32,
    ],
    [
      'const x = lax.iota("float32", 3)\n  x[0] = 1',
      'TypeError',
      'arrays are immutable: x[i] = v cannot change the array in place',
      2,
      3,
    ],
    [
      'const x = lax.iota("float32", 3); x + lax.iota("float32", 2)',
      'TypeError',
      expect.stringContaining('(3,)'),
      1,
      35,
    ],
    ["  throw 'words'", 'Thrown', 'words', 1, 3],
    ['throw { code: 3 }', 'Thrown', '{ code: 3 }', 1, 1],
    ['await null\n  foo', 'ReferenceError', 'foo is not defined', 2, 3],
    [
      'const o = {}; const { a } = o.b',
      'TypeError',
      "Cannot destructure property 'a' of 'o.b' as it is undefined.",
      1,
      23,
    ],
    [
      'const o = [[1]];  const { a } = o[3]',
      'TypeError',
      "Cannot destructure property 'a' of '(intermediate value)' as it is undefined.",
      1,
      27,
    ],
    ['for (const x of [1][0]) {}', 'TypeError', expect.stringMatching(/^[^$]* is not iterable/), 1, 17],
    ['const f = () => 5;  f()()', 'TypeError', 'f(...) is not a function', 1, 21],
    ['const f = () => 5;  f().g()', 'TypeError', 'f(...).g is not a function', 1, 25],
    [
      'const f = () => [];  f(1).at(0).g()',
      'TypeError',
      expect.stringMatching(/^Cannot read properties of undefined/),
      1,
      32,
    ],
    ['const m = new Map();  m.keys().nxt()', 'TypeError', 'm.keys(...).nxt is not a function', 1, 32],
    ['class A {};  new A().m()', 'TypeError', '(intermediate value).m is not a function', 1, 22],
    ['const n = 5;  const [a] = n', 'TypeError', 'n is not iterable', 1, 27],
    ['const n = () => 5;  Math.max(...n(1))', 'TypeError', 'n(1) is not iterable', 1, 33],
    ['const later = 1 +;', 'SyntaxError', 'Expression expected', 1, 18],
  ])('%j is a %s at its place', async (source, name, message, line, column) => {
    expect(await notebook.error(source)).toMatchObject({ name, message, place: { cellId: 'cell', line, column } })
  })

  test('carry the other user lines, of other cells too', async () => {
    await notebook.run('function outer(f) {\n  return f()\n}', 'first')
    const error = await notebook.error('const inner = () => missing\nouter(inner)', 'second')
    expect(error.place).toEqual({ cellId: 'second', line: 1, column: 21, endColumn: 28 })
    expect(error.stack).toMatchObject([
      { cellId: 'first', line: 2, column: 10, functionName: 'outer' },
      { cellId: 'second', line: 2, column: 1 },
    ])
  })

  test('carry the hint of the core', async () => {
    const error = await notebook.error('jit((x) => { if (x) return x })(1)')
    expect(error.hint).toContain('lax.cond')
    expect(error.lessonId).toBe('A1')
  })

  test.each([
    ['jnp.expandDim(1, 0)', '`jnp.expandDim` is spelled `jnp.expandDims` here.'],
    ['const mine = {}; mine.value_and_grad()', undefined],
  ])('of a wrong name say the right one: %s', async (source, hint) => {
    expect((await notebook.error(source)).hint).toBe(hint)
  })

  test.each([
    ['jnp.expand_dims(1, 0)', 'jnp.expand_dims is spelled jnp.expandDims here.'],
    ['const f = jax.numpy.expand_dims', 'jnp.expand_dims is spelled jnp.expandDims here.'],
    ['jnp.linalg.matrix_norm', 'jnp.linalg.matrix_norm is spelled jnp.linalg.matrixNorm here.'],
    ['lax.fori_loop(0, 1, (i) => i, 0)', 'lax.fori_loop is spelled lax.foriLoop here.'],
    ['random.fold_in(random.key(0), 1)', 'random.fold_in is spelled random.foldIn here.'],
    ['nn.log_softmax(1)', 'nn.log_softmax is spelled nn.logSoftmax here.'],
    ['tree.tree_map ?? tree.leaves_with_path', 'tree.leaves_with_path is spelled tree.leavesWithPath here.'],
    ['jax.value_and_grad((x) => x)', 'jax.value_and_grad is spelled jax.valueAndGrad here.'],
    ['jnp.ones(2).block_until_ready()', 'array.block_until_ready is spelled array.blockUntilReady here.'],
    ['jit((x) => x.weak_type)(1)', 'array.weak_type is spelled array.weakType here.'],
  ])('answer the spelling of Python: %s', async (source, message) => {
    expect(await notebook.error(source)).toMatchObject({ name: 'TypeError', message })
  })

  test('that nobody awaits are shown with their own run', async () => {
    const { status, outputs } = await notebook.run("Promise.reject(new RangeError('lost')); 5")
    expect(status).toBe('ok')
    expect(outputs).toMatchObject([
      { kind: 'value', text: '5' },
      { kind: 'error', error: { name: 'RangeError', message: 'lost' } },
    ])
  })

  test.each([
    ['class Odd extends Error { get message() { throw 1 } }\nthrow new Odd()', 'An error that cannot be described.'],
    ['throw null', 'null'],
    ['throw Object.create(null)', '[Object: null prototype] {}'],
    ["({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no text') } })", 'no text'],
  ])('of odd values are answered too: %s', async (source, message) => {
    expect((await notebook.error(source)).message).toBe(message)
    expect(await notebook.value('1')).toBe('1')
  })

  test('leave the kernel and its names as they were', async () => {
    await notebook.run('const kept = 41')
    await notebook.run('throw new Error()')
    expect(await notebook.value('kept + 1')).toBe('42')
  })

  test('have stacks in the terms of the cell', async () => {
    expect(await notebook.printed("function f() {\n  return new Error('e').stack\n}\nprint(f())")).toMatch(
      /^Error: e\n {4}at f \(cell:cell:2:10\)\n {4}at cell:cell:4:7\n/,
    )
  })
})

test('calls of transformations are reported newest first, and drawn on demand', async () => {
  const { calls } = await notebook.run(
    'const f = (x) => lax.sin(x) * 2\nfor (let i = 0; i < 3; i++) grad(f)(0.5)\njit(f)(1)',
  )
  expect(calls).toMatchObject([
    { label: 'jit(f)', count: 1, avals: 'f32[]', place: { cellId: 'cell', line: 3 } },
    { label: 'grad(f)', count: 3, avals: 'f32[]', figures: ['graph', 'tape'], place: { cellId: 'cell', line: 2 } },
  ])
  const callId = calls[1]?.callId ?? ''
  const title = 'grad(f)'
  expect(await notebook.kernel.inspect('a', callId, 'graph')).toMatchObject({ document: { kind: 'graph', title } })
  expect(await notebook.kernel.inspect('b', callId, 'tape')).toMatchObject({ document: { kind: 'tape', title } })
  expect(await notebook.kernel.inspect('c', 'unknown', 'graph')).toMatchObject({
    error: { message: expect.stringContaining('Run its cell again') },
  })
})
