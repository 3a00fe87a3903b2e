import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { root } from '../../../build/project.mjs'
import type { HostOptions } from '../../../electron/host/create-host.ts'
import * as electron from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

const host = { connect: vi.fn(), failed: vi.fn(), close: vi.fn(async () => {}) }
const createHost = vi.fn<(options: HostOptions) => typeof host>()
vi.mock('../../../electron/host/create-host.ts', () => ({ createHost }))

const pinnedNode = vi.fn<() => string | null>()
vi.mock('../../../electron/pinned-node.mjs', () => ({ pinnedNode }))

let launches = 0

afterEach(() => {
  // Each launch adds its own.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    for (const listener of process.listeners(event)) if (!outside.has(listener)) process.off(event, listener)
  }
})

const outside = new Set<unknown>([
  ...process.listeners('uncaughtException'),
  ...process.listeners('unhandledRejection'),
])

beforeEach(() => {
  vi.clearAllMocks()
  for (const emitter of [electron.app, electron.ipcMain]) emitter.removeAllListeners()
  electron.BrowserWindow.made.length = 0
  electron.app.isPackaged = false
  electron.app.whenReady.mockResolvedValue()
  electron.app.requestSingleInstanceLock.mockReturnValue(true)
  createHost.mockReturnValue(host)
  host.close.mockResolvedValue()
  pinnedNode.mockReturnValue('/lab/node')
})

/** Runs the main process's file, afresh each time. */
async function runMain(): Promise<void> {
  const file = join(root, 'electron/main.ts')
  await import(/* @vite-ignore */ `${file}?launch=${++launches}`)
}

/** Runs it until its window is there. */
async function launch() {
  await runMain()
  return await vi.waitFor(() => {
    const [window] = electron.BrowserWindow.made
    if (!window) throw new Error('no window yet')
    return window
  })
}

describe('main', () => {
  it('registers the scheme and the sandbox before the application is ready', async () => {
    electron.app.whenReady.mockReturnValue(new Promise(() => {}))
    await runMain()
    expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledOnce()
    expect(electron.app.enableSandbox).toHaveBeenCalledOnce()
    expect(electron.protocol.handle).not.toHaveBeenCalled()
    expect(electron.BrowserWindow.made).toEqual([])
  })

  it('denies first and opens the window last', async () => {
    const window = await launch()
    expect(electron.session.defaultSession.setPermissionRequestHandler).toHaveBeenCalledOnce()
    expect(electron.session.defaultSession.webRequest.onBeforeRequest).toHaveBeenCalledOnce()
    expect(electron.protocol.handle.mock.calls).toEqual([['app', expect.any(Function)]])
    expect(window.loadURL.mock.calls).toEqual([['app://lab/index.html']])
  })

  it('gives the host its places, and pages their channel', async () => {
    await launch()
    expect(createHost.mock.lastCall?.[0]).toMatchObject({
      lessonsDirs: ['/lab/workshops'],
      dataDir: '/home/user/userData',
      nodePath: '/lab/node',
      version: '1.2.3',
      shell: 'electron',
    })
    const senderFrame = { origin: 'app://lab', parent: null, postMessage: vi.fn() }
    electron.ipcMain.emit('lab:connect', { senderFrame })
    expect(host.connect).toHaveBeenCalledOnce()
    expect(senderFrame.postMessage).toHaveBeenCalledOnce()
  })

  it('saves through the dialog', async () => {
    await launch()
    electron.dialog.showSaveDialog.mockResolvedValue({ canceled: true, filePath: '' })
    const save = createHost.mock.lastCall?.[0].saveFile
    expect(await save?.({ name: 'graph.svg', mime: 'image/svg+xml', base64: 'PHN2Zy8+' })).toEqual({ path: null })
    expect(electron.dialog.showSaveDialog.mock.lastCall?.at(-1)).toMatchObject({
      defaultPath: '/home/user/documents/graph.svg',
    })
  })

  it('leaves the lab to the window that is already open', async () => {
    electron.app.requestSingleInstanceLock.mockReturnValue(false)
    await runMain()
    expect(electron.app.quit).toHaveBeenCalledOnce()
    expect(electron.app.whenReady).not.toHaveBeenCalled()
  })

  it('brings its window to the front when the lab is started again', async () => {
    const window = await launch()
    window.isMinimized.mockReturnValue(true)
    electron.app.emit('second-instance')
    expect(window.restore).toHaveBeenCalledOnce()
    expect(window.focus).toHaveBeenCalledOnce()
  })

  it('lets the host save and end its kernels before it quits, once', async () => {
    await launch()
    const first = { preventDefault: vi.fn() }
    electron.app.emit('before-quit', first)
    expect(first.preventDefault).toHaveBeenCalledOnce()
    await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalledOnce())
    expect(host.close).toHaveBeenCalledOnce()
    const second = { preventDefault: vi.fn() }
    electron.app.emit('before-quit', second)
    expect(second.preventDefault).not.toHaveBeenCalled()
  })

  it('closes the developer tools of a packaged lab', async () => {
    electron.app.isPackaged = true
    Object.assign(process, { resourcesPath: '/lab/resources' })
    const packaged = await launch()
    electron.app.isPackaged = false
    electron.BrowserWindow.made.length = 0
    const unpackaged = await launch()
    const devTools = [packaged, unpackaged].map(({ options }) => options)
    expect(devTools).toMatchObject([{ webPreferences: { devTools: false } }, { webPreferences: { devTools: true } }])
  })

  it('loads a page again that has ended, and has the host say so', async () => {
    const { webContents } = await launch()
    webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 9 })
    expect(webContents.reload).toHaveBeenCalledOnce()
    expect(host.failed.mock.lastCall?.[0].message).toMatch(/ended unexpectedly \(oom, code 9\)/)
  })

  it('goes on when a failure is caught by nobody', async () => {
    const before = { error: process.listeners('uncaughtException'), rejection: process.listeners('unhandledRejection') }
    await launch()
    const added = [
      ...process.listeners('uncaughtException').filter((listener) => !before.error.includes(listener)),
      ...process.listeners('unhandledRejection').filter((listener) => !before.rejection.includes(listener)),
    ]
    expect(added).toHaveLength(2)
    for (const listener of added) Reflect.apply(listener, process, [new Error('unforeseen')])
    expect(host.failed.mock.calls.map(([error]) => error.message)).toEqual(['unforeseen', 'unforeseen'])
  })

  it('quits although the host cannot be closed', async () => {
    await launch()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    host.close.mockRejectedValue(new Error('the disk is full'))
    electron.app.emit('before-quit', { preventDefault() {} })
    await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalledOnce())
  })

  it('says what is missing and ends when there is no Node for the kernels', async () => {
    pinnedNode.mockReturnValue(null)
    await runMain()
    await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledExactlyOnceWith(1))
    expect(electron.dialog.showErrorBox.mock.lastCall?.[1]).toMatch(/Node 26/)
    expect(electron.BrowserWindow.made).toEqual([])
  })
})
