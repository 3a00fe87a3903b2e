import { Environment, interpret } from '../ir/interpret.ts'
import { hostArray } from '../ir/host-array.ts'
import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, type Var } from '../ir/jaxpr.ts'
import { partsOf, sameFlags } from '../ir/sequence.ts'
import { type TapParams, tapPrimitive } from '../interpreters/tap.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { Params } from '../tracing/primitive.ts'
import { callsHost, hostCallIn, silenced } from './host-calls.ts'
import { hostOf } from './summary.ts'

/** What a tap of a program that is looked into says: the values of these variables, or something about it. */
type Sight = {
  readonly variables: readonly number[]
  readonly note: string | null
  /** The number of a branch that runs. */
  readonly branch: number | null
}

/** Branches that disagree about what is known: which of them run, shows when the program does. */
export class Branches {
  readonly #numbers = new Map<ClosedJaxpr, number>()
  readonly #ran = new Set<number>()
  /** Whether a branch was found to run that was not known to. */
  found = false

  numberOf(branch: ClosedJaxpr): number {
    let number = this.#numbers.get(branch)
    if (number === undefined) this.#numbers.set(branch, (number = this.#numbers.size))
    return number
  }

  runs(number: number): void {
    if (this.#ran.has(number)) return
    this.#ran.add(number)
    this.found = true
  }

  /** Those that were seen to run; all where none was. */
  running<T extends { readonly branch: ClosedJaxpr }>(all: readonly T[]): readonly T[] {
    const running = all.filter(({ branch }) => this.#ran.has(this.numberOf(branch)))
    return running.length === 0 ? all : running
  }
}

/** A program that can be run again to look into it, and which of its outputs are known. */
interface KnownProgram {
  readonly program: ClosedJaxpr
  readonly known: readonly boolean[]
}

const reasons = {
  host: (name: string) => `What ${name} gave is not shown: looking at a figure calls no function of yours.`,
  devices: (name: string) => `Values inside ${name} are not shown: each device had its own.`,
}

/**
 * What of a program can be computed when some of its inputs are not known and functions of the host are not called,
 * with a tap of every value. Where something unknown must stand, zeros do; no tap sees what depends on them.
 */
export function knownProgram(
  { jaxpr, consts }: ClosedJaxpr,
  inputs: readonly boolean[],
  branches: Branches,
): KnownProgram {
  const writer = new Writer(branches)
  const captured = consts.map((value) => hostOf(value) !== null)
  const constants = jaxpr.constvars.filter((_, i) => captured[i])
  writer.show([...constants, ...jaxpr.invars.filter((_, i) => inputs[i])])
  const env = new Environment<boolean>(() => true)
  const known = interpret(jaxpr, env, captured, inputs, (eqn, operands) => writer.write(eqn, operands))
  const missing = writer.missing(env, jaxpr)
  const program = new ClosedJaxpr(new Jaxpr([...constants, ...missing], jaxpr.invars, writer.eqns, jaxpr.outvars), [
    ...consts.filter((_, i) => captured[i]),
    ...missing.map(({ aval }) => new ConcreteArray(hostArray(aval.shape, aval.dtype))),
  ])
  return { program, known }
}

class Writer {
  readonly eqns: JaxprEqn[] = []
  readonly #branches: Branches

  constructor(branches: Branches) {
    this.#branches = branches
  }

  /** The equation as far as it can be computed; which of its outputs are known then. */
  write(whole: JaxprEqn, known: readonly boolean[]): readonly boolean[] {
    const eqn = silenced(whole)
    const { primitive, params, outputs } = eqn
    if (callsHost(eqn)) {
      this.#sight([], reasons.host(primitive.name))
      return outputs.map(() => false)
    }
    if (primitive.name === 'shard_map') this.#sight([], reasons.devices(primitive.name))
    const within = lookInto(primitive.name, params, known, this.#branches)
    if (within !== null) {
      this.eqns.push({ ...eqn, params: within.params })
      this.show(outputs.filter((_, i) => within.known[i]))
      return within.known
    }
    const host = hostCallIn(eqn)
    if (host !== null) this.#sight([], reasons.host(host))
    if (known.includes(false) || host !== null) return outputs.map(() => false)
    this.eqns.push(eqn)
    this.show(outputs)
    return outputs.map(() => true)
  }

  show(variables: readonly Var[]): void {
    if (variables.length > 0) this.#sight(variables, null)
  }

  /** Variables that stand somewhere and are computed nowhere. */
  missing(env: Environment<boolean>, { invars, outvars }: Jaxpr): Var[] {
    const made = new Set<Atom>([...invars, ...this.eqns.flatMap(({ outputs }) => outputs)])
    const read = new Set<Atom>([...this.eqns.flatMap(({ inputs }) => inputs), ...outvars])
    return [...read].flatMap((atom) => ('value' in atom || made.has(atom) || env.read(atom) ? [] : [atom]))
  }

  #sight(variables: readonly Var[], note: string | null): void {
    this.eqns.push(sightOf(variables, { variables: variables.map(({ id }) => id), note, branch: null }))
  }
}

function sightOf(inputs: readonly Var[], sight: Sight): JaxprEqn {
  const params: TapParams = { of: 'values', params: sight, jits: [], operands: 0, phase: 'after', source: null }
  return { primitive: tapPrimitive, params, inputs, outputs: [], source: null }
}

/** The branch, which says that it runs. */
function telling({ jaxpr, consts }: ClosedJaxpr, branch: number): ClosedJaxpr {
  const { constvars, invars, eqns, outvars } = jaxpr
  const tells = sightOf([], { variables: [], note: null, branch })
  return new ClosedJaxpr(new Jaxpr(constvars, invars, [tells, ...eqns], outvars), consts)
}

/** The parameters of an equation that is looked into; null where it runs as a whole, or not at all. */
function lookInto(
  name: string,
  params: Params,
  known: readonly boolean[],
  all: Branches,
): { readonly params: Params; readonly known: readonly boolean[] } | null {
  const { jaxpr, call_jaxpr, branches, cond_jaxpr, body_jaxpr } = params
  switch (name) {
    case 'jit':
    case 'remat2':
    case 'closed_call':
    case 'composite': {
      if (!(jaxpr instanceof ClosedJaxpr)) return null
      const inner = knownProgram(jaxpr, known, all)
      return { params: { ...params, jaxpr: inner.program }, known: inner.known }
    }
    case 'custom_jvp_call':
    case 'custom_vjp_call': {
      if (!(call_jaxpr instanceof ClosedJaxpr)) return null
      const inner = knownProgram(call_jaxpr, known, all)
      return { params: { ...params, call_jaxpr: inner.program }, known: inner.known }
    }
    case 'cond': {
      const [index, ...operands] = known
      if (!index || !Array.isArray(branches)) return null
      const inner = branches
        .filter((branch) => branch instanceof ClosedJaxpr)
        .map((branch) => ({ branch, ...knownProgram(branch, operands, all) }))
      const agree = inner.every((branch) => sameFlags(branch.known, inner[0].known))
      const running = agree ? inner : all.running(inner)
      return {
        params: {
          ...params,
          branches: inner.map(({ branch, program }) => (agree ? program : telling(program, all.numberOf(branch)))),
        },
        known: inner[0].known.map((_, i) => running.every((branch) => branch.known[i])),
      }
    }
    case 'scan': {
      if (!(jaxpr instanceof ClosedJaxpr)) return null
      const [consts, init] = partsOf(known, Number(params.num_consts), Number(params.num_carry))
      const xs = known.slice(consts.length + init.length)
      const { inner, carry } = settled(jaxpr, consts, init, xs, all)
      return { params: { ...params, jaxpr: inner.program }, known: [...carry, ...inner.known.slice(carry.length)] }
    }
    case 'while': {
      if (!(cond_jaxpr instanceof ClosedJaxpr && body_jaxpr instanceof ClosedJaxpr)) return null
      const [condConsts, consts] = partsOf(known, Number(params.cond_nconsts), Number(params.body_nconsts))
      const { inner, carry } = settled(body_jaxpr, consts, known.slice(condConsts.length + consts.length), [], all)
      const condition = knownProgram(cond_jaxpr, [...condConsts, ...carry], all)
      // Nobody knows how often it ran.
      if (!condition.known[0]) return null
      return { params: { ...params, cond_jaxpr: condition.program, body_jaxpr: inner.program }, known: carry }
    }
    default:
      return null
  }
}

/** The body of a loop, with what of its carry is known in every step. */
function settled(
  body: ClosedJaxpr,
  consts: readonly boolean[],
  carry: readonly boolean[],
  xs: readonly boolean[],
  all: Branches,
): { readonly inner: KnownProgram; readonly carry: readonly boolean[] } {
  const inner = knownProgram(body, [...consts, ...carry, ...xs], all)
  const after = carry.map((flag, i) => flag && inner.known[i])
  return sameFlags(after, carry) ? { inner, carry } : settled(body, consts, after, xs, all)
}
