import { portMessage, type LabBridge } from '../../electron/bridge.ts'
import type { OpenTransport, Transport } from './transport.ts'

declare global {
  interface Window {
    /** Put there by the preload script of the desktop lab. */
    readonly lab?: LabBridge
  }
}

/** The channel of the desktop lab: a message port to the main process. */
export function messagePortTransport(bridge: LabBridge, page: Window = window): OpenTransport {
  return () =>
    new Promise((resolve) => {
      const receive = ({ source, data, ports }: MessageEvent<unknown>): void => {
        const [port] = ports
        if (source !== page || data !== portMessage || !port) return
        page.removeEventListener('message', receive)
        resolve(overPort(port))
      }
      page.addEventListener('message', receive)
      bridge.connect()
    })
}

export function overPort(port: MessagePort): Transport {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (typeof data === 'string') listener(data)
      })
      port.start()
    },
    onClose: (listener) =>
      port.addEventListener('close', () => listener({ message: 'The lab stopped answering.', final: false }), {
        once: true,
      }),
    close: () => port.close(),
  }
}
