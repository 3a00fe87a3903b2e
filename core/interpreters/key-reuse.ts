import { Var, type JaxprEqn } from '../ir/jaxpr.ts'
import { innerJaxprs } from '../ir/check.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { enclosingJits } from '../tracing/observer.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import { type KeySignature, type KeyUse, equationSignature, keyReuse } from './key-signature.ts'

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
function operationName({ name }: Primitive, params: Params): string {
  const sampler = enclosingJits().find((jit) => jit.startsWith('_')) ?? (name === 'jit' ? String(params.name) : '')
  if (sampler.startsWith('_')) return `random.${sampler.slice(1).replace(/_real$/, '')}`
  if (name === 'jit') return `jit(${sampler})`
  return name.replace(/^random_/, 'random.')
}

/** The equation that an evaluation amounts to: programs and their parts are checked by one set of rules. */
function equationOf(primitive: Primitive, args: readonly ConcreteArray[], params: Params): JaxprEqn {
  return { primitive, params, inputs: args.map((arg) => new Var(arg.aval)), outputs: [], source: currentSource() }
}

/**
 * Evaluates while keeping account of keys (`config.update('debugKeyReuse', true)`). Spending is splitting
 * and drawing. As in JAX a key is followed from array to array, and what a loop or a branch might spend
 * counts; beyond JAX, keys with equal words and a common ancestor are one key, so that
 * `split(k, n)[i]` and `foldIn(k, i)` cannot both be spent.
 */
export function withKeyAccount(
  primitive: Primitive,
  args: readonly ConcreteArray[],
  params: Params,
  evaluate: () => JaxArray[],
): JaxArray[] {
  const nested = innerJaxprs(params).length > 0
  if (!nested && primitive.name !== 'random_seed' && primitive.name !== 'random_wrap') {
    if (!args.some((arg) => arg.dtype === typed)) return evaluate()
  }
  const signature = equationSignature(equationOf(primitive, args, params))
  const use: KeyUse = { operation: operationName(primitive, params), source: currentSource() }
  checkUnspent(args, signature, use)
  const outs = evaluate()
  spend(args, signature, use)
  outs.forEach((out, i) => inherit(out, i, args, signature, primitive))
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
  { name }: Primitive,
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
