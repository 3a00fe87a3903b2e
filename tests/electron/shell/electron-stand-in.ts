/**
 * A stand-in for the module `electron` that records what the shell asks of it. Events are real, so a test
 * plays Electron's part by emitting them.
 */
import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

export class MessagePortMain extends EventEmitter {
  readonly postMessage = vi.fn<(message: unknown) => void>()
  readonly start = vi.fn<() => void>()
  readonly close = vi.fn<() => void>()
}

export class MessageChannelMain {
  static readonly made: MessageChannelMain[] = []
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    MessageChannelMain.made.push(this)
  }
}

export class WebContents extends EventEmitter {
  readonly setWindowOpenHandler = vi.fn<(handler: () => { action: string }) => void>()
  readonly reload = vi.fn<() => void>()
  readonly forcefullyCrashRenderer = vi.fn<() => void>()
}

export class BrowserWindow extends EventEmitter {
  static readonly made: BrowserWindow[] = []
  static readonly getAllWindows = vi.fn<() => BrowserWindow[]>(() => BrowserWindow.made)
  static readonly getFocusedWindow = vi.fn<() => BrowserWindow | null>(() => BrowserWindow.made[0] ?? null)
  readonly webContents = new WebContents()
  readonly loadURL = vi.fn<(url: string) => Promise<void>>(async () => {})
  readonly show = vi.fn<() => void>()
  readonly focus = vi.fn<() => void>()
  readonly restore = vi.fn<() => void>()
  readonly close = vi.fn<() => void>()
  readonly isDestroyed = vi.fn<() => boolean>(() => false)
  readonly isMinimized = vi.fn<() => boolean>(() => false)
  readonly options: unknown

  constructor(options: unknown) {
    super()
    this.options = options
    BrowserWindow.made.push(this)
  }
}

export class Session {
  readonly setPermissionRequestHandler = vi.fn()
  readonly setPermissionCheckHandler = vi.fn()
  readonly setDevicePermissionHandler = vi.fn()
  readonly setSpellCheckerEnabled = vi.fn()
  readonly webRequest = { onBeforeRequest: vi.fn() }
}

class App extends EventEmitter {
  isPackaged = false
  readonly enableSandbox = vi.fn()
  readonly quit = vi.fn()
  readonly exit = vi.fn()
  readonly requestSingleInstanceLock = vi.fn(() => true)
  readonly whenReady = vi.fn(async () => {})
  readonly getAppPath = vi.fn(() => '/lab')
  readonly getVersion = vi.fn(() => '1.2.3')
  readonly getPath = vi.fn((name: string) => `/home/user/${name}`)
}

export const app = new App()
export const ipcMain = new EventEmitter()
export const session = { defaultSession: new Session() }
export const protocol = { registerSchemesAsPrivileged: vi.fn(), handle: vi.fn() }
export const dialog = {
  showSaveDialog: vi.fn(),
  showErrorBox: vi.fn(),
  showMessageBox: vi.fn(),
  showMessageBoxSync: vi.fn<(window: unknown, options: { buttons: string[] }) => number>(() => 0),
}
export const Menu = { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() }
export const contextBridge = { exposeInMainWorld: vi.fn() }
export const ipcRenderer = Object.assign(new EventEmitter(), { send: vi.fn() })
