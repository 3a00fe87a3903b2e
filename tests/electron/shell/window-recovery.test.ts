import { beforeEach, expect, it, vi } from 'vitest'
import { recoverWindow } from '../../../electron/window-recovery.ts'
import { asElectron } from './as-electron.ts'
import { BrowserWindow, dialog } from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

const failed = vi.fn<(error: unknown) => void>()
let window: BrowserWindow
beforeEach(() => {
  vi.clearAllMocks()
  window = new BrowserWindow({})
  recoverWindow(asElectron(window), failed)
})

const end = (reason: string): void => void window.webContents.emit('render-process-gone', {}, { reason, exitCode: 1 })
const choose = (button: number): void => void dialog.showMessageBox.mockResolvedValue({ response: button })

it('loads a page again that has ended', () => {
  end('crashed')
  expect(window.webContents.reload).toHaveBeenCalledOnce()
  expect(dialog.showMessageBox).not.toHaveBeenCalled()
  expect(failed).toHaveBeenCalledOnce()
})

it('leaves a page alone that was closed', () => {
  end('clean-exit')
  window.isDestroyed.mockReturnValue(true)
  end('crashed')
  expect(window.webContents.reload).not.toHaveBeenCalled()
})

it('asks before it loads a page for the third time, and closes the window if that is the answer', async () => {
  choose(1)
  end('oom')
  end('oom')
  await vi.waitFor(() => expect(window.close).toHaveBeenCalledOnce())
  expect(window.webContents.reload).toHaveBeenCalledOnce()
  expect(dialog.showMessageBox.mock.lastCall?.[1]).toMatchObject({ buttons: ['Load it again', 'Close the window'] })
})

it('ends a page that does not answer, if the user wants that, and brings it back without another question', async () => {
  choose(0)
  end('crashed')
  window.emit('unresponsive')
  window.emit('unresponsive')
  await vi.waitFor(() => expect(window.webContents.forcefullyCrashRenderer).toHaveBeenCalledOnce())
  end('killed')
  expect(window.webContents.reload).toHaveBeenCalledTimes(2)
  expect(dialog.showMessageBox).toHaveBeenCalledOnce()
})

it('waits for a page that does not answer, if the user wants that', async () => {
  choose(1)
  window.emit('unresponsive')
  await vi.waitFor(() => expect(dialog.showMessageBox).toHaveBeenCalledOnce())
  expect(window.webContents.forcefullyCrashRenderer).not.toHaveBeenCalled()
})
