import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeKernelFolder, removeLeftKernelFolders } from '../../../electron/host/kernel-folders.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kernel-folders-'))
})
afterEach(() => rmSync(parent, { recursive: true }))

/** The number of a process that has ended. */
function dead(): number {
  return spawnSync(process.execPath, ['--eval', '']).pid
}

test('the empty folder of a dead host is removed, and no other', () => {
  const own = makeKernelFolder(parent)
  const left = join(parent, `jax-lab-kernel-${dead()}-abc`)
  const filled = join(parent, `jax-lab-kernel-${dead()}-def`)
  const foreign = join(parent, 'jax-lab-kernel-notes')
  for (const folder of [left, filled, foreign]) mkdirSync(folder)
  writeFileSync(join(filled, 'text'), 'somebody wrote this')
  removeLeftKernelFolders(parent)
  expect(
    readdirSync(parent)
      .map((name) => join(parent, name))
      .toSorted(),
  ).toEqual([own, filled, foreign].toSorted())
  expect(existsSync(left)).toBe(false)
})

test('a folder for temporary files that cannot be read is no error', () => {
  expect(() => removeLeftKernelFolders(join(parent, 'nowhere'))).not.toThrow()
})
