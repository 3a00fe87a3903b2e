import { elementAt } from '../ir/element.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Literal, Var } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { CustomJvpCall, CustomVjpCall, FlatFunction, Params, Primitive } from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import type { SourceLocation } from '../ir/source.ts'
import { Trace, Tracer, assertNotLeaked, withTrace } from '../tracing/trace.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { stageCustomJvp, stageCustomVjp } from './custom-calls.ts'

/** A value that will exist when the jaxpr runs. */
export class JaxprTracer extends Tracer {
  readonly trace: JaxprTrace
  readonly aval: ShapedArray
  readonly atom: Var

  constructor(trace: JaxprTrace, atom: Var) {
    super()
    this.trace = trace
    this.aval = atom.aval
    this.atom = atom
  }

  override hostValue(): HostArray | null {
    return null
  }

  override variable(): Var {
    return this.atom
  }

  override birthplace(): SourceLocation | null {
    return this.trace.eqns.find(({ outputs }) => outputs.includes(this.atom))?.source ?? null
  }
}

/** Records every primitive as an equation. JAX: `DynamicJaxprTrace`. */
export class JaxprTrace extends Trace {
  readonly transformation: string
  readonly eqns: JaxprEqn[] = []
  private readonly constants = new Map<JaxArray, Var>()

  constructor(transformation: string) {
    super()
    this.transformation = transformation
  }

  override get staged(): readonly JaxprEqn[] {
    return this.eqns
  }

  override get captured(): ReadonlyMap<JaxArray, Atom> {
    return this.constants
  }

  newInput(aval: ShapedArray): JaxprTracer {
    return new JaxprTracer(this, new Var(aval))
  }

  /** The atom that stands for a value: its own variable, a literal, or a captured constant. */
  atomOf(value: JaxArray): Atom {
    if (value instanceof JaxprTracer && value.trace === this) return value.atom
    if (value instanceof Tracer) assertNotLeaked(value, this.transformation)
    if (value instanceof ConcreteArray && value.literal) return literalOf(value)
    let constvar = this.constants.get(value)
    if (constvar === undefined) {
      constvar = new Var(value.aval)
      this.constants.set(value, constvar)
    }
    return constvar
  }

  emit(primitive: Primitive, inputs: readonly Atom[], params: Params, outAvals: readonly ShapedArray[]): JaxprTracer[] {
    const outputs = outAvals.map((aval) => new Var(aval))
    this.eqns.push({ primitive, inputs, outputs, params, source: currentSource() })
    return outputs.map((output) => new JaxprTracer(this, output))
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const inputs = args.map((arg) => this.atomOf(arg))
    return this.emit(
      primitive,
      inputs,
      params,
      primitive.abstractEval(
        args.map((arg) => arg.aval),
        params,
      ),
    )
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    return stageCustomJvp(this, call, args)
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    return stageCustomVjp(this, call, args)
  }

  finish(inputs: readonly JaxprTracer[], outputs: readonly JaxArray[]): ClosedJaxpr {
    const outvars = outputs.map((output) => this.atomOf(output))
    this.live = false
    const jaxpr = new Jaxpr(
      [...this.constants.values()],
      inputs.map((input) => input.atom),
      this.eqns,
      outvars,
    )
    return new ClosedJaxpr(jaxpr, [...this.constants.keys()])
  }
}

/** How a scalar that was written in the program stands in an equation. */
export function literalOf(value: ConcreteArray): Literal {
  return new Literal(elementAt(value.dtype, value.host.data, 0), value.aval)
}

/**
 * Runs a flat function on abstract values and records it. Constants that it captures, concrete arrays
 * or tracers of enclosing transformations, become constvars. What was traced before an error goes to `brokeOff`.
 */
export function traceToJaxpr(
  fun: FlatFunction,
  inAvals: readonly ShapedArray[],
  transformation = 'jit',
  brokeOff: ((program: ClosedJaxpr) => void) | null = null,
): ClosedJaxpr {
  return traceWithAux((...args) => ({ outputs: fun(...args), aux: null }), inAvals, transformation, brokeOff).jaxpr
}

/** `traceToJaxpr` for a function that also learns something while it is traced. */
export function traceWithAux<T>(
  fun: (...args: JaxArray[]) => { outputs: readonly JaxArray[]; aux: T },
  inAvals: readonly ShapedArray[],
  transformation: string,
  brokeOff: ((program: ClosedJaxpr) => void) | null = null,
): { jaxpr: ClosedJaxpr; aux: T } {
  const trace = new JaxprTrace(transformation)
  const inputs = inAvals.map((aval) => trace.newInput(aval))
  try {
    return withTrace(trace, () => {
      const { outputs, aux } = fun(...inputs)
      return { jaxpr: trace.finish(inputs, outputs), aux }
    })
  } catch (error) {
    brokeOff?.(trace.finish(inputs, []))
    throw error
  } finally {
    trace.live = false
  }
}

/**
 * Turns captured constants into leading inputs, so that the jaxpr is closed and can be an equation's
 * parameter; the caller passes the constants as operands.
 */
export function hoistConstants(closed: ClosedJaxpr): { jaxpr: ClosedJaxpr; consts: readonly JaxArray[] } {
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  if (constvars.length === 0) return { jaxpr: closed, consts: [] }
  return { jaxpr: new ClosedJaxpr(new Jaxpr([], [...constvars, ...invars], eqns, outvars), []), consts: closed.consts }
}

/** Hoists only the constants that are tracers; concrete arrays stay inside. */
export function hoistTracers(closed: ClosedJaxpr): { jaxpr: ClosedJaxpr; tracers: readonly JaxArray[] } {
  const traced = closed.consts.map((value) => value instanceof Tracer)
  if (!traced.includes(true)) return { jaxpr: closed, tracers: [] }
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  const jaxpr = new Jaxpr(
    constvars.filter((_, i) => !traced[i]),
    [...constvars.filter((_, i) => traced[i]), ...invars],
    eqns,
    outvars,
  )
  return {
    jaxpr: new ClosedJaxpr(
      jaxpr,
      closed.consts.filter((_, i) => !traced[i]),
    ),
    tracers: closed.consts.filter((_, i) => traced[i]),
  }
}
