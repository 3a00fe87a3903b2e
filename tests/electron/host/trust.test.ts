import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LabHost, type LabHostOptions } from '../../../electron/host/lab-host.ts'
import { childrenOf } from '../processes.ts'
import { TestFolder, lessonText } from './lesson-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const kernelEntry = new URL('../../../electron/kernel/main.ts', import.meta.url)
const hosts: LabHost[] = []
let own: TestFolder
let brought: TestFolder
let data: TestFolder
beforeEach(() => {
  own = new TestFolder()
  brought = new TestFolder()
  data = new TestFolder()
  own.write('own/lesson.md', lessonText.replaceAll('T1', 'OWN'))
  brought.write('t1/lesson.md', lessonText)
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
  for (const folder of [own, brought, data]) folder[Symbol.dispose]()
})

function start(options: Partial<LabHostOptions> = {}) {
  const events = {
    cellOutput: vi.fn(),
    kernelStatus: vi.fn(),
    lessonTrust: vi.fn(),
    notice: vi.fn(),
    progressChanged: vi.fn(),
    settingsChanged: vi.fn(),
  }
  const host = new LabHost(
    {
      lessonsDirs: [own.path, brought.path],
      builtInDirs: [own.path],
      dataDir: data.path,
      kernel: { entry: kernelEntry, nodePath: process.execPath, memoryLimit: 512 },
      version: '0',
      shell: 'serve',
      saveFile: null,
      ...options,
    },
    events,
  )
  hosts.push(host)
  return { host, events }
}

const lessonId = 'T1'
const run = (host: LabHost) => host.runCell({ lessonId, cellId: 'first', runId: 'r', source: '1' })
const check = (host: LabHost) =>
  host.checkExercise({
    lessonId,
    exerciseId: 'T1.1',
    runId: 'c',
    answer: { kind: 'code', source: 'const double = (x) => x * 2' },
  })

async function asked(host: LabHost): Promise<string> {
  const trust = await host.lessonTrust({ lessonId })
  if (trust.kind !== 'asks') throw new Error(`the lesson is ${trust.kind}`)
  return trust.digest
}

test('a lesson that came with the lab runs without a question', async () => {
  const { host } = start()
  expect(await host.lessonTrust({ lessonId: 'OWN' })).toEqual({ kind: 'built-in' })
  const result = await host.runCell({ lessonId: 'OWN', cellId: 'first', runId: 'r', source: '1' })
  expect(result.status).toBe('ok')
})

test('of a lesson from elsewhere nothing runs, not even a kernel, before somebody allows it', async () => {
  const { host } = start()
  const refused = /Lesson T1 did not come with the lab, and nobody has allowed its code to run/
  await expect(run(host)).rejects.toThrow(refused)
  await expect(check(host)).rejects.toThrow(refused)
  await expect(host.inspect({ lessonId, callId: 'call-1', figure: 'graph' })).rejects.toThrow(refused)
  await expect(host.restartKernel({ lessonId })).rejects.toThrow(refused)
  await host.setDevices({ lessonId, count: 2 })
  expect(childrenOf(process.pid)).toEqual([])

  // What needs no code can be read and answered.
  expect((await host.openLesson({ lessonId })).blocks.length).toBeGreaterThan(2)
  expect(await host.kernelStatus({ lessonId })).toMatchObject({ state: 'idle' })
  expect(await host.hint({ lessonId, exerciseId: 'T1.1', index: 0 })).toMatchObject({
    html: expect.stringContaining('Think of two'),
  })
  const answer = { kind: 'option', optionId: 'a' } as const
  await expect(host.checkExercise({ lessonId, exerciseId: 'T1.2', runId: 'p', answer })).resolves.toMatchObject({
    status: 'ok',
  })
})

test('what was allowed runs, its checks too, and still does after a restart of the lab', async () => {
  const { host, events } = start()
  const trust = await host.trustLesson({ lessonId, digest: await asked(host) })
  expect(trust).toMatchObject({ kind: 'trusted', folder: expect.stringContaining('t1') })
  expect(events.lessonTrust).toHaveBeenLastCalledWith({ lessonId, trust })
  expect((await run(host)).status).toBe('ok')
  expect(await check(host)).toMatchObject({ passed: true })

  await host.close()
  expect(await start().host.lessonTrust({ lessonId })).toEqual(trust)
})

test('a lesson that has changed asks again, and says that it has', async () => {
  const first = start()
  await first.host.trustLesson({ lessonId, digest: await asked(first.host) })
  brought.write('t1/lesson.md', lessonText.replace('double(2) === 4', 'double(3) === 6'))
  await first.host.openLesson({ lessonId })
  expect(await first.host.lessonTrust({ lessonId })).toMatchObject({ kind: 'asks', changed: true })
  await expect(run(first.host)).rejects.toThrow('nobody has allowed')
})

test('what is allowed is the content that was shown, in the folder where it lay', async () => {
  const { host } = start()
  const shown = await asked(host)
  brought.write('t1/lesson.md', lessonText.replace('const x = 1', 'const x = 2'))
  await host.openLesson({ lessonId })
  await expect(host.trustLesson({ lessonId, digest: shown })).rejects.toThrow('has changed since it was shown')

  await host.trustLesson({ lessonId, digest: await asked(host) })
  using elsewhere = new TestFolder()
  elsewhere.write('t1/lesson.md', lessonText.replace('const x = 1', 'const x = 2'))
  const second = start({ lessonsDirs: [elsewhere.path] })
  expect(await second.host.lessonTrust({ lessonId })).toMatchObject({ kind: 'asks', changed: false })
})

test('trust can be withdrawn, which ends what the lesson runs', async () => {
  const { host, events } = start()
  await host.trustLesson({ lessonId, digest: await asked(host) })
  await run(host)
  expect(childrenOf(process.pid)).toHaveLength(1)
  const endless = host.runCell({ lessonId, cellId: 'first', runId: 'e', source: 'for (;;) {}' })
  const trust = await host.withdrawTrust({ lessonId })
  expect(trust).toMatchObject({ kind: 'asks', changed: false })
  expect(events.lessonTrust).toHaveBeenLastCalledWith({ lessonId, trust })
  expect((await endless).status).not.toBe('ok')
  expect(childrenOf(process.pid)).toEqual([])
  await expect(run(host)).rejects.toThrow('nobody has allowed')
})

test('a lesson that came with the lab cannot be untrusted', async () => {
  const { host } = start()
  expect(await host.withdrawTrust({ lessonId: 'OWN' })).toEqual({ kind: 'built-in' })
})

test('a decision that cannot be saved is said, and holds until the lab is closed', async () => {
  data.write('trusted-lessons.json/in-the-way', '')
  const { host, events } = start()
  await host.trustLesson({ lessonId, digest: await asked(host) })
  expect(events.notice).toHaveBeenCalledWith({ message: expect.stringContaining('holds until the lab is closed') })
  expect((await run(host)).status).toBe('ok')
})
