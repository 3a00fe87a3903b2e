import { ValueError } from '../errors.ts'
import { staticArgumentKey } from '../tree/static-key.ts'
import { type NamedArguments, trailingObject } from './argument-names.ts'
import type { Parameters } from './parameters.ts'
import type { StaticPart } from './program-key.ts'

const nothingStatic: readonly StaticPart[] = []

/** The arguments of a jitted function that are part of the program: by position, or as entries of the trailing object. */
export class StaticArguments {
  /** Those of `staticArgnums`, which a call may leave out only where the function has a default for them. */
  readonly #numbers: readonly number[]
  /** Those and the named ones. */
  readonly #positions: ReadonlySet<number>
  /** Names of entries of the trailing object. */
  readonly #names: readonly string[]
  /** All arguments are data. */
  readonly none: boolean

  constructor(numbers: readonly number[], named: NamedArguments) {
    this.#numbers = numbers
    this.#positions = new Set([...numbers, ...named.positions])
    this.#names = named.entries
    this.none = this.#positions.size === 0 && this.#names.length === 0
  }

  /** Whether a position as the user gave it, which may count from the end, is static. */
  names(position: number): boolean {
    return this.#positions.has(position)
  }

  /** Refuses a call in which a static position names no argument, nor one that the function has a default for. */
  assertGiven(args: readonly unknown[], parameters: () => Parameters | null): void {
    for (const position of this.#numbers) {
      if (Number.isInteger(position) && position < args.length && position >= -args.length) continue
      if (Number.isInteger(position) && position >= args.length && mayOmit(position, parameters())) continue
      throw new ValueError(
        `jit: staticArgnums names argument ${position}, but the function was called with ${args.length}.`,
      )
    }
  }

  /** Which of so many arguments are data. */
  positionsOfData(count: number): number[] {
    return Array.from({ length: count }, (_, i) => i).filter((i) => !this.#isStatic(i, count))
  }

  /** The arguments that are data: without static positions, and without static entries of the trailing object. */
  data(args: readonly unknown[]): readonly unknown[] {
    if (this.none) return args
    const options = this.#options(args)
    return args.flatMap((arg, i) => {
      if (this.#isStatic(i, args.length)) return []
      if (i < args.length - 1 || options === null) return [arg]
      return [Object.fromEntries(Object.entries(options).filter(([key]) => !this.#names.includes(key)))]
    })
  }

  /** The static arguments as part of a key: each with its place or its name. */
  parts(args: readonly unknown[], where: string): readonly StaticPart[] {
    if (this.none) return nothingStatic
    const parts: StaticPart[] = []
    for (let i = 0; i < args.length; i++) {
      if (!this.#isStatic(i, args.length)) continue
      parts.push({ place: i, key: staticArgumentKey(args[i], () => `${where}, argument ${i}`) })
    }
    const options = this.#options(args)
    if (options === null) return parts
    for (const name of this.#names.toSorted()) {
      if (!Object.hasOwn(options, name)) continue
      const value: unknown = Reflect.get(options, name)
      parts.push({ place: name, key: staticArgumentKey(value, () => `${where}, argument ${name}`) })
    }
    return parts
  }

  /** All arguments again: data replaced in order, static ones as they were given. */
  withData<A extends unknown[]>(args: A, data: readonly unknown[]): A {
    const rest = data.values()
    const options = this.#options(args)
    const mixed = args.map((arg, i) => {
      if (this.#isStatic(i, args.length)) return arg
      const value: unknown = rest.next().value
      if (i < args.length - 1 || options === null || typeof value !== 'object') return value
      const fixed = Object.entries(options).filter(([key]) => this.#names.includes(key))
      return { ...value, ...Object.fromEntries(fixed) }
    })
    return mixed as A
  }

  #isStatic(position: number, count: number): boolean {
    return this.#positions.has(position) || this.#positions.has(position - count)
  }

  #options(args: readonly unknown[]): object | null {
    return this.#names.length > 0 ? trailingObject(args) : null
  }
}

function mayOmit(position: number, parameters: Parameters | null): boolean {
  if (parameters === null || position < parameters.required) return false
  return position < parameters.names.length || parameters.rest !== null
}
