import type { ReductionKind } from '../compiler/reference/reduction.ts'
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
import { reduceMax, reduceMin, reduceSum } from './reductions.ts'
import { oneEach } from './costs.ts'

type ReduceParams = { axes: readonly string[]; axis_index_groups: null }

interface Reduction {
  readonly name: string
  readonly kind: ReductionKind
  readonly accepts: Accepted
  /** Over the lanes of a vmapped axis, which is axis `dim` of the value. */
  overLanes(x: JaxArray, dim: number): JaxArray
  /** Of a value that all lanes share. */
  ofShared(x: JaxArray, axis: AxisData): JaxArray
}

/** An all-reduce: every device or lane of the named axes ends up with the same result. */
function allReduce(reduction: Reduction, linear: boolean): Primitive<ReduceParams> {
  const primitive: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
    name: reduction.name,
    cost: oneEach,
    axisNames: ({ axes }) => axes,
    abstractEval(avals, { axes }) {
      axes.forEach((axis) => axisSizeOf(axis, `lax.${reduction.name}`))
      checkDTypes(reduction.name, avals, [reduction.accepts])
      return avals.map((aval) => aval.strengthened())
    },
    impl: ([x], { axes }) => [
      axes.reduce(
        (value, axis) => deviceContext(axis, reduction.name).exchange(reduction.name, value).reduced(reduction.kind),
        x,
      ),
    ],
    batch([x], [dim], params, axis) {
      const named = axis.name !== null && params.axes.includes(axis.name)
      const here = named ? (dim === null ? reduction.ofShared(x, axis) : reduction.overLanes(x, dim)) : x
      const rest = params.axes.filter((name) => !named || name !== axis.name)
      const output = rest.length === 0 ? here : bindOne(primitive, [here], { ...params, axes: rest })
      return { outputs: [output], dims: [named ? null : dim] }
    },
    ...(linear && {
      jvp: ([x], [t], params) => ({
        primals: [bindOne(primitive, [x], params)],
        tangents: [t instanceof Zero ? t : bindOne(primitive, [t], params)],
      }),
      transpose: ([ct], [x], params) => [
        x instanceof UndefinedPrimal ? (ct instanceof Zero ? ct : bindOne(primitive, [ct], params)) : null,
      ],
    }),
  })
  return primitive
}

export const psumPrimitive = allReduce(
  {
    name: 'psum',
    kind: 'sum',
    accepts: 'number',
    overLanes: (x, dim) => reduceSum(x, { axes: [dim] }),
    ofShared: (x, axis) => mul(x, operand(axis.size, x.dtype)),
  },
  true,
)
export const pmaxPrimitive = allReduce(
  {
    name: 'pmax',
    kind: 'max',
    accepts: 'bool or number',
    overLanes: (x, dim) => reduceMax(x, { axes: [dim] }),
    ofShared: (x) => x,
  },
  false,
)
export const pminPrimitive = allReduce(
  {
    name: 'pmin',
    kind: 'min',
    accepts: 'bool or number',
    overLanes: (x, dim) => reduceMin(x, { axes: [dim] }),
    ofShared: (x) => x,
  },
  false,
)

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
