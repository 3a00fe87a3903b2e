import { ClosedJaxpr, Jaxpr, type JaxprEqn } from '../ir/jaxpr.ts'
import type { ParamValue, Params } from '../tracing/primitive.ts'

/** Equations that are put around one of a program, or at the start of its body. */
export interface Probe {
  /** Around an equation, of which `jits` are the jitted functions that it is in, outermost first. */
  around?(eqn: JaxprEqn, jits: readonly string[]): { before?: readonly JaxprEqn[]; after?: readonly JaxprEqn[] } | null
  /** Before the first equation of a program that stands inside an equation. */
  atStart?(jaxpr: Jaxpr, jits: readonly string[]): readonly JaxprEqn[]
  /** Whether the programs inside an equation are watched as well. */
  enters?(primitive: string, params: Params): boolean
}

/**
 * Watching as a transformation of programs: the same program with further equations that look at its values and
 * change none. It is applied where a program is run, after every other transformation, so that rules, trace
 * counters, costs and documents never meet it; whatever runs the program needs to know nothing of who watches.
 */
export class Instrumentation {
  readonly #probe: Probe
  readonly #known = new WeakMap<ClosedJaxpr, Map<string, ClosedJaxpr>>()

  constructor(probe: Probe) {
    this.#probe = probe
  }

  /** The parameters of an equation, with the programs among them watched; the same where there is nothing to watch. */
  params(primitive: string, params: Params, jits: readonly string[] = []): Params {
    if (this.#probe.enters?.(primitive, params) === false) return params
    const within = primitive === 'jit' ? [...jits, String(params.name)] : jits
    return this.#entries(params, within)
  }

  /** The watched program; the same where there is nothing to watch. */
  program(closed: ClosedJaxpr, jits: readonly string[] = []): ClosedJaxpr {
    const key = jits.join('\n')
    let known = this.#known.get(closed)
    if (known === undefined) this.#known.set(closed, (known = new Map()))
    let program = known.get(key)
    if (program === undefined) known.set(key, (program = this.#watched(closed, jits)))
    return program
  }

  #watched(closed: ClosedJaxpr, jits: readonly string[]): ClosedJaxpr {
    const { constvars, invars, eqns, outvars } = closed.jaxpr
    const start = this.#probe.atStart?.(closed.jaxpr, jits) ?? []
    const all = eqns.flatMap((eqn) => {
      const params = this.params(eqn.primitive.name, eqn.params, jits)
      const own = params === eqn.params ? eqn : { ...eqn, params }
      const { before = [], after = [] } = this.#probe.around?.(eqn, jits) ?? {}
      return [...before, own, ...after]
    })
    if (start.length === 0 && all.length === eqns.length && all.every((eqn, i) => eqn === eqns[i])) return closed
    return new ClosedJaxpr(new Jaxpr(constvars, invars, [...start, ...all], outvars), closed.consts)
  }

  #value(value: object & ParamValue, jits: readonly string[]): ParamValue {
    if (value instanceof ClosedJaxpr) return this.program(value, jits)
    if (isList(value)) {
      // Lists of numbers are the rule, and operations at once pass here, too.
      if (!value.some(isObject)) return value
      const items = value.map((item) => (isObject(item) ? this.#value(item, jits) : item))
      return items.every((item, i) => item === value[i]) ? value : items
    }
    return isRecord(value) ? this.#entries(value, jits) : value
  }

  #entries(record: Params, jits: readonly string[]): Params {
    let changed: { [name: string]: ParamValue } | null = null
    for (const name of Object.keys(record)) {
      const value = record[name]
      if (!isObject(value)) continue
      const watched = this.#value(value, jits)
      if (watched !== value) (changed ??= { ...record })[name] = watched
    }
    return changed ?? record
  }
}

function isObject(value: ParamValue): value is object & ParamValue {
  return typeof value === 'object' && value !== null
}

function isList(value: ParamValue): value is readonly ParamValue[] {
  return Array.isArray(value)
}

/** A record of parameters, as that of the programs of a linear solve; not an object of some class. */
function isRecord(value: object & ParamValue): value is object & Params {
  return Object.getPrototypeOf(value) === Object.prototype
}
