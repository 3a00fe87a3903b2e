import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { type GatherScatterMode, indexMode } from '../lax/gather-scatter.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { dynamicSlice } from '../primitives/dynamic-slice.ts'
import { rem } from '../primitives/elementwise-arithmetic.ts'
import { gather } from '../primitives/gather.ts'
import { broadcastInDim, expandDims, reshape, rev, squeeze } from '../primitives/movement.ts'
import { slice as sliceOf } from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { blockStart, gatherIndexOf, wrapNegative } from './gather-index.ts'
import { type Index, type ParsedIndex, expandIndices, parseIndices, resolveSlice } from './index-expression.ts'
import { asArray } from './promotion.ts'
import { ravel } from './shape.ts'
import { isInteger } from '../ir/dtype.ts'

/** How an indexed read treats places outside the array, and what it may assume of them. */
export interface GetOptions {
  mode?: GatherScatterMode
  fillValue?: number | boolean | null
  indicesAreSorted?: boolean
  uniqueIndices?: boolean
}

/** `x[indices]`: an index out of range means the nearest one in range unless a mode says otherwise. */
export function getItem(x: JaxArray, indices: readonly Index[], options: GetOptions = {}): JaxArray {
  const parsed = parseIndices(indices, x.shape)
  const mode = options.mode === undefined ? 'promise_in_bounds' : indexMode('x.slice', options.mode)
  if (mode !== 'fill_or_drop' && isBasic(parsed)) return readBlock(x, parsed)
  return readGather(x, parsed, options)
}

/** Integers, ranges and scalar arrays pick one block. */
function isBasic(parsed: readonly ParsedIndex[]): boolean {
  const dynamic = parsed.some((index) => index.kind === 'array')
  return parsed.every((index) => {
    if (index.kind === 'array') return index.array.ndim === 0
    return !dynamic || index.kind !== 'slice' || Math.abs(index.slice.step ?? 1) === 1
  })
}

/** A block of the array: a static slice, or a dynamic one where a start is an array. */
function readBlock(x: JaxArray, parsed: readonly ParsedIndex[]): JaxArray {
  const starts: (number | JaxArray)[] = []
  const limits: number[] = []
  const strides: number[] = []
  const reversed: number[] = []
  const single: number[] = []
  const newAxes: number[] = []
  for (const index of expandIndices(parsed, x.ndim)) {
    if (index.kind === 'newaxis') {
      newAxes.push(starts.length - single.length + newAxes.length)
      continue
    }
    const { axis } = index
    const length = x.shape[axis]
    if (index.kind === 'slice') {
      const { start, step, size } = resolveSlice(index.slice, length)
      const last = start + (size - 1) * step
      const low = size === 0 ? Math.min(start, length) : Math.min(start, last)
      if (step < 0) reversed.push(axis)
      starts.push(Math.max(0, low))
      limits.push(size === 0 ? Math.max(0, low) : Math.max(start, last) + 1)
      strides.push(Math.abs(step))
      continue
    }
    if (length === 0) throw new ValueError(`an index is out of bounds for axis ${axis} of length 0.`)
    single.push(axis)
    strides.push(1)
    const start = index.kind === 'array' ? index.array : clampedStart(index.value, length)
    starts.push(start)
    limits.push(typeof start === 'number' ? start + 1 : 1)
  }
  const block = readRange(x, starts, limits, strides)
  const forward = reversed.length === 0 ? block : rev(block, { dimensions: reversed })
  const squeezed = squeeze(forward, { dimensions: single })
  return newAxes.length === 0 ? squeezed : expandDims(squeezed, newAxes)
}

function clampedStart(value: number, length: number): number {
  const start = value < 0 ? value + length : value
  return Math.max(0, Math.min(length - 1, start))
}

