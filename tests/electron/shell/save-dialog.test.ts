import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SaveDialog } from '../../../electron/save-dialog.ts'
import { dialog } from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-save-'))
})
afterEach(() => rm(folder, { recursive: true }))

const bytes = new TextEncoder().encode('<svg/>')

it('writes where the user says and offers that folder the next time', async () => {
  const saver = new SaveDialog('/home/user/Documents')
  const chosen = join(folder, 'mine.svg')
  dialog.showSaveDialog.mockResolvedValue({ canceled: false, filePath: chosen })
  expect(await saver.save(null, 'graph.svg', bytes)).toBe(chosen)
  expect(await readFile(chosen, 'utf8')).toBe('<svg/>')
  await saver.save(null, 'tape.png', bytes)
  expect(dialog.showSaveDialog.mock.calls).toEqual([
    [{ defaultPath: '/home/user/Documents/graph.svg', filters: [{ name: 'SVG', extensions: ['svg'] }] }],
    [{ defaultPath: join(folder, 'tape.png'), filters: [{ name: 'PNG', extensions: ['png'] }] }],
  ])
})

it('writes nothing when the user changes their mind', async () => {
  dialog.showSaveDialog.mockResolvedValue({ canceled: true, filePath: '' })
  expect(await new SaveDialog(folder).save(null, 'graph.svg', bytes)).toBeNull()
  expect(await readdir(folder)).toEqual([])
})

it.each(['../../etc/passwd', '..\\..\\etc\\passwd', '/etc/passwd'])('takes only the name of %s', async (name) => {
  dialog.showSaveDialog.mockResolvedValue({ canceled: true, filePath: '' })
  await new SaveDialog('/home/user').save(null, name, bytes)
  expect(dialog.showSaveDialog).toHaveBeenLastCalledWith({ defaultPath: '/home/user/passwd', filters: [] })
})
