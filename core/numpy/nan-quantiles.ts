import { ValueError } from '../errors.ts'
import { upTo } from '../primitives/axes.ts'
import { ceil, floor } from '../primitives/elementwise-rounding.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { expandDims, reshape, squeeze, transpose } from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { add, divide, maximum, minimum, multiply, subtract } from './arithmetic.ts'
import { type Axis, reducedAxes } from './axis-options.ts'
import { getItem, takeAlongAxis } from './indexing.ts'
import { stack } from './joining.ts'
import { isnan, logicalNot } from './logic.ts'
import { promoteToFloat } from './promotion.ts'
import { sum } from './reductions.ts'
import { sort } from './sorting.ts'

/** Over which axes a quantile is taken; it is interpolated linearly. */
export interface NanQuantileOptions {
  readonly axis?: Axis
  readonly keepdims?: boolean
}

/**
 * The value below which a fraction `q` of the elements lie that are numbers.
 *
 * @example
 * jnp.nanquantile(jnp.array([1, NaN, 3]), 0.5).item() // 2
 */
export function nanquantile(
  x: ArrayLike,
  q: ArrayLike,
  axis: Axis | NanQuantileOptions = null,
  options: NanQuantileOptions = {},
): JaxArray {
  const given: NanQuantileOptions = isAxis(axis) ? { ...options, axis } : axis
  checkOptions('jnp.nanquantile', given, ['axis', 'keepdims'])
  const [value] = promoteToFloat('nanquantile', x)
  const [fraction] = promoteToFloat('nanquantile', q)
  if (fraction.ndim > 1) {
    throw new ValueError(`jnp.nanquantile: q must be a number or a vector, got ${fraction.ndim} dimensions.`)
  }
  const axes = reducedAxes('nanquantile', value, given.axis)
  const kept = upTo(value.ndim).filter((other) => !axes.includes(other))
  const lines = reshape(transpose(value, { permutation: [...kept, ...axes] }), {
    new_sizes: [...kept.map((other) => value.shape[other]), axes.reduce((n, other) => n * value.shape[other], 1)],
  })
  const sorted = sort(lines)
  const last = convertElementType(subtract(sum(logicalNot(isnan(lines)), { axis: -1 }), 1), value.dtype)
  const one = (part: JaxArray): JaxArray => {
    const result = between(sorted, multiply(part, last), last)
    return given.keepdims === true
      ? expandDims(
          result,
          axes.toSorted((a, b) => a - b),
        )
      : result
  }
  return fraction.ndim === 0 ? one(fraction) : stack(upTo(fraction.size).map((i) => one(getItem(fraction, [i]))))
}

function isAxis(value: Axis | NanQuantileOptions): value is Axis {
  return value === null || typeof value === 'number' || Array.isArray(value)
}

/** The value of sorted lines at a place between two elements. */
function between(sorted: JaxArray, place: JaxArray, last: JaxArray): JaxArray {
  const low = floor(place)
  const weight = subtract(place, low)
  const at = (index: JaxArray): JaxArray => {
    const known = convertElementType(maximum(0, minimum(index, last)), 'int32')
    return squeeze(takeAlongAxis(sorted, expandDims(known, [known.ndim]), -1), { dimensions: [known.ndim] })
  }
  return add(multiply(at(low), subtract(1, weight)), multiply(at(ceil(place)), weight))
}

/**
 * The value below which `q` percent of the elements lie that are numbers.
 *
 * @example
 * jnp.nanpercentile(jnp.array([1, NaN, 3]), 50).item() // 2
 */
export function nanpercentile(
  x: ArrayLike,
  q: ArrayLike,
  axis: Axis | NanQuantileOptions = null,
  options: NanQuantileOptions = {},
): JaxArray {
  return nanquantile(x, divide(q, 100), axis, options)
}

/**
 * The middle of the elements that are numbers, or the mean of the middle two.
 *
 * @example
 * jnp.nanmedian(jnp.array([3, NaN, 1, 2])).item() // 2
 */
export function nanmedian(
  x: ArrayLike,
  axis: Axis | NanQuantileOptions = null,
  options: NanQuantileOptions = {},
): JaxArray {
  return nanquantile(x, 0.5, axis, options)
}
