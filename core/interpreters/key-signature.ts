import { KeyReuseError } from '../errors.ts'
import { ClosedJaxpr, type Atom, type Jaxpr, type JaxprEqn, type Var } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import { placeText } from '../tracing/source.ts'
import { innerJaxprs } from '../ir/check.ts'

/** Where a key was spent, and by what. */
export interface KeyUse {
  readonly operation: string
  readonly source: SourceLocation | null
  /** Moved into another array, where it may still be spent: only this array must not give it away again. */
  readonly moved?: boolean
}

/** Moves keys from one array to another. */
const moving: ReadonlySet<string> = new Set([
  'slice',
  'split',
  'unstack',
  'concatenate',
  'dynamic_update_slice',
  'scatter',
])

/** What a program does to keys: which elements of which inputs it spends, and where its key outputs come from. */
export interface KeySignature {
  /** By input: for each element, its use or null. */
  readonly sinks: ReadonlyMap<number, readonly (KeyUse | null)[]>
  /** Outputs that are fresh keys. */
  readonly sources: ReadonlySet<number>
  /** Outputs that are inputs in another shape. */
  readonly forwards: ReadonlyMap<number, number>
}

/** Operations whose result holds the same keys as their first operand. */
const forwarding: ReadonlySet<string> = new Set([
  'broadcast_in_dim',
  'copy',
  'convert_element_type',
  'reshape',
  'squeeze',
  'dynamic_slice',
  'gather',
  'transpose',
])
const fresh: ReadonlySet<string> = new Set(['random_clone', 'random_fold_in', 'random_seed', 'random_wrap'])
const harmless: ReadonlySet<string> = new Set(['random_unwrap', 'debug_callback', 'debug_print', 'eq', 'ne'])

const known = new WeakMap<Jaxpr, KeySignature>()

export function isKey(atom: Atom): atom is Var {
  return !('value' in atom) && atom.aval.dtype === 'key<fry>'
}

/** The error for a key that is spent twice, with both places. */
export function keyReuse(what: string, first: KeyUse, second: KeyUse): KeyReuseError {
  const place = ({ source }: KeyUse): string => (source === null ? '' : ` at ${placeText(source)}`)
  return new KeyReuseError(
    `${what} was spent by ${first.operation}${place(first)}, and is spent again by ${second.operation}${place(second)}.`,
  )
}

function whole(aval: { readonly size: number }, use: KeyUse): KeyUse[] {
  return Array.from({ length: aval.size }, () => use)
}

/**
 * What a jaxpr does to keys, by the rules of JAX's checker (`jax.experimental.key_reuse`). Throws a
 * KeyReuseError when a key is spent twice inside it, or once in every step of a loop.
 */
export function keySignature(jaxpr: Jaxpr): KeySignature {
  let signature = known.get(jaxpr)
  if (signature === undefined) known.set(jaxpr, (signature = derive(jaxpr)))
  return signature
}

function derive(jaxpr: Jaxpr): KeySignature {
  const spent = new Map<Var, (KeyUse | null)[]>()
  const origin = new Map<Var, Var>()
  const resolve = (variable: Var): Var => {
    const from = origin.get(variable)
    return from === undefined ? variable : resolve(from)
  }
  for (const eqn of jaxpr.eqns) {
    const { sinks, sources, forwards } = equationSignature(eqn)
    for (const [index, uses] of sinks) {
      const atom = eqn.inputs[index]
      if (!isKey(atom)) continue
      const key = resolve(atom)
      const use = uses.find((one) => one !== null)
      if (use === undefined || use === null) continue
      // A part whose place is not known stands for the whole.
      const mask = key.aval.size === uses.length ? uses : whole(key.aval, use)
      const before = spent.get(key) ?? mask.map(() => null)
      const twice = before.findIndex((first, i) => first !== null && mask[i] !== null)
      const first = before[twice]
      if (twice >= 0 && first !== null) throw keyReuse(`A ${key.aval.toString()}`, first, mask[twice] ?? use)
      spent.set(
        key,
        before.map((one, i) => one ?? mask[i]),
      )
    }
    eqn.outputs.forEach((output, i) => {
      const from = forwards.get(i)
      const input = from === undefined ? undefined : eqn.inputs[from]
      if (!isKey(output)) return
      if (input !== undefined && isKey(input)) origin.set(output, input)
      else if (!sources.has(i))
        spent.set(output, whole(output.aval, { operation: eqn.primitive.name, source: eqn.source }))
    })
  }
  const inputs = [...jaxpr.invars, ...jaxpr.constvars]
  const sinks = new Map(inputs.flatMap((input, i) => (spent.has(input) ? [[i, spent.get(input) ?? []] as const] : [])))
  const sources = new Set<number>()
  const forwards = new Map<number, number>()
  jaxpr.outvars.forEach((outvar, i) => {
    if (!isKey(outvar)) return
    const from = inputs.indexOf(resolve(outvar))
    if (from >= 0) forwards.set(i, from)
    else if (!spent.has(outvar)) sources.add(i)
  })
  return { sinks, sources, forwards }
}

/** What there is to know of an equation, whether it stands in a program or was evaluated. */
export interface KeyEquation extends Pick<JaxprEqn, 'inputs' | 'outputs' | 'params' | 'source'> {
  readonly primitive: Pick<JaxprEqn['primitive'], 'name'>
}

