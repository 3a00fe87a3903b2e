import { canonicalAxis } from '../lax/arguments.ts'
import { checkOptions } from '../tree/options.ts'
import { convertElementType } from '../primitives/conversion.ts'
import * as lax from '../primitives/cumulative.ts'
import { reshape } from '../primitives/movement.ts'
import { slice } from '../primitives/slicing.ts'
import { sub } from '../primitives/elementwise-arithmetic.ts'
import { ne } from '../primitives/elementwise-comparison.ts'
import { ValueError } from '../errors.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { replaced } from './nan-reductions.ts'
import { defaultIntDType, asArray } from './promotion.ts'

/** Which axis a cumulative function runs along; all elements in a row unless given. */
export interface CumulativeOptions {
  readonly axis?: number | null
  readonly dtype?: DTypeLike | null
}

type AxisOrCumulative = number | null | CumulativeOptions

function accumulate(
  name: string,
  x: ArrayLike,
  axis: AxisOrCumulative,
  run: (x: JaxArray, params: { axis: number; reverse: boolean }) => JaxArray,
): JaxArray {
  const options = typeof axis === 'object' && axis !== null ? axis : { axis }
  checkOptions(`jnp.${name}`, options, ['axis', 'dtype'])
  const value = asArray(name, x)
  const dtype = requestedDType(name, { dtype: options.dtype ?? null })
  const own = value.dtype === 'bool' ? defaultIntDType() : value.dtype
  return calledAs(
    name,
    (array) => {
      const operand = convertElementType(array, dtype ?? own)
      const along = options.axis ?? null
      if (along === null) return run(reshape(operand, { new_sizes: [operand.size] }), { axis: 0, reverse: false })
      return run(operand, { axis: canonicalAxis(`jnp.${name}`, along, operand.ndim), reverse: false })
    },
    value,
  )
}

/**
 * Running sums along an axis.
 *
 * @example
 * jnp.cumsum(jnp.array([1, 2, 3])).tolist() // [1, 3, 6]
 */
export function cumsum(x: ArrayLike, axis: AxisOrCumulative = null): JaxArray {
  return accumulate('cumsum', x, axis, lax.cumsum)
}

/**
 * Running products along an axis.
 *
 * @example
 * jnp.cumprod(jnp.array([1, 2, 3])).tolist() // [1, 2, 6]
 */
export function cumprod(x: ArrayLike, axis: AxisOrCumulative = null): JaxArray {
  return accumulate('cumprod', x, axis, lax.cumprod)
}

/**
 * Running sums of the elements that are numbers.
 *
 * @example
 * jnp.nancumsum(jnp.array([1, NaN, 3])).tolist() // [1, 1, 4]
 */
export function nancumsum(x: ArrayLike, axis: AxisOrCumulative = null): JaxArray {
  return accumulate('nancumsum', replaced('nancumsum', x, 0), axis, lax.cumsum)
}

/**
 * Running products of the elements that are numbers.
 *
 * @example
 * jnp.nancumprod(jnp.array([2, NaN, 3])).tolist() // [2, 2, 6]
 */
export function nancumprod(x: ArrayLike, axis: AxisOrCumulative = null): JaxArray {
  return accumulate('nancumprod', replaced('nancumprod', x, 1), axis, lax.cumprod)
}

/**
 * Differences of neighbours along an axis, taken `n` times.
 *
 * @example
 * jnp.diff(jnp.array([1, 4, 9])).tolist() // [3, 5]
 */
export function diff(
  x: ArrayLike,
  n: number | { readonly n?: number; readonly axis?: number } = 1,
  axis = -1,
): JaxArray {
  const options = typeof n === 'number' ? { n, axis } : { n: n.n ?? 1, axis: n.axis ?? -1 }
  if (options.n < 0) throw new ValueError(`jnp.diff: the order must not be negative, got ${options.n}.`)
  const value = asArray('diff', x)
  const along = canonicalAxis('jnp.diff', options.axis, value.ndim)
  return options.n === 0 ? value : calledAs('diff', (array) => differences(array, options.n, along), value)
}

function differences(value: JaxArray, times: number, along: number): JaxArray {
  let result = value
  for (let order = 0; order < times; order++) {
    const length = result.shape[along]
    const [later, earlier] = [
      part(result, along, Math.min(1, length), length),
      part(result, along, 0, Math.max(0, length - 1)),
    ]
    result = value.dtype === 'bool' ? ne(later, earlier) : sub(later, earlier)
  }
  return result
}

function part(x: JaxArray, axis: number, start: number, stop: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map((_, i) => (i === axis ? start : 0)),
    limit_indices: x.shape.map((length, i) => (i === axis ? stop : length)),
  })
}
