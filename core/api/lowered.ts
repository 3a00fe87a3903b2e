import { ValueError } from '../errors.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type CostAnalysis, costOf } from './jit-cost.ts'

/** A jitted function traced for one kind of arguments. JAX: `jax.stages.Lowered`. */
export interface Lowered<A extends unknown[], R> {
  readonly jaxpr: ClosedJaxpr
  compile(): Compiled<A, R>
  /** The program's text. Another dialect than 'jaxpr' is a ValueError. */
  asText(dialect?: string): string
  costAnalysis(): CostAnalysis
}

/** A program that takes arguments of exactly the kind it was traced for. JAX: `jax.stages.Compiled`. */
export interface Compiled<A extends unknown[], R> {
  (...args: A): R
  asText(dialect?: string): string
  costAnalysis(): CostAnalysis
}

/** Wraps a traced program; `call` runs it and refuses arguments of another kind. */
export function lowered<A extends unknown[], R>(jaxpr: ClosedJaxpr, call: (...args: A) => R): Lowered<A, R> {
  const asText = (dialect = 'jaxpr'): string => {
    if (dialect === 'jaxpr') return jaxpr.toString()
    throw new ValueError(`lower(…).asText: there is no dialect '${dialect}'; programs are written out as 'jaxpr'.`)
  }
  const costAnalysis = (): CostAnalysis => costOf(jaxpr)
  const compiled = Object.assign((...args: A): R => call(...args), { asText, costAnalysis })
  return { jaxpr, asText, costAnalysis, compile: () => compiled }
}
