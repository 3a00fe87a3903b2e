import { JaxTypeError } from '../errors.ts'
import { hostArray } from '../ir/host-array.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { upTo } from '../primitives/axes.ts'
import { add, rem } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import * as gathers from '../primitives/gather.ts'
import type { IndexMode } from '../primitives/gather.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, expandDims } from '../primitives/movement.ts'
import { operand } from '../primitives/operand.ts'
import * as scatters from '../primitives/scatter.ts'
import { select } from '../primitives/selection.ts'
import { fromHost, scalar } from '../runtime/concrete-array.ts'
import { FlatCall, callable } from '../tree/leaves.ts'
import { flatten } from '../tree/pytree.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type ArrayLike } from '../tracing/array.ts'
import { arrayArgument } from './arguments.ts'

/** What an index out of range does, by JAX's names; `fill` and `drop` are one mode. */
export type GatherScatterMode = 'clip' | 'fill' | 'drop' | 'promise_in_bounds' | 'fill_or_drop'

/** Index mode of the primitives from what a user may write. */
export function indexMode(operation: string, mode: string): IndexMode {
  switch (mode) {
    case 'clip':
    case 'promise_in_bounds':
    case 'fill_or_drop':
      return mode
    case 'fill':
    case 'drop':
      return 'fill_or_drop'
    case 'promiseInBounds':
      return 'promise_in_bounds'
    default:
      throw new JaxTypeError(
        `${operation}: mode must be 'clip', 'fill', 'drop' or 'promise_in_bounds', got ${JSON.stringify(mode)}.`,
      )
  }
}

/** Which operand axes an index vector addresses, and where its window goes in the result. */
export interface GatherDimensionNumbers {
  offsetDims: readonly number[]
  collapsedSliceDims: readonly number[]
  startIndexMap: readonly number[]
  operandBatchingDims?: readonly number[]
  startIndicesBatchingDims?: readonly number[]
}

/** The mirror image of {@link GatherDimensionNumbers} for updates. */
export interface ScatterDimensionNumbers {
  updateWindowDims: readonly number[]
  insertedWindowDims: readonly number[]
  scatterDimsToOperandDims: readonly number[]
  operandBatchingDims?: readonly number[]
  scatterIndicesBatchingDims?: readonly number[]
}

interface IndexOptions {
  indicesAreSorted?: boolean
  uniqueIndices?: boolean
  mode?: GatherScatterMode
}

/**
 * Windows of `x` at the places that `startIndices` names, as XLA's Gather. The last axis of the
 * indices holds the index vectors.
 *
 * @example
 * const x = jnp.array([10, 11, 12])
 * const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] }
 * lax.gather(x, jnp.array([[2], [0]], { dtype: 'int32' }), numbers, [1]).tolist() // [12, 10]
 */
export function gather(
  x: ArrayLike,
  startIndices: ArrayLike,
  dimensionNumbers: GatherDimensionNumbers,
  sliceSizes: readonly number[],
  options: IndexOptions & { fillValue?: number | boolean | null } = {},
): JaxArray {
  const { indicesAreSorted = false, uniqueIndices = false, mode = 'promise_in_bounds', fillValue = null } = options
  return gathers.gather(arrayArgument(x), operand(startIndices, 'int32'), {
    dimension_numbers: {
      offset_dims: dimensionNumbers.offsetDims,
      collapsed_slice_dims: dimensionNumbers.collapsedSliceDims,
      start_index_map: dimensionNumbers.startIndexMap,
      operand_batching_dims: dimensionNumbers.operandBatchingDims ?? [],
      start_indices_batching_dims: dimensionNumbers.startIndicesBatchingDims ?? [],
    },
    slice_sizes: sliceSizes,
    indices_are_sorted: indicesAreSorted,
    unique_indices: uniqueIndices,
    mode: indexMode('gather', mode),
    fill_value: fillValue,
  })
}

function scatterArguments(numbers: ScatterDimensionNumbers, options: IndexOptions): scatters.ScatterArguments {
  return {
    dimension_numbers: {
      update_window_dims: numbers.updateWindowDims,
      inserted_window_dims: numbers.insertedWindowDims,
      scatter_dims_to_operand_dims: numbers.scatterDimsToOperandDims,
      operand_batching_dims: numbers.operandBatchingDims ?? [],
      scatter_indices_batching_dims: numbers.scatterIndicesBatchingDims ?? [],
    },
    indices_are_sorted: options.indicesAreSorted,
    unique_indices: options.uniqueIndices,
    mode: options.mode === undefined ? undefined : indexMode('scatter', options.mode),
  }
}

/** A scatter of `lax`, whichever way it combines. */
export type Scatter = (
  x: ArrayLike,
  scatterIndices: ArrayLike,
  updates: ArrayLike,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: IndexOptions,
) => JaxArray

