import { afterEach, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Every stop may cost the devices their threads, and threads take as long to start as the machine is busy.
vi.setConfig({ testTimeout: 600_000 })

let notebook: Notebook
afterEach(() => notebook.kernel.close())

async function withDevices(count: number, limits: ConstructorParameters<typeof Notebook>[0] = {}): Promise<void> {
  notebook = new Notebook(limits)
  await notebook.run(`config.update('numCpuDevices', ${count})`)
}

/** What several parallel programs come to; each right value was worked out by hand. */
async function expectRight(): Promise<void> {
  const values = await notebook.value(`
    const over = (f) => pmap(f, { axisName: 'i' })
    const numbers = jnp.arange(4)
    const square = jnp.arange(16).reshape([4, 4])
    JSON.stringify([
      over((x) => lax.psum(x, 'i'))(numbers),
      over((x) => lax.ppermute(x, 'i', [[0, 1], [1, 2], [2, 3], [3, 0]]))(numbers),
      over((x) => x * 10 + 1)(numbers),
      over((x) => lax.allGather(x, 'i'))(numbers).at(2).get(),
      over((x) => lax.allToAll(x, 'i', 0, 0))(square),
      over((x) => lax.psumScatter(x, 'i'))(square),
      over((x) => lax.pmax(x, 'i'))(numbers),
      over((x) => x + lax.axisIndex('i'))(numbers),
      over((x) => lax.psum(jnp.sum(x), 'i'))(jnp.ones([4, 10_000])),
      over((x) => lax.whileLoop((v) => v < 50, (v) => lax.pmax(v, 'i') + 1, x))(numbers),
      grad((x) => jnp.sum(over((v) => v * lax.psum(v, 'i'))(x)))(jnp.array([1., 2., 3., 4.])),
    ].map((x) => x.tolist()))`)
  expect(values).toBe(
    `'${JSON.stringify([
      [6, 6, 6, 6],
      [3, 0, 1, 2],
      [1, 11, 21, 31],
      [0, 1, 2, 3],
      [0, 1, 2, 3].map((column) => [0, 4, 8, 12].map((row) => row + column)),
      [24, 28, 32, 36],
      [3, 3, 3, 3],
      [0, 2, 4, 6],
      [40_000, 40_000, 40_000, 40_000],
      [50, 50, 50, 50],
      [20, 20, 20, 20],
    ])}'`,
  )
}

/** Endless programs of four devices. Each says so once it is at work. */
const endless = {
  'with psum':
    "pmap((x) => { debug.print('at work'); return lax.whileLoop(() => true, (v) => lax.psum(v, 'i'), x) }, { axisName: 'i' })",
  'with ppermute':
    "pmap((x) => { debug.print('at work'); return lax.whileLoop(() => true, (v) => lax.ppermute(v, 'i', [[0, 1], [1, 2], [2, 3], [3, 0]]) + 1, x) }, { axisName: 'i' })",
  'without collectives': "pmap((x) => { debug.print('at work'); return lax.whileLoop(() => true, (v) => v + 1, x) })",
  'with callbacks':
    "pmap((x) => lax.whileLoop(() => true, (v) => { debug.print('at work'); return lax.psum(v, 'i') }, x), { axisName: 'i' })",
} as const

/** Numbers from 0 to 1, the same in every run of the tests (a linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Runs a cell and presses Stop some milliseconds after it has printed a line. */
async function stopped(source: string, line: string, milliseconds: number): Promise<void> {
  const heard = notebook.heard((output) => output.kind === 'text' && output.text.includes(line))
  const run = notebook.run(`print('begun')\n${source}`)
  await heard
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  notebook.kernel.interrupt()
  expect((await run).status).toBe('interrupted')
}

test('after Stop at any moment the next parallel program is right, and memory comes back', async () => {
  // Sixty runs that each kept what they held would need more than this process may have.
  await withDevices(4, { processLimit: 1200 })
  const random = seeded(20_260_101)
  const kinds = Object.values(endless)
  for (let round = 0; round < 60; round++) {
    const program = kinds[round % kinds.length]
    // Before, while and after the devices begin; then somewhere in the loop.
    const line = random() < 0.3 ? 'begun' : 'at work'
    const size = [1, 100, 1_000_000][Math.floor(random() * 3)]
    await stopped(`${program}(jnp.ones([4, ${size}]))`, line, random() * 300)
    await expectRight()
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

/** The bodies of loops that never end; the value has four rows on each device. */
const bodies = {
  allToAll: "lax.allToAll(v, 'i', 0, 0)",
  allGather: "jnp.sum(lax.allGather(v, 'i'), { axis: 0 })",
  psumScatter: "v + lax.psumScatter(v, 'i')",
  ppermute: "lax.ppermute(v, 'i', [[0, 1], [1, 2], [2, 3], [3, 0]]) + 1",
  pmax: "lax.pmax(v, 'i') + 1",
  axisIndex: "v + lax.axisIndex('i')",
} as const

test('after Stop in a loop with any collective, the first program of every other kind is right', async () => {
  await withDevices(4, { processLimit: 1200 })
  const random = seeded(20_261_201)
  const loops = Object.values(bodies)
  for (let round = 0; round < 36; round++) {
    const body = loops[round % loops.length]
    const size = [1, 100, 250_000][Math.floor(random() * 3)]
    const line = random() < 0.3 ? 'begun' : 'at work'
    const program = `pmap((x) => { debug.print('at work'); return lax.whileLoop(() => true, (v) => ${body}, x) }, { axisName: 'i' })`
    await stopped(`${program}(jnp.ones([4, 4, ${size}]))`, line, random() * 300)
    // Threads are new to the first program after a Stop, so each kind has its turns at being the first.
    const first = loops[Math.floor(random() * loops.length)]
    const once = `pmap((v) => ${first}, { axisName: 'i' })(jnp.ones([4, 4, 3])).shape.join()`
    expect(await notebook.value(once)).toBe("'4,4,3'")
    await expectRight()
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

test('a device that fails does not leave the others waiting, and the next program is right', async () => {
  await withDevices(4)
  const failing = (rest: string): string =>
    `pmap((x) => lax.cond(lax.eq(lax.axisIndex('i'), 2), (v) => v + jnp.sum(jnp.zeros([2 ** 20, 2 ** 20])), (v) => ${rest}, x), { axisName: 'i' })(jnp.ones(4))`
  for (const rest of ["lax.psum(v, 'i')", 'lax.whileLoop(() => true, (w) => w + 1, v)', 'v']) {
    expect(await notebook.error(failing(rest))).toMatchObject({
      name: 'DeviceLostError',
      message: expect.stringContaining('cpu:2'),
    })
    await expectRight()
  }
})

test('a collective that one device does not come to is an error and no endless wait', async () => {
  await withDevices(4)
  const uneven =
    "pmap((x) => lax.cond(lax.eq(lax.axisIndex('i'), 3), (v) => v, (v) => lax.psum(v, 'i'), x), { axisName: 'i' })(jnp.arange(4))"
  expect(await notebook.error(uneven)).toMatchObject({
    name: 'DeviceLostError',
    message: expect.stringContaining('waits in psum of int32[] for a device whose program has ended'),
  })
  const different =
    "pmap((x) => lax.cond(lax.lt(lax.axisIndex('i'), 2), (v) => lax.pmax(v, 'i'), (v) => lax.psum(v, 'i'), x), { axisName: 'i' })(jnp.arange(4))"
  expect(await notebook.error(different)).toMatchObject({
    name: 'DeviceLostError',
    message: expect.stringContaining('while another device came to another collective'),
  })
  await expectRight()
})

test.each(['with psum', 'without collectives'] as const)(
  'a device that dies is replaced, and the next program is right (%s)',
  async (kind) => {
    await withDevices(4, { entry: new URL('../mortal-kernel.ts', import.meta.url) })
    expect(await notebook.error(`${endless[kind]}(jnp.ones(4))`)).toMatchObject({
      name: 'DeviceLostError',
      message: expect.stringContaining('cpu:1 could not finish: its thread ended'),
    })
    await expectRight()
  },
)

test('a device that needs too much memory says so, and the next program is right', async () => {
  await withDevices(4, { memoryLimit: 100 })
  // The kernel makes an object of every element, in the JavaScript heap of its thread.
  const greedy =
    "pmap((x) => lax.psum(lax.cond(lax.eq(lax.axisIndex('i'), 1), (v) => { const d = jnp.ones(8_000_000) + v; return v + jnp.sum(lax.linalg.tridiagonalSolve(d, d, d, d.reshape([-1, 1]))) }, (v) => v, x), 'i'), { axisName: 'i' })(jnp.ones(4))"
  expect(await notebook.error(greedy)).toMatchObject({
    name: 'DeviceLostError',
    message: expect.stringContaining('cpu:1 could not finish: it needed more memory than a thread may use'),
  })
  await expectRight()
})

test('after Stop with another number of devices, programs are right', async () => {
  await withDevices(4)
  const sum = (count: number): Promise<string | undefined> =>
    notebook.value(`pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.arange(${count}))`)
  for (const [before, after] of [
    [4, 2],
    [2, 5],
    [5, 4],
  ] as const) {
    await notebook.run(`config.update('numCpuDevices', ${before})`)
    await stopped(`${endless['with psum']}(jnp.ones(${before}))`, 'at work', 100)
    await notebook.kernel.setDevices(after)
    expect(await sum(after)).toBe(
      `[${Array<number>(after)
        .fill((after * (after - 1)) / 2)
        .join(' ')}]`,
    )
  }
  await expectRight()
})

test('callbacks answer on devices, may run programs of their own, and can be stopped', async () => {
  await withDevices(4)
  const called = (body: string): string =>
    `pmap((x) => lax.psum(pureCallback((v) => ${body}, new ShapeDtypeStruct([], 'int32'), x), 'i'), { axisName: 'i' })(jnp.arange(4))`
  const inner = "pmap((w) => lax.psum(w, 'i'), { axisName: 'i' })(jnp.arange(4)).at(0).get()"
  expect(await notebook.value(called('v * v'))).toBe('[14 14 14 14]')
  expect(await notebook.value(called(`v + ${inner}`))).toBe('[30 30 30 30]')
  expect(await notebook.error(called("{ throw new Error('no such picture') }"))).toMatchObject({
    message: 'no such picture',
  })
  await expectRight()
  await stopped(called("{ print('called'); for (;;) {} }"), 'called', 20)
  await expectRight()
  await stopped(called(`{ print('called'); for (;;) ${inner} }`), 'called', 200)
  await expectRight()
})

test('a signal that breaks a run off before anything is put right costs the run alone', async () => {
  await withDevices(4, { processLimit: 1200 })
  // Only a signal ends the regular expression, and then no finally block runs, here or in the devices' owner.
  const broken =
    "pmap((x) => lax.psum(pureCallback((v) => { print('called'); /(a+)+b/.test('a'.repeat(60)); return v }, new ShapeDtypeStruct([100_000], 'int32'), x), 'i'), { axisName: 'i' })(jnp.ones([4, 100_000], { dtype: 'int32' }))"
  for (let round = 0; round < 4; round++) {
    await stopped(broken, 'called', 30 * round)
    await expectRight()
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

test('two Stops in a row, and a Stop just after the start, cost nothing but the run', async () => {
  await withDevices(4)
  for (const wait of [0, 5, 50]) {
    const run = notebook.run(`${endless['with psum']}(jnp.ones(4))`)
    await new Promise((resolve) => setTimeout(resolve, wait))
    notebook.kernel.interrupt()
    notebook.kernel.interrupt()
    expect((await run).status).toBe('interrupted')
    notebook.kernel.interrupt()
    await expectRight()
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

test('a parallel program after an await is stopped, and the next one is right', async () => {
  await withDevices(4)
  for (const program of [endless['with psum'], endless['without collectives']]) {
    await stopped(`await null\n${program}(jnp.ones(4))`, 'at work', 50)
    await expectRight()
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

test('a kernel is restarted while its devices are at work', async () => {
  await withDevices(4)
  const heard = notebook.heard((output) => output.kind === 'text')
  const run = notebook.run(`${endless['with psum']}(jnp.ones(4))`)
  await heard
  await notebook.kernel.restart()
  expect((await run).status).toBe('kernel-died')
  await notebook.run("config.update('numCpuDevices', 4)")
  await expectRight()
})
