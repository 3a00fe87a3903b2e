import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { scan } from '../lax/loops.ts'
import { upTo } from '../primitives/axes.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { mul } from '../primitives/elementwise-arithmetic.ts'
import { rev } from '../primitives/movement.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { slice } from '../primitives/slicing.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { add, clip, divide, multiply, subtract } from './arithmetic.ts'
import { calledAs } from './called-as.ts'
import { conj } from './complex.ts'
import { diff } from './cumulative.ts'
import { take } from './indexing.ts'
import { concatenate, stack } from './joining.ts'
import { equal, greater, less } from './logic.ts'
import { asArray, promoteFloatValues, promoteToFloat, promoteValues } from './promotion.ts'
import { pad } from './rearranging.ts'
import { sum } from './reductions.ts'
import { where } from './selection.ts'
import { searchsorted } from './sorting.ts'

/** What `interp` gives outside the known points; the nearest known value unless told. */
export interface InterpOptions {
  readonly left?: ArrayLike | null
  readonly right?: ArrayLike | null
}

/**
 * Piecewise linear interpolation: the values at `x` of the function that is `fp` at the ascending `xp`.
 *
 * @example
 * jnp.interp(1.5, jnp.array([1, 2]), jnp.array([10, 20])).item() // 15
 */
export function interp(x: ArrayLike, xp: ArrayLike, fp: ArrayLike, options: InterpOptions = {}): JaxArray {
  const [points, place] = promoteFloatValues('interp', xp, x)
  const [values] = promoteToFloat('interp', fp)
  if (points.ndim !== 1 || points.size !== values.size) {
    throw new ValueError(
      `jnp.interp takes vectors of points and values of one length, got shapes ${formatShape(points.shape)} and ${formatShape(values.shape)}.`,
    )
  }
  const last = points.size - 1
  const i = clip(searchsorted(points, place, { side: 'right' }), 1, last)
  const at = (table: JaxArray, index: ArrayLike): JaxArray => take(table, index, { mode: 'clip' })
  const [low, high] = [at(points, subtract(i, 1)), at(points, i)]
  const [from, to] = [at(values, subtract(i, 1)), at(values, i)]
  const width = subtract(high, low)
  // Two points at one place make a step, not a division by zero.
  const step = equal(width, 0)
  const slope = divide(subtract(to, from), where(step, 1, width))
  const inside = where(step, from, add(from, multiply(subtract(place, low), slope)))
  const below = options.left ?? at(values, 0)
  const above = options.right ?? at(values, last)
  return where(less(place, at(points, 0)), below, where(greater(place, at(points, last)), above, inside))
}

/** Which part of a convolution is kept. */
export type ConvolveMode = 'full' | 'same' | 'valid'

/**
 * Discrete convolution of two vectors.
 *
 * @example
 * jnp.convolve(jnp.array([1, 2]), jnp.array([1, 1])).tolist() // [1, 3, 2]
 */
