import { wideIntegerRange } from '../ir/element.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type ShapedArray, type Shape, formatShape } from '../ir/aval.ts'
import { type DType, integerRange, isInteger, kindOf } from '../ir/dtype.ts'
import { type IndexMode, gatherKernel } from '../compiler/reference/gather.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { afterNewFront } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { scatterAdd } from './scatter.ts'
import { checkAxes, checkBatchingPairs, checkDisjoint, checkSorted } from './window-checks.ts'
import { zerosOf } from './zeros.ts'
import { readsResult } from './costs.ts'
import { spreadAlong } from './sharding-rules.ts'
import { upTo } from './axes.ts'

export type { IndexMode }

/**
 * How index vectors (the last axis of the indices) pick windows of the operand. As in XLA's Gather:
 * component i of an index vector starts the window along operand axis `start_index_map[i]`.
 */
export type GatherDimensionNumbers = {
  /** Axes of the result that run through the window. */
  readonly offset_dims: readonly number[]
  /** Operand axes of window size 1 that the result does not have. */
  readonly collapsed_slice_dims: readonly number[]
  readonly start_index_map: readonly number[]
  /** Operand axes walked in step with the indices' axes of the same place in `start_indices_batching_dims`. */
  readonly operand_batching_dims: readonly number[]
  readonly start_indices_batching_dims: readonly number[]
}

export type GatherParams = {
  readonly dimension_numbers: GatherDimensionNumbers
  readonly slice_sizes: readonly number[]
  readonly indices_are_sorted: boolean
  readonly unique_indices: boolean
  readonly mode: IndexMode
  readonly fill_value: number | boolean | null
}

function checkGather(operand: ShapedArray, indices: ShapedArray, params: GatherParams): void {
  const { dimension_numbers: dn, slice_sizes: sizes } = params
  if (!isInteger(indices.dtype)) throw new ValueError(`gather: indices must be integers, got ${indices.dtype}.`)
  if (indices.ndim === 0)
    throw new JaxTypeError('gather: indices need a last axis that holds the index vectors, got a scalar.')
  const vectorAxis = indices.ndim - 1
  checkAxes('gather', 'offset_dims', dn.offset_dims, dn.offset_dims.length + vectorAxis)
  checkSorted('gather', 'offset_dims', dn.offset_dims)
  checkAxes('gather', 'start_index_map', dn.start_index_map, operand.ndim)
  checkAxes('gather', 'collapsed_slice_dims', dn.collapsed_slice_dims, operand.ndim)
  checkSorted('gather', 'collapsed_slice_dims', dn.collapsed_slice_dims)
  checkAxes('gather', 'operand_batching_dims', dn.operand_batching_dims, operand.ndim)
  checkSorted('gather', 'operand_batching_dims', dn.operand_batching_dims)
  checkAxes('gather', 'start_indices_batching_dims', dn.start_indices_batching_dims, vectorAxis)
  const batching = ['operand_batching_dims', dn.operand_batching_dims] as const
  checkDisjoint('gather', ['collapsed_slice_dims', dn.collapsed_slice_dims], batching)
  checkDisjoint('gather', ['start_index_map', dn.start_index_map], batching)
  checkBatchingPairs('gather', operand.shape, batching[1], indices.shape, dn.start_indices_batching_dims)
  if (dn.start_index_map.length !== indices.shape[vectorAxis]) {
    throw new JaxTypeError(
      `gather: start_index_map has ${dn.start_index_map.length} entries but the index vectors have ` +
        `${indices.shape[vectorAxis]} components (indices of shape ${formatShape(indices.shape)}).`,
    )
  }
  const windowAxes = dn.offset_dims.length + dn.collapsed_slice_dims.length + dn.operand_batching_dims.length
  if (sizes.length !== operand.ndim || windowAxes !== operand.ndim) {
    throw new JaxTypeError(
      `gather: every operand axis needs a slice size and must be an offset, collapsed or batching axis, got ` +
        `slice_sizes=${formatShape(sizes)} and ${windowAxes} such axes for shape ${formatShape(operand.shape)}.`,
    )
  }
  if (indices.size > 0 && !sizes.every((size, axis) => size >= 0 && size <= operand.shape[axis])) {
    throw new JaxTypeError(
      `gather: slice sizes must not exceed the operand, got slice_sizes=${formatShape(sizes)} for shape ${formatShape(operand.shape)}.`,
    )
  }
  const singles = [...dn.collapsed_slice_dims, ...dn.operand_batching_dims]
  if (dn.collapsed_slice_dims.some((axis) => sizes[axis] !== 1) || singles.some((axis) => sizes[axis] > 1)) {
    throw new JaxTypeError(
      `gather: collapsed and batching axes must have slice size 1, got slice_sizes=${formatShape(sizes)} ` +
        `with collapsed_slice_dims=${formatShape(dn.collapsed_slice_dims)}.`,
    )
  }
}

