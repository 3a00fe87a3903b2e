import { JaxTypeError } from '../errors.ts'

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

/** The name that Python's spelling of it stands for: `expandDims` for `expand_dims`; null for a word without underscores. */
export function spelledHere(name: string, names: Iterable<string>): string | null {
  if (!/[a-z\d]_[a-z\d]/i.test(name)) return null
  for (const candidate of names) if (plain(candidate) === plain(name)) return candidate
  return null
}

/** The answer to a name in Python's spelling. `owner` is what it was asked of: `jnp`. */
export function spellingError(owner: string, name: string, right: string): JaxTypeError {
  return new JaxTypeError(`${owner}.${name} is spelled ${owner}.${right} here.`, { kind: 'spelling' })
}

/** Answers Python's spelling of a class's own members with theirs. */
export function answerPythonSpelling(prototype: object, owner: string): void {
  for (const right of Object.getOwnPropertyNames(prototype)) {
    const name = right.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (name === right || name in prototype) continue
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(): never {
        throw spellingError(owner, name, right)
      },
    })
  }
}
