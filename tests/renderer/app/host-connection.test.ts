import { describe, expect, it } from 'vitest'
import type { RendererApi } from '../../../electron/protocol.ts'
import { HostConnection, messageOf, type ConnectionState } from '../../../renderer/transport/host-connection.ts'
import { tokenOf } from '../../../renderer/transport/web-socket.ts'
import { FakeHost } from '../fake-host.ts'

const silent: RendererApi = {
  cellOutput: () => undefined,
  kernelStatus: () => undefined,
  lessonTrust: () => undefined,
  notice: () => undefined,
  progressChanged: () => undefined,
  settingsChanged: () => undefined,
}

function connected(host: FakeHost, events = silent) {
  const states: ConnectionState[] = []
  const timers: (() => void)[] = []
  const connection = new HostConnection({
    open: host.open,
    events,
    onState: (state) => states.push(state),
    setTimer: (action) => timers.push(action),
  })
  return { connection, states, timers }
}

describe('HostConnection', () => {
  it('calls the host and hears what it says', async () => {
    const host = new FakeHost()
    const heard: string[] = []
    const { connection } = connected(host, { ...silent, notice: ({ message }) => heard.push(message) })
    await connection.connect()
    expect((await connection.host.hello({})).appVersion).toBe('0.0.0')
    host.events?.notice({ message: 'the progress file was set aside' })
    await expect.poll(() => heard).toEqual(['the progress file was set aside'])
  })

  it('fails calls in flight when the host goes away, and every call until it is back', async () => {
    const host = new FakeHost()
    const { connection, states, timers } = connected(host)
    await connection.connect()
    const running = connection.host.runCell({ lessonId: 'a', cellId: 'b', runId: 'c', source: '' })
    await expect.poll(() => host.runs.length).toBe(1)
    host.cut('The lab stopped answering.')
    await expect(running).rejects.toThrow('The lab stopped answering.')
    expect(() => connection.host.hello({})).toThrow('The lab is not connected.')
    expect(states.at(-1)).toEqual({ kind: 'lost', message: 'The lab stopped answering.', retryIn: 500 })
    timers[0]?.()
    await expect.poll(() => states.at(-1)?.kind).toBe('open')
    expect((await connection.host.hello({})).shell).toBe('serve')
  })

  it('leaves it to the user when the host closed the channel for good', async () => {
    const host = new FakeHost()
    const { connection, states, timers } = connected(host)
    await connection.connect()
    host.cut('The lab was opened in another window.', true)
    expect(states.at(-1)).toEqual({ kind: 'lost', message: 'The lab was opened in another window.', retryIn: null })
    expect(timers).toEqual([])
  })

  it('waits longer after each failed attempt, up to five seconds', async () => {
    const waits: (number | null)[] = []
    const timers: (() => void)[] = []
    const connection = new HostConnection({
      open: () => Promise.reject(new Error('refused')),
      events: silent,
      onState: (state) => {
        if (state.kind === 'lost') waits.push(state.retryIn)
      },
      setTimer: (action) => timers.push(action),
    })
    await connection.connect()
    for (let attempt = 1; attempt < 6; attempt++) {
      timers.shift()?.()
      await expect.poll(() => waits.length).toBe(attempt + 1)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000])
  })
})

it('reads the token of the address', () => {
  expect(tokenOf('#token=abc-1')).toBe('abc-1')
  expect(tokenOf('#abc-1')).toBe('abc-1')
})

it('finds the words of a failure that travelled as JSON', () => {
  expect(messageOf({ name: 'Error', message: 'no such lesson' })).toBe('no such lesson')
  expect(messageOf(new Error('gone'))).toBe('gone')
  expect(messageOf({})).toBe('The lab could not do this.')
})
