import { Environment, interpret } from '../ir/interpret.ts'
import type { ClosedJaxpr, Jaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { withSource } from '../tracing/source.ts'
import { bind } from '../tracing/trace.ts'
import { scalar } from '../runtime/concrete-array.ts'

/** Variables of a jaxpr that stand for arrays, or for what else a walk finds in their place. */
export function arrayEnvironment<T = never>(): Environment<JaxArray | T> {
  return new Environment<JaxArray | T>(({ value, aval }) => scalar(value, aval.dtype, aval.weakType))
}

/** Applies one equation under the current interpreter, for the line that it came from. */
export function bindEqn({ primitive, params, source }: JaxprEqn, args: readonly JaxArray[]): JaxArray[] {
  return withSource(source, () =>
    primitive.rebind === undefined ? bind(primitive, args, params) : primitive.rebind(args, params),
  )
}

/**
 * Interprets a jaxpr: every equation is bound under the current trace, so any transformation can watch; or whatever
 * else `apply` does with it.
 */
export function evalJaxpr(
  jaxpr: Jaxpr,
  consts: readonly JaxArray[],
  args: readonly JaxArray[],
  apply: (eqn: JaxprEqn, operands: readonly JaxArray[]) => readonly JaxArray[] = bindEqn,
): JaxArray[] {
  return interpret(jaxpr, arrayEnvironment(), consts, args, apply)
}

export function evalClosed(closed: ClosedJaxpr, args: readonly JaxArray[]): JaxArray[] {
  return evalJaxpr(closed.jaxpr, closed.consts, args)
}
