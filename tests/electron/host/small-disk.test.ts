import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProgressStore } from '../../../electron/host/progress-store.ts'
import type { ProgressChange, ProgressEntry } from '../../../electron/protocol.ts'
import { revisionOf } from '../../../electron/protocol.ts'
import { TestFolder } from './lesson-folder.ts'

const source = (id: string, value: string): ProgressEntry => ({ kind: 'source', id, value })
const edit = (id: string, value: string, before: string | null = null): ProgressChange => ({
  kind: 'source',
  id,
  value,
  base: before === null ? null : revisionOf(before),
})

/** Only root may make a disk of its own, and only Linux has one in memory. */
const mayMount = process.platform === 'linux' && statusOf('unshare', '--mount', 'true') === 0

function statusOf(command: string, ...args: string[]): number | null {
  return spawnSync(command, args).status
}

describe.runIf(mayMount)('on a small disk', () => {
  let folder: TestFolder
  const stores: ProgressStore[] = []
  const closeAll = async (): Promise<void> => {
    for (const store of stores.splice(0)) await store.close()
  }
  const disk = (): string => join(folder.path, 'disk')
  const run = (command: string, ...args: string[]): void => {
    expect(statusOf(command, ...args), `${command} ${args.join(' ')}`).toBe(0)
  }
  beforeEach(() => {
    folder = new TestFolder()
    mkdirSync(disk())
    run('mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk())
  })
  afterEach(async () => {
    await closeAll()
    run('umount', disk())
    folder[Symbol.dispose]()
  })
  const openThere = (): ProgressStore => {
    const silent = { notify: () => {}, onLesson: () => {}, onSettings: () => {} }
    const store = new ProgressStore(disk(), silent)
    stores.push(store)
    return store
  }
  const there = (): unknown => JSON.parse(readFileSync(join(disk(), 'progress', 'T1.json'), 'utf8'))

  test('that gets full, a save is refused and what was saved stays; with room again, it succeeds', async () => {
    const store = openThere()
    await store.saveLesson('T1', [edit('first', 'one')])
    const filler = join(disk(), 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(1_000_000))).toThrow('ENOSPC')
    const long = 'x'.repeat(50_000)
    await expect(store.saveLesson('T1', [edit('first', long, 'one')])).rejects.toThrow(
      'The progress of lesson T1 cannot be saved: the disk is full.',
    )
    expect(there()).toEqual({ version: 2, entries: [source('first', 'one')] })
    expect(readdirSync(join(disk(), 'progress'))).toEqual(['T1.json'])
    rmSync(filler)
    await store.saveLesson('T1', [edit('first', long, 'one')])
    expect(there()).toEqual({ version: 2, entries: [source('first', long)] })
  })

  test('that can only be read, the lab starts, shows what is there, and says why nothing is saved', async () => {
    const before = openThere()
    await before.saveLesson('T1', [edit('first', 'one')])
    await closeAll()
    run('mount', '-o', 'remount,ro', disk())
    const store = openThere()
    expect(store.lesson('T1').entries).toEqual([source('first', 'one')])
    await expect(store.saveLesson('T1', [edit('first', 'two', 'one')])).rejects.toThrow('the disk can only be read')
    run('mount', '-o', 'remount,rw', disk())
    await store.saveLesson('T1', [edit('first', 'two', 'one')])
    expect(there()).toEqual({ version: 2, entries: [source('first', 'two')] })
  })
})