function facade(
  bind: (x: JaxArray, indices: JaxArray, updates: JaxArray, args: scatters.ScatterArguments) => JaxArray,
): Scatter {
  return (x, scatterIndices, updates, dimensionNumbers, options = {}) => {
    const array = arrayArgument(x)
    const places = operand(scatterIndices, 'int32')
    return bind(array, places, operand(updates, array.dtype), scatterArguments(dimensionNumbers, options))
  }
}

/**
 * A copy of `x` with windows replaced by `updates`, as XLA's Scatter. Windows out of range are left out.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * lax.scatter(jnp.zeros([3]), jnp.array([[1]], { dtype: 'int32' }), jnp.array([5]), numbers).tolist() // [0, 5, 0]
 */
export const scatter: Scatter = facade(scatters.scatter)

/**
 * A copy of `x` with `updates` added in; updates to one place accumulate.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * const places = jnp.array([[1], [1]], { dtype: 'int32' })
 * lax.scatterAdd(jnp.zeros([3]), places, jnp.array([5, 6]), numbers).tolist() // [0, 11, 0]
 */
export const scatterAdd: Scatter = facade(scatters.scatterAdd)

/**
 * A copy of `x` multiplied by `updates` in place.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * lax.scatterMul(jnp.ones([3]), jnp.array([[1]], { dtype: 'int32' }), jnp.array([5]), numbers).tolist() // [1, 5, 1]
 */
export const scatterMul: Scatter = facade(scatters.scatterMul)

/**
 * A copy of `x` where `updates` replace larger values.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * lax.scatterMin(jnp.ones([3]), jnp.array([[1]], { dtype: 'int32' }), jnp.array([-5]), numbers).tolist() // [1, -5, 1]
 */
export const scatterMin: Scatter = facade(scatters.scatterMin)

/**
 * A copy of `x` where `updates` replace smaller values.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * lax.scatterMax(jnp.ones([3]), jnp.array([[1]], { dtype: 'int32' }), jnp.array([5]), numbers).tolist() // [1, 5, 1]
 */
export const scatterMax: Scatter = facade(scatters.scatterMax)

/**
 * A copy of `x` with a function of one scalar applied at the places that the indices name, once for each time a place
 * is named. It has no derivative. JAX: `jax.lax.scatter_apply`.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * const places = jnp.array([[1], [1]], { dtype: 'int32' })
 * lax.scatterApply(jnp.ones([3]), places, (v) => v.mul(2), numbers, { updateShape: [2] }).tolist() // [1, 4, 1]
 */
export function scatterApply(
  x: ArrayLike,
  scatterIndices: ArrayLike,
  func: (value: never) => unknown,
  dimensionNumbers: ScatterDimensionNumbers,
  options: IndexOptions & { readonly updateShape?: readonly number[] } = {},
): JaxArray {
  const array = arrayArgument(x)
  const scalarAval = array.aval.with({ shape: [], weakType: false })
  const call = new FlatCall(callable(func), flatten([array]).tree, 'lax.scatterApply')
  const jaxpr = traceToJaxpr((value) => call.fun(value), [scalarAval, scalarAval], 'lax.scatterApply')
  const [out] = jaxpr.outAvals
  if (jaxpr.outAvals.length !== 1 || out.ndim > 0 || out.dtype !== array.dtype) {
    throw new JaxTypeError(
      `lax.scatterApply: the function must give a scalar ${scalarAval.toString()}, got ${jaxpr.outAvals.map(String).join(', ')}.`,
    )
  }
  const places = operand(scatterIndices, 'int32')
  const { updateShape = [] } = options
  return scatters.scatterApply(array, places, jaxpr, updateShape, scatterArguments(dimensionNumbers, options))
}

/**
 * The slices of `x` at index vectors, whose components along `axes` are given one array each and wrap around. JAX:
 * `jax.lax.index_take`.
 *
 * @example
 * const rows = jnp.array([1, -1], { dtype: 'int32' })
 * lax.indexTake(jnp.array([5, 6, 7]), [rows], [0]).tolist() // [6, 7]
 */
export function indexTake(x: ArrayLike, indices: readonly ArrayLike[], axes: readonly number[]): JaxArray {
  const array = arrayArgument(x)
  const columns = indices.map((index) => expandDims(operand(index, 'int32'), [1]))
  const vectors = columns.length === 1 ? columns[0] : concatenate(columns, { dimension: 1 })
  const lengths = fromHost(
    hostArray(
      [1, axes.length],
      'int32',
      Int32Array.from(axes, (axis) => array.shape[axis]),
    ),
  )
  const left = rem(vectors, broadcastInDim(lengths, { shape: vectors.shape, broadcast_dimensions: [0, 1] }))
  const wrapped = select(
    lt(left, scalar(0, left.dtype)),
    add(left, broadcastInDim(lengths, { shape: left.shape, broadcast_dimensions: [0, 1] })),
    left,
  )
  return gather(
    array,
    wrapped,
    {
      offsetDims: upTo(array.ndim - axes.length).map((i) => i + 1),
      collapsedSliceDims: axes,
      startIndexMap: axes,
    },
    array.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  )
}