export function convolve(
  a: ArrayLike,
  v: ArrayLike,
  mode: ConvolveMode | { readonly mode?: ConvolveMode } = 'full',
): JaxArray {
  const kind = typeof mode === 'string' ? mode : (mode.mode ?? 'full')
  const [x, y] = promoteFloatValues('convolve', a, v)
  if (x.ndim !== 1 || y.ndim !== 1 || x.size === 0 || y.size === 0) {
    throw new ValueError(
      `jnp.convolve takes two vectors with elements, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
    )
  }
  const [long, short] = x.size >= y.size ? [x, y] : [y, x]
  const full = slidingProducts(pad(long, short.size - 1), rev(short, { dimensions: [0] }))
  const margin = kind === 'full' ? 0 : kind === 'valid' ? short.size - 1 : Math.floor((short.size - 1) / 2)
  const length = kind === 'full' ? full.size : kind === 'valid' ? long.size - short.size + 1 : long.size
  const out = slice(full, { start_indices: [margin], limit_indices: [margin + length] })
  return convertElementType(out, out.dtype, x.weakType)
}

/**
 * Cross-correlation of two vectors.
 *
 * @example
 * jnp.correlate(jnp.array([1, 2, 3]), jnp.array([0, 1])).tolist() // [2, 3]
 */
export function correlate(
  a: ArrayLike,
  v: ArrayLike,
  mode: ConvolveMode | { readonly mode?: ConvolveMode } = 'valid',
): JaxArray {
  const kind = typeof mode === 'string' ? mode : (mode.mode ?? 'valid')
  const [x, y] = promoteFloatValues('correlate', a, v)
  return convolve(x, rev(conj(y), { dimensions: [0] }), kind)
}

/** The sum of products of the window with every stretch of the vector. */
function slidingProducts(x: JaxArray, window: JaxArray): JaxArray {
  const count = x.size - window.size + 1
  const shifted = upTo(window.size).map((i) => slice(x, { start_indices: [i], limit_indices: [i + count] }))
  return sum(multiply(stack(shifted, 1), window), { axis: 1 })
}

/**
 * The polynomial with the given coefficients, highest power first, at `x`.
 *
 * @example
 * jnp.polyval(jnp.array([1, 0, 2]), 3).item() // 11
 */
export function polyval(p: ArrayLike, x: ArrayLike): JaxArray {
  const [coefficients, value] = promoteValues([asArray('polyval', p), x])
  if (coefficients.ndim !== 1)
    throw new ValueError(`jnp.polyval takes a vector of coefficients, got ${coefficients.ndim} dimensions.`)
  return calledAs('polyval', horner, coefficients, value)
}

function horner(coefficients: JaxArray, value: JaxArray): JaxArray {
  const body = (total: JaxArray, coefficient: JaxArray): readonly [JaxArray, null] => [
    add(multiply(total, value), coefficient),
    null,
  ]
  return scan(body, fullLike(value, 0, false), coefficients)[0]
}

/** Where the samples of `trapezoid` lie. */
export interface TrapezoidOptions {
  readonly x?: ArrayLike | null
  readonly dx?: number
  readonly axis?: number
}

/**
 * Integral of samples by the trapezoidal rule.
 *
 * @example
 * jnp.trapezoid(jnp.array([1, 2, 3])).item() // 4
 */
export function trapezoid(y: ArrayLike, options: TrapezoidOptions | ArrayLike = {}): JaxArray {
  const given = isTrapezoidOptions(options) ? options : { x: options }
  const [value] = promoteToFloat('trapezoid', y)
  const axis = canonicalAxis('jnp.trapezoid', given.axis ?? -1, value.ndim)
  const lines = moveAxis(value, axis, value.ndim - 1)
  const [later, earlier] = neighbours(lines)
  const width = given.x === undefined || given.x === null ? (given.dx ?? 1) : diff(given.x)
  return multiply(0.5, sum(multiply(width, add(later, earlier)), { axis: -1 }))
}

function isTrapezoidOptions(value: TrapezoidOptions | ArrayLike): value is TrapezoidOptions {
  return typeof value === 'object' && !('aval' in value)
}

/** All but the first, and all but the last, entries of the last axis. */
function neighbours(x: JaxArray): [later: JaxArray, earlier: JaxArray] {
  const last = x.ndim - 1
  const part = (start: number, stop: number): JaxArray =>
    slice(x, {
      start_indices: x.shape.map((_, axis) => (axis === last ? start : 0)),
      limit_indices: x.shape.map((length, axis) => (axis === last ? stop : length)),
    })
  return [part(1, x.shape[last]), part(0, x.shape[last] - 1)]
}

/**
 * Differences by position: central inside, one-sided at both ends; one array for each axis, or just the one
 * asked for.
 *
 * @example
 * jnp.gradient(jnp.array([1, 2, 4])).tolist() // [1, 1.5, 2]
 */
export function gradient(x: ArrayLike, options: { readonly axis?: number | null } = {}): JaxArray | JaxArray[] {
  const [value] = promoteToFloat('gradient', x)
  const axis = options.axis ?? null
  if (axis !== null) return gradientAlong(value, canonicalAxis('jnp.gradient', axis, value.ndim))
  const all = upTo(value.ndim).map((each) => gradientAlong(value, each))
  return all.length === 1 ? all[0] : all
}

function gradientAlong(x: JaxArray, axis: number): JaxArray {
  const length = x.shape[axis]
  if (length < 2) throw new ValueError(`jnp.gradient needs at least 2 elements along axis ${axis}, got ${length}.`)
  const part = (start: number, stop: number): JaxArray =>
    slice(x, {
      start_indices: x.shape.map((_, i) => (i === axis ? start : 0)),
      limit_indices: x.shape.map((extent, i) => (i === axis ? stop : extent)),
    })
  const first = subtract(part(1, 2), part(0, 1))
  const last = subtract(part(length - 1, length), part(length - 2, length - 1))
  const inner = mul(subtract(part(2, length), part(0, length - 2)), constant(x, 0.5))
  return concatenate([first, inner, last], axis)
}
