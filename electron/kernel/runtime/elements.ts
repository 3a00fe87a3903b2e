import type { ArrayOperators } from './array-operators.ts'
import type { PositionScope } from './positions.ts'
import type { Truths } from './truth.ts'

/** `x[i] = v` on an array. */
class ImmutableArrayError extends TypeError {
  override readonly name = 'TypeError'
  readonly hint: string

  constructor(what: string, hint: string) {
    super(`arrays are immutable: ${what}`)
    this.hint = hint
  }
}

function refuseWrite(): never {
  throw new ImmutableArrayError(
    'x[i] = v cannot change the array in place',
    'Make a new array and keep it: `x = x.at(i).set(v)`. For `x[i] += v` there is `x.at(i).add(v)`.',
  )
}

function refuseDelete(): never {
  throw new ImmutableArrayError(
    'delete x[i] cannot remove an element',
    'Select what stays: `x.slice(slice(1, null))`, or put a neutral value there: `x.at(i).set(0)`.',
  )
}

/** Whether a key of `x[key]` picks elements. Names such as `shape` are properties of the array itself. */
function picksElements(key: unknown): boolean {
  if (typeof key === 'symbol') return false
  return typeof key !== 'string' || key === '...' || /^-?\d+$/.test(key)
}

function position(key: unknown): unknown {
  return typeof key === 'string' && key !== '...' ? Number(key) : key
}

/** Any object as generated code reaches into it. The engine complains of null and undefined by itself. */
type Container = Record<PropertyKey, unknown>
type Key = PropertyKey

/** An element that is assigned to or updated: object and key are evaluated once. */
class Slot {
  readonly #container: Container
  readonly #key: Key
  readonly #elements: Elements
  readonly #position: number

  constructor(container: Container, key: Key, elements: Elements, position: number) {
    this.#container = container
    this.#key = key
    this.#elements = elements
    this.#position = position
  }

  get value(): unknown {
    const value = this.#elements.get(this.#container, this.#key, this.#position)
    // A getter of the user's may have used slots of its own meanwhile.
    this.#elements.remember(this)
    return value
  }

  set value(value: unknown) {
    this.#elements.set(this.#container, this.#key, value)
  }
}

/** Reading and writing `x[key]`. */
export class Elements {
  readonly #arrays: ArrayOperators
  readonly #truths: Truths
  readonly #scope: PositionScope
  #last: Slot | null = null

  constructor(arrays: ArrayOperators, truths: Truths, scope: PositionScope) {
    this.#arrays = arrays
    this.#truths = truths
    this.#scope = scope
  }

  readonly get = (container: Container, key: Key, at: number): unknown => {
    if (!this.#arrays.isArray(container)) return container[key]
    this.#scope.position = at
    return picksElements(key) ? this.#arrays.index(container, [position(key)]) : container[key]
  }

  /** `x[i, j]`: all indices of an array; of anything else JavaScript takes the last. */
  readonly getAll = (at: number, container: Container, ...keys: Key[]): unknown => {
    if (this.#arrays.isArray(container)) {
      this.#scope.position = at
      return this.#arrays.index(container, keys.map(position))
    }
    const last = keys.at(-1)
    return last === undefined ? container[String(last)] : container[last]
  }

  readonly set = (container: Container, key: Key, value: unknown): unknown => {
    if (this.#arrays.isArray(container) && picksElements(key)) refuseWrite()
    container[key] = value
    return value
  }

  readonly delete = (container: Container, key: Key): boolean => {
    if (this.#arrays.isArray(container) && picksElements(key)) refuseDelete()
    return delete container[key]
  }

  readonly slot = (container: Container, key: Key, at: number): Slot => {
    this.#last = new Slot(container, key, this, at)
    return this.#last
  }

  readonly lastSlot = (): Slot | null => this.#last

  readonly slotValue = (): unknown => this.#last?.value

  remember(slot: Slot): void {
    this.#last = slot
  }

  readonly increment = (value: number, at: number): unknown => this.#step(value, 1, at)
  readonly decrement = (value: number, at: number): unknown => this.#step(value, -1, at)

  /** The new value; the old one, as a number, is kept for the expression's value. */
  readonly incrementKeeping = (value: number, at: number): unknown => this.#stepKeeping(value, 1, at)
  readonly decrementKeeping = (value: number, at: number): unknown => this.#stepKeeping(value, -1, at)

  readonly incrementAt = (container: Container, key: Key, at: number): unknown => this.#stepAt(container, key, 1, at)
  readonly decrementAt = (container: Container, key: Key, at: number): unknown => this.#stepAt(container, key, -1, at)

  readonly incrementAtKeeping = (container: Container, key: Key, at: number): unknown =>
    this.#stepAtKeeping(container, key, 1, at)
  readonly decrementAtKeeping = (container: Container, key: Key, at: number): unknown =>
    this.#stepAtKeeping(container, key, -1, at)

  #step(value: number, by: 1 | -1, at: number): unknown {
    if (typeof value === 'number') return value + by
    if (this.#arrays.isArray(value)) {
      this.#scope.position = at
      return by === 1 ? this.#arrays.binary.add(value, 1) : this.#arrays.binary.subtract(value, 1)
    }
    let next: number = value
    if (by === 1) next++
    else next--
    return next
  }

  /** What `value++` is worth: the old value, turned into a number as `++` does. */
  #numeric(value: number): number {
    if (typeof value === 'number' || this.#arrays.isArray(value)) return value
    const old = { value }
    return old.value++
  }

  #stepKeeping(value: number, by: 1 | -1, at: number): unknown {
    const old = this.#numeric(value)
    const next = this.#step(old, by, at)
    this.#truths.keep(old)
    return next
  }

  #stepAt(container: Container, key: Key, by: 1 | -1, at: number): unknown {
    return this.set(container, key, this.#step(numberLike(this.get(container, key, at)), by, at))
  }

  #stepAtKeeping(container: Container, key: Key, by: 1 | -1, at: number): unknown {
    const old = this.#numeric(numberLike(this.get(container, key, at)))
    this.set(container, key, this.#step(old, by, at))
    return old
  }
}

/** Lets `++` be applied to a value of any type, as JavaScript allows. */
function numberLike(value: unknown): number {
  return value as number
}
