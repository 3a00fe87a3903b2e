import { ClosedJaxpr, Jaxpr, Var } from './jaxpr.ts'
import type { ShapedArray } from './aval.ts'

/** The same jaxpr with its inputs and outputs in another order, or some outputs left out. */
export function rewire(closed: ClosedJaxpr, inputs: readonly number[], outputs: readonly number[]): ClosedJaxpr {
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  const jaxpr = new Jaxpr(
    constvars,
    inputs.map((i) => invars[i]),
    eqns,
    outputs.map((i) => outvars[i]),
  )
  return new ClosedJaxpr(jaxpr, closed.consts)
}

/** The same jaxpr with further inputs that it ignores. */
export function withIgnoredInputs(closed: ClosedJaxpr, avals: readonly ShapedArray[]): ClosedJaxpr {
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  const ignored = avals.map((aval) => new Var(aval))
  return new ClosedJaxpr(new Jaxpr(constvars, [...invars, ...ignored], eqns, outvars), closed.consts)
}

/** `from … to - 1` */
export function indices(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

/** Positions at which a flag is set. */
export function positions(flags: readonly boolean[]): number[] {
  return flags.flatMap((flag, i) => (flag ? [i] : []))
}
