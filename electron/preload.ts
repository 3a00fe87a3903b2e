/**
 * The one bridge into the page. It offers a single function; the channel itself arrives in the page as a
 * `message` event, because a port cannot be returned through the context bridge.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { connectChannel, portMessage, type LabBridge } from './bridge.ts'

const bridge: LabBridge = { connect: () => ipcRenderer.send(connectChannel) }
contextBridge.exposeInMainWorld('lab', bridge)

ipcRenderer.on(portMessage, (event) => {
  window.postMessage(portMessage, window.location.origin, [...event.ports])
})
