import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

let notebook: Notebook
beforeAll(() => {
  notebook = new Notebook()
})
afterAll(() => notebook.kernel.close())

/** The variables of earlier cells are there, and the kernel is the one it was. */
async function survived(): Promise<void> {
  expect(await notebook.value('kept')).toBe('[0 1 2]')
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
}

const defining = 'const kept = lax.iota("int32", 3); function spin() { for (;;) {} }'

/** Everything that looks at the interrupt word by itself. */
const looking: readonly (readonly [what: string, source: string])[] = [
  ['a loop', 'while (true) {}'],
  ['a loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} finally { continue } }'],
  ['a loop in a function of another cell', 'spin()'],
  ['endless recursion over promises', 'const again = () => Promise.resolve().then(again); await again()'],
  ['a loop that awaits', 'while (true) await null'],
  ['a promise that never settles', 'await new Promise(() => {})'],
  ['a loop of the core', 'lax.whileLoop(() => true, (i) => i, 0)'],
  ['a loop of the core after an await', 'await null; lax.whileLoop(() => true, (i) => i + 1, 0)'],
  ['a long scan', 'lax.scan((c, x) => [c + x, c], 0, jnp.zeros(2 ** 22))'],
  ['a long loop with a count', 'lax.foriLoop(0, 2 ** 30, (i, x) => x, 0)'],
  ['a jitted loop', 'jit((n) => lax.foriLoop(0, n, (i, x) => x + 1, 0))(jnp.int32(2 ** 30))'],
  ['a traced function that never ends', 'jit((x) => { for (;;) x = x + 1 })(1)'],
  ['a large product', 'const m = jnp.ones([2000, 2000]); jnp.dot(m, m)'],
  ['a large decomposition', 'jnp.linalg.eigh(jnp.ones([1500, 1500]))'],
  ['a large sort by a key', 'lax.sort([jnp.flip(jnp.arange(2 ** 21)), jnp.arange(2 ** 21)])'],
  ['many large elementwise steps', 'const v = jnp.ones(2 ** 22); for (;;) jnp.sin(v)'],
  ['random numbers', 'for (;;) random.normal(random.key(0), [2 ** 20])'],
  ['a wait for a word of memory', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
  ['timers that go on', 'setInterval(() => {}, 0); await new Promise(() => {})'],
  [
    'devices that never finish',
    "config.update('numCpuDevices', 2); pmap((x) => lax.whileLoop(() => true, (v) => v + 1, x))(jnp.ones(2))",
  ],
  [
    'devices that wait for each other in a loop',
    "pmap((x) => lax.whileLoop(() => true, (v) => lax.psum(v, 'i') / 2, x), { axisName: 'i' })(jnp.ones(2))",
  ],
]

/** One operation that takes a second or more, on an array that a cell before has made. */
const operations: readonly (readonly [what: string, given: string, source: string])[] = [
  ['a sort', 'jnp.mod(lax.iota("int32", 2e7).mul(7919), 20000003)', 'lax.sort(given)'],
  ['a gather', 'jnp.mod(lax.iota("int32", 2e7).mul(7919), 20000003)', 'given.at(given).get()'],
  ['a scatter', 'jnp.mod(lax.iota("int32", 2e7).mul(7919), 20000003)', 'given.at(given).add(given)'],
  ['a running sum', 'lax.iota("float32", 2 ** 25)', 'lax.cumlogsumexp(given)'],
  ['a transposition', 'jnp.ones([16384, 8192], { dtype: "int8" })', 'lax.transpose(given, [1, 0])'],
  ['a Fourier transform', 'jnp.ones(2 ** 22)', 'lax.fft(given, "fft", [2 ** 22])'],
  ['a Fourier transform of a prime length', 'jnp.ones(2097169)', 'lax.fft(given, "fft", [2097169])'],
  ['random numbers', 'jnp.zeros([4], { dtype: "uint32" })', 'lax.rngBitGenerator(given, [2 ** 22])'],
  ['eigenvalues', 'random.normal(random.key(0), [500, 500])', 'lax.linalg.eig(given)'],
  ['eigenvectors', 'random.normal(random.key(0), [600, 600])', 'lax.linalg.eigh(given)'],
  ['singular values', 'random.normal(random.key(0), [500, 500])', 'lax.linalg.svd(given)'],
]

describe('Stop ends a cell at once and keeps the variables', () => {
  const all: typeof looking = [
    ...looking,
    ['a regular expression that backtracks without end', "/(a+)+b/.test('a'.repeat(60))"],
  ]
  test.each(all)('%s', async (_, source) => {
    await notebook.run(defining)
    expect(await notebook.stopped(source)).toMatchObject({ status: 'interrupted' })
    await survived()
  })
})

describe('Stop needs no signals, which Windows has not', () => {
  const without = new Notebook({ signals: false })
  const times: number[] = []
  afterAll(async () => {
    await without.kernel.close()
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN
    console.log(`Stop without signals: median ${median.toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms`)
  })

  test.each(looking)('%s', async (_, source) => {
    await without.run(defining)
    let pressed = NaN
    const { status } = await without.stopped(source, () => {
      pressed = performance.now()
    })
    times.push(performance.now() - pressed)
    expect(status).toBe('interrupted')
    expect(await without.value('kept')).toBe('[0 1 2]')
    expect(without.statuses.map((each) => each.state)).not.toContain('dead')
    expect(await without.value("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.ones(1))")).toBe('[1.]')
  })

  test.each(operations)('in the middle of %s', async (_, given, source) => {
    expect(await without.run(`const given = ${given}; const reached = {}`)).toMatchObject({ status: 'ok' })
    const { status } = await without.stopped(`reached.result = ${source}`)
    expect(status).toBe('interrupted')
    expect(await without.value("'result' in reached")).toBe('false')
  })
})

test('after a computation was broken off, the core works as before', async () => {
  await notebook.stopped('grad((x) => lax.whileLoop(() => true, (i) => i, x))(1)')
  expect(await notebook.value('grad((x) => x ** 3)(2)')).toBe('12.0')
  expect((await notebook.run('jit((x) => x * 2)(1)')).calls).toMatchObject([{ label: 'jit(<lambda>)' }])
})

test('cells that wait for their turn are dropped by Stop', async () => {
  const waiting: Promise<{ status: string }>[] = []
  const running = notebook.heard((output) => output.kind === 'text' && output.text === 'first\n')
  const first = notebook.run("print('first'); for (;;) {}")
  waiting.push(notebook.run('1'), notebook.run('2'))
  await running
  notebook.kernel.interrupt()
  expect((await first).status).toBe('interrupted')
  expect((await Promise.all(waiting)).map((each) => each.status)).toEqual(['interrupted', 'interrupted'])
  expect(await notebook.value('3')).toBe('3')
})

test('Stop with nothing running changes nothing', async () => {
  notebook.kernel.interrupt()
  expect(await notebook.value('4')).toBe('4')
})

test('what an asynchronous cell keeps busy for good is ended with its kernel', async () => {
  await notebook.run('const gone = 1', 'above')
  // After the first await nothing can break into a builtin.
  const result = await notebook.stopped("await null; /(a+)+b/.test('a'.repeat(60))")
  expect(result.status).toBe('kernel-died')
  const status = notebook.kernel.status
  expect(status).toMatchObject({ state: 'dead', message: expect.stringContaining('did not react to Stop') })
  expect(status.lostCellIds).toContain('above')
  expect(await notebook.value('5')).toBe('5')
})
