import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProgressStore } from '../../../electron/host/progress-store.ts'
import { rememberPort, servedPort } from '../../../electron/host/served-port.ts'
import type { LessonProgress, ProgressChange, ProgressEntry } from '../../../electron/protocol.ts'
import { revisionOf } from '../../../electron/protocol.ts'
import { TestFolder } from './lesson-folder.ts'

let folder: TestFolder
const stores: ProgressStore[] = []
beforeEach(() => {
  folder = new TestFolder()
})
afterEach(async () => {
  await closeAll()
  folder[Symbol.dispose]()
})

const closeAll = async (): Promise<void> => {
  for (const store of stores.splice(0)) await store.close()
}

function openStore() {
  const [notify, onLesson, onSettings] = [vi.fn(), vi.fn(), vi.fn()]
  const store = new ProgressStore(folder.path, { notify, onLesson, onSettings })
  stores.push(store)
  return { store, notify, onLesson }
}

const fixture = (name: string): string => readFileSync(new URL(`saved/${name}`, import.meta.url), 'utf8')
const pathOf = (lessonId: string): string => join(folder.path, 'progress', `${lessonId}.json`)
const onDisk = (lessonId: string): unknown => JSON.parse(readFileSync(pathOf(lessonId), 'utf8'))
const source = (id: string, value: string): ProgressEntry => ({ kind: 'source', id, value })
const edit = (id: string, value: string | null, before: string | null = null): ProgressChange => ({
  kind: 'source',
  id,
  value,
  base: before === null ? null : revisionOf(before),
})

describe('a file of an earlier lab', () => {
  test.each(['progress-1.json', 'progress-2.json'])('%s is read whole', (name) => {
    folder.write('progress/T1.json', fixture(name))
    const { store, notify } = openStore()
    expect(store.lesson('T1').entries).toEqual(JSON.parse(fixture('progress-2.json')).entries)
    expect(notify).not.toHaveBeenCalled()
  })

  test('is written in the present version, and the rest of it stays', async () => {
    folder.write('progress/T1.json', fixture('progress-1.json'))
    const { store } = openStore()
    await store.saveLesson('T1', [edit('first', 'const x = 3', 'const x = 2')])
    const expected = JSON.parse(fixture('progress-2.json'))
    expected.entries[0].value = 'const x = 3'
    expect(onDisk('T1')).toEqual(expected)
  })

  test.each(['settings-1.json', 'settings-2-later-fields.json'])('%s is read whole', (name) => {
    folder.write('settings.json', fixture(name))
    expect(openStore().store.settings).toEqual({ theme: 'dark', cpuDevices: 2, lastLessonId: 'T1' })
  })
})

describe('what a later lab wrote', () => {
  test('is kept by this one: fields of the file, of an entry, and entries of other kinds', async () => {
    folder.write('progress/T1.json', fixture('progress-2-later-fields.json'))
    folder.write('settings.json', fixture('settings-2-later-fields.json'))
    const { store, notify } = openStore()
    await store.saveLesson('T1', [edit('first', 'const x = 3', 'const x = 2'), edit('second', 'x')])
    await store.saveSettings({ theme: 'light' })
    const [first, bookmark] = JSON.parse(fixture('progress-2-later-fields.json')).entries
    expect(onDisk('T1')).toEqual({
      version: 2,
      openedAt: '2027-05-01T00:00:00.000Z',
      entries: [{ ...first, value: 'const x = 3' }, source('second', 'x'), bookmark],
    })
    expect(readFileSync(pathOf('T1'), 'utf8')).toContain('"__proto__": {\n        "kept": true')
    expect(JSON.parse(readFileSync(join(folder.path, 'settings.json'), 'utf8'))).toEqual({
      ...JSON.parse(fixture('settings-2-later-fields.json')),
      theme: 'light',
    })
    expect(notify).not.toHaveBeenCalled()
  })

  test('in a later version of the format is not overwritten, and each save says why', async () => {
    const later = '{ "version": 3, "pages": [] }'
    folder.write('progress/T1.json', later)
    folder.write('settings.json', '{ "version": 9 }')
    const { store, notify } = openStore()
    await expect(store.saveLesson('T1', [edit('first', 'x')])).rejects.toThrow('written by a newer lab (version 3')
    await expect(store.forgetLesson('T1')).rejects.toThrow('written by a newer lab')
    await expect(store.saveSettings({ theme: 'dark' })).rejects.toThrow('written by a newer lab (version 9')
    expect(readFileSync(pathOf('T1'), 'utf8')).toBe(later)
    expect(notify).toHaveBeenCalledTimes(2)
    await store.saveLesson('T2', [edit('first', 'x')])
    expect(store.lesson('T2').entries).toEqual([source('first', 'x')])
  })
})

