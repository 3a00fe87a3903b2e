import { numbersIn } from '../ir/element.ts'
import { ConcretizationTypeError, JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { integerRange, isFloat, isInteger } from '../ir/dtype.ts'
import { arrayArgument } from '../lax/arguments.ts'
import {
  type GatherScatterMode,
  type Scatter,
  scatterAdd,
  scatterMax,
  scatterMin,
  scatterMul,
} from '../lax/gather-scatter.ts'
import { full } from '../lax/movement.ts'
import { upTo } from '../primitives/axes.ts'
import { expandDims } from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { checkOptions } from '../tree/options.ts'

/** What the segment reductions may be told. */
export interface SegmentOptions {
  /** How many segments the result has; one more than the largest id unless given, which then must be known. */
  readonly numSegments?: number | null
  readonly indicesAreSorted?: boolean
  readonly uniqueIndices?: boolean
  /** What becomes of ids outside the result; they are left out unless told. */
  readonly mode?: GatherScatterMode | null
}

/** Segments by position or as an option. */
type Segments = number | null | SegmentOptions

function segmented(
  name: string,
  combine: Scatter,
  data: ArrayLike,
  segmentIds: JaxArray,
  segments: Segments,
  startOf: (x: JaxArray) => number | boolean,
): JaxArray {
  const options: SegmentOptions =
    typeof segments === 'object' && segments !== null ? segments : { numSegments: segments }
  checkOptions(`ops.${name}`, options, ['numSegments', 'indicesAreSorted', 'uniqueIndices', 'mode'])
  const values = arrayArgument(data)
  if (!isInteger(segmentIds.dtype)) {
    throw new JaxTypeError(`ops.${name}: segment ids must be integers, got ${segmentIds.aval.toString()}.`, {
      hint: "Numbers are floats unless told otherwise: jnp.array([…], { dtype: 'int32' }).",
    })
  }
  if (segmentIds.ndim !== 1 || values.shape[0] !== segmentIds.size) {
    throw new ValueError(
      `ops.${name} needs one segment id for each row of the data, got shapes ${formatShape(values.shape)} and ${formatShape(segmentIds.shape)}.`,
    )
  }
  const count = options.numSegments ?? countOf(name, segmentIds)
  const start = full([count, ...values.shape.slice(1)], startOf(values), values.dtype)
  const numbers = {
    updateWindowDims: upTo(values.ndim).slice(1),
    insertedWindowDims: [0],
    scatterDimsToOperandDims: [0],
  }
  return combine(start, expandDims(segmentIds, [1]), values, numbers, {
    indicesAreSorted: options.indicesAreSorted ?? false,
    uniqueIndices: options.uniqueIndices ?? false,
    mode: options.mode ?? 'fill_or_drop',
  })
}

function countOf(name: string, segmentIds: JaxArray): number {
  const host = hostValueOf(segmentIds)
  if (host === null) {
    throw new ConcretizationTypeError(
      `ops.${name}: how many segments there are depends on the ids, and the ${segmentIds.aval.toString()} it was given is being traced.`,
      { hint: 'Give the number: { numSegments: 8 }.', lesson: 'L0' },
    )
  }
  let most = 0
  for (const id of numbersIn(host)) most = Math.max(most, id + 1)
  return most
}

/** What is least of a dtype: where a maximum starts. */
function least({ dtype }: JaxArray): number | boolean {
  if (isFloat(dtype)) return -Infinity
  return isInteger(dtype) ? integerRange(dtype).min : false
}

/** What is greatest of a dtype: where a minimum starts. */
function greatest({ dtype }: JaxArray): number | boolean {
  if (isFloat(dtype)) return Infinity
  return isInteger(dtype) ? integerRange(dtype).max : true
}

/**
 * The sum of the rows of each segment: row `i` of the data belongs to segment `segmentIds[i]`.
 *
 * @example
 * const ids = jnp.array([0, 1, 0], { dtype: 'int32' })
 * ops.segmentSum(jnp.array([1, 2, 3]), ids, 2).tolist() // [4, 2]
 */
export function segmentSum(data: ArrayLike, segmentIds: JaxArray, segments: Segments = null): JaxArray {
  return segmented('segmentSum', scatterAdd, data, segmentIds, segments, () => 0)
}

/**
 * The product of the rows of each segment; 1 for a segment without rows.
 *
 * @example
 * const ids = jnp.array([0, 1, 0], { dtype: 'int32' })
 * ops.segmentProd(jnp.array([2, 3, 4]), ids, 2).tolist() // [8, 3]
 */
export function segmentProd(data: ArrayLike, segmentIds: JaxArray, segments: Segments = null): JaxArray {
  return segmented('segmentProd', scatterMul, data, segmentIds, segments, () => 1)
}

/**
 * The greatest of the rows of each segment; the least number of the dtype for a segment without rows.
 *
 * @example
 * const ids = jnp.array([0, 1, 0], { dtype: 'int32' })
 * ops.segmentMax(jnp.array([1, 2, 3]), ids, 2).tolist() // [3, 2]
 */
export function segmentMax(data: ArrayLike, segmentIds: JaxArray, segments: Segments = null): JaxArray {
  return segmented('segmentMax', scatterMax, data, segmentIds, segments, least)
}

/**
 * The least of the rows of each segment; the greatest number of the dtype for a segment without rows.
 *
 * @example
 * const ids = jnp.array([0, 1, 0], { dtype: 'int32' })
 * ops.segmentMin(jnp.array([1, 2, 3]), ids, 2).tolist() // [1, 2]
 */
export function segmentMin(data: ArrayLike, segmentIds: JaxArray, segments: Segments = null): JaxArray {
  return segmented('segmentMin', scatterMin, data, segmentIds, segments, greatest)
}
