import { BrowserWindow, dialog } from 'electron'
import type { BrowserWindowConstructorOptions } from 'electron'
import { labPage } from './page-protocol.ts'

/** Everything that keeps the page in its sandbox is written out, so that a test can hold it to it. */
export function windowOptions(preload: string, devTools: boolean): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 480,
    show: false,
    backgroundColor: '#ffffff',
    title: 'JAX Workshop Lab',
    webPreferences: {
      preload,
      devTools,
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
    },
  }
}

interface Opening {
  /** Whether the developer tools can be opened: not in a packaged lab. */
  readonly devTools: boolean
  /** Called before anything is loaded. */
  made(window: BrowserWindow): void
}

/** Opens the lab's window; it shows itself once there is something to see. */
export async function openWindow(preload: string, { devTools, made }: Opening): Promise<BrowserWindow> {
  const window = new BrowserWindow(windowOptions(preload, devTools))
  made(window)
  window.once('ready-to-show', () => window.show())
  // The page objects to being closed when text is not on the disk. A browser asks then; Electron would stay open
  // without a word, for ever where the disk is full.
  window.webContents.on('will-prevent-unload', (event) => {
    const answer = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: 'Text in this window could not be saved.',
      detail: 'Click "Not saved" in the bar to see why, and to save the text as a file.',
      buttons: ['Keep it open', 'Close all the same'],
      defaultId: 0,
      cancelId: 0,
    })
    if (answer === 1) event.preventDefault()
  })
  await window.loadURL(labPage)
  return window
}
