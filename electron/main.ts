/** The desktop lab: windows, menu and security. Everything else is the host's. */
import { join } from 'node:path'
import { BrowserWindow, Menu, app, dialog, ipcMain, protocol, session } from 'electron'
import { acceptPages } from './host-port.ts'
import { createHost } from './host/create-host.ts'
import { keepServing } from './last-resort.ts'
import { menuTemplate } from './menu.ts'
import { labScheme, pageHandler } from './page-protocol.ts'
import { pinnedNode } from './pinned-node.mjs'
import { SaveDialog } from './save-dialog.ts'
import { hardenContents, hardenSession } from './security.ts'
import { openWindow } from './window.ts'
import { recoverWindow } from './window-recovery.ts'

// Kernels run under plain Node, which cannot read inside the archive of a packaged application.
const kernelEntry = new URL(
  new URL('./kernel/main.ts', import.meta.url).href.replace('/app.asar/', '/app.asar.unpacked/'),
)

protocol.registerSchemesAsPrivileged([labScheme])
app.enableSandbox()
app.on('web-contents-created', (_event, contents) => hardenContents(contents))

// Not awaited here: Electron is ready only after this module has run to its end.
if (app.requestSingleInstanceLock()) start().catch(giveUp)
else app.quit()

async function start(): Promise<void> {
  await app.whenReady()
  const root = app.getAppPath()
  const resources = app.isPackaged ? process.resourcesPath : root
  const nodePath = pinnedNode({ root, resources })
  if (nodePath === null) throw new Error('The lab has no Node 26 for its kernels. Install it once more.')

  hardenSession(session.defaultSession, !app.isPackaged)
  protocol.handle(labScheme.scheme, pageHandler(join(root, 'dist', 'renderer')))
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)))

  const saveDialog = new SaveDialog(app.getPath('documents'))
  const host = createHost({
    lessonsDirs: [join(resources, 'workshops')],
    builtInDirs: [join(resources, 'workshops')],
    dataDir: app.getPath('userData'),
    nodePath,
    kernelEntry,
    version: app.getVersion(),
    shell: 'electron',
    saveFile: async ({ name, base64 }) => ({
      path: await saveDialog.save(BrowserWindow.getFocusedWindow(), name, Buffer.from(base64, 'base64')),
    }),
  })
  keepServing((error) => host.failed(error))
  acceptPages(ipcMain, (channel) => host.connect(channel))

  const open = () =>
    openWindow(join(import.meta.dirname, 'preload.cjs'), {
      devTools: !app.isPackaged,
      made: (window) => recoverWindow(window, (error) => host.failed(error)),
    })
  // The browser starts such a process again by itself.
  app.on('child-process-gone', (_event, { type, reason }) => console.error(`The ${type} process ended: ${reason}`))
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open().catch((error: unknown) => host.failed(error))
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    host
      .close()
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        closed = true
        app.quit()
      })
  })
  await open()
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('The lab could not start', error instanceof Error ? error.message : String(error))
  app.exit(1)
}