describe('a bad entry', () => {
  const good = JSON.parse(fixture('progress-2.json'))
  test.each<[string, unknown]>([
    ['a time that is none', { kind: 'solved', id: 'T1.2', value: 'yesterday' }],
    ['an id that is none', { kind: 'source', id: '../etc', value: 'x' }],
    ['a text that is none', { kind: 'source', id: 'second', value: 7 }],
    ['no entry at all', null],
    ['a second one of the same', { kind: 'source', id: 'first', value: 'another' }],
  ])('(%s) costs itself alone, and is kept', async (_what, bad) => {
    folder.write('progress/T1.json', JSON.stringify({ ...good, entries: [...good.entries, bad] }))
    const { store, notify } = openStore()
    expect(store.lesson('T1').entries).toEqual(good.entries)
    const beside = readdirSync(join(folder.path, 'progress')).filter((name) => name.includes('unreadable'))
    expect(notify.mock.calls).toEqual([[expect.stringContaining(`was kept in ${beside[0]}`)]])
    expect(JSON.parse(readFileSync(join(folder.path, 'progress', beside[0] ?? ''), 'utf8'))).toEqual([bad])
    await store.saveLesson('T1', [edit('second', 'x')])
    expect(onDisk('T1')).toEqual({ version: 2, entries: [...good.entries, source('second', 'x')] })
    await closeAll()
    expect(openStore().notify).not.toHaveBeenCalled()
  })

  test('of the first version likewise, and a bad setting', () => {
    const old = JSON.parse(fixture('progress-1.json'))
    folder.write('progress/T1.json', JSON.stringify({ ...old, solved: { 'T1.1': 'yesterday' }, hintsSeen: 5 }))
    folder.write('settings.json', '{ "theme": "dark", "cpuDevices": 99, "lastLessonId": "T1" }')
    const { store, notify } = openStore()
    expect(store.lesson('T1').entries.map(({ id }) => id)).toEqual(['first', 'constructor', 'scratch-1', 'T1.2'])
    expect(store.settings).toEqual({ theme: 'dark', cpuDevices: 1, lastLessonId: 'T1' })
    expect(notify.mock.calls.map(([message]: string[]) => message?.split(' of ')[0])).toEqual([
      'One entry',
      '2 entries',
    ])
  })

  test('never costs a good one: any mixture is read, and written, without loss', async () => {
    const entry = fc.record({ kind: fc.constant('source'), id: fc.stringMatching(/^[a-z]{1,6}$/), value: fc.string() })
    const other = fc.oneof(
      fc.jsonValue(),
      fc.record({ kind: fc.constant('solved'), id: fc.string(), value: fc.string() }),
    )
    let run = 0
    const mixture = fc.array(fc.oneof({ weight: 2, arbitrary: entry }, other), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(mixture, async (entries) => {
        const lessonId = `L${run++}`
        folder.write(`progress/${lessonId}.json`, JSON.stringify({ version: 2, entries }))
        const store = openStore().store
        await store.saveLesson(lessonId, [edit('added-one', 'x')])
        await closeAll()
        const names = readdirSync(join(folder.path, 'progress')).filter((name) => name.startsWith(`${lessonId}.`))
        const parts = names.flatMap((name): unknown[] => {
          const parsed: unknown = JSON.parse(readFileSync(join(folder.path, 'progress', name), 'utf8'))
          return Array.isArray(parsed) ? parsed : Object(parsed).entries
        })
        const asText = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).toSorted()
        expect(asText(parts)).toEqual(asText([...JSON.parse(JSON.stringify(entries)), source('added-one', 'x')]))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a file that cannot be read at all', () => {
  test.each(['{"entries":', '', 'null', '[]', '{"version":2,"entries":{}}', '{"version":"two"}'])(
    '(%j) is set aside, with a word about it',
    async (damaged) => {
      folder.write('progress/T1.json', damaged)
      const { store, notify } = openStore()
      expect(notify.mock.calls).toEqual([[expect.stringContaining('The progress of lesson T1 was damaged')]])
      await store.saveLesson('T1', [edit('first', 'x')])
      const [aside = ''] = readdirSync(join(folder.path, 'progress')).filter((name) => name.includes('damaged'))
      expect(readFileSync(join(folder.path, 'progress', aside), 'utf8')).toBe(damaged)
      expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'x')] })
    },
  )

  test.runIf(process.platform !== 'win32')('since it is a pipe is not waited for, and not overwritten', async () => {
    folder.write('progress/T2.json', fixture('progress-2.json'))
    for (const path of [join(folder.path, 'settings.json'), pathOf('T1')]) spawnSync('mkfifo', [path])
    const { store, notify } = openStore()
    expect(notify.mock.calls.map(([message]: string[]) => message)).toEqual([
      expect.stringMatching(
        /^The settings file cannot be read, so nothing is written to it: it is a named pipe, not a file/,
      ),
      expect.stringMatching(/^The progress of lesson T1 cannot be read/),
    ])
    expect(store.lesson('T2').entries).toHaveLength(6)
    await expect(store.saveLesson('T1', [edit('first', 'x')])).rejects.toThrow('not a file')
    rmSync(pathOf('T1'))
    await store.saveLesson('T1', [edit('first', 'x')])
    expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'x')] })
  })
})

