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
import { Trace, Tracer, assertNotLeaked, currentTrace, withTrace } from '../tracing/trace.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { reduceSum } from '../primitives/reductions.ts'
import { NotImplementedError, UnexpectedTracerError } from '../errors.ts'
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

  /**
   * A value with its mapped axis. Whatever maps the same axis is one transformation, as in JAX: rules of custom
   * functions run under a trace of their own, and may read values that the lane around them knows.
   */
  split(value: JaxArray): { value: JaxArray; dim: BatchDim } {
    if (!(value instanceof BatchTracer) || value.trace.axis !== this.axis) return { value, dim: null }
    if (value.trace !== this) assertNotLeaked(value, this.transformation)
    return { value: value.value, dim: value.dim }
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
    const dims = parts.map((part) => part.dim)
    const settled = new SettledDims(this.axis, call.name)
    const batched: CustomJvpCall = {
      ...call,
      fun: (...inner) => {
        const { outputs, dims: outDims } = batchFlat(call.fun, inner, dims, this.axis)
        return settled.conform(outputs, outDims)
      },
      jvp: (...inner) => {
        const { outputs, dims: outDims } = batchFlat(call.jvp, inner, [...dims, ...dims], this.axis)
        const half = outputs.length / 2
        const [primals, tangents] = [outputs.slice(0, half), outputs.slice(half)]
        // A value and its tangent have one shape, so that both are mapped if either is.
        settled.settle(primals.map((_, i) => outDims[i] ?? outDims[half + i]))
        return [...settled.conform(primals, outDims.slice(0, half)), ...settled.conform(tangents, outDims.slice(half))]
      },
    }
    const outs = withTrace(this.parent, () =>
      this.parent.processCustomJvp(
        batched,
        parts.map((part) => part.value),
      ),
    )
    return outs.map((out, i) => this.join(out, settled.dims[i]))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const parts = args.map((arg) => this.split(arg))
    const dims = parts.map((part) => part.dim)
    const settled = new SettledDims(this.axis, call.name)
    let residualDims: readonly BatchDim[] = []
    const batched: CustomVjpCall = {
      name: call.name,
      ruleNames: call.ruleNames,
      fun: (...inner) => {
        const { outputs, dims: outDims } = batchFlat(call.fun, inner, dims, this.axis)
        return settled.conform(outputs, outDims)
      },
      fwd: (...inner) => {
        let numOutputs = 0
        const both: FlatFunction = (...lane) => {
          const { outputs, residuals } = call.fwd(...lane)
          numOutputs = outputs.length
          return [...outputs, ...residuals]
        }
        const all = batchFlat(both, inner, dims, this.axis)
        residualDims = all.dims.slice(numOutputs)
        const outputs = settled.conform(all.outputs.slice(0, numOutputs), all.dims.slice(0, numOutputs))
        return { outputs, residuals: all.outputs.slice(numOutputs) }
      },
      bwd: (...inner) => {
        const cotangents = batchFlat(call.bwd, inner, [...residualDims, ...settled.dims], this.axis)
        return cotangents.outputs.map((cotangent, i) => {
          const [from, to] = [cotangents.dims[i], dims[i]]
          if (to !== null) return moveBatchAxis(cotangent, from, to, this.axis.size)
          // An argument that every lane shares collects the cotangents of all lanes.
          return from === null ? cotangent : reduceSum(cotangent, { axes: [from] })
        })
      },
    }
    const outs = withTrace(this.parent, () =>
      this.parent.processCustomVjp(
        batched,
        parts.map((part) => part.value),
      ),
    )
    return outs.map((out, i) => this.join(out, settled.dims[i]))
  }
}

/**
 * Which axes of a custom function's results are mapped: known once the function, or the rule in its place, has run.
 * Whatever runs later must give its results alike.
 */
class SettledDims {
  private readonly axis: AxisData
  private readonly name: string
  private known: readonly BatchDim[] | null = null

  constructor(axis: AxisData, name: string) {
    this.axis = axis
    this.name = name
  }

  get dims(): readonly BatchDim[] {
    if (this.known === null) throw new Error('internal: neither the function nor its rule has run')
    return this.known
  }

  settle(dims: readonly BatchDim[]): void {
    this.known ??= dims
  }

  conform(outputs: readonly JaxArray[], dims: readonly BatchDim[]): JaxArray[] {
    this.settle(dims)
    return outputs.map((output, i) => {
      const [from, to] = [dims[i], this.dims[i]]
      if (from === to) return output
      if (to !== null) return moveBatchAxis(output, from, to, this.axis.size)
      throw new UnexpectedTracerError(
        `${this.name}: its rule reads a value of the lane, which the function itself does not read.`,
        {
          hint: 'Pass the value as an argument of the function, so that rule and function see the same.',
          lesson: 'D1',
        },
      )
    })
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
