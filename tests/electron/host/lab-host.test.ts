import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBirpc } from 'birpc'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { config } from '../../../core/config.ts'
import { type Host, createHost } from '../../../electron/host/create-host.ts'
import { channelPair } from '../../../electron/host/text-channel.ts'
import { type HostApi, type ProgressChange, type RendererApi, mostCpuDevices } from '../../../electron/protocol.ts'
import { TestFolder, lessonText } from './lesson-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Waits for what happens by itself, however busy the machine is. */
const waitFor = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000 })

let lessons: TestFolder
let data: TestFolder
const hosts: Host[] = []

beforeEach(() => {
  lessons = new TestFolder()
  data = new TestFolder()
  lessons.write('t1-lesson/lesson.md', lessonText)
})
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close()
  lessons[Symbol.dispose]()
  data[Symbol.dispose]()
})

function startHost(): Host {
  const host = createHost({
    lessonsDirs: [lessons.path],
    builtInDirs: [lessons.path],
    dataDir: data.path,
    nodePath: process.execPath,
    version: '1.2.3',
    shell: 'serve',
  })
  hosts.push(host)
  return host
}

/** A page, over a channel in memory: every message goes through the same text as over a wire. */
function openPage(host = startHost()) {
  const [ours, theirs] = channelPair()
  host.connect(theirs)
  const events = {
    cellOutput: vi.fn(),
    kernelStatus: vi.fn(),
    lessonTrust: vi.fn(),
    notice: vi.fn(),
    progressChanged: vi.fn(),
    settingsChanged: vi.fn(),
  } satisfies RendererApi
  const calls = createBirpc<HostApi, RendererApi>(events, {
    post: (message: string) => ours.send(message),
    on: (listener) => ours.onMessage(listener),
    serialize: (message) => JSON.stringify(message),
    deserialize: (text: string) => JSON.parse(text),
    timeout: -1,
  })
  return { calls, events, ours }
}

const changes: ProgressChange[] = [
  { kind: 'source', id: 'first', value: 'const x = 2', base: null },
  { kind: 'solved', id: 'T1.1', value: '2026-01-01T00:00:00.000Z' },
  { kind: 'hints', id: 'T1.1', value: 1 },
]
const entries = changes.map(({ kind, id, value }) => ({ kind, id, value }))

test('hello names the lessons, the settings and what the host can do', async () => {
  expect(await openPage().calls.hello({})).toMatchObject({
    protocolVersion: 2,
    appVersion: '1.2.3',
    shell: 'serve',
    capabilities: { saveDialog: false },
    lessons: [{ id: 'T1', exerciseIds: ['T1.1', 'T1.2'] }],
    settings: { theme: 'system' },
    progress: [],
    notices: [],
  })
})

test('a lesson that was dropped in appears, and one that cannot be read is named', async () => {
  const { calls } = openPage()
  await calls.hello({})
  lessons.write('t2/lesson.md', lessonText.replaceAll('T1', 'T2'))
  lessons.write('t3/lesson.md', 'no front matter')
  const hello = await calls.hello({})
  expect(hello.lessons.map((lesson) => lesson.id)).toEqual(['T1', 'T2'])
  expect(hello.notices).toEqual([expect.stringContaining('t3/lesson.md')])
})

test('the control of devices reaches as far as the configuration of programs', () => {
  const most = mostCpuDevices
  expect(() => config.update('numCpuDevices', most + 1)).toThrow(`from 1 to ${most}`)
  config.update('numCpuDevices', most)
  expect(config.numCpuDevices).toBe(most)
  config.update('numCpuDevices', 1)
})

