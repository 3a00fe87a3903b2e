import { ValueError } from '../errors.ts'
import { ShapedArray } from '../ir/aval.ts'
import { JaxArray } from '../tracing/array.ts'
import { hashOfNumber, hashOfText, mixed } from '../ir/hash.ts'

/** Static data of objects and functions: the text that equal data share. It holds the data, by which alone it is met again. */
class StaticText {
  readonly text: string
  readonly of: unknown

  constructor(text: string, of: unknown) {
    this.text = text
    this.of = of
  }
}

/** What static data is found by and compared with: values of the language itself, or the text of what is not one. */
export type StaticKey = string | number | bigint | boolean | symbol | null | undefined | StaticText

/** Whether two keys are of the same static data: exactly if `staticText` is the same. */
export function sameKey(a: StaticKey, b: StaticKey): boolean {
  return Object.is(a, b) || (a instanceof StaticText && b instanceof StaticText && a.text === b.text)
}

/** The key of static data as it is now: what it holds may change later. */
export function staticKey(value: unknown): StaticKey {
  return asPlainKey(value, () => staticText(value))
}

/** The key of an argument that names a program, where `staticArgumentText` takes it. */
export function staticArgumentKey(value: unknown, where: () => string): StaticKey {
  return asPlainKey(value, () => staticArgumentText(value, where()))
}

/** A key that holds nothing which could be large or ought to be let go. */
export function isPlainKey(key: StaticKey): boolean {
  if (key instanceof StaticText || typeof key === 'symbol') return false
  return typeof key !== 'string' || key.length <= 256
}

export function keyText(key: StaticKey): string {
  return key instanceof StaticText ? key.text : staticText(key)
}

function asPlainKey(value: unknown, text: () => string): StaticKey {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
    case 'undefined':
      return value
    default:
      return value === null ? null : new StaticText(text(), value)
  }
}

/** A hash of a key, equal for equal keys. */
export function hashOfKey(key: StaticKey): number {
  switch (typeof key) {
    case 'string':
      return mixed(1, hashOfText(key))
    case 'number':
      return hashOfNumber(key)
    case 'bigint':
      return mixed(2, Number(BigInt.asIntN(32, key)))
    case 'boolean':
      return mixed(3, Number(key))
    case 'object':
      return key === null ? mixed(4, 0) : mixed(5, hashOfText(key.text))
    case 'symbol':
      return mixed(6, hashOfText(key.description ?? ''))
    case 'undefined':
      return mixed(7, 0)
  }
}

/**
 * Static data as text: two values have one text exactly if a program that was traced with the one is right for the
 * other. Numbers, strings and their like are told apart as `Object.is` does; lists and plain objects are compared by
 * what they hold; an instance with a method `equals` by that method; everything else is its own identity.
 */
export function staticText(value: unknown): string {
  return textOf(value, [], null)
}

/**
 * `staticText` of an argument that names a program. JAX hashes it, so nothing that can change under the program is
 * taken: a list or plain object must be frozen through and through, as Python's tuples are.
 */
function staticArgumentText(value: unknown, where: string): string {
  if (value instanceof JaxArray) {
    throw new ValueError(`${where}: a static argument must not be an array, got ${value.aval.toString()}.`, {
      hint: 'A static argument is part of the program: give it as a plain JS value, or do not mark it static.',
    })
  }
  return textOf(value, [], where)
}

function textOf(value: unknown, around: readonly object[], fixedFor: string | null): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'symbol': {
      const shared = Symbol.keyFor(value)
      return shared === undefined ? `@${identityOf(value)}` : `@${JSON.stringify(shared)}`
    }
    case 'function':
      return `#${identityOf(value)}`
    case 'object':
      return value === null ? 'null' : textOfObject(value, around, fixedFor)
    default:
      return String(value)
  }
}

function textOfObject(value: object, around: readonly object[], fixedFor: string | null): string {
  if (around.includes(value)) throw new ValueError('static data must not contain itself.')
  const inside = [...around, value]
  const inner = (part: unknown): string => textOf(part, inside, fixedFor)
  if (Array.isArray(value)) {
    assertFixed(Object.isFrozen(value) ? null : fixedFor, 'a list')
    return `[${value.map(inner).join()}]`
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) {
    assertFixed(Object.isFrozen(value) ? null : fixedFor, 'an object')
    const entries = Reflect.ownKeys(value).map((key) => `${textOf(key, [], null)}:${inner(Reflect.get(value, key))}`)
    return `{${entries.sort().join()}}`
  }
  if (value instanceof ShapedArray) return `${value.toString()}${value.weakType ? '*' : ''}`
  if (value instanceof JaxArray) return `#${identityOf(value)}`
  if (value instanceof Map || value instanceof Set) {
    assertFixed(fixedFor, `a ${value.constructor.name}`)
    return `${value.constructor.name}[${[...value].map(inner).join()}]`
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    assertFixed(fixedFor, `a ${value.constructor.name}`)
    const bytes = ArrayBuffer.isView(value) ? viewed(value) : new Uint8Array(value)
    return `${value.constructor.name}[${bytes.join()}]`
  }
  if (value instanceof Date) {
    assertFixed(fixedFor, 'a Date')
    return `Date[${value.getTime()}]`
  }
  return `#${identityOf(hasEquals(value) ? representativeOf(value) : value)}`
}

function viewed(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** Refuses `what` as a static argument, unless it is no argument but the static data of a node. */
function assertFixed(fixedFor: string | null, what: string): void {
  if (fixedFor === null) return
  const fixable = what === 'a list' || what === 'an object'
  throw new ValueError(`${fixedFor}: non-hashable static argument: ${what} can change after the program was made.`, {
    hint: fixable
      ? 'Freeze it and what it holds, as in Object.freeze([2, 3]): then it is compared by value, as a tuple is in Python. Or pass it as data.'
      : 'Give a number, a string, a function, a frozen list or object, or an instance of a class with a method equals(other).',
    kind: 'static-unhashable',
  })
}

const identities = new WeakMap<WeakKey, number>()
let identityCount = 0

function identityOf(value: WeakKey): number {
  let identity = identities.get(value)
  if (identity === undefined) identities.set(value, (identity = identityCount++))
  return identity
}

interface Comparable {
  equals(other: object): boolean
}

function hasEquals(value: object): value is Comparable {
  return 'equals' in value && typeof value.equals === 'function'
}

/** For each class with `equals`, one living instance of every value that was met. */
const representatives = new WeakMap<object, WeakRef<Comparable>[]>()
/** It lives as long as any instance that it stood for. */
const stoodFor = new WeakMap<Comparable, Comparable>()

function representativeOf(value: Comparable): Comparable {
  const ofClass: object = Object.getPrototypeOf(value)
  const living = (representatives.get(ofClass) ?? []).filter((reference) => reference.deref() !== undefined)
  for (const reference of living) {
    const known = reference.deref()
    if (known === undefined || (known !== value && !known.equals(value))) continue
    if (known !== value) stoodFor.set(value, known)
    return known
  }
  representatives.set(ofClass, [...living, new WeakRef(value)])
  return value
}
