import { BatchTrace } from '../interpreters/batching.ts'
import { JvpTrace } from '../interpreters/jvp.ts'
import { PartialEvalTrace } from '../interpreters/partial-eval.ts'
import { JaxprTrace, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { insideJit } from '../tracing/observer.ts'
import { type Trace, currentTrace } from '../tracing/trace.ts'
import { bindJit } from './jit.ts'

/** Whether what is computed now becomes part of a program. */
export function isStaging(trace: Trace): boolean {
  if (trace instanceof JaxprTrace) return true
  if (trace instanceof JvpTrace || trace instanceof BatchTrace || trace instanceof PartialEvalTrace) {
    return isStaging(trace.parent)
  }
  return false
}

/**
 * Calls a library function that in a program is one equation with the function's name, as JAX's own jitted
 * library functions are. Outside of a program it just runs, with nothing to trace.
 */
export function calledAs(name: string, fun: (...arrays: JaxArray[]) => JaxArray, ...arrays: JaxArray[]): JaxArray {
  if (!isStaging(currentTrace())) return insideJit(name, () => fun(...arrays))
  const program = traceToJaxpr(
    (...values) => [fun(...values)],
    arrays.map((array) => array.aval),
  )
  return bindJit(program, arrays, name)[0]
}

/** The same for a function with several results. */
export function allCalledAs(
  name: string,
  fun: (...arrays: JaxArray[]) => JaxArray[],
  ...arrays: JaxArray[]
): JaxArray[] {
  if (!isStaging(currentTrace())) return insideJit(name, () => fun(...arrays))
  const program = traceToJaxpr(
    fun,
    arrays.map((array) => array.aval),
  )
  return bindJit(program, arrays, name)
}