/** The signature of one equation; its inputs are numbered as its operands. */
export function equationSignature(eqn: KeyEquation): KeySignature {
  const { primitive, params, inputs, source } = eqn
  const { name } = primitive
  const use: KeyUse = { operation: name, source, moved: moving.has(name) }
  const allOf = (indices: readonly number[]): Map<number, readonly (KeyUse | null)[]> =>
    new Map(indices.map((i) => [i, whole(inputs[i].aval, use)]))
  const sinks = allOf([])
  const none = { sinks, sources: new Set<number>(), forwards: new Map<number, number>() }
  if (forwarding.has(name)) return { ...none, forwards: new Map([[0, 0]]) }
  if (fresh.has(name)) return { ...none, sources: new Set([0]) }
  if (harmless.has(name)) return none
  const { jaxpr, branches } = params
  switch (name) {
    case 'random_bits':
      return { ...none, sinks: allOf([0]) }
    case 'random_split':
      return { ...none, sinks: allOf([0]), sources: new Set([0]) }
    case 'dynamic_update_slice':
      return { ...none, sinks: allOf([1]), forwards: new Map([[0, 0]]) }
    case 'scatter':
      return { ...none, sinks: allOf([2]), forwards: new Map([[0, 0]]) }
    case 'concatenate':
      if (inputs.length === 1) return { ...none, forwards: new Map([[0, 0]]) }
      return { ...none, sinks: allOf(inputs.map((_, i) => i)), sources: new Set([0]) }
    case 'split':
    case 'unstack':
      return { ...none, sinks: allOf([0]), sources: new Set(eqn.outputs.keys()) }
    case 'slice':
      return { ...none, sinks: new Map([[0, slicedElements(eqn, use)]]), sources: new Set([0]) }
    case 'cond':
      return Array.isArray(branches) ? condSignature(branches.filter((one) => one instanceof ClosedJaxpr)) : none
    case 'while':
      return whileSignature(eqn)
    case 'scan':
      return jaxpr instanceof ClosedJaxpr ? scanSignature(eqn, jaxpr) : none
    default: {
      const [inner] = innerJaxprs(params)
      if (inner !== undefined && inner.jaxpr.invars.length === inputs.length) return keySignature(inner.jaxpr)
      return { ...none, sinks: allOf(inputs.flatMap((input, i) => (isKey(input) ? [i] : []))) }
    }
  }
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

function slicedElements({ inputs, params }: KeyEquation, use: KeyUse): (KeyUse | null)[] {
  const { shape } = inputs[0].aval
  const [starts, limits, strides] = [params.start_indices, params.limit_indices, params.strides].map(numbers)
  return Array.from({ length: inputs[0].aval.size }, (_, flat) => {
    let rest = flat
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = rest % shape[axis]
      rest = Math.floor(rest / shape[axis])
      if (at < starts[axis] || at >= limits[axis] || (at - starts[axis]) % (strides[axis] ?? 1) !== 0) return null
    }
    return use
  })
}

/** What any branch spends is spent; fresh is what every branch makes. */
function condSignature(branches: readonly ClosedJaxpr[]): KeySignature {
  const signatures = branches.map(({ jaxpr }) => keySignature(jaxpr))
  const sinks = new Map<number, readonly (KeyUse | null)[]>()
  for (const signature of signatures) {
    for (const [i, uses] of signature.sinks) sinks.set(i + 1, sinks.get(i + 1)?.map((one, j) => one ?? uses[j]) ?? uses)
  }
  const [first, ...others] = signatures
  return {
    sinks,
    sources: new Set([...first.sources].filter((i) => others.every(({ sources }) => sources.has(i)))),
    forwards: new Map(
      [...first.forwards]
        .filter(([out, from]) => others.every(({ forwards }) => forwards.get(out) === from))
        .map(([out, from]) => [out, from + 1]),
    ),
  }
}

/** Refuses a body that spends a constant, or a carry that it does not replace by a fresh key. */
function checkSteps(where: string, body: KeySignature, fed: KeySignature, numConsts: number, numCarry: number): void {
  for (const [i, uses] of body.sinks) {
    const use = uses.find((one) => one !== null)
    if (i >= numConsts + numCarry || use === undefined || use === null) continue
    if (i >= numConsts && fed.sources.has(i - numConsts)) continue
    throw keyReuse(`A key that every step of ${where} is given anew`, use, { ...use, operation: 'the next step' })
  }
}

function scanSignature({ params }: KeyEquation, { jaxpr }: ClosedJaxpr): KeySignature {
  const signature = keySignature(jaxpr)
  checkSteps('scan', signature, signature, Number(params.num_consts), Number(params.num_carry))
  // One row of what is scanned stands for all rows.
  return signature
}

function whileSignature({ params, inputs }: KeyEquation): KeySignature {
  const { cond_jaxpr, body_jaxpr } = params
  const none = { sinks: new Map(), sources: new Set<number>(), forwards: new Map<number, number>() }
  if (!(cond_jaxpr instanceof ClosedJaxpr && body_jaxpr instanceof ClosedJaxpr)) return none
  const [condConsts, bodyConsts] = [Number(params.cond_nconsts), Number(params.body_nconsts)]
  const carries = inputs.length - condConsts - bodyConsts
  const [cond, body] = [keySignature(cond_jaxpr.jaxpr), keySignature(body_jaxpr.jaxpr)]
  checkSteps('the condition of while_loop', cond, body, condConsts, carries)
  checkSteps('while_loop', body, body, bodyConsts, carries)
  for (const [i, uses] of cond.sinks) {
    const again = body.sinks.get(i - condConsts + bodyConsts)?.find((use) => use !== null)
    const use = uses.find((one) => one !== null)
    if (again && use) throw keyReuse('A key in the carry of while_loop', use, again)
  }
  const shifted = [...body.sinks].map(([i, uses]) => [i + condConsts, uses] as const)
  return {
    ...body,
    sinks: new Map(shifted),
    forwards: new Map([...body.forwards].map(([out, i]) => [out, i + condConsts])),
  }
}
