import type { ShapedArray } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { Zero } from '../tracing/primitive.ts'
import { instantiate } from '../primitives/zeros.ts'
import { evalClosed } from './eval-jaxpr.ts'
import { jvpFlat } from './jvp.ts'
import { next } from '../ir/sequence.ts'
import { traceWithAux } from './to-jaxpr.ts'

/**
 * The forward derivative of a jaxpr as a jaxpr: primals followed by the non-zero tangents in, primals
 * followed by the non-zero tangents out. Outputs in `forced` get a tangent even when it is zero; `avals` are those of the tangents.
 */
export function jvpJaxpr(
  closed: ClosedJaxpr,
  nonzeroIn: readonly boolean[],
  forced: readonly boolean[] = [],
  avals: readonly ShapedArray[] = closed.inAvals,
): { jaxpr: ClosedJaxpr; nonzeroOut: boolean[] } {
  const tangentAvals = avals.filter((_, i) => nonzeroIn[i])
  const { jaxpr, aux: nonzeroOut } = traceWithAux(
    (...inputs) => {
      const primals = inputs.slice(0, closed.inAvals.length)
      const given = inputs.slice(closed.inAvals.length).values()
      const tangents = primals.map((primal, i) => (nonzeroIn[i] ? next(given) : new Zero(primal.aval)))
      const out = jvpFlat((...args) => evalClosed(closed, args), primals, tangents)
      const keep = out.tangents.map((tangent, i) => !(tangent instanceof Zero) || forced[i] === true)
      return { outputs: [...out.primals, ...out.tangents.filter((_, i) => keep[i]).map(instantiate)], aux: keep }
    },
    [...closed.inAvals, ...tangentAvals],
    'jvp',
  )
  return { jaxpr, nonzeroOut }
}
