import { ShapedArray } from '../ir/aval.ts'
import { hostArray } from '../ir/host-array.ts'
import { ValueError } from '../errors.ts'
import { deviceContext } from '../runtime/device-context.ts'
import { axisSizeOf } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type AxisData,
  type BatchDim,
  type Params,
  type Primitive,
  UndefinedPrimal,
  Zero,
  definePrimitive,
} from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { moveAxis, moveBatchAxis } from './batch-axis.ts'
import { checkDTypes } from './elementwise.ts'
import { iota } from './iota.ts'
import { concatenate } from './joining.ts'
import { reshape } from './movement.ts'
import { reduceSum } from './reductions.ts'
import { linearJvp, zeroJvp } from './rules.ts'
import { slice } from './slicing.ts'
import { zerosOf } from './zeros.ts'
import { moves, oneEach } from './costs.ts'

/** The cotangent of the one operand, by a function of the cotangent of the result. */
function transposeBy<P extends Params>(
  back: (cotangent: JaxArray, params: P) => JaxArray,
): NonNullable<Primitive<P>['transpose']> {
  return ([ct], [x], params) => {
    if (!(x instanceof UndefinedPrimal)) return [null]
    return [ct instanceof Zero ? new Zero(x.aval) : back(ct, params)]
  }
}

function laneOf(x: JaxArray, lane: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === 0 ? lane : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === 0 ? lane + 1 : length)),
    strides: null,
  })
}

type PermuteParams = { axis_name: readonly string[]; perm: readonly (readonly [number, number])[] }

/** Sends the value of each source to its destination; a device that receives nothing gets zeros. */
export const ppermutePrimitive: Primitive<PermuteParams> = definePrimitive<PermuteParams>({
  name: 'ppermute',
  cost: moves,
  axisNames: ({ axis_name }) => axis_name,
  abstractEval(avals, { axis_name }) {
    axisSizeOf(axis_name[0], 'lax.ppermute')
    return [...avals]
  },
  impl([x], { axis_name, perm }) {
    const context = deviceContext(axis_name[0], 'ppermute')
    const source = perm.find(([, to]) => to === context.axisIndex)
    return [
      context.exchange('ppermute', x, (all) =>
        source === undefined ? hostArray(x.shape, x.dtype) : all.of(source[0]),
      ),
    ]
  },
  jvp: linearJvp(() => ppermutePrimitive),
  transpose: transposeBy((ct, { axis_name, perm }) =>
    bindOne(ppermutePrimitive, [ct], { axis_name, perm: perm.map(([from, to]) => [to, from] as const) }),
  ),
  batch([x], [dim], params, axis) {
    if (!isNamed(params.axis_name, axis)) return { outputs: [bindOne(ppermutePrimitive, [x], params)], dims: [dim] }
    const front = moveBatchAxis(x, dim, 0, axis.size)
    const moved = Array.from({ length: axis.size }, (_, to) => {
      const source = params.perm.find(([, destination]) => destination === to)
      return source === undefined ? zerosOf(laneOf(front, 0).aval) : laneOf(front, source[0])
    })
    return { outputs: [concatenate(moved, { dimension: 0 })], dims: [0] }
  },
})

function isNamed(names: string | readonly string[], axis: AxisData): boolean {
  return axis.name !== null && [names].flat().includes(axis.name)
}

type BroadcastParams = { axis_name: string; source: number }

/** The value of one device or lane for all. */
export const pbroadcastPrimitive: Primitive<BroadcastParams> = definePrimitive<BroadcastParams>({
  name: 'pbroadcast',
  cost: moves,
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval(avals, { axis_name }) {
    axisSizeOf(axis_name, 'lax.pbroadcast')
    return [...avals]
  },
  impl: ([x], { axis_name, source }) => [
    deviceContext(axis_name, 'pbroadcast').exchange('pbroadcast', x, (all) => all.of(source)),
  ],
  jvp: linearJvp(() => pbroadcastPrimitive),
  // Only the source's value went out, so only there the sum of all cotangents comes back.
  transpose: transposeBy((ct, { axis_name, source }) => {
    const size = axisSizeOf(axis_name, 'lax.pbroadcast')
    const gathered = bindOne(allGatherPrimitive, [ct], gatherParams(axis_name, size, 0, false))
    const summed = reduceSum(gathered, { axes: [0] })
    return bindOne(ppermutePrimitive, [summed], { axis_name: [axis_name], perm: [[source, source]] })
  }),
  batch([x], [dim], params, axis) {
    if (!isNamed(params.axis_name, axis)) return { outputs: [bindOne(pbroadcastPrimitive, [x], params)], dims: [dim] }
    const lane = laneOf(moveBatchAxis(x, dim, 0, axis.size), params.source)
    return { outputs: [reshape(lane, { new_sizes: lane.shape.slice(1) })], dims: [null] }
  },
})

