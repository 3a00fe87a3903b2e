import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { acceptPages, overPort } from '../../../electron/host-port.ts'
import { asElectron } from './as-electron.ts'
import { MessageChannelMain, MessagePortMain } from './electron-stand-in.ts'

vi.mock('electron', () => import('./electron-stand-in.ts'))

beforeEach(() => {
  MessageChannelMain.made.length = 0
})

describe('acceptPages', () => {
  const ask = (origin: string, parent: object | null = null) => {
    const ipc = new EventEmitter()
    const connect = vi.fn<Parameters<typeof acceptPages>[1]>()
    const senderFrame = { origin, parent, postMessage: vi.fn() }
    acceptPages(asElectron(ipc), connect)
    ipc.emit('lab:connect', { senderFrame })
    return { connect, senderFrame }
  }

  it('hands the page one end of a channel and the host the other', () => {
    const { connect, senderFrame } = ask('app://lab')
    const [channel] = MessageChannelMain.made
    expect(senderFrame.postMessage.mock.calls).toEqual([['lab:port', null, [channel?.port2]]])
    connect.mock.lastCall?.[0].send('hello')
    expect(channel?.port1.postMessage.mock.calls).toEqual([['hello']])
  })

  it.each([
    ['another origin', 'https://example.org', null],
    ['a frame inside the page', 'app://lab', {}],
  ])('gives %s no answer', (_what, origin, parent) => {
    const { connect, senderFrame } = ask(origin, parent)
    expect(connect).not.toHaveBeenCalled()
    expect(senderFrame.postMessage).not.toHaveBeenCalled()
    expect(MessageChannelMain.made).toEqual([])
  })

  it('gives a page that is gone no answer', () => {
    const ipc = new EventEmitter()
    const connect = vi.fn()
    acceptPages(asElectron(ipc), connect)
    ipc.emit('lab:connect', { senderFrame: null })
    expect(connect).not.toHaveBeenCalled()
  })
})

describe('overPort', () => {
  it('passes text on and drops everything else', () => {
    const port = new MessagePortMain()
    const received: string[] = []
    overPort(asElectron(port)).onMessage((message) => received.push(message))
    expect(port.start).toHaveBeenCalledOnce()
    for (const data of ['{"a":1}', { a: 1 }, 7, null, 'last']) port.emit('message', { data, ports: [] })
    expect(received).toEqual(['{"a":1}', 'last'])
  })

  it('tells of the end once and closes its own end', () => {
    const port = new MessagePortMain()
    const channel = overPort(asElectron(port))
    const closed = vi.fn()
    channel.onClose(closed)
    port.emit('close')
    port.emit('close')
    expect(closed).toHaveBeenCalledOnce()
    channel.close()
    expect(port.close).toHaveBeenCalledOnce()
  })
})