function readRange(
  x: JaxArray,
  starts: readonly (number | JaxArray)[],
  limits: readonly number[],
  strides: readonly number[],
): JaxArray {
  const known = starts.filter((start) => typeof start === 'number')
  if (known.length === starts.length) {
    const whole = known.every((start, axis) => start === 0 && limits[axis] === x.shape[axis] && strides[axis] === 1)
    if (whole) return x
    const unit = strides.every((stride) => stride === 1)
    return sliceOf(x, { start_indices: known, limit_indices: limits, strides: unit ? null : strides })
  }
  const arrays = starts.map((start) => {
    if (typeof start === 'number') return scalar(start, 'int32')
    return starts.length === 1 ? start : convertElementType(start, 'int32')
  })
  const places = arrays.map((start, axis) => blockStart(start, x.shape[axis]))
  const slice_sizes = starts.map((start, axis) => (typeof start === 'number' ? limits[axis] - start : 1))
  return dynamicSlice(x, places, { slice_sizes })
}

function readGather(x: JaxArray, parsed: readonly ParsedIndex[], options: GetOptions): JaxArray {
  const index = gatherIndexOf(parsed, x.shape)
  if (index.shape.includes(0)) return zerosOfShape(x, index.shape)
  const gathered =
    index.indices.size === 0
      ? x
      : gather(x, index.indices, {
          dimension_numbers: index.dimensionNumbers,
          slice_sizes: index.sliceSizes,
          indices_are_sorted: index.orderly || (options.indicesAreSorted ?? false),
          unique_indices: index.orderly || (options.uniqueIndices ?? false),
          mode: options.mode === undefined ? 'promise_in_bounds' : indexMode('x.at(…).get', options.mode),
          fill_value: options.fillValue ?? null,
        })
  const forward = index.reversed.length === 0 ? gathered : rev(gathered, { dimensions: index.reversed })
  return index.newAxes.length === 0 ? forward : expandDims(forward, index.newAxes)
}

function zerosOfShape(like: JaxArray, shape: Shape): JaxArray {
  return broadcastInDim(scalar(0, like.dtype), { shape, broadcast_dimensions: [] })
}

interface TakeOptions extends GetOptions {
  axis?: number | null
}

function integers(operation: string, indices: ArrayLike): JaxArray {
  if (typeof indices === 'number' && Number.isInteger(indices)) return scalar(indices, 'int32')
  const array = asArray(operation, indices)
  if (isInteger(array.dtype)) return array
  if (array.weakType && array.ndim === 0) return convertElementType(array, 'int32')
  throw new JaxTypeError(`jnp.${operation}: indices must be integers, got ${array.aval.toString()}.`, {
    hint: "Numbers are floats unless told otherwise: jnp.array([…], { dtype: 'int32' }).",
  })
}

/**
 * Elements by index along an axis, or of the flattened array. Places outside read NaN (or the dtype's
 * farthest value), unless `mode` is 'clip' or 'wrap' or a `fillValue` is given.
 *
 * @example
 * jnp.take(jnp.array([10, 20, 30]), jnp.array([2, 0], { dtype: 'int32' })).tolist() // [30, 10]
 */
export function take(
  x: ArrayLike,
  indices: ArrayLike,
  axis: number | null | (Omit<TakeOptions, 'mode'> & { mode?: GatherScatterMode | 'wrap' }) = null,
): JaxArray {
  const options = typeof axis === 'object' && axis !== null ? axis : { axis }
  const given = asArray('take', x)
  const array = options.axis === null || options.axis === undefined ? ravel(given) : given
  const dim = canonicalAxis('take', options.axis ?? 0, array.ndim)
  const length = array.shape[dim]
  const mode = options.mode ?? 'fill'
  const raw = integers('take', indices)
  const shape = array.shape.toSpliced(dim, 1, ...raw.shape)
  if (raw.size === 0) return zerosOfShape(array, shape)
  if (length === 0) throw new ValueError('jnp.take: there is nothing to take from an empty axis.')
  const window = upTo(shape.length).filter((at) => at < dim || at >= dim + raw.ndim)
  const pick = (values: JaxArray, at: JaxArray): JaxArray =>
    gather(values, expandDims(placesFor(at, length, mode), [at.ndim]), {
      dimension_numbers: {
        offset_dims: window,
        collapsed_slice_dims: [dim],
        start_index_map: [dim],
        operand_batching_dims: [],
        start_indices_batching_dims: [],
      },
      slice_sizes: array.shape.with(dim, 1),
      mode: mode === 'wrap' ? 'promise_in_bounds' : indexMode('take', mode),
      fill_value: options.fillValue ?? null,
      indices_are_sorted: options.indicesAreSorted,
      unique_indices: options.uniqueIndices,
    })
  return calledAs('_take', pick, array, raw)
}

