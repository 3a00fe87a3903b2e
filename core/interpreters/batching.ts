import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { innerJaxprs } from '../ir/check.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { withAxis } from '../tracing/axis-env.ts'
import type {
  AxisData,
  BatchDim,
  CustomJvpCall,
  CustomVjpCall,
  FlatFunction,
  Params,
  Primitive,
} from '../tracing/primitive.ts'
import type { Lanes } from '../tracing/record.ts'
import type { RecordedCall } from '../tracing/recorder.ts'
import { Trace, Tracer, currentTrace, withTrace } from '../tracing/trace.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { reduceSum } from '../primitives/reductions.ts'
import { NotImplementedError } from '../errors.ts'
import { evalClosed } from './eval-jaxpr.ts'
import { traceWithAux } from './to-jaxpr.ts'

/** An array with one axis more than its user sees: the mapped one. */
export class BatchTracer extends Tracer {
  readonly trace: BatchTrace
  readonly value: JaxArray
  readonly dim: number
  readonly aval: ShapedArray

  constructor(trace: BatchTrace, value: JaxArray, dim: number) {
    super()
    this.trace = trace
    this.value = value
    this.dim = dim
    this.aval = value.aval.with({ shape: value.shape.toSpliced(dim, 1) })
  }

  override hostValue(): HostArray | null {
    return null
  }

  override carries(): { array: JaxArray; lanes: Lanes } {
    const { axis, order } = this.trace
    return { array: this.value, lanes: { axis, order, dim: this.dim } }
  }
}

let traceCount = 0

/** Vectorisation. JAX: `batching.BatchTrace`. */
export class BatchTrace extends Trace {
  readonly transformation = 'vmap'
  readonly parent: Trace
  readonly axis: AxisData
  /** Grows with each vmap, so that inner ones have larger ones. */
  readonly order = ++traceCount

  constructor(parent: Trace, axis: AxisData) {
    super()
    this.parent = parent
    this.axis = axis
  }

  split(value: JaxArray): { value: JaxArray; dim: BatchDim } {
    if (value instanceof BatchTracer && value.trace === this) return { value: value.value, dim: value.dim }
    return { value, dim: null }
  }

  join(value: JaxArray, dim: BatchDim): JaxArray {
    return dim === null ? value : new BatchTracer(this, value, dim)
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const outs = this.batch(primitive, args, params)
    this.log?.add(primitive, args, params, outs)
    return outs
  }

  private batch(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const parts = args.map((arg) => this.split(arg))
    const values = parts.map((part) => part.value)
    const seen = this.axis.name !== null && namesAxis(primitive, params, this.axis.name)
    if (!seen && parts.every((part) => part.dim === null)) return this.parent.process(primitive, values, params)
    if (primitive.batch === undefined) {
      throw new NotImplementedError(`Batching rule for '${primitive.name}' not implemented`)
    }
    const rule = primitive.batch.bind(primitive)
    const { outputs, dims } = withTrace(this.parent, () =>
      rule(
        values,
        parts.map((part) => part.dim),
        params,
        this.axis,
      ),
    )
    return outputs.map((output, i) => this.join(output, dims[i]))
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    const parts = args.map((arg) => this.split(arg))
    const values = parts.map((part) => part.value)
    const dims = parts.map((part) => part.dim)
    if (dims.every((dim) => dim === null)) return this.parent.processCustomJvp(call, values)
    const batched: CustomJvpCall = {
      name: call.name,
      fun: (...inner) => this.inFront(call.fun, inner, dims),
      jvp: (...inner) => this.inFront(call.jvp, inner, [...dims, ...dims]),
    }
    return withTrace(this.parent, () => this.parent.processCustomJvp(batched, values)).map((out) => this.join(out, 0))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const parts = args.map((arg) => this.split(arg))
    const values = parts.map((part) => part.value)
    const dims = parts.map((part) => part.dim)
    if (dims.every((dim) => dim === null)) return this.parent.processCustomVjp(call, values)
    const batched: CustomVjpCall = {
      name: call.name,
      fun: (...inner) => this.inFront(call.fun, inner, dims),
      fwd: (...inner) => {
        let numOutputs = 0
        const both: FlatFunction = (...lane) => {
          const { outputs, residuals } = call.fwd(...lane)
          numOutputs = outputs.length
          return [...outputs, ...residuals]
        }
        const all = this.inFront(both, inner, dims)
        return { outputs: all.slice(0, numOutputs), residuals: all.slice(numOutputs) }
      },
      bwd: (...inner) => {
        const cotangents = this.inFront(
          call.bwd,
          inner,
          inner.map(() => 0),
        )
        return cotangents.map((cotangent, i) => {
          const dim = dims[i]
          // An argument that every lane shares collects the cotangents of all lanes.
          return dim === null ? reduceSum(cotangent, { axes: [0] }) : moveBatchAxis(cotangent, 0, dim, this.axis.size)
        })
      },
    }
    return withTrace(this.parent, () => this.parent.processCustomVjp(batched, values)).map((out) => this.join(out, 0))
  }

