import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LessonReader } from '../../../electron/host/lessons/lesson-reader.ts'
import { LessonStore } from '../../../electron/host/lessons/lesson-store.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lessons-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const put = async (folder: string, fields: Record<string, string>, body = 'Text.'): Promise<void> => {
  const all = { title: 'A lesson', lead: 'About something.', stream: 'intro', minutes: '10', ...fields }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, folder, 'lesson.md'), ['---', ...head, '---', body].join('\n'))
}

const readLessons = (roots: readonly string[]) => new LessonStore(roots).refresh()

describe('reading folders', () => {
  test('lists lessons by stream, level and order, whatever the folders are called', async () => {
    await put('a', { id: 'D1', stream: 'differentiability', level: 'beginner' })
    await put('b', { id: 'A2', stream: 'control-flow', level: 'intermediate' })
    await put('c', { id: 'A1b', stream: 'control-flow', level: 'beginner', order: '20' })
    await put('d', { id: 'A1a', stream: 'control-flow', level: 'beginner', order: '10' })
    await put('e', { id: 'L0' })
    const { lessons, problems } = await readLessons([root])
    expect(problems).toEqual([])
    expect([...lessons.keys()]).toEqual(['L0', 'A1a', 'A1b', 'A2', 'D1'])
  })

  test('one broken lesson costs the others nothing', async () => {
    await put('good', { id: 'L0' })
    await put('bad', { id: 'L1', stream: 'nowhere' })
    await mkdir(join(root, 'empty'))
    const { lessons, problems } = await readLessons([root])
    expect([...lessons.keys()]).toEqual(['L0'])
    expect(problems).toEqual([
      expect.stringContaining('bad/lesson.md:4: "stream" must be one of'),
      expect.stringContaining('empty/lesson.md:1: cannot be read'),
    ])
  })

  test('the first of two lessons with one id keeps it', async () => {
    await put('first', { id: 'L0', title: 'First' })
    await put('second', { id: 'L0', title: 'Second' })
    const { lessons, problems } = await readLessons([root])
    expect(lessons.get('L0')?.summary.title).toBe('First')
    expect(problems).toEqual([expect.stringContaining('second/lesson.md:1: the lesson id L0 is taken')])
  })

  test('a lesson that needs one that is not there opens, and says so', async () => {
    await put('a', { id: 'A1', requires: '[L0]' })
    const { lessons, problems } = await readLessons([root])
    expect(lessons.has('A1')).toBe(true)
    expect(problems).toEqual(['a/lesson.md:7: requires L0, which is not there'])
  })

  test('several roots are one collection, and a root that does not exist is a problem', async () => {
    await put('one/a', { id: 'L0' })
    await put('two/b', { id: 'L1' })
    const { lessons, problems } = await readLessons([join(root, 'one'), join(root, 'two'), join(root, 'three')])
    expect([...lessons.keys()]).toEqual(['L0', 'L1'])
    expect(problems).toEqual([expect.stringContaining('three: cannot be read')])
  })

  test('a file of enormous size is refused', async () => {
    await put('a', { id: 'L0' }, 'x'.repeat(2_000_001))
    const { lessons, problems } = await readLessons([root])
    expect(lessons.size).toBe(0)
    expect(problems).toEqual([expect.stringContaining('too many for a lesson')])
  })
})

describe('the store', () => {
  test('shows a folder that was dropped in, after a refresh', async () => {
    await put('a', { id: 'L0' })
    const store = new LessonStore([root])
    await store.refresh()
    expect(store.find('L1')).toBeUndefined()
    await put('b', { id: 'L1', order: '1' })
    await store.refresh()
    expect(store.summaries.map((summary) => summary.id)).toEqual(['L0', 'L1'])
    expect(store.find('L1')?.lesson.blocks).toHaveLength(1)
  })

  test('shows what changed while it was reading, to whoever asks after the change', async () => {
    await put('a', { id: 'L0', title: 'Before' })
    const store = new LessonStore([root])
    const first = store.refresh()
    await put('a', { id: 'L0', title: 'After' })
    const [, second, third] = await Promise.all([first, store.refresh(), store.refresh()])
    expect(second.lessons.get('L0')?.summary.title).toBe('After')
    expect(third).toBe(second)
  })
})

describe('what stands where a lesson should be', () => {
  test.each<[string, (path: string) => Promise<unknown>, string]>([
    ['a named pipe', async (path) => execFileSync('mkfifo', [path]), 'it is a named pipe, not a file'],
    ['a folder', (path) => mkdir(path), 'it is a folder, not a file'],
    ['a device', (path) => symlink('/dev/zero', path), 'it is a device, not a file'],
    ['a link to itself', (path) => symlink(path, path), 'ELOOP'],
    ['a link to nothing', (path) => symlink('nowhere', path), 'ENOENT'],
    ['a text in no known encoding', (path) => writeFile(path, Uint8Array.of(0xff, 0xfe, 0)), 'front matter'],
    [
      'an alias of YAML',
      (path) => writeFile(path, '---\nid: L1\ntitle: T\nlead: *Goals*\n---\n'),
      ':4: a text that starts',
    ],
  ])('%s is a problem, and the other lessons are there', async (_, make, problem) => {
    await put('good', { id: 'L0' })
    await mkdir(join(root, 'bad'))
    await make(join(root, 'bad', 'lesson.md'))
    const { lessons, problems } = await readLessons([root])
    expect([...lessons.keys()]).toEqual(['L0'])
    expect(problems).toEqual([expect.stringContaining('bad/lesson.md:')])
    expect(problems[0]).toContain(problem)
  })

  test('a hundred broken lessons are counted, not all listed', async () => {
    await put('good', { id: 'L0' })
    const mistakes = ':::note\n:::\n'.repeat(30)
    for (let at = 0; at < 30; at++) await put(`bad-${at}`, { id: `X${at}` }, mistakes)
    const { lessons, problems } = await readLessons([root])
    expect(lessons.size).toBe(31)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('and 80 more problems of lessons')
  })
})

describe('a lesson that takes too long', () => {
  test('is a problem of its own, and the next one is read in a new thread', async () => {
    const head = '---\nid: L0\ntitle: T\nlead: L\nstream: intro\nminutes: 1\n---\n'
    const reader = new LessonReader(100)
    const slow = await reader.read(`${head}${'a|b\n-|-\n'.repeat(100_000)}`, 'slow/lesson.md', '/slow')
    expect(slow.problems).toEqual(['slow/lesson.md:1: cannot be read: it took longer than 0.1 seconds'])
    let attempt = 0
    const next = () => reader.read(`${head}Attempt ${attempt++}`, 'next/lesson.md', '/next')
    await expect.poll(next, { timeout: 20_000 }).toMatchObject({ lesson: { summary: { id: 'L0' } }, problems: [] })
  })

  test('is left alone for a while, unless its text changes', async () => {
    const reader = new LessonReader(0)
    const source = 'a|b\n-|-\n'.repeat(10_000)
    const first = await reader.read(source, 'slow/lesson.md', '/slow')
    expect(await reader.read(source, 'slow/lesson.md', '/slow')).toBe(first)
    expect(reader.known('/slow', `${source} `)).toBeNull()
    reader.keepOnly(new Set())
    expect(reader.known('/slow', source)).toBeNull()
  })
})
