import { BatchTracer } from '../../core/interpreters/batching.ts'
import { JvpTracer } from '../../core/interpreters/jvp.ts'
import { formatArray } from '../../core/numpy/format.ts'
import type { JaxArray } from '../../core/tracing/array.ts'
import { hostValueOf } from '../../core/tracing/host-value.ts'
import { Tracer } from '../../core/tracing/trace.ts'

/**
 * An array as a cell prints it. A tracer says whose it is and what it knows: one of `jit` a type, one of
 * `vmap` its batch, one of `grad` its value.
 */
export function arrayText(value: JaxArray): string {
  if (value instanceof Tracer) return tracerText(value)
  const host = hostValueOf(value)
  return host === null ? value.aval.toString() : formatArray(host)
}

function tracerText(tracer: Tracer): string {
  const name = `${tracer.trace.transformation.replace(/^./, (first) => first.toUpperCase())}Tracer`
  if (tracer instanceof JvpTracer) {
    const { primal, tangent } = tracer
    const known = tangent instanceof Tracer ? `tangent: ${tangent.aval.toString()}` : `tangent=${arrayText(tangent)}`
    return `${name}(primal=${arrayText(primal)}, ${known})`
  }
  if (tracer instanceof BatchTracer) {
    return `${name}(${tracer.aval.toString()}, batch=${tracer.value.aval.toString()})`
  }
  return `${name}(${tracer.aval.toString()})`
}
