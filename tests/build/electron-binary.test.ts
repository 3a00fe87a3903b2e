import { expect, it, vi } from 'vitest'
import { electronBinary } from '../../build/electron-binary.mjs'
import { folderWith } from './folder.ts'

const home = 'node_modules/electron'
const complete = {
  [`${home}/package.json`]: { version: '45.4.1' },
  [`${home}/path.txt`]: 'electron',
  [`${home}/dist/electron`]: '#!/bin/sh',
  [`${home}/dist/version`]: 'v45.4.1\n',
}
const without = (...paths: string[]) =>
  Object.fromEntries(Object.entries(complete).filter(([path]) => !paths.includes(path)))

it('finds the executable', async () => {
  const folder = await folderWith(complete)
  expect(electronBinary(folder)).toEqual({ ok: true, path: `${folder}/${home}/dist/electron` })
})

it.each([
  ['no package', {}, 'package-missing'],
  ['a package that never fetched its binary', without(`${home}/path.txt`, `${home}/dist/electron`), 'binary-missing'],
  ['a binary of another version', { ...complete, [`${home}/dist/version`]: '44.0.0' }, 'other-version'],
  ['a binary of no known version', without(`${home}/dist/version`), 'other-version'],
])('says why not, for %s', async (_what, files, reason) => {
  expect(electronBinary(await folderWith(files))).toEqual({ ok: false, reason })
})

it('takes the folder that the environment names instead', async () => {
  const elsewhere = await folderWith({ electron: '#!/bin/sh' })
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', elsewhere)
  const folder = await folderWith({ [`${home}/package.json`]: { version: '45.4.1' } })
  expect(electronBinary(folder)).toEqual({ ok: true, path: `${elsewhere}/electron` })
  vi.unstubAllEnvs()
})
