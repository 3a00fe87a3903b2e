import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LessonStore, readLessons } from '../../../electron/host/lessons/lesson-store.ts'

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
})
