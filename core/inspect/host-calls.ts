import { ClosedJaxpr, Jaxpr, type JaxprEqn } from '../ir/jaxpr.ts'
import { innerJaxprs } from '../ir/check.ts'
import type { ParamValue, Params } from '../tracing/primitive.ts'

/** Whether an equation itself calls a function of the host. */
export function callsHost({ params }: JaxprEqn): boolean {
  return typeof params.callback === 'function'
}

/** The equation, or one in a program that it holds, which calls a function of the host: its name, or null. */
export function hostCallIn(eqn: JaxprEqn): string | null {
  if (callsHost(eqn)) return eqn.primitive.name
  for (const inner of innerJaxprs(eqn.params)) {
    for (const within of inner.eqns) {
      const name = hostCallIn(within)
      if (name !== null) return name
    }
  }
  return null
}

/** Whether an equation, or one in a program that it holds, calls a function of the host. */
export function holdsHostCalls(eqn: JaxprEqn): boolean {
  return hostCallIn(eqn) !== null
}

const known = new WeakMap<ClosedJaxpr, ClosedJaxpr>()

/**
 * The same program without calls of the host that give nothing back, as `debug.print`: they have no part in any value or
 * derivative, and looking at a figure must not make them again.
 */
export function withoutSilentCalls(closed: ClosedJaxpr): ClosedJaxpr {
  if (!closed.eqns.some(holdsHostCalls)) return closed
  let program = known.get(closed)
  if (program === undefined) {
    const { constvars, invars, eqns, outvars } = closed.jaxpr
    const kept = eqns.filter((eqn) => !(callsHost(eqn) && eqn.outputs.length === 0)).map(silenced)
    program = new ClosedJaxpr(new Jaxpr(constvars, invars, kept, outvars), closed.consts)
    known.set(closed, program)
  }
  return program
}

/** The same equation, with programs that make no such calls. */
export function silenced(eqn: JaxprEqn): JaxprEqn {
  if (!holdsHostCalls(eqn)) return eqn
  const params: Params = Object.fromEntries(
    Object.entries(eqn.params).map(([name, value]) => [name, silencedValue(value)]),
  )
  return { ...eqn, params }
}

function silencedValue(value: ParamValue): ParamValue {
  if (value instanceof ClosedJaxpr) return withoutSilentCalls(value)
  return Array.isArray(value) ? value.map(silencedValue) : value
}