describe('a save', () => {
  test('resolves once the file is there whole, and leaves nothing else behind', async () => {
    const { store } = openStore()
    for (let count = 0; count < 20; count++) {
      await store.saveLesson('T1', [edit('first', `${count}`, count === 0 ? null : `${count - 1}`)])
      expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', `${count}`)] })
    }
    expect(readdirSync(join(folder.path, 'progress'))).toEqual(['T1.json'])
  })

  test('that the disk refuses is an error and changes nothing, and the next one succeeds when it can', async () => {
    const { store, onLesson } = openStore()
    await store.saveLesson('T1', [edit('first', 'one')])
    // A file where the folder should be: every write fails, for root too.
    const progressFolder = join(folder.path, 'progress')
    renameSync(progressFolder, `${progressFolder}.away`)
    writeFileSync(progressFolder, 'in the way')
    await expect(store.saveLesson('T1', [edit('first', 'two', 'one')])).rejects.toThrow(
      'The progress of lesson T1 cannot be saved',
    )
    expect(store.lesson('T1').entries).toEqual([source('first', 'one')])
    expect(onLesson).toHaveBeenCalledTimes(1)
    rmSync(progressFolder)
    renameSync(`${progressFolder}.away`, progressFolder)
    await store.saveLesson('T1', [edit('first', 'two', 'one')])
    expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'two')] })
  })

  test('of what somebody removed from the disk writes it again', async () => {
    const { store } = openStore()
    await store.saveLesson('T1', [edit('first', 'one')])
    rmSync(folder.path, { recursive: true })
    await store.saveLesson('T1', [edit('first', 'one', 'one')])
    expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'one')] })
  })

  test('merges with what another program wrote into the file', async () => {
    const { store } = openStore()
    await store.saveLesson('T1', [edit('first', 'one')])
    folder.write(
      'progress/T1.json',
      JSON.stringify({ version: 2, entries: [source('first', 'one'), source('second', 'other')] }),
    )
    await store.saveLesson('T1', [edit('third', 'three')])
    expect(store.lesson('T1').entries.map(({ id }) => id)).toEqual(['first', 'second', 'third'])
  })

  test('starts without the drafts of a lab that was killed while it wrote', async () => {
    folder.write('progress/T1.json.123.draft', '{"version":2,"ent')
    const { store } = openStore()
    expect(store.lessons).toEqual([])
    expect(readdirSync(join(folder.path, 'progress'))).toEqual([])
  })
})

describe('two pages', () => {
  test('that change different things both have them saved', async () => {
    const { store, onLesson } = openStore()
    await Promise.all([
      store.saveLesson('T1', [edit('first', 'a'), { kind: 'hints', id: 'T1.1', value: 2 }]),
      store.saveLesson('T1', [edit('second', 'b'), { kind: 'hints', id: 'T1.1', value: 1 }]),
      store.saveLesson('T1', [{ kind: 'solved', id: 'T1.1', value: '2026-01-02T00:00:00.000Z' }]),
      store.saveLesson('T1', [{ kind: 'solved', id: 'T1.1', value: '2026-01-01T00:00:00.000Z' }]),
    ])
    expect(store.lesson('T1').entries).toEqual([
      source('first', 'a'),
      { kind: 'hints', id: 'T1.1', value: 2 },
      source('second', 'b'),
      { kind: 'solved', id: 'T1.1', value: '2026-01-01T00:00:00.000Z' },
    ])
    const revisions = onLesson.mock.calls.map(([progress]: LessonProgress[]) => progress?.revision)
    expect(revisions).toEqual([1, 2, 3, 4])
  })

  test('that change the same text do not overwrite each other: the second gets the first one’s', async () => {
    const { store } = openStore()
    await store.saveLesson('T1', [edit('first', 'one')])
    await store.saveLesson('T1', [edit('first', 'of A', 'one')])
    const answer = await store.saveLesson('T1', [edit('first', 'of B', 'one'), edit('second', 'of B')])
    expect(answer.entries).toEqual([source('first', 'of A'), source('second', 'of B')])
    const chosen = await store.saveLesson('T1', [edit('first', 'of B', 'of A')])
    expect(chosen.entries).toEqual([source('first', 'of B'), source('second', 'of B')])
  })
})

