import type { HostArray } from '../ir/host-array.ts'
import { Var } from '../ir/jaxpr.ts'
import { innerJaxprs } from '../ir/check.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { enclosingJits } from '../tracing/observer.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import { type KeySignature, type KeyUse, equationSignature, keyReuse } from './key-signature.ts'
import type { TapSink } from './tap.ts'

/** Keys that descend from one `key(seed)` or `clone`: among them equal words are one key. */
class Family {
  readonly spent = new Map<string, KeyUse>()
}

/** What is known of an array of keys: the family, and which elements were handed out of this array. */
interface KeyRecord {
  readonly family: Family
  readonly taken: (KeyUse | null)[]
}

const records = new WeakMap<JaxArray, KeyRecord>()
const typed = 'key<fry>'

function recordOf(keys: ConcreteArray): KeyRecord {
  let record = records.get(keys)
  if (record === undefined) {
    record = { family: new Family(), taken: Array.from({ length: keys.size }, () => null) }
    records.set(keys, record)
  }
  return record
}

function words(keys: ConcreteArray, i: number): string {
  const { data } = keys.host
  return `${data[2 * i]},${data[2 * i + 1]}`
}

/** `random.normal` for what a sampler's jitted `_normal` draws, `random.split`, `jit(f)`; else the primitive. */
function operationName(name: string, params: Params, jits: readonly string[]): string {
  const sampler = jits.find((jit) => jit.startsWith('_')) ?? (name === 'jit' ? String(params.name) : '')
  if (sampler.startsWith('_')) return `random.${sampler.slice(1).replace(/_real$/, '')}`
  if (name === 'jit') return `jit(${sampler})`
  return name.replace(/^random_/, 'random.')
}

/** What an equation does to the keys among its operands. */
class KeyAccount {
  readonly #name: string
  readonly #args: readonly ConcreteArray[]
  readonly #signature: KeySignature
  readonly #use: KeyUse

  constructor(name: string, params: Params, args: readonly ConcreteArray[], jits: readonly string[]) {
    this.#name = name
    this.#args = args
    const source = currentSource()
    // Programs and what is evaluated are checked by one set of rules.
    const inputs = args.map((arg) => new Var(arg.aval))
    this.#signature = equationSignature({ primitive: { name }, params, inputs, outputs: [], source })
    this.#use = { operation: operationName(name, params, jits), source }
  }

