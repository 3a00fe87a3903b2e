/**
 * Writes the names that the editor completes: `node build/completion-names.ts`. The page has no core to ask, so they
 * are read from what the kernel offers to cells and kept in a file; a test holds the two together.
 */
import { writeFileSync } from 'node:fs'
import { core } from '../electron/kernel/core-bindings.ts'

export const namesFile = new URL('../renderer/editor/offered-names.json', import.meta.url)

export interface OfferedNames {
  /** Functions and values that stand by themselves. */
  readonly names: readonly string[]
  /** Members by path: `jnp`, `lax`, `lax.linalg`. */
  readonly namespaces: Readonly<Record<string, readonly string[]>>
  /** What an array has. */
  readonly array: readonly string[]
}

/** What cells see now. A namespace is an object that holds functions, values or other namespaces. */
export function offeredNames(): OfferedNames {
  // What the module `jax` holds is in scope by itself, too.
  const names = ['jax']
  const namespaces = new Map<string, readonly string[]>()
  const enter = (path: string, value: object): void => {
    const members = Object.entries(value).filter(([name]) => /^[A-Za-z]/.test(name))
    namespaces.set(path, members.map(([name]) => name).sort())
    for (const [name, member] of members) if (isNamespace(member)) enter(`${path}.${name}`, member)
  }
  for (const [name, value] of Object.entries(core.offered)) {
    if (name === 'jax') continue
    if (isNamespace(value)) enter(name, value)
    else names.push(name)
  }
  return {
    names: names.sort(),
    namespaces: Object.fromEntries([...namespaces].sort(([a], [b]) => (a < b ? -1 : 1))),
    array: Object.getOwnPropertyNames(core.arrayPrototype)
      .filter((name) => /^[A-Za-z]/.test(name) && name !== 'constructor' && name !== 'valueOf')
      .sort(),
  }
}

function isNamespace(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

if (import.meta.main) writeFileSync(namesFile, `${JSON.stringify(offeredNames(), null, 2)}\n`)
