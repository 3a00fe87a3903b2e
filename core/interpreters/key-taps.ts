import { innerJaxprs } from '../ir/check.ts'
import type { HostArray } from '../ir/host-array.ts'
import { currentKeyObserver, enclosingJits, type KeyObserver } from '../tracing/observer.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { asOneOperation } from '../tracing/source.ts'
import { Instrumentation } from './instrumentation.ts'
import { isKey } from './key-signature.ts'
import { type TapSink, tapOf, withTaps } from './tap.ts'

/** What makes keys, or spends them. */
const keyPrimitives: ReadonlySet<string> = new Set([
  'random_seed',
  'random_wrap',
  'random_split',
  'random_fold_in',
  'random_bits',
])

/** Taps of what makes and spends keys: the operands, and the keys that came of it. */
const keyTaps = new Instrumentation({
  // What is computed again on the way back draws the same numbers, which is meant.
  enters: (primitive, { differentiated }) => !(primitive === 'remat2' && differentiated === true),
  around(eqn, jits) {
    if (!keyPrimitives.has(eqn.primitive.name)) return null
    return { after: [tapOf(eqn, 'after', eqn.inputs, eqn.outputs.filter(isKey), jits)] }
  },
})

/** Taps of all that touches keys, for who keeps account of them. Devices have accounts of their own: nobody's. */
const accountTaps = new Instrumentation({
  enters: (primitive) => primitive !== 'shard_map',
  around(eqn, jits) {
    if (![...eqn.inputs, ...eqn.outputs].some(isKey)) return null
    // What a program within spends must be unspent before it begins.
    const before = innerJaxprs(eqn.params).length === 0 ? [] : [tapOf(eqn, 'before', eqn.inputs, [], jits)]
    return { before, after: [tapOf(eqn, 'after', eqn.inputs, eqn.outputs, jits)] }
  },
})

/**
 * Runs an equation so that whoever watches keys sees what it does: `run` gets the parameters to run it with. `inside` is
 * told all that happens to keys within a program, the observer what makes and spends them.
 */
export function watchingKeys(
  { name }: Primitive,
  params: Params,
  operands: readonly HostArray[],
  inside: TapSink | null,
  run: (params: Params) => readonly HostArray[],
): readonly HostArray[] {
  const observer = currentKeyObserver()
  if (observer === null && inside === null) return run(params)
  const watched = (inside === null ? keyTaps : accountTaps).params(name, params)
  const results =
    watched === params ? run(params) : asOneOperation(() => withTaps(sinkOf(observer, inside), () => run(watched)))
  if (observer !== null && keyPrimitives.has(name))
    observer({ primitive: name, params, operands, results, jits: enclosingJits() })
  return results
}

function sinkOf(observer: KeyObserver | null, inside: TapSink | null): TapSink {
  const outer = enclosingJits()
  return (tap, values) => {
    inside?.(tap, values)
    if (observer === null || tap.phase === 'before' || !keyPrimitives.has(tap.of)) return
    observer({
      primitive: tap.of,
      params: tap.params,
      operands: values.slice(0, tap.operands),
      results: values.slice(tap.operands),
      jits: outer.length === 0 ? tap.jits : [...outer, ...tap.jits],
    })
  }
}
