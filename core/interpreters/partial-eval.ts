import { ValueError } from '../errors.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type CustomJvpCall,
  type CustomVjpCall,
  type FlatFunction,
  type Params,
  type Primitive,
  type Tangent,
  Zero,
} from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import type { RecordedCall } from '../tracing/recorder.ts'
import { Trace, Tracer, currentTrace, withTrace } from '../tracing/trace.ts'
import { isDifferentiable } from '../primitives/zeros.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { evalClosed } from './eval-jaxpr.ts'
import { JvpTrace } from './jvp.ts'
import { next } from '../ir/sequence.ts'
import { hoistConstants, literalOf, traceWithAux } from './to-jaxpr.ts'

/** A value that is not known yet: the tangent that will be pushed later. Known values are bare arrays. */
export class UnknownTracer extends Tracer {
  readonly trace: PartialEvalTrace
  readonly aval: ShapedArray
  readonly atom: Var

  constructor(trace: PartialEvalTrace, atom: Var) {
    super()
    this.trace = trace
    this.aval = atom.aval
    this.atom = atom
  }

  override hostValue(): HostArray | null {
    return null
  }
}

/**
 * Computes what is known in the parent and stages the rest. Known values that the staged part reads
 * are its residuals. JAX: `pe.JaxprTrace`.
 */
export class PartialEvalTrace extends Trace {
  readonly transformation: string
  readonly parent: Trace
  readonly eqns: JaxprEqn[] = []
  /** Known values that the staged part reads, in the order it met them. */
  readonly residuals = new Map<JaxArray, Var>()

  constructor(parent: Trace, transformation: string) {
    super()
    this.parent = parent
    this.transformation = transformation
  }

  newUnknown(aval: ShapedArray): UnknownTracer {
    return new UnknownTracer(this, new Var(aval))
  }

  isUnknown(value: JaxArray): value is UnknownTracer {
    return value instanceof UnknownTracer && value.trace === this
  }

  atomOf(value: JaxArray): Atom {
    if (this.isUnknown(value)) return value.atom
    if (value instanceof ConcreteArray && value.literal) return literalOf(value)
    let residual = this.residuals.get(value)
    if (residual === undefined) {
      residual = new Var(value.aval)
      this.residuals.set(value, residual)
    }
    return residual
  }

  private readonly stage = (primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] => {
    const avals = primitive.abstractEval(
      args.map((arg) => arg.aval),
      params,
    )
    const outputs = avals.map((aval) => new Var(aval))
    const inputs = args.map((arg) => this.atomOf(arg))
    this.eqns.push({ primitive, inputs, outputs, params, source: currentSource() })
    return outputs.map((output) => new UnknownTracer(this, output))
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const outs = this.split(primitive, args, params)
    this.log?.add(primitive, args, params, outs)
    return outs
  }

  private split(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const unknown = args.map((arg) => this.isUnknown(arg))
    if (!unknown.includes(true)) return this.parent.process(primitive, args, params)
    if (primitive.partialEval === undefined) return this.stage(primitive, args, params)
    const rule = primitive.partialEval.bind(primitive)
    return withTrace(this.parent, () => rule(args, unknown, params, this.stage))
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    if (args.some((arg) => this.isUnknown(arg))) return withTrace(this, () => call.fun(...args))
    return withTrace(this.parent, () => this.parent.processCustomJvp(call, args))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    if (args.some((arg) => this.isUnknown(arg))) return withTrace(this, () => call.fun(...args))
    return withTrace(this.parent, () => this.parent.processCustomVjp(call, args))
  }

  /** The staged part with residuals as constants, without equations that no output needs. */
  finish(inputs: readonly UnknownTracer[], outputs: readonly JaxArray[]): ClosedJaxpr {
    const outvars = outputs.map((output) => this.atomOf(output))
    this.live = false
    const eqns = liveEqns(this.eqns, outvars)
    const read = new Set<Atom>([...eqns.flatMap((eqn) => eqn.inputs), ...outvars])
    const kept = [...this.residuals].filter(([, variable]) => read.has(variable))
    return new ClosedJaxpr(
      new Jaxpr(
        kept.map(([, variable]) => variable),
        inputs.map((input) => input.atom),
        eqns,
        outvars,
      ),
      kept.map(([value]) => value),
    )
  }
}

/** Equations that an output depends on, or that have an effect, each without outputs that nothing reads. */
export function liveEqns(eqns: readonly JaxprEqn[], outvars: readonly Atom[]): JaxprEqn[] {
  const needed = new Set<Atom>(outvars)
  return eqns
    .toReversed()
    .flatMap((eqn) => {
      const used = eqn.outputs.map((output) => needed.has(output))
      if (eqn.primitive.effectful !== true && !used.includes(true)) return []
      const live = used.includes(false) ? pruned(eqn, used) : eqn
      live.inputs.forEach((input) => needed.add(input))
      return [live]
    })
    .toReversed()
}

function pruned(eqn: JaxprEqn, used: readonly boolean[]): JaxprEqn {
  const rest = eqn.primitive.prune?.(used, eqn.params)
  if (rest === undefined) return eqn
  return {
    ...eqn,
    params: rest.params,
    inputs: rest.inputs.map((i) => eqn.inputs[i]),
    outputs: rest.outputs.map((i) => eqn.outputs[i]),
  }
}

