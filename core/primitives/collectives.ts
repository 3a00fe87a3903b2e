import { ShapedArray } from '../ir/aval.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { deviceContext } from '../runtime/device-context.ts'
import { axisSizeOf } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type AxisData,
  type BatchDim,
  type Primitive,
  UndefinedPrimal,
  Zero,
  definePrimitive,
} from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { mul } from './elementwise-arithmetic.ts'
import { iota } from './iota.ts'
import { concatenate } from './joining.ts'
import { operand } from './operand.ts'
import { reduceMax, reduceMin, reduceSum } from './reductions.ts'
import { slice } from './slicing.ts'
import { zerosOf } from './zeros.ts'

type ReduceParams = { axes: readonly string[]; axis_index_groups: null }

interface Reduction {
  readonly name: string
  combine(a: number, b: number): number
  /** Over the lanes of a vmapped axis, which is axis `dim` of the value. */
  overLanes(x: JaxArray, dim: number): JaxArray
  /** Of a value that all lanes share. */
  ofShared(x: JaxArray, axis: AxisData): JaxArray
}

/** An all-reduce: every device or lane of the named axes ends up with the same result. */
function allReduce(reduction: Reduction, linear: boolean): Primitive<ReduceParams> {
  const primitive: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
    name: reduction.name,
    axisNames: ({ axes }) => axes,
    abstractEval(avals, { axes }) {
      axes.forEach((axis) => axisSizeOf(axis, `lax.${reduction.name}`))
      return avals.map((aval) => aval.strengthened())
    },
    impl: ([x], { axes }) => [axes.reduce((value, axis) => reduceAcross(reduction, value, axis), x)],
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

// Summed in order of the axis index on every device, so that all get the same bits.
function reduceAcross({ name, combine }: Reduction, value: HostArray, axis: string): HostArray {
  const [first, ...rest] = deviceContext(axis, name).exchange(name, value)
  const result = hostArray(value.shape, value.dtype)
  result.data.set(first.data)
  for (const other of rest) {
    for (let i = 0; i < result.data.length; i++) result.data[i] = combine(result.data[i], other.data[i])
  }
  return result
}

export const psumPrimitive = allReduce(
  {
    name: 'psum',
    combine: (a, b) => a + b,
    overLanes: (x, dim) => reduceSum(x, { axes: [dim] }),
    ofShared: (x, axis) => mul(x, operand(axis.size, x.dtype)),
  },
  true,
)
export const pmaxPrimitive = allReduce(
  {
    name: 'pmax',
    combine: (a, b) => Math.max(a, b),
    overLanes: (x, dim) => reduceMax(x, { axes: [dim] }),
    ofShared: (x) => x,
  },
  false,
)
export const pminPrimitive = allReduce(
  {
    name: 'pmin',
    combine: (a, b) => Math.min(a, b),
    overLanes: (x, dim) => reduceMin(x, { axes: [dim] }),
    ofShared: (x) => x,
  },
  false,
)

type PermuteParams = { axis_name: string; perm: readonly (readonly [number, number])[] }

/** Sends the value of each source to its destination; a device that receives nothing gets zeros. */
export const ppermutePrimitive: Primitive<PermuteParams> = definePrimitive<PermuteParams>({
  name: 'ppermute',
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval(avals, { axis_name }) {
    axisSizeOf(axis_name, 'lax.ppermute')
    return [...avals]
  },
  impl([x], { axis_name, perm }) {
    const context = deviceContext(axis_name, 'ppermute')
    const values = context.exchange('ppermute', x)
    const source = perm.find(([, to]) => to === context.axisIndex)
    const result = hostArray(x.shape, x.dtype)
    if (source !== undefined) result.data.set(values[source[0]].data)
    return [result]
  },
  jvp: ([x], [t], params) => ({
    primals: [bindOne(ppermutePrimitive, [x], params)],
    tangents: [t instanceof Zero ? t : bindOne(ppermutePrimitive, [t], params)],
  }),
  transpose([ct], [x], { axis_name, perm }) {
    if (!(x instanceof UndefinedPrimal)) return [null]
    const back = perm.map(([from, to]) => [to, from] as const)
    return [ct instanceof Zero ? ct : bindOne(ppermutePrimitive, [ct], { axis_name, perm: back })]
  },
  batch([x], [dim], params, axis) {
    if (axis.name !== params.axis_name) return { outputs: [bindOne(ppermutePrimitive, [x], params)], dims: [dim] }
    const lanes = lanesOf(moveBatchAxis(x, dim, 0, axis.size))
    const moved = lanes.map((lane, to) => {
      const source = params.perm.find(([, destination]) => destination === to)
      return source === undefined ? zerosOf(lane.aval) : lanes[source[0]]
    })
    return { outputs: [concatenate(moved, { dimension: 0 })], dims: [0] }
  },
})

function lanesOf(x: JaxArray): JaxArray[] {
  return Array.from({ length: x.shape[0] }, (_, i) =>
    slice(x, {
      start_indices: x.shape.map((_, axis) => (axis === 0 ? i : 0)),
      limit_indices: x.shape.map((length, axis) => (axis === 0 ? i + 1 : length)),
      strides: null,
    }),
  )
}

type GatherParams = { all_gather_dimension: number; axis_name: string; axis_size: number }

/** The values of all devices or lanes, stacked along a new axis. */
export const allGatherPrimitive: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: 'all_gather',
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval([aval], { axis_name, axis_size, all_gather_dimension }) {
    axisSizeOf(axis_name, 'lax.allGather')
    return [aval.with({ shape: aval.shape.toSpliced(all_gather_dimension, 0, axis_size) })]
  },
  impl([x], { axis_name, all_gather_dimension }, [out]) {
    const values = deviceContext(axis_name, 'all_gather').exchange('all_gather', x)
    const result = hostArray(out.shape, out.dtype)
    const inner = x.shape.slice(all_gather_dimension).reduce((product, length) => product * length, 1)
    const run =
      (inner * x.data.length) /
      Math.max(
        1,
        x.shape.reduce((product, length) => product * length, 1),
      )
    for (let outer = 0; outer * run < x.data.length; outer++) {
      values.forEach((value, device) => {
        result.data.set(value.data.subarray(outer * run, (outer + 1) * run), (outer * values.length + device) * run)
      })
    }
    return [result]
  },
  jvp: ([x], [t], params) => ({
    primals: [bindOne(allGatherPrimitive, [x], params)],
    tangents: [t instanceof Zero ? new Zero(x.aval) : bindOne(allGatherPrimitive, [t], params)],
  }),
  batch([x], [dim], params, axis) {
    if (axis.name === params.axis_name) {
      return { outputs: [moveBatchAxis(x, dim, params.all_gather_dimension, axis.size)], dims: [null] }
    }
    const front = moveBatchAxis(x, dim, 0, axis.size)
    const all_gather_dimension = params.all_gather_dimension + 1
    return { outputs: [bindOne(allGatherPrimitive, [front], { ...params, all_gather_dimension })], dims: [0] }
  },
})

type IndexParams = { axis_name: string }

/** Which device or lane of the axis this is. */
export const axisIndexPrimitive: Primitive<IndexParams> = definePrimitive<IndexParams>({
  name: 'axis_index',
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval(_avals, { axis_name }) {
    axisSizeOf(axis_name, 'lax.axisIndex')
    return [new ShapedArray([], 'int32')]
  },
  impl(_args, { axis_name }) {
    return [hostArray([], 'int32', Int32Array.of(deviceContext(axis_name, 'axis_index').axisIndex))]
  },
  batch(_args, _dims, params, axis): { outputs: JaxArray[]; dims: BatchDim[] } {
    if (axis.name !== params.axis_name) return { outputs: [bindOne(axisIndexPrimitive, [], params)], dims: [null] }
    return { outputs: [iota({ dtype: 'int32', shape: [axis.size], dimension: 0 })], dims: [0] }
  },
})

export const collectivePrimitives: readonly Primitive[] = [
  psumPrimitive,
  pmaxPrimitive,
  pminPrimitive,
  ppermutePrimitive,
  allGatherPrimitive,
  axisIndexPrimitive,
]
