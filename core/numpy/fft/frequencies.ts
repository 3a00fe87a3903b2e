import { ValueError } from '../../errors.ts'
import { type DType, isComplex, isFloat, realPartOf } from '../../ir/dtype.ts'
import { canonicalAxis, staticInteger } from '../../lax/arguments.ts'
import { upTo } from '../../primitives/axes.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { add, divide, multiply, remainder, subtract } from '../arithmetic.ts'
import { type DTypeLike, arange, array, requestedDType } from '../creation.ts'
import { asArray, defaultFloatDType } from '../promotion.ts'
import { roll } from '../rearranging.ts'

/** The dtype of frequencies. */
export interface FrequencyOptions {
  readonly dtype?: DTypeLike | null
}

interface Frequencies {
  readonly points: number
  readonly spacing: ArrayLike
  readonly dtype: DType
}

function readFrequencies(
  name: string,
  n: number,
  d: ArrayLike | FrequencyOptions,
  options: FrequencyOptions,
): Frequencies {
  const where = `jnp.fft.${name}`
  const listed = Array.isArray(n) ? 'n' : Array.isArray(d) ? 'd' : null
  if (listed !== null) throw new ValueError(`${where}: ${listed} is one number, got a list.`)
  const hasOptions = typeof d === 'object' && !(d instanceof JaxArray)
  const given = hasOptions ? d : options
  checkOptions(where, given, ['dtype'])
  return {
    points: staticInteger(where, 'n', n),
    spacing: hasOptions ? 1 : d,
    dtype: requestedDType(`fft.${name}`, { dtype: given.dtype ?? null }) ?? defaultFloatDType(),
  }
}

/** The time that the points span. */
function spanOf({ points, spacing }: Frequencies, dtype: DType): JaxArray {
  return array(spacing instanceof JaxArray ? multiply(spacing, points) : Number(spacing) * points, { dtype })
}

/**
 * The frequencies that the results of `fft` belong to, in cycles per unit of the spacing `d`: those from zero
 * upward, then the negative ones. JAX: `jax.numpy.fft.fftfreq`.
 *
 * @example
 * jnp.fft.fftfreq(4).tolist() // [0, 0.25, -0.5, -0.25]
 */
export function fftfreq(n: number, d: ArrayLike | FrequencyOptions = 1, options: FrequencyOptions = {}): JaxArray {
  const given = readFrequencies('fftfreq', n, d, options)
  const { points, dtype } = given
  const computed = isComplex(dtype) ? realPartOf(dtype) : isFloat(dtype) ? dtype : defaultFloatDType()
  const half = Math.floor(points / 2)
  const places = subtract(remainder(add(arange(points, { dtype: computed }), half), points), half)
  return convertElementType(divide(places, spanOf(given, computed)), dtype)
}

/**
 * The frequencies that the results of `rfft` belong to, in cycles per unit of the spacing `d`. JAX:
 * `jax.numpy.fft.rfftfreq`.
 *
 * @example
 * jnp.fft.rfftfreq(4).tolist() // [0, 0.25, 0.5]
 */
export function rfftfreq(n: number, d: ArrayLike | FrequencyOptions = 1, options: FrequencyOptions = {}): JaxArray {
  const given = readFrequencies('rfftfreq', n, d, options)
  const { points, dtype } = given
  return divide(arange(Math.floor(points / 2) + 1, { dtype }), spanOf(given, dtype))
}

/** The axes that a shift may name: one, several, or null for all. */
export type ShiftAxes = number | readonly number[] | null | { readonly axes?: number | readonly number[] | null }

function shifted(name: string, x: ArrayLike, given: ShiftAxes, direction: 1 | -1): JaxArray {
  const where = `jnp.fft.${name}`
  const value = asArray(`fft.${name}`, x)
  const named = isAxes(given) ? given : (checkOptions(where, given, ['axes']), given.axes ?? null)
  const list = named === null ? upTo(value.ndim) : typeof named === 'number' ? [named] : named
  const axes = list.map((axis) => canonicalAxis(where, axis, value.ndim))
  return roll(
    value,
    axes.map((axis) => direction * Math.floor(value.shape[axis] / 2)),
    axes,
  )
}

function isAxes(given: ShiftAxes): given is number | readonly number[] | null {
  return given === null || typeof given === 'number' || Array.isArray(given)
}

/**
 * A spectrum with frequency zero in the middle, along all axes or those named. JAX: `jax.numpy.fft.fftshift`.
 *
 * @example
 * jnp.fft.fftshift(jnp.fft.fftfreq(4)).tolist() // [-0.5, -0.25, 0, 0.25]
 */
export function fftshift(x: ArrayLike, axes: ShiftAxes = null): JaxArray {
  return shifted('fftshift', x, axes, 1)
}

/**
 * Undoes `fftshift`. JAX: `jax.numpy.fft.ifftshift`.
 *
 * @example
 * jnp.fft.ifftshift(jnp.array([-0.5, -0.25, 0, 0.25])).tolist() // [0, 0.25, -0.5, -0.25]
 */
export function ifftshift(x: ArrayLike, axes: ShiftAxes = null): JaxArray {
  return shifted('ifftshift', x, axes, -1)
}