type GatherParams = {
  all_gather_dimension: number
  axis_index_groups: null
  axis_name: readonly string[]
  axis_size: number
  tiled: boolean
}

function gatherParams(axisName: string, axis_size: number, dimension: number, tiled: boolean): GatherParams {
  return { all_gather_dimension: dimension, axis_index_groups: null, axis_name: [axisName], axis_size, tiled }
}

/** The values of all devices or lanes, stacked along a new axis, or joined along an axis they have. */
export const allGatherPrimitive: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: 'all_gather',
  cost: moves,
  axisNames: ({ axis_name }) => axis_name,
  abstractEval([aval], { axis_name, axis_size, all_gather_dimension, tiled }) {
    axisSizeOf(axis_name[0], 'lax.allGather')
    const shape = tiled
      ? aval.shape.map((length, axis) => (axis === all_gather_dimension ? length * axis_size : length))
      : aval.shape.toSpliced(all_gather_dimension, 0, axis_size)
    return [aval.with({ shape })]
  },
  impl: ([x], { axis_name, all_gather_dimension, tiled }) => [
    deviceContext(axis_name[0], 'all_gather').exchange('all_gather', x, (all) =>
      all.along(all_gather_dimension, tiled),
    ),
  ],
  jvp: linearJvp(() => allGatherPrimitive),
  transpose: transposeBy((ct, { all_gather_dimension, axis_name, axis_size, tiled }) =>
    bindOne(reduceScatterPrimitive, [ct], {
      axis_index_groups: null,
      axis_name,
      axis_size,
      scatter_dimension: all_gather_dimension,
      tiled,
    }),
  ),
  batch([x], [dim], params, axis) {
    const { all_gather_dimension, tiled } = params
    if (!isNamed(params.axis_name, axis)) {
      const front = moveBatchAxis(x, dim, 0, axis.size)
      const outer = { ...params, all_gather_dimension: all_gather_dimension + 1 }
      return { outputs: [bindOne(allGatherPrimitive, [front], outer)], dims: [0] }
    }
    const gathered = moveBatchAxis(x, dim, all_gather_dimension, axis.size)
    if (!tiled) return { outputs: [gathered], dims: [null] }
    const { shape } = gathered
    const new_sizes = shape.toSpliced(
      all_gather_dimension,
      2,
      shape[all_gather_dimension] * shape[all_gather_dimension + 1],
    )
    return { outputs: [reshape(gathered, { new_sizes })], dims: [null] }
  },
})

type ScatterParams = {
  axis_index_groups: null
  axis_name: readonly string[]
  axis_size: number
  scatter_dimension: number
  tiled: boolean
}

/** The sum over all devices or lanes, of which each keeps its own part. */
export const reduceScatterPrimitive: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
  name: 'reduce_scatter',
  cost: oneEach,
  axisNames: ({ axis_name }) => axis_name,
  abstractEval([aval], { axis_name, axis_size, scatter_dimension, tiled }) {
    axisSizeOf(axis_name[0], 'lax.psumScatter')
    checkDTypes('reduce_scatter', [aval], ['number'])
    const length = aval.shape[scatter_dimension]
    if (tiled ? length % axis_size !== 0 : length !== axis_size) {
      throw new ValueError(
        `lax.psumScatter: axis ${scatter_dimension} of ${aval.toString()} has length ${length}, which ${tiled ? `${axis_size} does not divide` : `is not the axis size ${axis_size}`}.`,
      )
    }
    const shape = tiled
      ? aval.shape.with(scatter_dimension, length / axis_size)
      : aval.shape.toSpliced(scatter_dimension, 1)
    return [aval.with({ shape })]
  },
  impl([x], { axis_name, axis_size, scatter_dimension, tiled }) {
    const context = deviceContext(axis_name[0], 'reduce_scatter')
    const { axisIndex } = context
    return [
      context.exchange('reduce_scatter', x, (all) =>
        all.parts(scatter_dimension, axisIndex, axis_size, tiled).reduced('sum'),
      ),
    ]
  },
  jvp: linearJvp(() => reduceScatterPrimitive),
  transpose: transposeBy((ct, { axis_name, axis_size, scatter_dimension, tiled }) =>
    bindOne(allGatherPrimitive, [ct], gatherParams(axis_name[0], axis_size, scatter_dimension, tiled)),
  ),
  batch([x], [dim], params, axis) {
    const { scatter_dimension, tiled } = params
    if (!isNamed(params.axis_name, axis)) {
      const front = moveBatchAxis(x, dim, 0, axis.size)
      const outer = { ...params, scatter_dimension: scatter_dimension + 1 }
      return { outputs: [bindOne(reduceScatterPrimitive, [front], outer)], dims: [0] }
    }
    const summed = reduceSum(moveBatchAxis(x, dim, 0, axis.size), { axes: [0] })
    if (!tiled) return { outputs: [summed], dims: [scatter_dimension] }
    const length = summed.shape[scatter_dimension]
    const new_sizes = summed.shape.toSpliced(scatter_dimension, 1, axis.size, length / axis.size)
    return { outputs: [reshape(summed, { new_sizes })], dims: [scatter_dimension] }
  },
})

