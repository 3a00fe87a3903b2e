/** Discrete cosine transforms of the second kind: JAX's `jax.scipy.fft`. */
import { JaxTypeError, NotImplementedError, ValueError } from '../errors.ts'
import { type DType, isComplex } from '../ir/dtype.ts'
import { canonicalAxes, canonicalAxis } from '../lax/arguments.ts'
import { full, pad } from '../lax/movement.ts'
import { sliceInDim } from '../lax/slicing.ts'
import { add, divide, multiply, negative } from '../numpy/arithmetic.ts'
import { IndexedUpdate } from '../numpy/at.ts'
import { arange, zeros } from '../numpy/creation.ts'
import { fft, fftn, ifft } from '../numpy/fft/index.ts'
import { type Slice, slice } from '../numpy/index-expression.ts'
import { getItem } from '../numpy/indexing.ts'
import { asArray, promoteToFloat } from '../numpy/promotion.ts'
import { flip, roll } from '../numpy/rearranging.ts'
import { expandDims } from '../numpy/shape.ts'
import { exp, sqrt } from '../numpy/transcendental.ts'
import { upTo } from '../primitives/axes.ts'
import { complex, imag, real } from '../primitives/complex.ts'
import { concatenate } from '../primitives/joining.ts'
import { rev } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'

/** How a transform is scaled: not at all, or so that it keeps lengths. */
export type DctNorm = 'backward' | 'ortho'

/** What `dct` and `idct` may be told. */
export interface DctOptions {
  /** The kind of transform; only the second is there. */
  readonly type?: number
  /** The axis is cut to this length, or filled up with zeros. */
  readonly n?: number | null
  /** The last axis unless given. */
  readonly axis?: number
  readonly norm?: DctNorm | null
}

/** What `dctn` and `idctn` may be told. */
export interface DctnOptions {
  /** The kind of transform; only the second is there. */
  readonly type?: number
  /** The axes are cut to these lengths, or filled up with zeros. */
  readonly s?: number | readonly number[] | null
  /** All axes unless given, or the last ones if there are lengths. */
  readonly axes?: number | readonly number[] | null
  readonly norm?: DctNorm | null
}

/**
 * The discrete cosine transform of the second kind along an axis, as Makhoul (1980) computes it from one Fourier
 * transform of the same length. JAX: `jax.scipy.fft.dct`.
 *
 * @example
 * scipy.fft.dct(jnp.array([1, 1])).tolist() // [4, 0]
 */
export function dct(x: ArrayLike, type: number | DctOptions = {}, options: Omit<DctOptions, 'type'> = {}): JaxArray {
  const { axis, n, norm } = readOptions('dct', type, options)
  return realParts(asArray('fft.dct', x), (part) => {
    const along = canonicalAxis('scipy.fft.dct', axis, part.ndim)
    return forward(n === null ? part : resized(part, [along], [n]), along, norm)
  })
}

/**
 * The discrete cosine transform of the second kind along several axes. JAX: `jax.scipy.fft.dctn`.
 *
 * @example
 * scipy.fft.dctn(jnp.ones([2, 2])).tolist() // [[16, 0], [0, 0]]
 */
export function dctn(x: ArrayLike, type: number | DctnOptions = {}, options: Omit<DctnOptions, 'type'> = {}): JaxArray {
  const given = readManyOptions('dctn', type, options)
  return realParts(asArray('fft.dctn', x), (part) => {
    const { axes, lengths } = axesAndLengths('dctn', part, given)
    const whole = lengths === null ? part : resized(part, axes, lengths)
    if (axes.length === 1) return forward(whole, axes[0], given.norm)
    return pairs(axes).reduce<JaxArray>(
      (value, [first, second]) =>
        second === undefined ? forward(value, first, given.norm) : forwardOverTwo(value, first, second, given.norm),
      whole,
    )
  })
}

/**
 * Undoes `dct`. JAX: `jax.scipy.fft.idct`.
 *
 * @example
 * scipy.fft.idct(jnp.array([4, 0])).tolist() // [1, 1]
 */
export function idct(x: ArrayLike, type: number | DctOptions = {}, options: Omit<DctOptions, 'type'> = {}): JaxArray {
  const { axis, n, norm } = readOptions('idct', type, options)
  return realParts(asArray('fft.idct', x), (part) => {
    const along = canonicalAxis('scipy.fft.idct', axis, part.ndim)
    return inverse(n === null ? part : resized(part, [along], [n]), along, norm)
  })
}