/** A jaxpr with some of its outputs: the equations they need, and which inputs those read. */
export function pruneJaxpr(
  { jaxpr, consts }: ClosedJaxpr,
  outputs: readonly number[],
): { usedInputs: boolean[]; keeping: (inputs: readonly number[]) => ClosedJaxpr } {
  const outvars = outputs.map((i) => jaxpr.outvars[i])
  const eqns = liveEqns(jaxpr.eqns, outvars)
  const read = new Set<Atom>([...eqns.flatMap((eqn) => eqn.inputs), ...outvars])
  const usedInputs = jaxpr.invars.map((invar) => read.has(invar))
  const keeping = (inputs: readonly number[]): ClosedJaxpr =>
    new ClosedJaxpr(
      new Jaxpr(
        jaxpr.constvars,
        inputs.map((i) => jaxpr.invars[i]),
        eqns,
        outvars,
      ),
      consts,
    )
  return { usedInputs, keeping }
}

/** A function at a point: its outputs, and the linear map from tangents in to tangents out. */
export interface Linearized {
  readonly outputs: readonly JaxArray[]
  /** Takes the tangents of the differentiable inputs, gives those of the outputs that have one. */
  readonly linear: ClosedJaxpr
  /** Which inputs the linear map takes a tangent for. */
  readonly inputHasTangent: readonly boolean[]
  /** Which outputs depend on them; the tangent of the others is zero. */
  readonly outputHasTangent: readonly boolean[]
}

/** Evaluates `fun` and records its derivative as a linear jaxpr: jvp with unknown tangents. */
export function linearizeFlat(
  fun: FlatFunction,
  primals: readonly JaxArray[],
  transformation = 'grad',
  active: readonly boolean[] = primals.map(() => true),
  call: RecordedCall | null = null,
): Linearized {
  const partial = new PartialEvalTrace(currentTrace(), transformation)
  const jvp = new JvpTrace(partial, transformation)
  const inputHasTangent = primals.map((primal, i) => active[i] && isDifferentiable(primal.aval))
  const inputs: UnknownTracer[] = []
  const duals = primals.map((primal, i) => {
    if (!inputHasTangent[i]) return primal
    const unknown = partial.newUnknown(primal.aval)
    inputs.push(unknown)
    return jvp.join(primal, unknown)
  })
  try {
    const own = call?.within(jvp, duals, inputHasTangent)
    const outs = withTrace(jvp, () => fun(...duals))
    own?.returned(outs)
    const pairs = outs.map((out) => jvp.split(out))
    const outputs = pairs.map(({ primal }) => {
      if (partial.isUnknown(primal)) throw notReversible()
      return primal
    })
    const tangents: Tangent[] = pairs.map((pair) => pair.tangent)
    const outputHasTangent = tangents.map((tangent) => !(tangent instanceof Zero))
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    return { outputs, linear: partial.finish(inputs, live), inputHasTangent, outputHasTangent }
  } finally {
    jvp.live = false
    partial.live = false
  }
}

/** A jaxpr cut in two. */
export interface SplitJaxpr {
  /** Known inputs to known outputs followed by residuals. */
  readonly known: ClosedJaxpr
  /** Residuals followed by unknown inputs to unknown outputs. */
  readonly unknown: ClosedJaxpr
  readonly unknownOut: readonly boolean[]
  readonly numResiduals: number
}

/** Cuts a closed jaxpr into what can be computed from the known inputs and what cannot. */
export function partialEvalJaxpr(
  closed: ClosedJaxpr,
  unknownIn: readonly boolean[],
  forceUnknown: readonly boolean[] = [],
): SplitJaxpr {
  const { jaxpr: known, aux } = traceWithAux(
    (...knownArgs) => {
      const partial = new PartialEvalTrace(currentTrace(), 'linearize')
      const unknowns: UnknownTracer[] = []
      const given = knownArgs.values()
      const args = closed.inAvals.map((aval, i) => {
        if (!unknownIn[i]) return next(given)
        const unknown = partial.newUnknown(aval)
        unknowns.push(unknown)
        return unknown
      })
      const outs = withTrace(partial, () => evalClosed(closed, args))
      const unknownOut = outs.map((out, i) => partial.isUnknown(out) || forceUnknown[i] === true)
      const rest = hoistConstants(
        partial.finish(
          unknowns,
          outs.filter((_, i) => unknownOut[i]),
        ),
      )
      return {
        outputs: [...outs.filter((_, i) => !unknownOut[i]), ...rest.consts],
        aux: { unknown: rest.jaxpr, unknownOut, numResiduals: rest.consts.length },
      }
    },
    closed.inAvals.filter((_, i) => !unknownIn[i]),
    'linearize',
  )
  return { known, ...aux }
}

/** What JAX says when a rule computes a primal from a tangent: only forward mode can follow it. */
export function notReversible(): ValueError {
  return new ValueError(
    'Linearization failed to produce known values for all output primals: an operation of the function has a forward derivative only.',
    {
      hint: 'Take jvp or jacfwd of it, or give the function a derivative with customVjp. lax.reduce and lax.reduceWindow by a function of your own are such operations; with lax.add, lax.max or lax.min and their identity as initial value they are not.',
    },
  )
}
