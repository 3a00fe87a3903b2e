import fc from 'fast-check'
import { hostCalls } from '../../electron/protocol.ts'
import { filled, hole, rawJson } from './raw-json.ts'
import { pathsIn, replaced, samplesOf } from './schema-samples.ts'

/** Stands for the name under which a call waits for its answer. */
export const callId = '@id@'

/** Every call of the protocol, as a page would make it. */
const calls = Object.entries(hostCalls).flatMap(([method, schema]) =>
  samplesOf(schema).map((call) => ({ t: 'q', i: callId, m: method, a: [call] })),
)

const oneFieldWrong = fc
  .record({ call: fc.constantFrom(...calls), at: fc.nat(), raw: rawJson })
  .map(({ call, at, raw }) => {
    const paths = pathsIn(call)
    return filled(JSON.stringify(replaced(call, paths[at % paths.length] ?? [], hole)), raw)
  })

const anyEnvelope = fc
  .record({ t: rawJson, m: rawJson, a: rawJson, o: rawJson })
  .map(({ t, m, a, o }) => `{"t":${t},"i":"${callId}","m":${m},"a":${a},"o":${o}}`)

const anyMethod = fc
  .record({ m: rawJson, a: rawJson })
  .map(({ m, a }) => `{"t":"q","i":"${callId}","m":${m},"a":[${a}]}`)

const cutOff = fc
  .record({ call: fc.constantFrom(...calls), at: fc.nat() })
  .map(({ call, at }) => JSON.stringify(call).slice(0, at % JSON.stringify(call).length))

/** What a page could send that is no proper call of the host. */
export const pageMessage: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: oneFieldWrong },
  { weight: 2, arbitrary: anyEnvelope },
  { weight: 2, arbitrary: anyMethod },
  { weight: 1, arbitrary: cutOff },
  { weight: 1, arbitrary: rawJson },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
)

/** Whether a message is a question under this name, which has to be answered. */
export function asks(text: string, id: string): boolean {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null) return false
    return 't' in message && message.t === 'q' && 'i' in message && message.i === id
  } catch {
    return false
  }
}
