import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import {
  type CustomJvpCall,
  type CustomVjpCall,
  type FlatFunction,
  type Params,
  type Primitive,
  type Tangent,
  Zero,
} from '../tracing/primitive.ts'
import { Trace, Tracer, currentTrace, withTrace } from '../tracing/trace.ts'
import { instantiate } from '../primitives/zeros.ts'
import { NotImplementedError } from '../errors.ts'
import { bindCustomLinear } from './custom-linear.ts'

/** A primal with the tangent that rides along. */
export class JvpTracer extends Tracer {
  readonly trace: JvpTrace
  readonly primal: JaxArray
  readonly tangent: JaxArray

  constructor(trace: JvpTrace, primal: JaxArray, tangent: JaxArray) {
    super()
    this.trace = trace
    this.primal = primal
    this.tangent = tangent
  }

  override get aval(): ShapedArray {
    return this.primal.aval
  }

  override hostValue(): HostArray | null {
    return hostValueOf(this.primal)
  }
}

/** Forward-mode differentiation. JAX: `ad.JVPTrace`. */
export class JvpTrace extends Trace {
  readonly transformation: string
  readonly parent: Trace

  constructor(parent: Trace, transformation = 'jvp') {
    super()
    this.parent = parent
    this.transformation = transformation
  }

  split(value: JaxArray): { primal: JaxArray; tangent: Tangent } {
    if (value instanceof JvpTracer && value.trace === this) return { primal: value.primal, tangent: value.tangent }
    return { primal: value, tangent: new Zero(value.aval) }
  }

  join(primal: JaxArray, tangent: Tangent): JaxArray {
    return tangent instanceof Zero ? primal : new JvpTracer(this, primal, tangent)
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const pairs = args.map((arg) => this.split(arg))
    const primals = pairs.map((pair) => pair.primal)
    if (pairs.every((pair) => pair.tangent instanceof Zero)) return this.parent.process(primitive, primals, params)
    if (primitive.jvp === undefined) {
      throw new NotImplementedError(`Differentiation rule for '${primitive.name}' not implemented`, {
        hint: 'This operation has no derivative in JAX either. Keep it outside the differentiated function, or give the function a rule with customJvp.',
      })
    }
    const rule = primitive.jvp.bind(primitive)
    const out = withTrace(this.parent, () =>
      rule(
        primals,
        pairs.map((pair) => pair.tangent),
        params,
      ),
    )
    return out.primals.map((primal, i) => this.join(primal, out.tangents[i]))
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    const pairs = args.map((arg) => this.split(arg))
    const primals = pairs.map((pair) => pair.primal)
    if (pairs.every((pair) => pair.tangent instanceof Zero)) return this.parent.processCustomJvp(call, primals)
    const tangents = pairs.map((pair) => instantiate(pair.tangent))
    const outs = withTrace(this.parent, () => call.jvp(...primals, ...tangents))
    const half = outs.length / 2
    return outs.slice(0, half).map((primal, i) => this.join(primal, outs[half + i]))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const pairs = args.map((arg) => this.split(arg))
    const primals = pairs.map((pair) => pair.primal)
    if (pairs.every((pair) => pair.tangent instanceof Zero)) return this.parent.processCustomVjp(call, primals)
    return withTrace(this.parent, () => {
      const { outputs: outs, residuals } = call.fwd(...primals)
      const tangents = pairs.map((pair) => instantiate(pair.tangent))
      const tangentsOut = bindCustomLinear(
        call,
        residuals,
        tangents,
        outs.map((out) => out.aval),
      )
      return outs.map((out, i) => this.join(out, tangentsOut[i]))
    })
  }
}

/** Pushes tangents through a flat function. A Zero tangent costs nothing. */
export function jvpFlat(
  fun: FlatFunction,
  primals: readonly JaxArray[],
  tangents: readonly Tangent[],
  transformation = 'jvp',
): { primals: JaxArray[]; tangents: Tangent[] } {
  const trace = new JvpTrace(currentTrace(), transformation)
  try {
    const outs = withTrace(trace, () => fun(...primals.map((primal, i) => trace.join(primal, tangents[i]))))
    const pairs = outs.map((out) => trace.split(out))
    return { primals: pairs.map((pair) => pair.primal), tangents: pairs.map((pair) => pair.tangent) }
  } finally {
    trace.live = false
  }
}
