import { spelledHere, spellingError } from '../../core/errors/spelling.ts'
import type { Names } from './runtime/shared-scope.ts'

/** What an `export * as` gives, in a bundle too. */
function isNamespace(value: unknown): value is Names {
  return typeof value === 'object' && value !== null && Reflect.get(value, Symbol.toStringTag) === 'Module'
}

/** A namespace that answers a name in Python's spelling with the right one, where it would give undefined. */
function answering(owner: string, names: Names): Names {
  const inner: Names = Object.fromEntries(
    Object.entries(names).map(([name, value]) => [
      name,
      isNamespace(value) ? answering(`${owner}.${name}`, value) : value,
    ]),
  )
  return new Proxy(Object.freeze(inner), {
    get(target, name) {
      if (typeof name === 'string' && !Object.hasOwn(target, name)) {
        const right = spelledHere(name, Object.keys(target))
        if (right !== null) throw spellingError(owner, name, right)
      }
      return Reflect.get(target, name)
    },
  })
}

/** All that a cell sees of jax, with namespaces under the names by which they are usually known. */
export function answerPythonNames(exported: Names): Names {
  const shown = new Map<unknown, Names>()
  const inOrder = Object.entries(exported).sort(([a], [b]) => Number(b === 'jnp') - Number(a === 'jnp'))
  for (const [name, value] of inOrder) {
    if (isNamespace(value) && !shown.has(value)) shown.set(value, answering(name, value))
  }
  return answering(
    'jax',
    Object.fromEntries(Object.entries(exported).map(([name, value]) => [name, shown.get(value) ?? value])),
  )
}
