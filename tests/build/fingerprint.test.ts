import { expect, it } from 'vitest'
import { fingerprint } from '../../build/fingerprint.mjs'
import { folderWith } from './folder.ts'

const files = { 'core/a.ts': 'one', 'core/deep/b.ts': 'two', 'package.json': '{}', 'tests/a.test.ts': 'other' }
const inputs = ['core', 'package.json', 'absent']
const of = async (changed: Record<string, string>) => fingerprint(await folderWith({ ...files, ...changed }), inputs)

it('is the same for the same contents, wherever they lie', async () => {
  expect(await of({})).toBe(await of({}))
  expect(await of({})).toMatch(/^[0-9a-f]{64}$/)
})

it.each<Record<string, string>>([{ 'core/deep/b.ts': 'three' }, { 'core/c.ts': '' }, { 'package.json': '{ }' }])(
  'changes with %j',
  async (changed) => {
    expect(await of(changed)).not.toBe(await of({}))
  },
)

it('does not depend on what is not an input', async () => {
  expect(await of({ 'tests/a.test.ts': 'changed' })).toBe(await of({}))
})

it('tells contents that move between files apart', async () => {
  expect(await of({ 'core/a.ts': 'onet', 'core/deep/b.ts': 'wo' })).not.toBe(await of({}))
})
