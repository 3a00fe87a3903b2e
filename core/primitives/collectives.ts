import { type ReductionKind, reduceKernel } from '../compiler/reference/reduction.ts'
import { NotImplementedError } from '../errors.ts'
import type { ShapedArray } from '../ir/aval.ts'
import { deviceContext } from '../runtime/device-context.ts'
import { axisSizeOf } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type AxisData, type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import {
  allGatherPrimitive,
  allToAllPrimitive,
  axisIndexPrimitive,
  pbroadcastPrimitive,
  ppermutePrimitive,
  reduceScatterPrimitive,
} from './collectives-exchange.ts'
import { type Accepted, checkDTypes } from './elementwise.ts'
import { mul } from './elementwise-arithmetic.ts'
import { operand } from './operand.ts'
import { broadcastInDim } from './movement.ts'
import { type AxesParams, reduceMaxPrimitive, reduceMinPrimitive } from './reductions.ts'
import { combines, oneEach } from './costs.ts'
import { moveBatchAxis } from './batch-axis.ts'

/** Names of axes, and axes of the value: lanes of a vmap that a name stood for. */
type ReduceParams = { axes: readonly (string | number)[]; axis_index_groups: null }

interface Reduction {
  readonly name: string
  readonly kind: ReductionKind
  readonly accepts: Accepted
  /** Of a value that all lanes share. */
  ofShared(x: JaxArray, axis: AxisData): JaxArray
  /** The derivative, with that of the primitive at hand where all axes are lanes. */
  rules(self: () => Primitive<ReduceParams>): Pick<Primitive<ReduceParams>, 'jvp' | 'transpose'>
}

const isName = (axis: string | number): axis is string => typeof axis === 'string'
const isLane = (axis: string | number): axis is number => typeof axis === 'number'

function withoutLanes(aval: ShapedArray, axes: ReduceParams['axes']): ShapedArray {
  return aval.strengthened().with({ shape: aval.shape.filter((_, axis) => !axes.includes(axis)) })
}

/** An all-reduce: every device or lane of the named axes ends up with the same result. */
function allReduce(reduction: Reduction): Primitive<ReduceParams> {
  const primitive: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
    name: reduction.name,
    cost: (avals, params, outAvals) =>
      params.axes.some(isLane) ? combines(avals, params, outAvals) : oneEach(avals, params, outAvals),
    axisNames: ({ axes }) => axes.filter(isName),
    abstractEval(avals, { axes }) {
      axes.filter(isName).forEach((axis) => axisSizeOf(axis, `lax.${reduction.name}`))
      checkDTypes(reduction.name, avals, [reduction.accepts])
      return avals.map((aval) => withoutLanes(aval, axes))
    },
    impl([x], { axes }, [out]) {
      const lanes = axes.filter(isLane)
      const own = lanes.length === 0 ? x : reduceKernel(reduction.kind, x, lanes, out.shape)
      const exchanged = axes
        .filter(isName)
        .reduce(
          (value, axis) =>
            deviceContext(axis, reduction.name).exchange(reduction.name, value, (all) => all.reduced(reduction.kind)),
          own,
        )
      return [exchanged]
    },
    batch([x], [dim], params, axis) {
      const named = axis.name !== null && params.axes.includes(axis.name)
      if (dim === null) {
        const rest = params.axes.filter((name) => name !== axis.name)
        const within = named && rest.length === 0 ? x : bindOne(primitive, [x], { ...params, axes: rest })
        return { outputs: [named ? reduction.ofShared(within, axis) : within], dims: [null] }
      }
      const hasLanes = named || params.axes.some(isLane)
      const front = hasLanes ? moveBatchAxis(x, dim, 0, axis.size) : x
      const axes = params.axes.map((one) => (isLane(one) ? one + 1 : one === axis.name ? 0 : one))
      const output = bindOne(primitive, [front], { ...params, axes })
      return { outputs: [output], dims: [named ? null : hasLanes ? 0 : dim] }
    },
    ...reduction.rules(() => primitive),
  })
  return primitive
}

export const psumPrimitive = allReduce({
  name: 'psum',
  kind: 'sum',
  accepts: 'number',
  ofShared: (x, axis) => mul(operand(axis.size, x.dtype), x),
  rules: (self) => ({
    jvp: ([x], [t], params) => ({
      primals: [bindOne(self(), [x], params)],
      tangents: [t instanceof Zero ? new Zero(withoutLanes(x.aval, params.axes)) : bindOne(self(), [t], params)],
    }),
    transpose([ct], [x], params) {
      if (!(x instanceof UndefinedPrimal)) return [null]
      if (ct instanceof Zero) return [new Zero(x.aval)]
      const kept = x.aval.shape.flatMap((_, axis) => (params.axes.includes(axis) ? [] : [axis]))
      const names = params.axes.filter(isName)
      const whole =
        names.length === params.axes.length
          ? ct
          : broadcastInDim(ct, { shape: x.aval.shape, broadcast_dimensions: kept })
      return [bindOne(self(), [whole], { ...params, axes: names })]
    },
  }),
})

/** JAX has no derivative of these. Among lanes they are reductions like any other, so here they have theirs. */
function extremum(name: 'pmax' | 'pmin', kind: 'max' | 'min', reduced: Primitive<AxesParams>): Primitive<ReduceParams> {
  return allReduce({
    name,
    kind,
    accepts: 'bool or number',
    ofShared: (x) => x,
    rules: (self) => ({
      jvp([x], [t], params) {
        if (t instanceof Zero) {
          return { primals: [bindOne(self(), [x], params)], tangents: [new Zero(withoutLanes(x.aval, params.axes))] }
        }
        const lanes = params.axes.filter(isLane)
        if (reduced.jvp === undefined || lanes.length < params.axes.length) {
          throw new NotImplementedError(`Differentiation rule for '${name}' not implemented`, {
            hint: 'Between devices only sums have a derivative. Take lax.psum, or the maximum outside of the mapped function.',
          })
        }
        return reduced.jvp([x], [t], { axes: lanes })
      },
    }),
  })
}

export const pmaxPrimitive = extremum('pmax', 'max', reduceMaxPrimitive)
export const pminPrimitive = extremum('pmin', 'min', reduceMinPrimitive)

export const collectivePrimitives: readonly Primitive[] = [
  psumPrimitive,
  pmaxPrimitive,
  pminPrimitive,
  ppermutePrimitive,
  pbroadcastPrimitive,
  allGatherPrimitive,
  reduceScatterPrimitive,
  allToAllPrimitive,
  axisIndexPrimitive,
]
