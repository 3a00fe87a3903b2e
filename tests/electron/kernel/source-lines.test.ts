import vm from 'node:vm'
import { afterAll, describe, expect, test, vi } from 'vitest'
import * as jax from '../../../core/index.ts'
import { linePrograms } from '../../core/tracing/line-programs.ts'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

const reading = `
function inner(param) {
  if (param instanceof ClosedJaxpr) return equations(param.jaxpr)
  return Array.isArray(param) ? param.flatMap(inner) : []
}
function equations(jaxpr) {
  return jaxpr.eqns.flatMap((eqn) => [eqn, ...Object.values(eqn.params).flatMap(inner)])
}
const lines = ({ jaxpr }) => equations(jaxpr).map(({ primitive, source }) => primitive.name + ' ' + source?.line).join(', ')
const places = ({ jaxpr }) => equations(jaxpr).map(({ primitive, source }) =>
  [primitive.name, source.file, source.functionName ?? '', source.line, source.column].join(' ')).join(', ')`

/** What a function of the reading cell says of a program, which is a cell of its own. */
async function said(text: string, how: 'lines' | 'places'): Promise<string> {
  await notebook.run(reading.trim(), 'reading')
  const ran = await notebook.run(text.trimStart().replace(/^makeJaxpr/m, 'var program = makeJaxpr'), 'cell')
  expect(ran).toMatchObject({ status: 'ok', outputs: [] })
  return notebook.printed(`print(${how}(program))`).then((printed) => printed.trim())
}

describe('every equation of a cell has the line that JAX gives it', () => {
  test.each(linePrograms.map((program) => [program.name, program] as const))('%s', async (_, { text, equations }) => {
    expect(await said(text, 'lines')).toBe(equations)
  })
})

describe('every operation of an expression has a place of its own', () => {
  /** What is worked out, and the operations with the text that stands where they were written. */
  const cases: readonly (readonly [string, string])[] = [
    ['jnp.sin(x) + jnp.cos(x)', 'sin sin(, cos cos(, add +'],
    ['half(x) + half(x * 2)', 'mul * 0.5, mul * 2, mul * 0.5, add + half'],
    ['jnp.exp(jnp.sin(x)).sum()', 'sin sin(, exp exp(, reduce_sum sum()'],
    ['-m[0] * m[1].sum()', 'slice 0], squeeze 0], neg -m, slice 1], squeeze 1], reduce_sum sum(), mul * m[1]'],
    ['m.T', 'transpose T'],
    ['jnp.stack([...m])', 'slice ...m'],
    ['new Layer(x).out', 'mul * this.w'],
    ['[x].map((v) => v ** 2)[0]', 'integer_pow ** 2'],
    ['((v, { w = jnp.sin(v) } = {}) => w)(x)', 'sin sin(v)'],
    ['x?.sum()', 'reduce_sum sum()'],
    ['`${jnp.sin(1)}` && jnp.tan(x)', 'sin sin(, tan tan('],
  ]
  const setting = `
const half = (v) => v * 0.5
class Layer { constructor(w) { this.w = w } get out() { return this.w * this.w } }`

  test.each(cases)('%s', async (expression, expected) => {
    await notebook.run(setting.trim(), 'setting')
    const text = `const f = (x, m) => ${expression}\nmakeJaxpr(f)(jnp.ones(2), jnp.ones([2, 2]))`
    const written = [...(await said(text, 'places')).matchAll(/(\w+) (cell:\w+) (\w*) (\d+) (\d+)/g)]
    const lines = { 'cell:cell': text, 'cell:setting': setting.trim() }
    const found = written.map(([, primitive, file, , line, column]) => {
      const source = Object.entries(lines).find(([name]) => name === file)?.[1] ?? ''
      return `${primitive} ${source.split('\n')[Number(line) - 1]?.slice(Number(column) - 1)}`
    })
    const wanted = expected.split(', ')
    wanted.forEach((each, i) => expect(found[i]?.slice(0, each.length)).toBe(each))
  })

  test('with the name of its function', async () => {
    const text = `
function outer(x) {
  const inner = (y) => y * 2
  return inner(x) + [x].map((z) => z * 3)[0]
}
makeJaxpr(outer)(1.0)`
    expect(await said(text, 'places')).toBe('mul cell:cell inner 2 26, mul cell:cell  3 38, add cell:cell outer 3 19')
  })
})

test('a program keeps the places of the text that it was made of', async () => {
  await notebook.run('function old(x) {\n\n\n  return x * 2\n}', 'first')
  await notebook.run('const kept = old', 'second')
  await notebook.run('function old(x) { return x }', 'first')
  await notebook.run(reading.trim(), 'reading')
  expect((await notebook.printed('print(lines(makeJaxpr(kept)(1.0)))')).trim()).toBe('mul 4')
})

test('what a rule does goes by the lines of the rule, and core goes on at the call', async () => {
  const text = `
const f = (x) =>
  lax.associativeScan((a, b) =>
    a * b, x)
makeJaxpr(f)(jnp.ones(2))`
  expect(await said(text, 'lines')).toMatch(/^slice 2, slice 2, .*mul 3, .*pad 2/)
})

test('nothing is at a place once a cell has ended, stopped or failed', async () => {
  await notebook.error('jnp.sin(1)\nthrow new Error("out")')
  await notebook.stopped('print("running")\nwhile (true) jnp.sin(1)')
  const error = await notebook.error('\n\njnp.ones([2]) + jnp.ones([3])')
  expect(error.place).toMatchObject({ line: 3 })
})

/** The gradient of a network of three layers, traced; ends with the least time that it took, in milliseconds. */
const network = `
const layers = [[784, 512], [512, 512], [512, 10]].map(([i, o]) => ({ w: jnp.ones([i, o]), b: jnp.zeros([o]) }))
const x = jnp.ones([128, 784])
const y = jnp.ones([128, 10])
const mlp = (ps, x) => {
  ps.forEach((p, i) => {
    x = jnp.add(jnp.matmul(x, p.w), p.b)
    if (i < ps.length - 1) x = jnp.tanh(x)
  })
  return x
}
const loss = (ps) => jnp.negative(jnp.mean(jnp.sum(jnp.multiply(y, nn.logSoftmax(mlp(ps, x))), 1)))
let least = Infinity
for (let i = 0; i < 80; i++) {
  const start = performance.now()
  makeJaxpr(grad(loss))(layers)
  least = Math.min(least, performance.now() - start)
}`.trim()

test('tracing in a cell costs little more than without lines', async () => {
  await notebook.run(reading.trim(), 'reading')
  const inCell = await notebook.printed(
    `${network}\nprint(least, equations(makeJaxpr(grad(loss))(layers).jaxpr).every((eqn) => eqn.source !== null))`,
  )
  const plain = new vm.Script(`(function ({ jnp, nn, grad, makeJaxpr }) { ${network}\nreturn least })`)
  const without: unknown = Reflect.apply(plain.runInThisContext(), undefined, [jax])
  const [least = '', placed = ''] = inCell.trim().split(' ')
  const times = [Number(least), Number(without)].map((time) => `${(time * 1000).toFixed(0)} µs`)
  console.log(`the gradient of a network of three layers is traced in ${times.join(' with lines, without in ')}`)
  expect(placed).toBe('true')
})
