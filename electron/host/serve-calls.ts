import { createBirpc } from 'birpc'
import * as v from 'valibot'
import { type HostApi, type RendererApi, hostCalls } from '../protocol.ts'
import type { TextChannel } from './text-channel.ts'

const isCallName = (name: string): name is keyof typeof hostCalls => Object.hasOwn(hostCalls, name)

/** `HostApi` with every argument validated before anything is done. */
export function validated(host: HostApi): HostApi {
  // Without a prototype, so that a page can name nothing but the calls of the protocol.
  const calls = Object.create(null)
  for (const name of Object.keys(hostCalls).filter(isCallName)) {
    const method: (call: never) => Promise<unknown> = host[name].bind(host)
    calls[name] = async (call: unknown) => {
      const parsed = v.safeParse(hostCalls[name], call)
      if (!parsed.success) throw new Error(`${name}: ${explain(parsed.issues)}`)
      return Reflect.apply(method, undefined, [parsed.output])
    }
  }
  return calls
}

function explain(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const path = v.getDotPath(issues[0])
  return path === null ? issues[0].message : `${path}: ${issues[0].message}`
}

/** Serves the calls of one page, and returns how to tell it of events. */
export function serveCalls(channel: TextChannel, host: HostApi): RendererApi {
  const page = createBirpc<RendererApi, HostApi>(host, {
    post: (message: string) => channel.send(message),
    on: (listener) => channel.onMessage(listener),
    serialize: (message) => JSON.stringify(message, asJson),
    deserialize: readMessage,
    timeout: -1,
  })
  channel.onClose(() => page.$close())
  const quietly = (sent: Promise<void>): void => void sent.catch(() => {})
  return {
    cellOutput: (event) => quietly(page.cellOutput.asEvent(event)),
    kernelStatus: (status) => quietly(page.kernelStatus.asEvent(status)),
    notice: (event) => quietly(page.notice.asEvent(event)),
  }
}

/** An Error has no enumerable properties, so JSON would lose what it says. */
function asJson(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value
}

/** A message of the page; what is none becomes an answer to a question that nobody asked. */
function readMessage(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message === 'object' && message !== null) return message
  } catch {
    // Not JSON.
  }
  return { t: 's' }
}
