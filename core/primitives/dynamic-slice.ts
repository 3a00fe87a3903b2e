import { numberOf } from '../ir/element.ts'
import { JaxTypeError } from '../errors.ts'
import { type ShapedArray, type Shape, formatShape } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { isInteger } from '../ir/dtype.ts'
import { sliceKernel, updateKernel } from '../compiler/reference/movement.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type BatchDim,
  type Params,
  type Primitive,
  UndefinedPrimal,
  Zero,
  definePrimitive,
} from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { upTo } from './axes.ts'
import { type GatherParams, gatherPrimitive } from './gather.ts'
import { broadcastInDim } from './movement.ts'
import { concatenate } from './joining.ts'
import { type ScatterParams, scatterPrimitive } from './scatter.ts'
import { instantiate, zerosOf } from './zeros.ts'
import { moves, readsResult } from './costs.ts'
import { spreadExcept, spreadPointwise } from './sharding-rules.ts'

function checkStarts(name: string, operand: ShapedArray, starts: readonly ShapedArray[]): void {
  if (starts.length !== operand.ndim) {
    throw new JaxTypeError(
      `${name} needs one start index per axis, got ${starts.length} for shape ${formatShape(operand.shape)}.`,
    )
  }
  const wrong = starts.find((start) => start.ndim !== 0 || !isInteger(start.dtype))
  if (wrong !== undefined) {
    throw new JaxTypeError(`${name}: start indices must be integer scalars, got ${wrong.toString()}.`)
  }
}

/** Start indices moved to where the whole block fits, which is what an index out of range means here. */
function clampedStarts(shape: Shape, starts: readonly HostArray[], block: Shape): number[] {
  return starts.map((start, axis) => Math.max(0, Math.min(numberOf(start), shape[axis] - block[axis])))
}

/** Scalar start indices as one index vector, batched at the front if any of them is. */
function indexVector(
  starts: readonly JaxArray[],
  dims: readonly BatchDim[],
  size: number,
): { index: JaxArray; dim: BatchDim } {
  if (dims.every((dim) => dim === null)) {
    const parts = starts.map((start) => broadcastInDim(start, { shape: [1], broadcast_dimensions: [] }))
    return { index: concatenate(parts, { dimension: 0 }), dim: null }
  }
  const columns = starts.map((start, axis) =>
    broadcastInDim(start, { shape: [size, 1], broadcast_dimensions: dims[axis] === null ? [] : [0] }),
  )
  return { index: concatenate(columns, { dimension: 1 }), dim: 0 }
}

/** The batching rule of `primitive`, which this file's primitives are special cases of. */
function batchAs<P extends Params>(
  primitive: Primitive<P>,
  ...[args, dims, params, axis]: Parameters<NonNullable<Primitive<P>['batch']>>
): { outputs: JaxArray[]; dims: BatchDim[] } {
  if (primitive.batch === undefined) throw new Error(`internal: ${primitive.name} has no batching rule`)
  if (dims.every((dim) => dim === null)) return { outputs: [bindOne(primitive, args, params)], dims: [null] }
  return primitive.batch(args, dims, params, axis)
}

type DynamicSliceParams = { readonly slice_sizes: readonly number[] }

