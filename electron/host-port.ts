import { MessageChannelMain } from 'electron'
import type { IpcMain, MessagePortMain } from 'electron'
import { connectChannel, portMessage } from './bridge.ts'
import type { TextChannel } from './host/text-channel.ts'
import { isLabFrame } from './security.ts'

/** Gives every page of the lab that asks a channel of its own to the host; anyone else gets no answer. */
export function acceptPages(ipc: IpcMain, connect: (channel: TextChannel) => void): void {
  ipc.on(connectChannel, ({ senderFrame }) => {
    if (!senderFrame || !isLabFrame(senderFrame)) return
    const { port1, port2 } = new MessageChannelMain()
    connect(overPort(port1))
    senderFrame.postMessage(portMessage, null, [port2])
  })
}

/** The host's end of a port. What is not text is not a message of the protocol and is dropped. */
export function overPort(port: MessagePortMain): TextChannel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }: { data: unknown }) => {
        if (typeof data === 'string') listener(data)
      })
      port.start()
    },
    onClose: (listener) => {
      port.once('close', () => listener())
    },
    close: () => port.close(),
  }
}
