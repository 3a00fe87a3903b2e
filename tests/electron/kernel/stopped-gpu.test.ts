import { afterEach, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

// A GPU in software takes as long as the machine is busy.
vi.setConfig({ testTimeout: 240_000 })

/** Linux machines get a software GPU from the test command; elsewhere only a real one counts. */
const hasGpu = process.env.VK_ICD_FILENAMES !== undefined

let notebook: Notebook
afterEach(() => notebook.kernel.close())

test.runIf(hasGpu)('after Stop a program on the GPU is right, and its memory comes back', async () => {
  notebook = new Notebook({ processLimit: 2500 })
  await notebook.run("config.update('platform', 'gpu')")
  await notebook.run('const twice = jit((x) => x * 2), product = jit((x, w) => jnp.dot(x, w))')
  expect(await notebook.value('twice(jnp.array([1, 2, 3]))')).toBe('[2. 4. 6.]')
  for (let round = 0; round < 8; round++) {
    // Products without end, each of a tenth of a second or more: one is always at work when Stop comes.
    expect(
      await notebook.stopped(
        `const x = jnp.array(Array.from({ length: 800 }, () => Array(800).fill(1))); for (;;) product(x, x)`,
      ),
    ).toMatchObject({ status: 'interrupted' })
    expect(await notebook.value('twice(jnp.array([1, 2, 3]))')).toBe('[2. 4. 6.]')
    expect(await notebook.value(`product(jnp.array([[1, 2], [3, ${1 + round}]]), jnp.array([[1], [10]]))`)).toBe(
      `[[21.]\n [${String(13 + 10 * round)}.]]`,
    )
  }
  expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
})

test.runIf(hasGpu)('a Stop while the GPU is opened leaves it usable', async () => {
  notebook = new Notebook()
  for (const wait of [0, 20, 100, 300]) {
    const run = notebook.run("config.update('platform', 'gpu'); for (;;) jit((x) => x + 1)(jnp.array([1, 2]))")
    await new Promise((resolve) => setTimeout(resolve, wait))
    notebook.kernel.interrupt()
    expect((await run).status).toBe('interrupted')
    expect(await notebook.value("config.update('platform', 'gpu'); jit((x) => x + 1)(jnp.array([1, 2]))")).toBe(
      '[2. 3.]',
    )
  }
})
