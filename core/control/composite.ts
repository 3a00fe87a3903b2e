import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { ValueError } from '../errors.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { programCost } from '../ir/cost.ts'
import { asItsProgram } from '../sharding/program-specs.ts'

type CompositeParams = { attributes: string; jaxpr: ClosedJaxpr; name: string; version: number }

/** A program with a name under which a compiler may know a better one. JAX: `composite`. */
export const compositePrimitive: Primitive<CompositeParams> = definePrimitive<CompositeParams>({
  name: 'composite',
  ...asItsProgram(({ jaxpr }) => jaxpr),
  cost: (_avals, { jaxpr }) => programCost(jaxpr),
  abstractEval: (_avals, { jaxpr }) => jaxpr.outAvals,
  impl: (args, { jaxpr }) => runOnHost(jaxpr, args),
  jvp(primals, tangents, params) {
    if (tangents.some((tangent) => !(tangent instanceof Zero))) {
      throw new ValueError(`JVP rule for composite not implemented, which '${params.name}' is.`, {
        hint: 'Give the function a derivative of its own with customJvp, and put the composite inside.',
      })
    }
    const outs = bind(compositePrimitive, primals, params)
    return { primals: outs, tangents: outs.map((out) => new Zero(out.aval)) }
  },
})
