import { afterAll, expect, test, vi } from 'vitest'
import { BrokenOff, runBreakable, sharedWords } from '../../../electron/kernel/breakable-run.ts'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

test('a Stop that comes before the code begins is not lost', () => {
  const words = new Int32Array(new SharedArrayBuffer(4 * sharedWords))
  let begun = 0
  expect(runBreakable(words, () => ++begun)).toBe(1)
  Atomics.store(words, 0, 1)
  expect(() => runBreakable(words, () => ++begun)).toThrow(BrokenOff)
  Atomics.store(words, 0, 0)
  expect(runBreakable(words, () => ++begun)).toBe(2)
})

// Nothing but a signal ends this, and then no finally block runs.
const endless = "/(a+)+b/.test('a'.repeat(60))"

test('what was set for the time of a call is as before after Stop', async () => {
  await notebook.run("config.update('debugNans', true)")
  await notebook.stopped(
    `enableX64(() => disableJit(() => debugNans(false, () => defaultDevice(devices()[0], () => ${endless}))))`,
  )
  expect(await notebook.value('[config.enableX64, config.disableJit, config.debugNans]')).toBe('[ false, false, true ]')
  expect(await notebook.value('jnp.ones(1).dtype')).toBe("'float32'")
})

test('what a cell sets for good stays after Stop', async () => {
  await notebook.stopped(`config.update('enableX64', true); ${endless}`)
  expect(await notebook.value('config.enableX64')).toBe('true')
})
