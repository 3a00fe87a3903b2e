import { spawnSync } from 'node:child_process'
import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockData } from '../../../electron/host/data-lock.ts'
import { TestFolder } from './lesson-folder.ts'

let folder: TestFolder
beforeEach(() => {
  folder = new TestFolder()
})
afterEach(() => folder[Symbol.dispose]())

function held() {
  const lock = lockData(folder.path)
  if (!('release' in lock)) throw new Error('the lock is taken')
  return lock
}

test('one lab holds a folder, the next learns who', () => {
  const lock = held()
  expect(lockData(folder.path)).toEqual({ ownerPid: process.pid })
  lock.release()
  held().release()
  expect(existsSync(join(folder.path, 'lab.lock'))).toBe(false)
})

test('the lock of a process that ended is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  folder.write('lab.lock', JSON.stringify({ pid }))
  held().release()
})

test('a lock that nobody touches any more is taken over, whoever has the process id now', () => {
  const path = folder.write('lab.lock', JSON.stringify({ pid: process.pid }))
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(path, longAgo, longAgo)
  held().release()
})

test('a lock that is being written has an owner', () => {
  folder.write('lab.lock', '')
  expect(lockData(folder.path)).toEqual({ ownerPid: null })
})
