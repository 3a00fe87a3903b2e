import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { threadEntries } from '../../build/thread-entries.ts'
import { folderWith } from './folder.ts'

it('builds a file that is named by its address and points there from the bundle', async () => {
  const folder = await folderWith({
    'electron/main.ts': `
      export const first = new URL('./kernel/thread.ts', import.meta.url)
      export const again = new URL('./kernel/thread.ts', import.meta.url)
      export const other = new URL('./absent.ts', import.meta.url)
      export const apart = new URL('./other/thread.ts', import.meta.url)`,
    'electron/kernel/thread.ts': "export const name: string = 'thread'",
    'electron/other/thread.ts': "export const name: string = 'of another bundle'",
  })
  await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    plugins: [threadEntries(folder, { source: 'electron/other/', folder: '../other/' })],
    build: {
      ssr: true,
      outDir: 'out',
      rolldownOptions: { input: { main: join(folder, 'electron/main.ts') }, output: { entryFileNames: '[name].js' } },
    },
  })
  expect((await readdir(join(folder, 'out'))).toSorted()).toEqual(['electron.kernel.thread.js', 'main.js'])
  const main = await import(pathToFileURL(join(folder, 'out', 'main.js')).href)
  expect(main.first).toEqual(pathToFileURL(join(folder, 'out', 'electron.kernel.thread.js')))
  expect(main.again).toEqual(main.first)
  expect(main.other).toEqual(pathToFileURL(join(folder, 'out', 'absent.ts')))
  expect(main.apart).toEqual(pathToFileURL(join(folder, 'other', 'electron.other.thread.js')))
  expect((await import(main.first.href)).name).toBe('thread')
})
