import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { insideJit } from '../tracing/observer.ts'
import { inBlock } from '../tracing/recorder.ts'
import { asOneOperation } from '../tracing/source.ts'
import { baseTrace, currentTrace } from '../tracing/trace.ts'
import { bindJit } from './jit.ts'

/** Whether what is computed now is seen by a transformation, or becomes part of a program. */
export function isTransforming(): boolean {
  return currentTrace() !== baseTrace()
}

/**
 * Calls a library function that in a program is one equation with the function's name, as JAX's own jitted
 * library functions are. Outside of programs and transformations it just runs, with nothing to trace.
 */
export function calledAs(name: string, fun: (...arrays: JaxArray[]) => JaxArray, ...arrays: JaxArray[]): JaxArray {
  return allCalledAs(name, (...values) => [fun(...values)], ...arrays)[0]
}

/** The same for a function with several results. */
export function allCalledAs(
  name: string,
  fun: (...arrays: JaxArray[]) => JaxArray[],
  ...arrays: JaxArray[]
): JaxArray[] {
  if (!isTransforming())
    return inBlock(baseTrace(), { form: 'jit', name, ruleNames: undefined, rule: null }, arrays, () =>
      insideJit(name, () => fun(...arrays)),
    )
  const avals = arrays.map((array) => array.aval)
  return asOneOperation(() => bindJit(traceToJaxpr(fun, avals), arrays, name))
}
