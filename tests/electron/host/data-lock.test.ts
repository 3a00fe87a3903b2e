import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DataLock } from '../../../electron/host/data-lock.ts'
import { TestFolder } from './lesson-folder.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: TestFolder
let children: ChildProcess[] = []
beforeEach(() => {
  folder = new TestFolder()
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  folder[Symbol.dispose]()
})

/** A lab in a process of its own, which takes the lock of a folder when it is told to. */
async function contender() {
  const child = fork(new URL('./lock-holder.ts', import.meta.url))
  children.push(child)
  await once(child, 'message')
  return {
    child,
    take: async (path = folder.path, at = 0): Promise<boolean> => {
      child.send({ folder: path, at })
      const [held]: unknown[] = await once(child, 'message')
      return held === true
    },
  }
}

test('one lab holds a folder, the next learns who, and gets it once it is free', () => {
  const [first, second] = [new DataLock(folder.path), new DataLock(folder.path)]
  expect(first.take()).toEqual({ held: true })
  expect(second.take()).toEqual({ held: false, ownerPid: process.pid })
  expect([first.isHeld, second.isHeld]).toEqual([true, false])
  first.release()
  expect(second.take()).toEqual({ held: true })
  expect([first.isHeld, second.isHeld]).toEqual([false, true])
  second.release()
})

test('a lab that is killed leaves the folder free', async () => {
  const { child, take } = await contender()
  expect(await take()).toBe(true)
  const lock = new DataLock(folder.path)
  expect(lock.take().held).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(lock.take().held).toBe(true)
  lock.release()
})

test.runIf(process.platform !== 'win32')(
  'a lab that is suspended keeps the folder, whatever the clock says',
  async () => {
    const { child, take } = await contender()
    expect(await take()).toBe(true)
    child.kill('SIGSTOP')
    const longAgo = new Date(Date.now() - 86_400_000)
    utimesSync(join(folder.path, 'lab.owner.json'), longAgo, longAgo)
    utimesSync(join(folder.path, 'lab.lock.db'), longAgo, longAgo)
    const lock = new DataLock(folder.path)
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000)
    expect(lock.take()).toEqual({ held: false, ownerPid: child.pid })
    child.kill('SIGCONT')
  },
)

test.runIf(process.platform !== 'win32').each([
  ['was removed', (path: string) => rmSync(path)],
  ['was moved away', (path: string) => renameSync(path, `${path}.old`)],
])('a lab notices that its lock %s', (_what, lose) => {
  const [first, second] = [new DataLock(folder.path), new DataLock(folder.path)]
  first.take()
  lose(join(folder.path, 'lab.lock.db'))
  expect(first.isHeld).toBe(false)
  expect(second.take().held).toBe(true)
  expect(first.take()).toMatchObject({ held: false })
  second.release()
  expect(first.take().held).toBe(true)
  first.release()
})

test('of four labs that start in the same moment one is the owner, in each of 60 races', async () => {
  const labs = await Promise.all([1, 2, 3, 4].map(() => contender()))
  const owners: number[] = []
  for (let race = 0; race < 60; race++) {
    // Folders that none of them has seen: the first to come makes them.
    const path = join(folder.path, `race-${race}`)
    const at = Date.now() + 20
    const held = await Promise.all(labs.map(({ take }) => take(path, at)))
    owners.push(held.filter(Boolean).length)
  }
  expect(owners).toEqual(Array.from({ length: 60 }, () => 1))
})
