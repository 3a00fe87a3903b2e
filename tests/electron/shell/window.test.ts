import { expect, it, vi } from 'vitest'
import { openWindow, windowOptions } from '../../../electron/window.ts'
import { BrowserWindow, dialog } from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

it('keeps the page in its sandbox', () => {
  expect(windowOptions('/lab/preload.cjs', false).webPreferences).toEqual({
    preload: '/lab/preload.cjs',
    devTools: false,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  })
})

it('loads the page of the lab and shows the window when there is something to see', async () => {
  const made = vi.fn<() => void>()
  await openWindow('/lab/preload.cjs', { devTools: true, made })
  const [window] = BrowserWindow.made
  expect(made).toHaveBeenCalledExactlyOnceWith(window)
  expect(made).toHaveBeenCalledBefore(window?.loadURL ?? made)
  expect(window?.loadURL.mock.calls).toEqual([['app://lab/index.html']])
  expect(window?.show).not.toHaveBeenCalled()
  window?.emit('ready-to-show')
  expect(window?.show).toHaveBeenCalledOnce()
})

it.each([
  ['Keep it open', false],
  ['Close all the same', true],
])('asks before it closes over text that is not saved: %s', async (choice, closes) => {
  await openWindow('/lab/preload.cjs', { devTools: false, made() {} })
  dialog.showMessageBoxSync.mockImplementation((_window, { buttons }) => buttons.indexOf(choice))
  // What Electron calls `preventDefault` here lets the window go, over the objection of its page.
  const event = { preventDefault: vi.fn() }
  BrowserWindow.made.at(-1)?.webContents.emit('will-prevent-unload', event)
  expect(event.preventDefault).toHaveBeenCalledTimes(closes ? 1 : 0)
})