export const dynamicSlicePrimitive: Primitive<DynamicSliceParams> = definePrimitive<DynamicSliceParams>({
  name: 'dynamic_slice',
  cost: readsResult,
  inferSharding: spreadExcept(([x], _params, [out]) =>
    upTo(x.ndim).filter((axis) => x.shape[axis] !== out.shape[axis]),
  ),

  abstractEval([operand, ...starts], { slice_sizes: sizes }) {
    checkStarts('dynamic_slice', operand, starts)
    const fits = sizes.length === operand.ndim && sizes.every((size, axis) => size >= 0 && size <= operand.shape[axis])
    if (!fits) {
      throw new JaxTypeError(
        `dynamic_slice needs slice_sizes between 0 and the length of each axis, got slice_sizes=${formatShape(sizes)} ` +
          `for shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand.with({ shape: sizes })]
  },

  impl([operand, ...starts], { slice_sizes }) {
    return [sliceKernel(operand, slice_sizes, clampedStarts(operand.shape, starts, slice_sizes), null)]
  },

  jvp([operand, ...starts], [tangent], params) {
    const primal = dynamicSlice(operand, starts, params)
    const out = tangent instanceof Zero ? new Zero(primal.aval) : dynamicSlice(tangent, starts, params)
    return { primals: [primal], tangents: [out] }
  },

  transpose([ct], [operand, ...starts]) {
    const none = starts.map(() => null)
    if (!(operand instanceof UndefinedPrimal)) return [null, ...none]
    if (ct instanceof Zero) return [new Zero(operand.aval), ...none]
    return [dynamicUpdateSlice(zerosOf(operand.aval), ct, knownStarts(starts)), ...none]
  },

  batch([operand, ...starts], [operandDim, ...startDims], { slice_sizes }, axis) {
    const rank = slice_sizes.length
    const { index, dim } = indexVector(starts, startDims, axis.size)
    const params: GatherParams = {
      dimension_numbers: {
        offset_dims: upTo(rank),
        collapsed_slice_dims: [],
        start_index_map: upTo(rank),
        operand_batching_dims: [],
        start_indices_batching_dims: [],
      },
      slice_sizes,
      unique_indices: true,
      indices_are_sorted: true,
      mode: 'clip',
      fill_value: null,
    }
    return batchAs(gatherPrimitive, [operand, index], [operandDim, dim], params, axis)
  },
})

function knownStarts(starts: readonly (JaxArray | UndefinedPrimal)[]): JaxArray[] {
  return starts.map((start) => {
    if (start instanceof UndefinedPrimal) throw new Error('internal: an integer index was taken for a linear operand')
    return start
  })
}

/** A block of `slice_sizes` from a start that is known only when the program runs; it is moved inside if need be. */
export function dynamicSlice(x: JaxArray, starts: readonly JaxArray[], { slice_sizes }: DynamicSliceParams): JaxArray {
  return bindOne(dynamicSlicePrimitive, [x, ...starts], { slice_sizes })
}

export const dynamicUpdateSlicePrimitive: Primitive = definePrimitive({
  name: 'dynamic_update_slice',
  cost: moves,
  inferSharding: spreadPointwise(),

  abstractEval([operand, update, ...starts]) {
    checkStarts('dynamic_update_slice', operand, starts)
    if (operand.dtype !== update.dtype) {
      throw new JaxTypeError(
        `dynamic_update_slice needs operand and update of one dtype, got ${operand.dtype} and ${update.dtype}.`,
      )
    }
    if (update.ndim !== operand.ndim || !update.shape.every((length, axis) => length <= operand.shape[axis])) {
      throw new JaxTypeError(
        `dynamic_update_slice: the update must fit into the operand, got update shape ${formatShape(update.shape)} ` +
          `for operand shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand]
  },

  impl([operand, update, ...starts]) {
    return [updateKernel(operand, update, clampedStarts(operand.shape, starts, update.shape))]
  },

  jvp([operand, update, ...starts], [operandTangent, updateTangent]) {
    const primal = dynamicUpdateSlice(operand, update, starts)
    if (operandTangent instanceof Zero && updateTangent instanceof Zero) {
      return { primals: [primal], tangents: [new Zero(primal.aval)] }
    }
    const tangent = dynamicUpdateSlice(instantiate(operandTangent), instantiate(updateTangent), starts)
    return { primals: [primal], tangents: [tangent] }
  },

  transpose([ct], [operand, update, ...starts]) {
    const none = starts.map(() => null)
    const operandIsLinear = operand instanceof UndefinedPrimal
    const updateIsLinear = update instanceof UndefinedPrimal
    if (ct instanceof Zero) {
      return [operandIsLinear ? new Zero(operand.aval) : null, updateIsLinear ? new Zero(update.aval) : null, ...none]
    }
    const known = knownStarts(starts)
    return [
      operandIsLinear ? dynamicUpdateSlice(ct, zerosOf(update.aval.with({ dtype: ct.dtype })), known) : null,
      updateIsLinear ? dynamicSlice(ct, known, { slice_sizes: update.aval.shape }) : null,
      ...none,
    ]
  },

  batch([operand, update, ...starts], [operandDim, updateDim, ...startDims], _params, axis) {
    const rank = starts.length
    const { index, dim } = indexVector(starts, startDims, axis.size)
    const params: ScatterParams = {
      dimension_numbers: {
        update_window_dims: upTo(rank),
        inserted_window_dims: [],
        scatter_dims_to_operand_dims: upTo(rank),
        operand_batching_dims: [],
        scatter_indices_batching_dims: [],
      },
      indices_are_sorted: true,
      unique_indices: true,
      mode: 'clip',
      update_jaxpr: null,
      update_consts: [],
    }
    return batchAs(scatterPrimitive, [operand, index, update], [operandDim, dim, updateDim], params, axis)
  },
})

/** A copy of `x` with `update` put at a start that is known only when the program runs. */
export function dynamicUpdateSlice(x: JaxArray, update: JaxArray, starts: readonly JaxArray[]): JaxArray {
  return bindOne(dynamicUpdateSlicePrimitive, [x, update, ...starts], {})
}

export const dynamicSlicePrimitives: readonly Primitive[] = [dynamicSlicePrimitive, dynamicUpdateSlicePrimitive]
