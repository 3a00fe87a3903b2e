import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

let notebook: Notebook
beforeEach(() => {
  notebook = new Notebook({ memoryLimit: 200, processLimit: 700 })
})
afterEach(() => notebook.kernel.close())

test.each([
  [
    'many small objects',
    'const all = []; for (;;) all.push({ x: [1, 2, 3] })',
    'Out of memory: the cell needed more than a kernel may use for objects (200 MB)',
  ],
  [
    'one large allocation',
    'const all = []; for (;;) all.push(new Array(2 ** 22).fill(1.5))',
    'Out of memory: the cell needed more than a kernel may use for objects (200 MB)',
  ],
  [
    'many arrays',
    'const all = []; for (;;) all.push(new Float64Array(1e6).fill(1))',
    'the arrays of this lesson needed more memory',
  ],
])('%s costs the kernel, says why, and the next run starts a new one', async (_, source, message) => {
  await notebook.run('const before = 1', 'first')
  await notebook.run('const between = 2', 'second')
  const { status } = await notebook.run(source, 'third')
  expect(status).toBe('kernel-died')
  expect(notebook.kernel.status).toMatchObject({
    state: 'dead',
    message: expect.stringContaining(message),
    lostCellIds: ['first', 'second'],
  })
  expect(await notebook.error('before', 'first')).toMatchObject({
    name: 'ReferenceError',
    message: 'before is not defined',
  })
  expect(notebook.kernel.status).toMatchObject({ state: 'idle', lostCellIds: ['second'] })
})

test.each([
  ['SIGSEGV', 'The kernel ended unexpectedly (signal SIGSEGV)'],
  ['SIGKILL', 'most often because the machine ran out of memory'],
] as const)('a kernel that %s ends costs no more than itself', async (signal, message) => {
  await notebook.run('const before = 1', 'first')
  const running = notebook.heard((output) => output.kind === 'text')
  const run = notebook.run("print('running'); for (;;) {}", 'second')
  await running
  process.kill(notebook.kernel.pid ?? 0, signal)
  expect((await run).status).toBe('kernel-died')
  expect(notebook.kernel.status).toMatchObject({ state: 'dead', message: expect.stringContaining(message) })
  expect(await notebook.value('2')).toBe('2')
})

test('arrays of the lab beyond the memory are an error that names them, and the kernel lives', async () => {
  await notebook.run('const layers = []; const big = jnp.ones([40, 1_000_000])')
  const error = await notebook.error('for (;;) layers.push(jnp.ones([20, 1_000_000]))')
  expect(error).toMatchObject({
    name: 'RuntimeError',
    message: expect.stringMatching(
      /Out of memory allocating 80000000 bytes for float32\[20,1000000\]\..*The largest are big, float32\[40,1000000\] \(153 MB\); layers\[\d\], float32\[20,1000000\]/,
    ),
  })
  expect(await notebook.value('layers.length = 0; jnp.sum(jnp.ones([20, 1_000_000]))')).toBe('2e+07')
  expect(notebook.kernel.status).toMatchObject({ state: 'idle' })
})

test('recursion without end is an error like any other', async () => {
  await notebook.run('const kept = 6')
  expect(await notebook.error('function f(n) { return f(n + 1) + 1 }\nf(0)')).toMatchObject({
    name: 'RangeError',
    message: 'Maximum call stack size exceeded',
    place: { line: 1 },
  })
  expect(await notebook.value('kept')).toBe('6')
})

test('a restart gives a fresh kernel and names what was lost', async () => {
  await notebook.run('const before = 1', 'first')
  await notebook.kernel.restart()
  expect(notebook.kernel.status).toMatchObject({ state: 'idle', lostCellIds: ['first'] })
  expect(await notebook.error('before')).toMatchObject({ message: 'before is not defined' })
})

test('a restart ends a cell that runs', async () => {
  const running = notebook.heard((output) => output.kind === 'text')
  const run = notebook.run("print('running'); for (;;) {}")
  await running
  await notebook.kernel.restart()
  expect((await run).status).toBe('kernel-died')
  expect(await notebook.value('1')).toBe('1')
})

test('a cell that was started while the kernel starts can be stopped', async () => {
  await using fresh = new Notebook()
  const restarted = fresh.kernel.restart()
  const running = fresh.heard((output) => output.kind === 'text')
  const run = fresh.run("print('running'); for (;;) {}")
  await Promise.all([restarted, running])
  expect(fresh.kernel.status.state).toBe('busy')
  fresh.kernel.interrupt()
  expect((await run).status).toBe('interrupted')
})

test('a kernel whose Node is missing says so', async () => {
  const { LessonKernel } = await import('../../../electron/host/lesson-kernel.ts')
  const entry = new URL('../../../electron/kernel/main.ts', import.meta.url)
  const kernel = new LessonKernel('test', { entry, nodePath: '/nowhere/node', memoryLimit: 64 }, 1, {
    output() {},
    status() {},
    memory() {},
  })
  expect((await kernel.run('cell', 'run', '1')).status).toBe('kernel-died')
  expect(kernel.status).toMatchObject({ state: 'dead', message: expect.stringContaining('could not be started') })
})

describe('whatever a cell throws is shown, and the kernel goes on:', () => {
  test.each([
    ['a name that is no text', 'throw Object.assign(new Error("x"), { name: { a: 1 }, hint: 5 })', 'Error'],
    ['a message without end', 'throw new Error("x".repeat(3e7))', 'Error'],
    ['a text without end', 'throw "x".repeat(3e7)', 'Thrown'],
    ['a name without end', 'throw Object.assign(new Error("x"), { name: "x".repeat(3e7) })', 'xxxx'],
  ])('%s', async (_, source, name) => {
    await notebook.run('const survived = 8')
    const error = await notebook.error(source)
    expect(error.name).toContain(name)
    expect(error.name.length + error.message.length).toBeLessThan(25_000)
    expect(await notebook.value('survived')).toBe('8')
  })

  test('thousands that nobody caught', async () => {
    const { status, outputs } = await notebook.run(
      'for (let i = 0; i < 3000; i++) Promise.reject(new Error("y".repeat(10_000)))',
    )
    expect(status).toBe('ok')
    expect(outputs).toHaveLength(101)
    expect(outputs.at(-1)).toMatchObject({ kind: 'text', text: expect.stringContaining('Errors cut here') })
  })
})

test('a cell that replaces the timers of the global object ends, and so does the next one', async () => {
  await using other = new Notebook()
  const replaced = 'for (const name of ["setImmediate", "setTimeout", "clearTimeout"]) globalThis[name] = () => {}'
  expect((await other.run(replaced)).status).toBe('ok')
  expect(await other.value('await new Promise((resolve) => setTimeout(() => resolve(4), 1))')).toBe('4')
})
