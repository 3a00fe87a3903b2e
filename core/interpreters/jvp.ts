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
import { type RecordedCall, excerptOf } from '../tracing/recorder.ts'
import type { Excerpt } from '../tracing/record.ts'
import { Trace, Tracer, currentTrace, withTrace } from '../tracing/trace.ts'
import { currentSource } from '../tracing/source.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { instantiate, isDifferentiable } from '../primitives/zeros.ts'
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

  override carries(): { array: JaxArray; lanes: null } {
    return { array: this.primal, lanes: null }
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
    return tangent instanceof Zero || !isDifferentiable(primal.aval) ? primal : new JvpTracer(this, primal, tangent)
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const outs = this.differentiate(primitive, args, params)
    this.log?.add(primitive, args, params, outs)
    return outs
  }

  private differentiate(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
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
    if (pairs.every((pair) => pair.tangent instanceof Zero)) {
      return withTrace(this.parent, () => this.parent.processCustomJvp(call, primals))
    }
    const tangents = pairs.map((pair) => instantiate(pair.tangent))
    const given = [...primals, ...(this.log === null ? tangents : tangents.map(apart))]
    let outs: JaxArray[] = []
    const rule = (): JaxArray[] => (outs = withTrace(this.parent, () => call.jvp(...given)))
    const forward = this.log === null ? (rule(), null) : excerptOf(this.parent, given, rule)
    const half = outs.length / 2
    const results = outs.slice(0, half).map((primal, i) => this.join(primal, outs[half + i]))
    this.noteRule('custom_jvp_call', call.name, args, results, forward, null)
    return results
  }

  /** Records a call that was differentiated by its own rule: what the rule did is known from this run alone. */
  private noteRule(
    form: 'custom_jvp_call' | 'custom_vjp_call',
    name: string,
    args: readonly JaxArray[],
    results: readonly JaxArray[],
    forward: Excerpt | null,
    backward: { excerpt: Excerpt | null } | null,
  ): void {
    const { log } = this
    if (log === null) return
    const inputs = args.map((arg) => log.use(arg))
    const outputs = log.made(results)
    log.push({ kind: 'rule', form, name, source: currentSource(), inputs, outputs, forward, backward })
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const pairs = args.map((arg) => this.split(arg))
    const primals = pairs.map((pair) => pair.primal)
    if (pairs.every((pair) => pair.tangent instanceof Zero)) {
      return withTrace(this.parent, () => this.parent.processCustomVjp(call, primals))
    }
    const backward: { excerpt: Excerpt | null } = { excerpt: null }
    let forward: Excerpt | null = null
    const results = withTrace(this.parent, () => {
      let ran: ReturnType<CustomVjpCall['fwd']> = { outputs: [], residuals: [] }
      const rule = (): JaxArray[] => {
        ran = call.fwd(...primals)
        return [...ran.outputs, ...ran.residuals]
      }
      if (this.log === null) rule()
      else forward = excerptOf(this.parent, primals, rule)
      const { outputs: outs, residuals } = ran
      const watched = this.log === null ? call : { ...call, bwd: recordedBackward(call, residuals.length, backward) }
      const tangents = pairs.map((pair) => instantiate(pair.tangent))
      const tangentsOut = bindCustomLinear(
        watched,
        residuals,
        tangents,
        outs.map((out) => out.aval),
      )
      return outs.map((out, i) => this.join(out, tangentsOut[i]))
    })
    this.noteRule('custom_vjp_call', call.name, args, results, forward, backward)
    return results
  }
}

/**
 * The same numbers as an array of their own: in a record, a tangent that somebody gave is another value than an array
 * which is a primal as well, or which the rule reads.
 */
function apart(value: JaxArray): JaxArray {
  if (!(value instanceof ConcreteArray) || value.released) return value
  const { host, weakType, literal, placement } = value
  return new ConcreteArray(host, { weakType, literal, placement })
}

/** The rule for the way back, which leaves behind what it did. */
function recordedBackward(call: CustomVjpCall, residuals: number, ran: { excerpt: Excerpt | null }): FlatFunction {
  return (...given) => {
    const values = given.map((value, i) => (i < residuals ? value : apart(value)))
    let outs: JaxArray[] = []
    const excerpt = excerptOf(currentTrace(), values, () => (outs = call.bwd(...values)))
    ran.excerpt = excerpt
    return outs
  }
}

/** Pushes tangents through a flat function. A Zero tangent costs nothing. */
export function jvpFlat(
  fun: FlatFunction,
  primals: readonly JaxArray[],
  tangents: readonly Tangent[],
  transformation = 'jvp',
  call: RecordedCall | null = null,
): { primals: JaxArray[]; tangents: Tangent[] } {
  const trace = new JvpTrace(currentTrace(), transformation)
  try {
    const duals = primals.map((primal, i) => trace.join(primal, tangents[i]))
    const own = call?.within(
      trace,
      duals,
      tangents.map((tangent) => !(tangent instanceof Zero)),
    )
    const outs = withTrace(trace, () => fun(...duals))
    own?.returned(outs)
    const pairs = outs.map((out) => trace.split(out))
    return { primals: pairs.map((pair) => pair.primal), tangents: pairs.map((pair) => pair.tangent) }
  } finally {
    trace.live = false
  }
}
