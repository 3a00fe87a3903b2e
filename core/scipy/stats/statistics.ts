import { NotImplementedError, ValueError } from '../../errors.ts'
import { canonicalAxis } from '../../lax/arguments.ts'
import { cummax } from '../../lax/reductions.ts'
import { divide, subtract } from '../../numpy/arithmetic.ts'
import { arange, full, ones, zeros } from '../../numpy/creation.ts'
import { slice } from '../../numpy/index-expression.ts'
import { takeAlongAxis } from '../../numpy/indexing.ts'
import { concatenate } from '../../numpy/joining.ts'
import { isnan, logicalAnd, logicalNot, notEqual } from '../../numpy/logic.ts'
import { nanstd } from '../../numpy/nan-reductions.ts'
import { asArray, defaultFloatDType, promoteToFloat } from '../../numpy/promotion.ts'
import { max, std, sum } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { atleast1d, moveaxis } from '../../numpy/shape.ts'
import { argmax, sort } from '../../numpy/sorting.ts'
import { sqrt } from '../../numpy/transcendental.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'

/** What `mode` may be told. */
export interface ModeOptions {
  /** The axis that is looked along; 0 unless told, null for all elements in a row. */
  readonly axis?: number | null
  readonly nanPolicy?: 'propagate'
  readonly keepdims?: boolean
}

/**
 * The most frequent value along an axis, the least of those that are equally frequent, and how often it occurs. NaNs
 * count as one value.
 *
 * @example
 * const [value, count] = scipy.stats.mode(jnp.array([1, 2, 2]))
 * value.item() // 2
 */
export function mode(
  a: ArrayLike,
  axis: number | null | ModeOptions = 0,
  options: Omit<ModeOptions, 'axis'> = {},
): [mode: JaxArray, count: JaxArray] {
  const given: ModeOptions = axis === null || typeof axis === 'number' ? { ...options, axis } : axis
  checkOptions('scipy.stats.mode', given, ['axis', 'nanPolicy', 'keepdims'])
  checkPropagates('mode', given.nanPolicy)
  const { axis: wanted = 0, keepdims = false } = given
  const x = atleast1d(asArray('mode', a))
  const place = wanted === null ? null : canonicalAxis('scipy.stats.mode', wanted, x.ndim)
  const rest = x.shape.flatMap((length, i) => (place !== null && i !== place ? [length] : keepdims ? [1] : []))
  const lines = place === null ? x.reshape(x.size, 1) : moveaxis(x, place, 0)
  const columns = lines.reshape(lines.shape[0], lines.size / Math.max(1, lines.shape[0]))
  if (columns.shape[0] === 0) return [full(rest, NaN, { dtype: defaultFloatDType() }), zeros(rest)]
  const [values, counts] = mostFrequent(columns)
  return [values.reshape(rest), counts.reshape(rest)]
}

/** The longest run of equal values in every sorted column: its value and its length. */
function mostFrequent(columns: JaxArray): [values: JaxArray, counts: JaxArray] {
  const sorted = sort(columns, 0)
  const [rows, width] = columns.shape
  const [later, earlier] = [sorted.slice(slice(1, null)), sorted.slice(slice(null, rows - 1))]
  const differ = logicalAnd(notEqual(later, earlier), logicalNot(logicalAnd(isnan(later), isnan(earlier))))
  const starts = concatenate([ones([1, width], { dtype: 'bool' }), differ])
  const row = arange(rows, { dtype: 'int32' }).reshape(rows, 1)
  const start = cummax(where(starts, row, 0))
  const length = subtract(row.add(1), start)
  const longest = argmax(length, { axis: 0, keepdims: true })
  return [takeAlongAxis(sorted, longest, 0), max(length, { axis: 0 })]
}

/** Refuses the ways to treat NaN that would need to look at the values while tracing. */
export function checkPropagates(name: string, policy: string | undefined): void {
  if (policy === undefined || policy === 'propagate') return
  if (policy === 'omit' || policy === 'raise') {
    throw new NotImplementedError(`scipy.stats.${name}: nanPolicy '${policy}' is not there; 'propagate' is.`)
  }
  throw new ValueError(`scipy.stats.${name}: nanPolicy is 'propagate', 'omit' or 'raise', got '${policy}'.`)
}

/** What `sem` may be told. */
export interface SemOptions {
  /** The axis that is averaged over; 0 unless told, null for all elements. */
  readonly axis?: number | null
  /** Delta degrees of freedom: the sum of squares is divided by the count less this; 1 unless told. */
  readonly ddof?: number
  /** Whether a NaN makes the result NaN, or is left out. */
  readonly nanPolicy?: 'propagate' | 'omit'
  readonly keepdims?: boolean
}

/**
 * Standard error of the mean: the standard deviation over the square root of the count.
 *
 * @example
 * scipy.stats.sem(jnp.array([1, 2, 3])).item() // 0.5773503
 */
export function sem(
  a: ArrayLike,
  axis: number | null | SemOptions = 0,
  options: Omit<SemOptions, 'axis'> = {},
): JaxArray {
  const given: SemOptions = axis === null || typeof axis === 'number' ? { ...options, axis } : axis
  checkOptions('scipy.stats.sem', given, ['axis', 'ddof', 'nanPolicy', 'keepdims'])
  const { axis: along = 0, ddof = 1, nanPolicy = 'propagate', keepdims = false } = given
  const [x] = promoteToFloat('sem', a)
  switch (nanPolicy) {
    case 'propagate': {
      const count = along === null ? x.size : x.shape[canonicalAxis('scipy.stats.sem', along, x.ndim)]
      return divide(std(x, { axis: along, ddof, keepdims }), sqrt(constant(x, count)))
    }
    case 'omit': {
      const count = sum(logicalNot(isnan(x)), { axis: along, keepdims })
      return divide(nanstd(x, { axis: along, ddof, keepdims }), sqrt(count).astype(x.dtype))
    }
    default:
      throw new ValueError(`scipy.stats.sem: nanPolicy is 'propagate' or 'omit', got '${String(nanPolicy)}'.`)
  }
}
