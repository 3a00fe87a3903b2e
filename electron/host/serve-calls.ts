import { createBirpc } from 'birpc'
import * as v from 'valibot'
import { type HostApi, type RendererApi, hostCalls } from '../protocol.ts'
import type { PageCalls } from './lab-host.ts'
import type { TextChannel } from './text-channel.ts'

/** What an answer repeats of a question that cannot be understood. */
const longestReason = 300

const isCallName = (name: string): name is keyof typeof hostCalls => Object.hasOwn(hostCalls, name)

/** `HostApi` with every argument validated before anything is done; `own` are the calls that are about one page. */
export function validated(host: Omit<HostApi, keyof PageCalls>, own: PageCalls): HostApi {
  // Without a prototype, so that a page can name nothing but the calls of the protocol.
  const calls = Object.create(null)
  for (const name of Object.keys(hostCalls).filter(isCallName)) {
    const method: (call: never) => Promise<unknown> =
      name === 'showLesson' ? own.showLesson.bind(own) : host[name].bind(host)
    calls[name] = async (call: unknown) => {
      const parsed = v.safeParse(hostCalls[name], call, { abortEarly: true })
      if (!parsed.success) throw new Error(`${name}: ${explain(parsed.issues)}`)
      return Reflect.apply(method, undefined, [parsed.output])
    }
  }
  return calls
}

function explain(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const path = v.getDotPath(issues[0])
  const reason = path === null ? issues[0].message : `${path}: ${issues[0].message}`
  return reason.length > longestReason ? `${reason.slice(0, longestReason)} …` : reason
}

const short = v.pipe(v.string(), v.maxLength(64))

/** A call of the page: method, arguments, and the name under which it waits for the answer. */
const question = v.object({
  t: v.literal('q'),
  m: short,
  i: v.optional(short),
  a: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(1))),
})
type Question = v.InferOutput<typeof question>
const asked = v.object({ t: v.literal('q'), i: short })

/**
 * Serves the calls of one page, and returns how to tell it of events.
 *
 * @param report told of messages that are dropped and of answers that cannot be sent
 */
export function serveCalls(channel: TextChannel, host: HostApi, report: (problem: unknown) => void): RendererApi {
  const serialize = (message: unknown): string => JSON.stringify(message, asJson)
  const hear = async (text: string, answer: (message: Question) => unknown): Promise<void> => {
    const message = parse(text)
    const read = v.safeParse(question, message, { abortEarly: true })
    if (read.success) return void (await answer(read.output))
    const waiting = v.safeParse(asked, message, { abortEarly: true })
    if (!waiting.success) return report('A page sent something that is no call of the protocol; it was dropped.')
    const error = new Error(`This is no call of the protocol: ${explain(read.issues)}`)
    channel.send(serialize({ t: 's', i: waiting.output.i, e: error }))
  }
  const page = createBirpc<RendererApi, HostApi>(host, {
    post: (message: string) => channel.send(message),
    on: (listener) => channel.onMessage((text) => void hear(text, listener).catch(report)),
    serialize,
    timeout: -1,
    onGeneralError(error) {
      report(error)
      return true
    },
  })
  channel.onClose(() => page.$close())
  const quietly = (sent: Promise<void>): void => void sent.catch(() => {})
  return {
    cellOutput: (event) => quietly(page.cellOutput.asEvent(event)),
    kernelStatus: (status) => quietly(page.kernelStatus.asEvent(status)),
    lessonTrust: (event) => quietly(page.lessonTrust.asEvent(event)),
    notice: (event) => quietly(page.notice.asEvent(event)),
    progressChanged: (progress) => quietly(page.progressChanged.asEvent(progress)),
    settingsChanged: (settings) => quietly(page.settingsChanged.asEvent(settings)),
  }
}

/** An Error has no enumerable properties, so JSON would lose what it says. */
function asJson(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value
}

/** The value that a text is the JSON of; undefined when it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
