import { afterEach, expect, test, vi } from 'vitest'
import { type KernelLimits, LessonKernels } from '../../../electron/host/lesson-kernels.ts'
import type { KernelStatus } from '../../../electron/protocol.ts'
import { childrenOf, isAlive } from '../processes.ts'

vi.setConfig({ testTimeout: 60_000 })

const entry = new URL('../../../electron/kernel/main.ts', import.meta.url)
let kernels: LessonKernels
const statuses: KernelStatus[] = []

function start(limits: Partial<KernelLimits>): LessonKernels {
  statuses.length = 0
  kernels = new LessonKernels(
    { entry, nodePath: process.execPath, memoryLimit: 512 },
    () => ({ output() {}, status: (status) => statuses.push(status) }),
    limits,
  )
  return kernels
}
afterEach(() => kernels.close())

const run = (lessonId: string, source: string) => kernels.get(lessonId, 1).run('cell', `run-${lessonId}`, source)
const patience = { timeout: 30_000 }

test('the kernel of a lesson that nobody shows any more ends; one that is shown stays', async () => {
  start({ keptFor: 300, extensions: 0 })
  const seat = kernels.seat()
  const other = kernels.seat()
  seat.show('A')
  other.show('B')
  await run('A', 'const x = 1')
  await run('B', '1')
  const pids = ['A', 'B'].map((lessonId) => kernels.find(lessonId)?.pid ?? 0)
  seat.show('B')
  await expect.poll(() => pids.map(isAlive), patience).toEqual([false, true])
  expect(kernels.find('A')?.status).toMatchObject({
    state: 'dead',
    lostCellIds: ['cell'],
    message: expect.stringContaining('This lesson was closed for a while'),
  })

  // Whoever comes back gets a new kernel, and the page the cells to run again.
  seat.show('A')
  expect((await run('A', 'x')).status).toBe('error')
  seat.leave()
  other.leave()
  await expect.poll(() => childrenOf(process.pid), patience).toEqual([])
})

test('a cell that still runs in a closed lesson is given more time', async () => {
  start({ keptFor: 100, extensions: 1000 })
  await run('A', '1')
  const long = 'const end = performance.now() + 1500; while (performance.now() < end) {}'
  expect((await run('A', long)).status).toBe('ok')
})

test('but not for ever', async () => {
  start({ keptFor: 300, extensions: 1 })
  const seat = kernels.seat()
  seat.show('A')
  await run('A', '1')
  const endless = run('A', 'for (;;) {}')
  seat.show(null)
  expect((await endless).status).toBe('kernel-died')
})

test('a lesson that is shown again in time keeps its variables', async () => {
  start({ keptFor: 60_000 })
  const seat = kernels.seat()
  seat.show('A')
  await run('A', 'const kept = 1')
  seat.show('B')
  seat.show('A')
  expect((await run('A', 'kept')).status).toBe('ok')
})

test('the memory of all kernels together is bounded: a closed lesson goes first, then the largest', async () => {
  start({ memory: 600 })
  const seat = kernels.seat()
  seat.show('A')
  await run('A', '1')
  seat.show('B')
  await run('B', '1')
  const hog = run('B', 'const all = []; for (;;) all.push(new Float64Array(2 ** 17).fill(1))')
  await hog
  const message = expect.stringContaining('Out of memory: the kernels of all lessons together took')
  expect(kernels.find('A')?.status).toMatchObject({ state: 'dead', message })
  expect(kernels.find('B')?.status).toMatchObject({ state: 'dead', message })
  expect(kernels.find('B')?.status.message).toContain('more than the 600 MB that the lab may use')
  expect((await run('B', '2')).status).toBe('ok')
})