  /** Runs `fun` on batched values with every output's batch axis brought to the front. */
  private inFront(fun: FlatFunction, values: readonly JaxArray[], dims: readonly BatchDim[]): JaxArray[] {
    const { outputs, dims: outDims } = batchFlat(fun, values, dims, this.axis)
    return outputs.map((output, i) => moveBatchAxis(output, outDims[i], 0, this.axis.size))
  }
}

const axesOfJaxprs = new WeakMap<ClosedJaxpr, Map<string, boolean>>()

/** Whether an equation, or a program inside it, refers to a mapped axis by name. */
function namesAxis(primitive: Primitive, params: Params, name: string): boolean {
  if (primitive.axisNames?.(params).includes(name) === true) return true
  return innerJaxprs(params).some((inner) => {
    const known = axesOfJaxprs.get(inner) ?? new Map<string, boolean>()
    axesOfJaxprs.set(inner, known)
    let found = known.get(name)
    if (found === undefined) {
      found = inner.eqns.some((eqn) => namesAxis(eqn.primitive, eqn.params, name))
      known.set(name, found)
    }
    return found
  })
}

/** Runs a flat function on arrays of which axis `dims[i]` of argument i is mapped. */
export function batchFlat(
  fun: FlatFunction,
  values: readonly JaxArray[],
  dims: readonly BatchDim[],
  axis: AxisData,
  call: RecordedCall | null = null,
): { outputs: JaxArray[]; dims: BatchDim[] } {
  const trace = new BatchTrace(currentTrace(), axis)
  try {
    const lanes = values.map((value, i) => trace.join(value, dims[i]))
    const own = call?.within(trace, lanes)
    const outs = withTrace(trace, () => withAxis(axis, () => fun(...lanes)))
    own?.returned(outs)
    const parts = outs.map((out) => trace.split(out))
    return { outputs: parts.map((part) => part.value), dims: parts.map((part) => part.dim) }
  } finally {
    trace.live = false
  }
}

/**
 * The batched form of a closed jaxpr: batched inputs and outputs carry the mapped axis in front.
 * Outputs in `forced` are batched even when every lane agrees.
 */
export function batchJaxpr(
  closed: ClosedJaxpr,
  axis: AxisData,
  inBatched: readonly boolean[],
  forced: readonly boolean[] | boolean = false,
): { jaxpr: ClosedJaxpr; outBatched: boolean[] } {
  const inAvals = closed.inAvals.map((aval, i) =>
    inBatched[i] ? aval.with({ shape: [axis.size, ...aval.shape] }) : aval,
  )
  const { jaxpr, aux: outBatched } = traceWithAux(
    (...args) => {
      const dims = inBatched.map((batched) => (batched ? 0 : null))
      const { outputs, dims: outDims } = batchFlat((...inner) => evalClosed(closed, inner), args, dims, axis)
      const batched = outDims.map((dim, i) => dim !== null || (typeof forced === 'boolean' ? forced : forced[i]))
      return {
        outputs: outputs.map((out, i) => (batched[i] ? moveBatchAxis(out, outDims[i], 0, axis.size) : out)),
        aux: batched,
      }
    },
    inAvals,
    'vmap',
  )
  return { jaxpr, outBatched }
}