describe('bad calls get a clear answer', () => {
  test.each([
    ['openLesson', { lessonId: 'X9' }, 'There is no lesson X9. There are T1.'],
    ['openLesson', { lessonId: '../etc' }, 'openLesson: lessonId: '],
    ['openLesson', 'T1', 'openLesson: '],
    ['runCell', { lessonId: 'T1', cellId: 'c', runId: 'r', source: 5 }, 'runCell: source: '],
    ['setDevices', { lessonId: 'T1', count: 99 }, 'setDevices: count: '],
    ['hint', { lessonId: 'T1', exerciseId: 'T1.1', index: 3 }, 'Exercise T1.1 has 1 hints.'],
    ['hint', { lessonId: 'T1', exerciseId: 'T1.9', index: 0 }, 'Lesson T1 has no exercise T1.9.'],
    [
      'checkExercise',
      { lessonId: 'T1', exerciseId: 'T1.2', runId: 'r', answer: { kind: 'code', source: '' } },
      'answered by option, not by code',
    ],
    ['saveFile', { name: 'a.svg', mime: 'image/svg+xml', base64: '' }, 'There is no save dialog here'],
    ['toString', {}, 'not found'],
    ['constructor', {}, 'not found'],
  ])('%s(%j)', async (method, call, message) => {
    const { ours } = openPage()
    const answer = new Promise<string>((resolve) => ours.onMessage(resolve))
    ours.send(JSON.stringify({ t: 'q', i: '1', m: method, a: [call] }))
    expect(JSON.parse(await answer)).toMatchObject({ i: '1', e: { message: expect.stringContaining(message) } })
  })

  const answer = async (text: string): Promise<string> => {
    const { ours } = openPage()
    const answered = new Promise<string>((resolve) => ours.onMessage(resolve))
    ours.send(text)
    return answered
  }
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`

  test.each([
    ['a method that is no text', '{"t":"q","i":"1","m":{"toString":1},"a":[{}]}'],
    ['a method that is missing', '{"t":"q","i":"1"}'],
    ['arguments that are none', '{"t":"q","i":"1","m":"hello","a":{"length":1e9}}'],
    ['too many arguments', '{"t":"q","i":"1","m":"hello","a":[{},{}]}'],
    ['deep arguments', `{"t":"q","i":"1","m":"openLesson","a":${deep}}`],
    ['deep text', `{"t":"q","i":"1","m":"openLesson","a":[{"lessonId":${deep}}]}`],
    ['a long wrong value', `{"t":"q","i":"1","m":"openLesson","a":[{"lessonId":"${'x'.repeat(1_000_000)}"}]}`],
    ['an endless wrong list', `{"t":"q","i":"1","m":"openLesson","a":[${'0,'.repeat(100_000)}0]}`],
  ])('%s is an error, told in few words', async (_, text) => {
    const reply = await answer(text)
    expect(JSON.parse(reply)).toMatchObject({ t: 's', i: '1', e: { message: expect.any(String) } })
    expect(reply.length).toBeLessThan(500)
  })

  test.each(['{"t":"q","m":{"toString":1}}', `{"t":"q","i":${deep},"m":"hello"}`, `{"t":"q","i":{},"m":"x"}`, deep])(
    'a message under no name that could be answered is dropped: %.40s',
    async (text) => {
      const { ours, calls } = openPage()
      ours.send(text)
      expect((await calls.hello({})).lessons).toHaveLength(1)
    },
  )

  test.each(['', 'nonsense', 'null', '5', '{"t":"q"}', '{"t":"s","i":"unasked"}'])(
    'the message %j is survived',
    async (text) => {
      const { ours, calls } = openPage()
      ours.send(text)
      expect((await calls.hello({})).lessons).toHaveLength(1)
    },
  )
})

test('cells run, and their outputs and the kernel’s states reach every page', async () => {
  const host = startHost()
  const [one, two] = [openPage(host), openPage(host)]
  const result = await one.calls.runCell({
    lessonId: 'T1',
    cellId: 'first',
    runId: 'r1',
    source: 'const x = 20; x * 2',
  })
  expect(result).toMatchObject({ status: 'ok' })
  for (const { events } of [one, two]) {
    const output = { kind: 'value', text: '40', truncated: false }
    expect(events.cellOutput).toHaveBeenCalledExactlyOnceWith({ lessonId: 'T1', cellId: 'first', runId: 'r1', output })
    const states = events.kernelStatus.mock.calls.map(([status]) => status.state)
    expect(states).toEqual(['starting', 'idle', 'busy', 'idle'])
  }
})

test('an error names the lesson that explains it only if it is there', async () => {
  const { calls, events } = openPage()
  const source = 'jit((x) => { if (x) return x })(1)'
  await calls.runCell({ lessonId: 'T1', cellId: 'c', runId: 'r1', source })
  lessons.write('a1-loops/lesson.md', lessonText.replaceAll('T1', 'A1'))
  await calls.hello({})
  await calls.runCell({ lessonId: 'T1', cellId: 'c', runId: 'r2', source })
  expect(events.cellOutput.mock.calls.map(([event]) => event.output.error.lessonId)).toEqual([undefined, 'A1'])
})

test('exercises are judged: code in the kernel, predictions here', async () => {
  const { calls } = openPage()
  const check = (exerciseId: string, answer: Parameters<HostApi['checkExercise']>[0]['answer']) =>
    calls.checkExercise({ lessonId: 'T1', exerciseId, runId: 'r', answer })
  expect(await check('T1.1', { kind: 'code', source: 'const double = (x) => x' })).toMatchObject({
    passed: false,
    message: 'double(2) should be 4',
  })
  const { source } = await calls.solution({ lessonId: 'T1', exerciseId: 'T1.1' })
  expect(await check('T1.1', { kind: 'code', source: source ?? '' })).toMatchObject({ passed: true, status: 'ok' })
  const lesson = await calls.openLesson({ lessonId: 'T1' })
  const options = lesson.blocks.flatMap((block) => (block.kind === 'exercise' ? (block.exercise.options ?? []) : []))
  const verdicts = await Promise.all(options.map(({ id }) => check('T1.2', { kind: 'option', optionId: id })))
  expect(verdicts.filter((verdict) => verdict.passed)).toHaveLength(1)
  expect(JSON.stringify(lesson)).not.toContain('double(2) should be 4')
  expect(await calls.hint({ lessonId: 'T1', exerciseId: 'T1.1', index: 0 })).toMatchObject({
    html: expect.stringContaining('Think of two.'),
  })
})

test('ids that every object has are ids like any other, from the lesson to the disk', async () => {
  const odd = lessonText
    .replace('id: T1', 'id: constructor')
    .replace('id=first', 'id=hasOwnProperty')
    .replaceAll('T1.1', 'valueOf')
    .replaceAll('T1.2', 'toString')
  lessons.write('t2/lesson.md', odd)
  const { calls } = openPage()
  const hello = await calls.hello({})
  expect(hello.lessons.map(({ id, exerciseIds }) => [id, exerciseIds])).toEqual([
    ['constructor', ['valueOf', 'toString']],
    ['T1', ['T1.1', 'T1.2']],
  ])
  const lessonId = 'constructor'
  const { blocks } = await calls.openLesson({ lessonId })
  expect(blocks.flatMap((block) => (block.kind === 'cell' ? [block.id] : []))).toEqual(['hasOwnProperty'])
  const ran = await calls.runCell({
    lessonId,
    cellId: 'hasOwnProperty',
    runId: 'r',
    source: 'const valueOf = 1; valueOf',
  })
  expect(ran.status).toBe('ok')
  const answer = { kind: 'code', source: 'const double = (x) => x * 2' } as const
  expect(await calls.checkExercise({ lessonId, exerciseId: 'valueOf', runId: 'r', answer })).toMatchObject({
    passed: true,
  })
  expect(await calls.hint({ lessonId, exerciseId: 'valueOf', index: 0 })).toMatchObject({
    html: expect.stringContaining('Think'),
  })
  await expect(calls.hint({ lessonId, exerciseId: 'isPrototypeOf', index: 0 })).rejects.toMatchObject({
    message: 'Lesson constructor has no exercise isPrototypeOf.',
  })
  await calls.saveProgress({ lessonId, changes: [{ kind: 'source', id: 'hasOwnProperty', value: '2', base: null }] })
  expect((await calls.hello({})).progress).toMatchObject([{ lessonId, entries: [{ id: 'hasOwnProperty' }] }])
})

describe('progress', () => {
  test('and settings are kept over a restart of the host', async () => {
    const { calls } = openPage()
    await calls.saveProgress({ lessonId: 'T1', changes })
    await calls.saveSettings({ changes: { theme: 'dark', cpuDevices: 2 } })
    await calls.saveSettings({ changes: { lastLessonId: 'T1' } })
    await hosts.pop()?.close()
    const hello = await openPage().calls.hello({})
    expect(hello.progress).toEqual([{ lessonId: 'T1', revision: 0, entries }])
    expect(hello.settings).toEqual({ theme: 'dark', cpuDevices: 2, lastLessonId: 'T1' })
  })

  test('is on the disk when the call returns, and every page is told', async () => {
    const host = startHost()
    const [one, two] = [openPage(host), openPage(host)]
    const answer = await one.calls.saveProgress({ lessonId: 'T1', changes })
    expect(JSON.parse(readFileSync(join(data.path, 'progress', 'T1.json'), 'utf8'))).toEqual({ version: 2, entries })
    expect(answer).toEqual({ lessonId: 'T1', revision: 1, entries })
    await one.calls.saveSettings({ changes: { theme: 'dark' } })
    for (const { events } of [one, two]) {
      await waitFor(() => expect(events.settingsChanged).toHaveBeenCalledTimes(1))
      expect(events.progressChanged).toHaveBeenCalledExactlyOnceWith(answer)
    }
  })

  test('of a lesson can be forgotten, and every page is told', async () => {
    const host = startHost()
    const [one, two] = [openPage(host), openPage(host)]
    await one.calls.saveProgress({ lessonId: 'T1', changes })
    const nothing = { lessonId: 'T1', revision: 2, entries: [] }
    expect(await one.calls.resetLesson({ lessonId: 'T1' })).toEqual(nothing)
    await waitFor(() => expect(two.events.progressChanged).toHaveBeenLastCalledWith(nothing))
    await hosts.pop()?.close()
    expect((await openPage().calls.hello({})).progress).toEqual([{ ...nothing, revision: 0 }])
  })

  test('that is damaged is set aside with a notice, which pages that come later get too', async () => {
    data.write('progress/T1.json', '{"entries":')
    const host = startHost()
    for (const { calls } of [openPage(host), openPage(host)]) {
      const { notices } = await calls.hello({})
      expect(notices).toEqual([expect.stringContaining('The progress of lesson T1 was damaged')])
    }
  })

  test('of a second lab on the same data is not saved, and each save says so', async () => {
    const first = openPage()
    await first.calls.saveProgress({ lessonId: 'T1', changes })
    const second = openPage()
    const hello = await second.calls.hello({})
    expect(hello.notices).toEqual([expect.stringMatching(/^Another lab \(process \d+\) is open on the same data/)])
    expect(hello.progress).toEqual([{ lessonId: 'T1', revision: 0, entries }])
    await expect(second.calls.saveProgress({ lessonId: 'T1', changes })).rejects.toMatchObject({
      message: expect.stringMatching(/^Another lab/),
    })
    expect((await first.calls.hello({})).notices).toEqual([])
  })

  test('that cannot be written is an error of that save, and nothing else', async () => {
    const { calls } = openPage()
    // A file where the folder should be: every write fails, for root too.
    data.write('progress', 'in the way')
    await expect(calls.saveProgress({ lessonId: 'T1', changes })).rejects.toMatchObject({
      message: expect.stringContaining('The progress of lesson T1 cannot be saved'),
    })
    await calls.saveSettings({ changes: { theme: 'dark' } })
    expect(await calls.hello({})).toMatchObject({ settings: { theme: 'dark' }, notices: [] })
  })
})
