import { afterAll, describe, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

/** The variables of earlier cells are there, and the kernel is the one it was. */
async function survived(): Promise<void> {
  expect(await notebook.value('kept')).toBe('[0 1 2]')
}

describe('Stop ends a cell at once and keeps the variables', () => {
  test.each([
    ['a loop', 'while (true) {}'],
    ['a loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} finally { continue } }'],
    ['a loop in a function of another cell', 'spin()'],
    ['endless recursion over promises', 'const again = () => Promise.resolve().then(again); await again()'],
    ['a loop that awaits', 'while (true) await null'],
    ['a promise that never settles', 'await new Promise(() => {})'],
    ['a loop of the core', 'lax.whileLoop(() => true, (i) => i, 0)'],
    ['a traced function that never ends', 'jit((x) => { for (;;) x = x + 1 })(1)'],
    ['a wait for a word of memory', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ['a regular expression that backtracks without end', "/(a+)+b/.test('a'.repeat(60))"],
    ['timers that go on', 'setInterval(() => {}, 0); await new Promise(() => {})'],
  ])('%s', async (_, source) => {
    await notebook.run('const kept = lax.iota("int32", 3); function spin() { for (;;) {} }')
    expect(await notebook.stopped(source)).toMatchObject({ status: 'interrupted' })
    await survived()
    expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
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