/**
 * Undoes `dctn`. JAX: `jax.scipy.fft.idctn`.
 *
 * @example
 * scipy.fft.idctn(jnp.array([[16, 0], [0, 0]])).tolist() // [[1, 1], [1, 1]]
 */
export function idctn(
  x: ArrayLike,
  type: number | DctnOptions = {},
  options: Omit<DctnOptions, 'type'> = {},
): JaxArray {
  const given = readManyOptions('idctn', type, options)
  return realParts(asArray('fft.idctn', x), (part) => {
    const { axes, lengths } = axesAndLengths('idctn', part, given)
    const whole = lengths === null ? part : resized(part, axes, lengths)
    return axes.reduce((value, axis) => inverse(value, axis, given.norm), whole)
  })
}

function readOptions(
  name: string,
  type: number | DctOptions,
  options: Omit<DctOptions, 'type'>,
): { axis: number; n: number | null; norm: DctNorm | null } {
  const given = typeof type === 'number' ? { ...options, type } : type
  checkOptions(`scipy.fft.${name}`, given, ['type', 'n', 'axis', 'norm'])
  checkKind(name, given)
  return { axis: given.axis ?? -1, n: given.n ?? null, norm: given.norm ?? null }
}

interface SeveralAxes {
  readonly s: readonly number[] | null
  readonly axes: readonly number[] | null
  readonly norm: DctNorm | null
}

function readManyOptions(name: string, type: number | DctnOptions, options: Omit<DctnOptions, 'type'>): SeveralAxes {
  const given = typeof type === 'number' ? { ...options, type } : type
  checkOptions(`scipy.fft.${name}`, given, ['type', 's', 'axes', 'norm'])
  checkKind(name, given)
  const list = (value: number | readonly number[] | null | undefined): readonly number[] | null =>
    typeof value === 'number' ? [value] : (value ?? null)
  return { s: list(given.s), axes: list(given.axes), norm: given.norm ?? null }
}

function checkKind(name: string, { type = 2, norm = null }: { type?: number; norm?: DctNorm | null }): void {
  if (type !== 2) throw new NotImplementedError(`scipy.fft.${name} has type 2 only, not ${type}.`)
  if (norm !== null && norm !== 'backward' && norm !== 'ortho') {
    throw new ValueError(`scipy.fft.${name}: norm is null, 'backward' or 'ortho', got '${String(norm)}'.`)
  }
}

function axesAndLengths(
  name: string,
  x: JaxArray,
  { s, axes }: SeveralAxes,
): { axes: number[]; lengths: readonly number[] | null } {
  if (s !== null && s.length > x.ndim) {
    throw new ValueError(`scipy.fft.${name}: ${s.length} lengths are too many for an array of ${x.ndim} axes.`)
  }
  if (axes !== null) {
    const chosen = canonicalAxes(`scipy.fft.${name}`, axes, x.ndim)
    if (s !== null && s.length === 0 && chosen.length === 1) {
      throw new JaxTypeError(`scipy.fft.${name}: axis ${chosen[0]} needs a length.`)
    }
    return { axes: chosen, lengths: s }
  }
  return { axes: s === null ? upTo(x.ndim) : upTo(s.length).map((i) => x.ndim - s.length + i), lengths: s }
}

/** A complex array's parts are transformed one by one. */
function realParts(x: JaxArray, f: (part: JaxArray) => JaxArray): JaxArray {
  return isComplex(x.dtype) ? complex(f(real(x)), f(imag(x))) : f(x)
}

/** Each of the axes cut to its length, or filled up with zeros; axes without a length stay. */
function resized(x: JaxArray, axes: readonly number[], lengths: readonly number[]): JaxArray {
  const ends = new Array<number>(x.ndim).fill(0)
  for (const [i, length] of lengths.entries()) {
    if (i < axes.length) ends[axes[i]] = length - x.shape[axes[i]]
  }
  return pad(
    x,
    scalar(0, x.dtype),
    ends.map((end) => [0, end, 0] as const),
  )
}

