import { ValueError } from '../errors.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { topK } from '../lax/reductions.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { neg } from '../primitives/elementwise-arithmetic.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { abs, add, mod, subtract } from './arithmetic.ts'
import { type DTypeLike, ones, zeros } from './creation.ts'
import { cumprod, cumsum, diff } from './cumulative.ts'
import { putAlongAxis } from './editing.ts'
import { type Index, slice } from './index-expression.ts'
import { getItem } from './indexing.ts'
import { concatenate, split } from './joining.ts'
import { equal, greater, less, logicalAnd } from './logic.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { type DType, isInteger, kindOf } from '../ir/dtype.ts'
import { asArray, defaultIntDType, promoteToDefaultFloat } from './promotion.ts'
import { where } from './selection.ts'
import { ravel } from './shape.ts'

/**
 * Differences of neighbours of the flattened array, with something put before and after.
 *
 * @example
 * jnp.ediff1d(jnp.array([1, 4, 9]), { toEnd: 0 }).tolist() // [3, 5, 0]
 */
export function ediff1d(
  x: ArrayLike,
  options: { readonly toEnd?: ArrayLike | null; readonly toBegin?: ArrayLike | null } = {},
): JaxArray {
  const differences = diff(ravel(x))
  const { toBegin = null, toEnd = null } = options
  // What is put before and after takes the dtype of the array.
  const ends = (value: ArrayLike | null): JaxArray[] =>
    value === null ? [] : [convertElementType(ravel(value), differences.dtype)]
  return concatenate([...ends(toBegin), differences, ...ends(toEnd)])
}

/** What `unwrap` may be told. */
export interface UnwrapOptions {
  /** From which jump on a period is added; half a period unless given. */
  readonly discont?: number | null
  readonly axis?: number
  readonly period?: number
}

/**
 * Angles without jumps: whole periods are added so that neighbours differ by at most half of one.
 *
 * @example
 * jnp.unwrap(jnp.array([0, 2, 0]), { period: 2 }).tolist() // [0, 0, 0]
 */
export function unwrap(x: ArrayLike, options: UnwrapOptions = {}): JaxArray {
  const value = promoteToDefaultFloat('unwrap', x)
  const { period = 2 * Math.PI } = options
  const axis = canonicalAxis('unwrap', options.axis ?? -1, value.ndim)
  const half = period / 2
  const jumps = diff(value, { axis })
  const folded = subtract(mod(add(jumps, half), period), half)
  const kept = where(logicalAnd(equal(folded, -half), greater(jumps, 0)), half, folded)
  const correction = where(less(abs(jumps), options.discont ?? half), 0, subtract(kept, jumps))
  const part = (range: Index): JaxArray =>
    getItem(
      value,
      value.shape.map((_, i) => (i === axis ? range : slice(null, null))),
    )
  return concatenate([part(slice(1)), add(part(slice(1, null)), cumsum(correction, axis))], axis)
}

/** What the running sums and products of the array standard may be told. */
export interface RunningOptions {
  readonly axis?: number | null
  readonly dtype?: DTypeLike | null
  /** Begins with what the sum, or product, of nothing is. */
  readonly includeInitial?: boolean
}

/** The integer of default size, unless the own one is larger. */
function sumDType(dtype: DType): DType {
  const wide = defaultIntDType() === 'int64'
  const unsigned = kindOf(dtype) === 'uint'
  if (wide) return unsigned ? 'uint64' : 'int64'
  return unsigned ? 'uint32' : 'int32'
}

function running(
  name: string,
  x: ArrayLike,
  options: RunningOptions,
  run: typeof cumsum,
  start: typeof zeros,
): JaxArray {
  const value = asArray(name, x)
  if (value.ndim === 0 || (value.ndim > 1 && typeof options.axis !== 'number')) {
    throw new ValueError(`jnp.${name}: an axis is needed for an array of ${value.ndim} axes.`)
  }
  const axis = canonicalAxis(name, options.axis ?? 0, value.ndim)
  // The sum, as the array standard has it, is taken in an integer that holds it.
  const wider = name === 'cumulativeSum' && isInteger(value.dtype) ? sumDType(value.dtype) : null
  const result = run(value, { axis, dtype: options.dtype ?? wider })
  if (options.includeInitial !== true) return result
  return concatenate([start(result.shape.with(axis, 1), { dtype: result.dtype }), result], axis)
}

/**
 * Running sums along an axis.
 *
 * @example
 * jnp.cumulativeSum(jnp.array([1, 2, 3]), { includeInitial: true }).tolist() // [0, 1, 3, 6]
 */
export function cumulativeSum(x: ArrayLike, options: RunningOptions = {}): JaxArray {
  return running('cumulativeSum', x, options, cumsum, zeros)
}

/**
 * Running products along an axis.
 *
 * @example
 * jnp.cumulativeProd(jnp.array([2, 3]), { includeInitial: true }).tolist() // [1, 2, 6]
 */
export function cumulativeProd(x: ArrayLike, options: RunningOptions = {}): JaxArray {
  return running('cumulativeProd', x, options, cumprod, ones)
}

/** The lines that are partitioned, last, with how many elements go to either side. */
function sides(name: string, x: ArrayLike, kth: number, axis: number): { lines: JaxArray; dim: number; low: number } {
  const value = asArray(name, x)
  const dim = canonicalAxis(name, axis, value.ndim)
  const low = canonicalAxis(name, kth, value.shape[dim]) + 1
  return { lines: moveAxis(value, dim, value.ndim - 1), dim, low }
}

/**
 * The elements rearranged so that the one at `kth` is where sorting would put it, lesser ones before it.
 *
 * @example
 * jnp.partition(jnp.array([3, 1, 2]), 0).slice(0).item() // 1
 */
export function partition(x: ArrayLike, kth: number, axis = -1): JaxArray {
  const { lines, dim, low } = sides('partition', x, kth, axis)
  const last = lines.ndim - 1
  const bottom = neg(topK(neg(lines), low)[0])
  const top = topK(lines, lines.shape[last] - low)[0]
  return moveAxis(concatenate([bottom, top], last), last, dim)
}

/**
 * Where the elements come from that `partition` would put at each place.
 *
 * @example
 * jnp.argpartition(jnp.array([3, 1, 2]), 0).slice(0).item() // 1
 */
export function argpartition(x: ArrayLike, kth: number, axis = -1): JaxArray {
  const { lines, dim, low } = sides('argpartition', x, kth, axis)
  const last = lines.ndim - 1
  const bottom = topK(neg(lines), low)[1]
  const rest = putAlongAxis(ones(lines.shape), bottom, 0, -1)
  const top = topK(rest, lines.shape[last] - low)[1]
  return moveAxis(concatenate([bottom, top], last), last, dim)
}

/**
 * Parts along the third axis.
 *
 * @example
 * jnp.dsplit(jnp.ones([1, 1, 4]), 2).length // 2
 */
export function dsplit(x: ArrayLike, parts: number | readonly number[]): JaxArray[] {
  return split(x, parts, 2)
}
