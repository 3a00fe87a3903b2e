import { JaxTypeError } from '../errors.ts'
import { JaxArray } from '../tracing/array.ts'

/** Whether a value is a plain object, as options and dict pytrees are. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JaxArray) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Refuses options that a function does not have, and says which it has. */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const hint = known.includes(camel) ? `It is spelled ${camel} here.` : `Its options are ${known.join(', ')}.`
    throw new JaxTypeError(`${where} has no option '${key}'.`, { hint })
  }
}