describe('a second lab on the same data', () => {
  test('saves nothing and says so, until the first is closed; then it starts from what that one left', async () => {
    const first = openStore()
    await first.store.saveLesson('T1', [edit('first', 'one')])
    const second = openStore()
    expect(second.notify.mock.calls).toEqual([[expect.stringMatching(/^Another lab \(process \d+\) is open/)]])
    expect(second.store.lesson('T1').entries).toEqual([source('first', 'one')])
    await expect(second.store.saveLesson('T1', [edit('second', 'two')])).rejects.toThrow('Another lab')
    await expect(second.store.saveSettings({ theme: 'dark' })).rejects.toThrow('Another lab')
    await first.store.saveLesson('T1', [edit('first', 'later', 'one')])
    await first.store.close()
    await second.store.saveLesson('T1', [edit('second', 'two')])
    expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'later'), source('second', 'two')] })
    expect(second.onLesson).toHaveBeenCalled()
  })

  test('that took the folder over keeps what it wrote: the first notices, and stops writing', async () => {
    const first = openStore()
    await first.store.saveLesson('T1', [edit('first', 'one')])
    rmSync(join(folder.path, 'lab.lock.db'))
    const second = openStore()
    expect(second.notify).not.toHaveBeenCalled()
    await second.store.saveLesson('T1', [edit('first', 'two', 'one')])
    await expect(first.store.saveLesson('T1', [edit('first', 'three', 'one')])).rejects.toThrow('Another lab')
    expect(onDisk('T1')).toEqual({ version: 2, entries: [source('first', 'two')] })
    await second.store.close()
    const answer = await first.store.saveLesson('T1', [edit('first', 'three', 'one')])
    expect(answer.entries).toEqual([source('first', 'two')])
  })
})

test('ids that every object has are ids like any other', async () => {
  const ids = ['constructor', 'valueOf', 'toString', 'hasOwnProperty', 'isPrototypeOf']
  const { store } = openStore()
  for (const id of ids) expect(store.lesson(id).entries).toEqual([])
  await store.saveLesson(
    'constructor',
    ids.map((id) => edit(id, `text of ${id}`)),
  )
  await store.saveLesson('constructor', [{ kind: 'solved', id: 'valueOf', value: '2026-01-01T00:00:00.000Z' }])
  await closeAll()
  expect(openStore().store.lesson('constructor').entries).toEqual([
    ...ids.map((id) => source(id, `text of ${id}`)),
    { kind: 'solved', id: 'valueOf', value: '2026-01-01T00:00:00.000Z' },
  ])
  expect(basename(pathOf('constructor'))).toBe('constructor.json')
})

test('a lesson that is called like a device of Windows has a file that is none', async () => {
  const { store } = openStore()
  for (const lessonId of ['nul', 'CON.1', 'console']) await store.saveLesson(lessonId, [edit('first', lessonId)])
  expect(readdirSync(join(folder.path, 'progress')).toSorted()).toEqual(['_CON.1.json', '_nul.json', 'console.json'])
  await closeAll()
  const later = openStore().store
  for (const lessonId of ['nul', 'CON.1', 'console']) {
    expect(later.lesson(lessonId).entries).toEqual([source('first', lessonId)])
  }
})

test.runIf(process.platform !== 'win32')(
  'pipes under the names of its own files keep no lab from starting',
  async () => {
    for (const name of ['lab.owner.json', 'served.json']) spawnSync('mkfifo', [join(folder.path, name)])
    const { store, notify } = openStore()
    await store.saveLesson('T1', [edit('first', 'one')])
    expect(servedPort(folder.path)).toBeNull()
    rememberPort(folder.path, 4517)
    expect(notify).not.toHaveBeenCalled()
  },
)
