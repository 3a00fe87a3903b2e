import { JaxTypeError } from '../errors.ts'

/** Refuses options that a function does not have, and says which it has. */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const hint = known.includes(camel) ? `It is spelled ${camel} here.` : `Its options are ${known.join(', ')}.`
    throw new JaxTypeError(`${where} has no option '${key}'.`, { hint })
  }
}