type AllToAllParams = {
  axis_index_groups: null
  axis_name: string
  concat_axis: number
  split_axis: number
  tiled: boolean
}

/** Cuts every value in as many parts as there are devices or lanes, and gives part i to number i. */
export const allToAllPrimitive: Primitive<AllToAllParams> = definePrimitive<AllToAllParams>({
  name: 'all_to_all',
  cost: moves,
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval([aval], { axis_name, concat_axis, split_axis, tiled }) {
    const size = axisSizeOf(axis_name, 'lax.allToAll')
    const length = aval.shape[split_axis]
    if (tiled ? length % size !== 0 : length !== size) {
      throw new ValueError(
        `lax.allToAll: axis ${split_axis} of ${aval.toString()} has length ${length}, which ${tiled ? `${size} does not divide` : `is not the axis size ${size}`}.`,
      )
    }
    if (!tiled) return [aval.with({ shape: aval.shape.toSpliced(split_axis, 1).toSpliced(concat_axis, 0, size) })]
    const split = aval.shape.with(split_axis, length / size)
    return [aval.with({ shape: split.with(concat_axis, split[concat_axis] * size) })]
  },
  impl([x], { axis_name, concat_axis, split_axis, tiled }) {
    const context = deviceContext(axis_name, 'all_to_all')
    const { axisIndex, axisSize } = context
    return [
      context.exchange('all_to_all', x, (all) =>
        all.parts(split_axis, axisIndex, axisSize, tiled).along(concat_axis, tiled),
      ),
    ]
  },
  jvp: linearJvp(() => allToAllPrimitive),
  transpose: transposeBy((ct, params) =>
    bindOne(allToAllPrimitive, [ct], { ...params, concat_axis: params.split_axis, split_axis: params.concat_axis }),
  ),
  batch([x], [dim], params, axis) {
    const { concat_axis, split_axis, tiled } = params
    const front = moveBatchAxis(x, dim, 0, axis.size)
    if (!isNamed(params.axis_name, axis)) {
      const outer = { ...params, concat_axis: concat_axis + 1, split_axis: split_axis + 1 }
      return { outputs: [bindOne(allToAllPrimitive, [front], outer)], dims: [0] }
    }
    const { size } = axis
    const inner = front.shape.slice(1)
    if (!tiled) {
      // The split axis becomes the lanes, and the lanes become a new axis where the parts are joined.
      const swapped = moveAxis(front, split_axis + 1, 0)
      return { outputs: [moveAxis(swapped, 1, 1 + concat_axis)], dims: [0] }
    }
    // [lane, …, size × part, …]: the part's number becomes the new lane, the old lane joins the other axis.
    const cut = reshape(front, { new_sizes: [size, ...inner.toSpliced(split_axis, 1, size, inner[split_axis] / size)] })
    const swapped = moveAxis(cut, split_axis + 1, 0)
    const placed = moveAxis(swapped, 1, 1 + concat_axis)
    const joined = placed.shape.toSpliced(
      1 + concat_axis,
      2,
      placed.shape[1 + concat_axis] * placed.shape[2 + concat_axis],
    )
    return { outputs: [reshape(placed, { new_sizes: joined })], dims: [0] }
  },
})

type IndexParams = { axis_name: string }

/** Which device or lane of the axis this is. */
export const axisIndexPrimitive: Primitive<IndexParams> = definePrimitive<IndexParams>({
  name: 'axis_index',
  cost: moves,
  axisNames: ({ axis_name }) => [axis_name],
  abstractEval(_avals, { axis_name }) {
    axisSizeOf(axis_name, 'lax.axisIndex')
    return [new ShapedArray([], 'int32')]
  },
  impl(_args, { axis_name }) {
    return [hostArray([], 'int32', Int32Array.of(deviceContext(axis_name, 'axis_index').axisIndex))]
  },
  jvp: zeroJvp(() => axisIndexPrimitive),
  batch(_args, _dims, params, axis): { outputs: JaxArray[]; dims: BatchDim[] } {
    if (axis.name !== params.axis_name) return { outputs: [bindOne(axisIndexPrimitive, [], params)], dims: [null] }
    return { outputs: [iota({ dtype: 'int32', shape: [axis.size], dimension: 0 })], dims: [0] }
  },
})
