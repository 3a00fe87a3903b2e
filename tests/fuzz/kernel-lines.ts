import fc from 'fast-check'
import { kernelMessage } from '../../electron/kernel/message-schema.ts'
import { filled, hole, rawJson } from './raw-json.ts'
import { pathsIn, replaced, samplesOf } from './schema-samples.ts'

/** Stands for what a kernel puts before its messages. */
export const seal = '@seal@'

/** Every kind of message a kernel sends, with every kind of output and document. */
export const messages = samplesOf(kernelMessage)

const isLost = (message: unknown): boolean => JSON.stringify(message).includes('"lost"')

/** Messages in the right form that mean nothing: of runs that nobody asked for, of devices that are not there. */
export const meaninglessLine: fc.Arbitrary<string> = fc
  .record({
    message: fc.constantFrom(...messages.filter((message) => !isLost(message))),
    at: fc.nat(),
    text: fc.string({ unit: 'binary', maxLength: 50 }),
  })
  .map(({ message, at, text }) => {
    const texts = pathsIn(message).filter((path) => valueAt(message, path) === 'T1')
    const path = texts[at % texts.length]
    return seal + JSON.stringify(path === undefined ? message : replaced(message, path, text))
  })

/** Lines that are no message of a kernel. */
export const forgedLine: fc.Arbitrary<string> = fc.oneof(
  fc
    .record({
      message: fc.constantFrom(...messages),
      at: fc.nat(),
      raw: fc.constantFrom('{"toString":1}', '[[[[{}]]]]'),
    })
    .map(({ message, at, raw }) => {
      const paths = pathsIn(message).filter((path) => typeof valueAt(message, path) !== 'object')
      return seal + filled(JSON.stringify(replaced(message, paths[at % paths.length] ?? [], hole)), raw)
    }),
  rawJson.map((raw) => `${seal}{"kind":${raw}}`),
  rawJson.map((raw) => seal + raw),
  fc.constantFrom('', 'garbage', seal, '{"cmd":"NODE_HANDLE_NACK"}', '{"kind":"devices","devices":[]}'),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => text.replaceAll('\n', ' ')),
)

export function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  return valueAt(Object.entries(value).find(([name]) => name === key)?.[1], rest)
}