  /** Before it is evaluated: throws a KeyReuseError where a key that it spends has been spent. */
  check(): void {
    checkUnspent(this.#args, this.#signature, this.#use)
  }

  settle(outs: readonly JaxArray[]): void {
    spend(this.#args, this.#signature, this.#use)
    outs.forEach((out, i) => inherit(out, i, this.#args, this.#signature, this.#name))
  }
}

/** Keeps account of what the equations of a program do, as taps hand it over. */
class InnerAccount {
  /** Inside of a program the same numbers are the same array. */
  readonly #arrays: Map<HostArray, ConcreteArray>

  constructor(args: readonly ConcreteArray[]) {
    this.#arrays = new Map(args.map((arg) => [arg.host, arg]))
  }

  readonly see: TapSink = ({ of, params, jits, operands, phase }, values) => {
    const arrays = values.map((host) => this.#arrayOf(host))
    const account = new KeyAccount(of, params, arrays.slice(0, operands), [...enclosingJits(), ...jits])
    // What has a program within was checked before it ran.
    if (phase === 'before' || innerJaxprs(params).length === 0) account.check()
    if (phase === 'after') account.settle(arrays.slice(operands))
  }

  /** What is known of keys that come out of the program. */
  adopt(outs: readonly JaxArray[]): void {
    for (const out of outs) {
      if (!(out instanceof ConcreteArray)) continue
      const within = this.#arrays.get(out.host)
      const record = within === undefined ? undefined : records.get(within)
      if (record !== undefined) records.set(out, record)
    }
  }

  #arrayOf(host: HostArray): ConcreteArray {
    let array = this.#arrays.get(host)
    if (array === undefined) {
      array = new ConcreteArray(host)
      if (host.dtype === typed) this.#arrays.set(host, array)
    }
    return array
  }
}

/**
 * Evaluates while keeping account of keys (`config.update('debugKeyReuse', true)`). Spending is splitting
 * and drawing. As in JAX a key is followed from array to array, and what a loop or a branch might spend
 * counts; beyond JAX, keys with equal words and a common ancestor are one key, so that
 * `split(k, n)[i]` and `foldIn(k, i)` cannot both be spent. `evaluate` tells what happens within programs.
 */
export function withKeyAccount(
  { name }: Primitive,
  args: readonly ConcreteArray[],
  params: Params,
  evaluate: (inside: TapSink | null) => JaxArray[],
): JaxArray[] {
  const nested = innerJaxprs(params).length > 0
  if (!nested && name !== 'random_seed' && name !== 'random_wrap') {
    if (!args.some((arg) => arg.dtype === typed)) return evaluate(null)
  }
  const account = new KeyAccount(name, params, args, enclosingJits())
  account.check()
  const inside = nested ? new InnerAccount(args) : null
  const outs = evaluate(inside?.see ?? null)
  inside?.adopt(outs)
  account.settle(outs)
  return outs
}

/** Whether an element is spent, rather than moved into another array. */
function isSpent(uses: readonly (KeyUse | null)[], arg: ConcreteArray, i: number): boolean {
  const use = uses.length === arg.size ? uses[i] : uses.find((one) => one !== null)
  return use?.moved !== true
}

function spentElements(arg: ConcreteArray, uses: readonly (KeyUse | null)[]): number[] {
  const whole = uses.length !== arg.size
  return Array.from({ length: arg.size }, (_, i) => i).filter((i) => whole || uses[i] !== null)
}

function checkUnspent(args: readonly ConcreteArray[], { sinks }: KeySignature, use: KeyUse): void {
  for (const [index, uses] of sinks) {
    const arg = args[index]
    if (arg?.dtype !== typed) continue
    const { family, taken } = recordOf(arg)
    for (const i of spentElements(arg, uses)) {
      const before = taken[i] ?? (isSpent(uses, arg, i) ? family.spent.get(words(arg, i)) : null)
      if (before) throw keyReuse(`The key ${hex(arg, i)}`, before, use)
    }
  }
}

function hex(keys: ConcreteArray, i: number): string {
  const { data } = keys.host
  return [data[2 * i], data[2 * i + 1]].map((word) => word.toString(16).padStart(8, '0')).join(' ')
}

function spend(args: readonly ConcreteArray[], { sinks }: KeySignature, use: KeyUse): void {
  for (const [index, uses] of sinks) {
    const arg = args[index]
    if (arg?.dtype !== typed) continue
    const { family, taken } = recordOf(arg)
    for (const i of spentElements(arg, uses)) {
      taken[i] = use
      if (isSpent(uses, arg, i)) family.spent.set(words(arg, i), use)
    }
  }
}

function inherit(
  out: JaxArray,
  i: number,
  args: readonly ConcreteArray[],
  { forwards }: KeySignature,
  name: string,
): void {
  if (!(out instanceof ConcreteArray) || out.dtype !== typed || records.has(out)) return
  const anew = name === 'random_seed' || name === 'random_wrap' || name === 'random_clone'
  const from = args.find((arg) => arg.dtype === typed)
  const family = anew || from === undefined ? new Family() : recordOf(from).family
  const forwarded = forwards.get(i)
  const source = forwarded === undefined ? undefined : args[forwarded]
  const taken =
    source !== undefined && source.size === out.size ? [...recordOf(source).taken] : Array<null>(out.size).fill(null)
  records.set(out, { family, taken })
}
