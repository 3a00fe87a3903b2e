import { nearest } from '../compile/cell-imports.ts'

/** A name that is not there, with what was probably meant. */
class UnknownNameError extends ReferenceError {
  override readonly name = 'ReferenceError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

export type Names = Readonly<Record<string, unknown>>

/** The text by which the engine names the scope object in its own messages. */
export const scopeTag = 'CellScope'

/**
 * The names that the cells of a kernel share: what cells declared, over what the lab offers, over
 * JavaScript's own globals.
 *
 * Generated code reads `scope.name` on a plain object, so that a name costs a property access. The end
 * of its prototype chain is a proxy, which only names that nobody declared ever reach.
 */
export class SharedScope {
  readonly names: object
  readonly #offered: Names
  readonly #pending = new Set<string>()

  /** `offered` are the lab's names, `globals` JavaScript's; cells may declare over both. */
  constructor(offered: Names, globals: Names) {
    this.#offered = offered
    const globalLevel = Object.create(this.#unknownNames(), Object.getOwnPropertyDescriptors({ ...globals }))
    const described = { ...offered, [Symbol.toStringTag]: scopeTag }
    const offeredLevel = Object.create(Object.freeze(globalLevel), Object.getOwnPropertyDescriptors(described))
    this.names = Object.create(Object.freeze(offeredLevel))
  }

  /** Names are about to be declared by a cell: until then they are in their dead zone. */
  begin(names: readonly string[]): void {
    this.#pending.clear()
    for (const name of names) this.#pending.add(name)
  }

  /** Declares names with their values; over an earlier declaration too, so that a cell can run again. */
  define(kind: string, values: Names, target: object = this.names): void {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(target, name, { value, writable: kind !== 'const', enumerable: true, configurable: true })
      this.#pending.delete(name)
    }
  }

  /** Functions and `var` names exist from the first line of their cell on. */
  hoist(functions: Names, vars: readonly string[], target: object = this.names): void {
    this.define('function', functions, target)
    for (const name of vars) {
      if (!Object.hasOwn(target, name)) this.define('var', { [name]: undefined }, target)
    }
  }

  #unknownNames(): object {
    const missing = (name: string): UnknownNameError => {
      if (this.#pending.has(name)) return new UnknownNameError(`Cannot access '${name}' before initialization`)
      const near = nearest(name, [...Object.keys(this.#offered), ...Object.keys(this.names)])
      return new UnknownNameError(
        `${name} is not defined`,
        near === null ? 'If another cell declares it, run that cell first.' : `Did you mean \`${near}\`?`,
      )
    }
    return new Proxy(Object.freeze(Object.create(null)), {
      has: (_, name) => typeof name === 'string' && isAddedGlobal(name),
      get: (_, name) => {
        if (typeof name === 'symbol') return undefined
        if (isAddedGlobal(name)) return Reflect.get(globalThis, name)
        throw missing(name)
      },
      set: (_, name) => {
        throw missing(String(name))
      },
    })
  }
}

const globalsAtStart: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis))

/** A global that a cell added through `globalThis`. What Node puts there is not for cells. */
function isAddedGlobal(name: string): boolean {
  return !globalsAtStart.has(name) && Object.hasOwn(globalThis, name)
}
