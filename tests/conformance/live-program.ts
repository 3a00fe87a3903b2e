import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn } from '../../core/ir/jaxpr.ts'
import { graphOfJaxpr } from '../../core/inspect/graph.ts'
import type { ParamValue } from '../../core/tracing/primitive.ts'

/** Without equations that nothing reads; what the generator does to JAX's. */
function withoutDeadEquations(jaxpr: Jaxpr): Jaxpr {
  const read = new Set<Atom>(jaxpr.outvars)
  const eqns: JaxprEqn[] = []
  for (const eqn of jaxpr.eqns.toReversed()) {
    if (eqn.primitive.effectful !== true && !eqn.outputs.some((output) => read.has(output))) continue
    eqn.inputs.forEach((atom) => read.add(atom))
    const params = Object.entries(eqn.params).map(([name, value]) => [name, inner(value)] as const)
    eqns.unshift({ ...eqn, params: Object.fromEntries(params) })
  }
  return new Jaxpr(jaxpr.constvars, jaxpr.invars, eqns, jaxpr.outvars)
}

function inner(value: ParamValue): ParamValue {
  if (value instanceof ClosedJaxpr) return new ClosedJaxpr(withoutDeadEquations(value.jaxpr), value.consts)
  if (Array.isArray(value)) return value.map(inner)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]))
}

/** The text of a program without what nothing reads, to be compared with the same of JAX. */
export function liveText(jaxpr: Jaxpr): string {
  return inOneLine(graphOfJaxpr(new ClosedJaxpr(withoutDeadEquations(jaxpr), []), '').jaxpr)
}

/** JAX breaks lines by the length of what it prints for NumPy's integers. */
export function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']')
}