function gatherShape(indices: ShapedArray, { dimension_numbers: dn, slice_sizes }: GatherParams): Shape {
  const window = slice_sizes.filter(
    (_, axis) => !dn.collapsed_slice_dims.includes(axis) && !dn.operand_batching_dims.includes(axis),
  )
  const lanes = indices.shape.slice(0, -1)
  const rank = dn.offset_dims.length + lanes.length
  let nextWindow = 0
  let nextLane = 0
  return Array.from({ length: rank }, (_, axis) =>
    dn.offset_dims.includes(axis) ? window[nextWindow++] : lanes[nextLane++],
  )
}

/** What an index out of range reads when nothing else was asked for: NaN, or the far end of the dtype. */
export function defaultFillValue(dtype: DType): number | bigint | boolean {
  switch (kindOf(dtype)) {
    case 'float':
    case 'complex':
      return NaN
    case 'int':
      return dtype === 'int64' ? wideIntegerRange(dtype).min : integerRange(dtype).min
    case 'uint':
      return dtype === 'uint64' ? wideIntegerRange(dtype).max : integerRange(dtype).max
    case 'bool':
      return true
    case 'key':
      return 2 ** 32 - 1
    case 'void':
      return 0
  }
}

export const gatherPrimitive: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: 'gather',
  cost: readsResult,
  inferSharding: spreadAlong(([operand, indices], { dimension_numbers: dn, slice_sizes }, [out]) => {
    const windows = upTo(operand.ndim).filter(
      (axis) => !dn.collapsed_slice_dims.includes(axis) && !dn.operand_batching_dims.includes(axis),
    )
    const lanes = upTo(out.ndim).filter((axis) => !dn.offset_dims.includes(axis))
    const wholeAxis = (axis: number): number | null => (slice_sizes[axis] === operand.shape[axis] ? axis : null)
    const ofLane = (lane: number): number => operand.ndim + lane
    return {
      operands: [
        upTo(operand.ndim).map((axis) => {
          const pair = dn.operand_batching_dims.indexOf(axis)
          if (pair >= 0) return ofLane(dn.start_indices_batching_dims[pair])
          return windows.includes(axis) ? wholeAxis(axis) : null
        }),
        upTo(indices.ndim).map((axis) => (axis < indices.ndim - 1 ? ofLane(axis) : null)),
      ],
      results: [
        upTo(out.ndim).map((axis) => {
          const window = dn.offset_dims.indexOf(axis)
          return window >= 0 ? wholeAxis(windows[window]) : ofLane(lanes.indexOf(axis))
        }),
      ],
    }
  }),

  abstractEval([operand, indices], params) {
    checkGather(operand, indices, params)
    return [operand.with({ shape: gatherShape(indices, params) })]
  },

  impl([operand, indices], { dimension_numbers: dn, slice_sizes, mode, fill_value }, [out]) {
    const addressing = {
      window: dn.offset_dims,
      collapsed: dn.collapsed_slice_dims,
      startIndexMap: dn.start_index_map,
      operandBatching: dn.operand_batching_dims,
      indicesBatching: dn.start_indices_batching_dims,
    }
    const fill: number | bigint | boolean = fill_value ?? defaultFillValue(operand.dtype)
    return [gatherKernel(operand, indices, out.shape, addressing, slice_sizes, mode, fill)]
  },

  jvp([operand, indices], [tangent], params) {
    const primal = bindOne(gatherPrimitive, [operand, indices], params)
    const out = tangent instanceof Zero ? new Zero(primal.aval) : gather(tangent, indices, { ...params, fill_value: 0 })
    return { primals: [primal], tangents: [out] }
  },

  transpose([ct], [operand, indices], params) {
    if (!(operand instanceof UndefinedPrimal) || indices instanceof UndefinedPrimal) return [null, null]
    if (ct instanceof Zero) return [new Zero(operand.aval), null]
    const { dimension_numbers: dn, indices_are_sorted, unique_indices, mode } = params
    const out = scatterAdd(zerosOf(operand.aval.with({ dtype: ct.dtype, weakType: false })), indices, ct, {
      dimension_numbers: {
        update_window_dims: dn.offset_dims,
        inserted_window_dims: dn.collapsed_slice_dims,
        scatter_dims_to_operand_dims: dn.start_index_map,
        operand_batching_dims: dn.operand_batching_dims,
        scatter_indices_batching_dims: dn.start_indices_batching_dims,
      },
      indices_are_sorted,
      unique_indices,
      mode,
    })
    return [out, null]
  },

  batch([operand, indices], [operandDim, indicesDim], params, { size }) {
    const { dimension_numbers: dn, slice_sizes } = params
    if (indicesDim === null) {
      const front = moveBatchAxis(operand, operandDim, 0, size)
      const output = bindOne(gatherPrimitive, [front, indices], {
        ...params,
        slice_sizes: [size, ...slice_sizes],
        dimension_numbers: {
          offset_dims: [0, ...afterNewFront(dn.offset_dims)],
          collapsed_slice_dims: afterNewFront(dn.collapsed_slice_dims),
          start_index_map: afterNewFront(dn.start_index_map),
          operand_batching_dims: afterNewFront(dn.operand_batching_dims),
          start_indices_batching_dims: dn.start_indices_batching_dims,
        },
      })
      return { outputs: [output], dims: [0] }
    }
    const frontIndices = moveBatchAxis(indices, indicesDim, 0, size)
    if (operandDim === null) {
      // Lanes that read one array may read the same place: promises about the indices no longer hold.
      const output = bindOne(gatherPrimitive, [operand, frontIndices], {
        ...params,
        unique_indices: false,
        indices_are_sorted: false,
        dimension_numbers: {
          ...dn,
          offset_dims: afterNewFront(dn.offset_dims),
          start_indices_batching_dims: afterNewFront(dn.start_indices_batching_dims),
        },
      })
      return { outputs: [output], dims: [0] }
    }
    const output = bindOne(gatherPrimitive, [moveBatchAxis(operand, operandDim, 0, size), frontIndices], {
      ...params,
      slice_sizes: [size === 0 ? 0 : 1, ...slice_sizes],
      dimension_numbers: {
        offset_dims: afterNewFront(dn.offset_dims),
        collapsed_slice_dims: afterNewFront(dn.collapsed_slice_dims),
        start_index_map: afterNewFront(dn.start_index_map),
        operand_batching_dims: [0, ...afterNewFront(dn.operand_batching_dims)],
        start_indices_batching_dims: [0, ...afterNewFront(dn.start_indices_batching_dims)],
      },
    })
    return { outputs: [output], dims: [0] }
  },
})

/** Windows of `x` at the places that `indices` names. A missing fill value is chosen by dtype where the mode fills. */
export function gather(
  x: JaxArray,
  indices: JaxArray,
  params: {
    dimension_numbers: GatherDimensionNumbers
    slice_sizes: readonly number[]
    indices_are_sorted?: boolean
    unique_indices?: boolean
    mode?: IndexMode
    fill_value?: number | bigint | boolean | null
  },
): JaxArray {
  const { dimension_numbers, slice_sizes, indices_are_sorted = false, unique_indices = false } = params
  const { mode = 'promise_in_bounds', fill_value = null } = params
  return bindOne(gatherPrimitive, [x, indices], {
    dimension_numbers,
    fill_value: mode === 'fill_or_drop' ? (fill_value ?? defaultFillValue(x.dtype)) : null,
    indices_are_sorted,
    mode,
    slice_sizes,
    unique_indices,
  })
}

export const gatherPrimitives: readonly Primitive[] = [gatherPrimitive]