function placesFor(indices: JaxArray, length: number, mode: string): JaxArray {
  switch (mode) {
    case 'wrap': {
      const remainder = rem(indices, scalar(length, indices.dtype))
      return wrapNegative(remainder, length)
    }
    case 'clip':
    case 'promise_in_bounds':
      return indices
    default:
      return wrapNegative(indices, length)
  }
}

/**
 * Elements by index along an axis, with an index for every place of the other axes: what `argsort`
 * returns fits here.
 *
 * @example
 * const x = jnp.array([[3, 1], [2, 5]])
 * jnp.takeAlongAxis(x, jnp.argsort(x, 1), 1).tolist() // [[1, 3], [2, 5]]
 */
export function takeAlongAxis(
  x: ArrayLike,
  indices: ArrayLike,
  axis: number | null | TakeOptions = -1,
  moreOptions: GetOptions = {},
): JaxArray {
  const options: TakeOptions = typeof axis === 'object' && axis !== null ? axis : { ...moreOptions, axis }
  const given = asArray('takeAlongAxis', x)
  const raw = integers('takeAlongAxis', indices)
  const array = options.axis === null ? ravel(given) : given
  if (raw.ndim !== array.ndim) {
    throw new ValueError(
      `jnp.takeAlongAxis needs indices of as many axes as the array, got shapes ${formatShape(raw.shape)} and ${formatShape(array.shape)}.`,
    )
  }
  const dim = canonicalAxis('takeAlongAxis', options.axis ?? (options.axis === null ? 0 : -1), array.ndim)
  const lanes = new LanePlan(array.shape, raw.shape, dim)
  const pick = (values: JaxArray, at: JaxArray): JaxArray => {
    const places = reshape(wrapNegative(at, array.shape[dim]), { new_sizes: [...lanes.indexShape, 1] })
    return gather(squeeze(values, { dimensions: lanes.squeezed }), places, {
      dimension_numbers: {
        offset_dims: lanes.offset,
        collapsed_slice_dims: lanes.collapsed,
        start_index_map: lanes.collapsed,
        operand_batching_dims: lanes.operandBatching,
        start_indices_batching_dims: lanes.indicesBatching,
      },
      slice_sizes: lanes.sizes,
      mode: indexMode('takeAlongAxis', options.mode ?? 'fill'),
      fill_value: options.fillValue ?? null,
      indices_are_sorted: options.indicesAreSorted,
      unique_indices: options.uniqueIndices,
    })
  }
  return calledAs('take_along_axis', pick, array, raw)
}

/** How the axes beside the indexed one are walked: in step, or repeated where one side has length 1. */
class LanePlan {
  readonly squeezed: number[] = []
  readonly indexShape: number[] = []
  readonly offset: number[] = []
  readonly collapsed: number[] = []
  readonly operandBatching: number[] = []
  readonly indicesBatching: number[] = []
  readonly sizes: number[] = []

  constructor(shape: Shape, indices: Shape, axis: number) {
    shape.forEach((length, i) => {
      const operandAxis = this.sizes.length
      if (i === axis) {
        this.collapsed.push(operandAxis)
        this.indexShape.push(indices[i])
        this.sizes.push(1)
      } else if (indices[i] === 1) {
        this.offset.push(i)
        this.sizes.push(length)
      } else if (length === 1) {
        this.squeezed.push(i)
        this.indexShape.push(indices[i])
      } else if (length === indices[i]) {
        this.operandBatching.push(operandAxis)
        this.indicesBatching.push(this.indexShape.length)
        this.indexShape.push(length)
        this.sizes.push(length === 0 ? 0 : 1)
      } else {
        throw new ValueError(
          `jnp.takeAlongAxis: shapes ${formatShape(shape)} and ${formatShape(indices)} do not broadcast outside axis ${axis}.`,
        )
      }
    })
  }
}
