import { beforeEach, expect, it, vi } from 'vitest'
import { contextBridge, ipcRenderer } from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

const postMessage = vi.fn()
beforeEach(() => {
  vi.stubGlobal('window', { postMessage, location: { origin: 'app://lab' } })
  return () => vi.unstubAllGlobals()
})

it('offers the page one function and hands it nothing of Electron', async () => {
  await import('../../../electron/preload.ts')
  expect(contextBridge.exposeInMainWorld.mock.calls).toEqual([['lab', { connect: expect.any(Function) }]])
  const [[, bridge]] = contextBridge.exposeInMainWorld.mock.calls as [[string, { connect: (extra: string) => unknown }]]
  expect(bridge.connect('ignored')).toBeUndefined()
  expect(ipcRenderer.send.mock.calls).toEqual([['lab:connect']])

  const port = {}
  ipcRenderer.emit('lab:port', { ports: [port], sender: ipcRenderer })
  expect(postMessage.mock.calls).toEqual([['lab:port', 'app://lab', [port]]])
})