function pairs(axes: readonly number[]): (readonly number[])[] {
  return upTo(Math.ceil(axes.length / 2)).map((i) => axes.slice(2 * i, 2 * i + 2))
}

function forward(x: JaxArray, axis: number, norm: DctNorm | null): JaxArray {
  const length = x.shape[axis]
  const spectrum = fft(interleaved(x, axis), { axis })
  const k = along(axis, x.ndim, arange(length, { dtype: real(spectrum).dtype }))
  const result = multiply(2, real(multiply(spectrum, quarterTurns(length, k))))
  return norm === 'ortho' ? orthonormal(result, axis) : result
}

/** Both axes at once: one Fourier transform over the plane and what it mirrors along the second axis. */
function forwardOverTwo(x: JaxArray, first: number, second: number, norm: DctNorm | null): JaxArray {
  const spectrum = fftn(interleaved(interleaved(x, first), second), { axes: [first, second] })
  const [m, n] = [x.shape[first], x.shape[second]]
  const k1 = along(first, x.ndim, arange(m, { dtype: spectrum.dtype }))
  const k2 = along(second, x.ndim, arange(n, { dtype: spectrum.dtype }))
  const turns = quarterTurns(m, k1)
  const direct = multiply(quarterTurns(n, k2), spectrum)
  const mirrored = multiply(quarterTurns(n, negative(k2)), roll(flip(spectrum, second), 1, second))
  const result = multiply(2, real(multiply(turns, add(direct, mirrored))))
  return norm === 'ortho' ? orthonormal(orthonormal(result, first), second) : result
}

function inverse(x: JaxArray, axis: number, norm: DctNorm | null): JaxArray {
  const [given] = promoteToFloat('fft.idct', x)
  const length = given.shape[axis]
  const once = norm === 'ortho' ? given : orthonormal(given, axis)
  const scaled = orthonormal(once, axis)
  const k = along(axis, x.ndim, arange(length, { dtype: scaled.dtype }))
  // JAX's program has the turns twice: their dtype comes from a first round.
  const turned = scaled.astype(quarterTurns(length, k).dtype)
  const spectrum = divide(turned, quarterTurns(length, k)).mul(2).mul(length)
  return deinterleaved(real(ifft(spectrum, { axis })), axis)
}

/** `exp(-i π k / 2n)`. */
function quarterTurns(n: number, k: JaxArray): JaxArray {
  const dtype = complexType(k.dtype)
  const turn = scalar({ re: 0, im: -0.5 * Math.PI }, dtype)
  const places = k.dtype === dtype ? k : k.astype(dtype)
  return exp(divide(multiply(turn, places), constant(places, n)))
}

function complexType(dtype: DType): 'complex64' | 'complex128' {
  return dtype === 'float64' || dtype === 'complex128' ? 'complex128' : 'complex64'
}

function along(axis: number, rank: number, values: JaxArray): JaxArray {
  return expandDims(
    values,
    upTo(rank).filter((other) => other !== axis),
  )
}

/** The elements at even places, then those at odd places from the last to the first. */
function interleaved(x: JaxArray, axis: number): JaxArray {
  const even = sliceInDim(x, null, null, 2, axis)
  const odd = rev(sliceInDim(x, 1, null, 2, axis), { dimensions: [axis] })
  return concatenate([even, odd], { dimension: axis })
}

/** Undoes `interleaved`. */
function deinterleaved(x: JaxArray, axis: number): JaxArray {
  const half = Math.ceil(x.shape[axis] / 2)
  const places = (start: number | null, stop: number | null, step: number | null): Slice[] =>
    upTo(x.ndim).map((other) => (other === axis ? slice(start, stop, step) : slice(null, null)))
  const even = getItem(x, places(null, half, null))
  const odd = rev(getItem(x, places(half, null, null)), { dimensions: [axis] })
  const evens = new IndexedUpdate(zeros(x.shape, { dtype: x.dtype }), places(null, null, 2)).set(even)
  return new IndexedUpdate(evens, places(1, null, 2)).set(odd)
}

function orthonormal(x: JaxArray, axis: number): JaxArray {
  const length = x.shape[axis]
  const factor = concatenate([full([1], 4, x.dtype), full([length - 1], 2, x.dtype)], { dimension: 0 })
  return divide(x, sqrt(multiply(along(axis, x.ndim, factor), length)))
}
