/** Discrete Fourier transforms: JAX's `jax.numpy.fft`. */
import { FftType } from '../../lax/fft.ts'
import { JaxTypeError } from '../../errors.ts'
import { canonicalAxis } from '../../lax/arguments.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { multiply } from '../arithmetic.ts'
import { conj } from '../complex.ts'
import { asArray } from '../promotion.ts'
import {
  type FftArguments,
  type FftOptions,
  type FftnArguments,
  ofOneAxis,
  readFft2Options,
  readFftOptions,
  readFftnOptions,
} from './options.ts'
import { transformOver } from './transform.ts'

export { fftfreq, fftshift, ifftshift, rfftfreq } from './frequencies.ts'
export type { FrequencyOptions, ShiftAxes } from './frequencies.ts'
export type { FftOptions, FftnOptions } from './options.ts'
export type { FftNorm } from './transform.ts'

/**
 * The discrete Fourier transform along an axis, the last unless given; with `n` the axis is cut or filled with zeros
 * to that length. Results are complex64, or complex128 from 64-bit numbers. JAX: `jax.numpy.fft.fft`.
 *
 * @example
 * jnp.fft.fft(jnp.array([1, 0, 0])).shape // [3]
 * jnp.fft.fft(jnp.ones([4, 2]), { axis: 0, norm: 'ortho' })
 */
export function fft(a: ArrayLike, ...given: FftArguments): JaxArray {
  return transformOver({ name: 'fft', type: FftType.FFT }, a, ofOneAxis(readFftOptions('fft', given)))
}

/**
 * The inverse of `fft`, divided by the number of points. JAX: `jax.numpy.fft.ifft`.
 *
 * @example
 * jnp.real(jnp.fft.ifft(jnp.fft.fft(jnp.array([1, 2])))).tolist() // [1, 2]
 */
export function ifft(a: ArrayLike, ...given: FftArguments): JaxArray {
  return transformOver({ name: 'ifft', type: FftType.IFFT }, a, ofOneAxis(readFftOptions('ifft', given)))
}

/**
 * The first half of the spectrum of real numbers, n/2 + 1 values; the other half mirrors it. JAX:
 * `jax.numpy.fft.rfft`.
 *
 * @example
 * jnp.fft.rfft(jnp.ones(6)).shape // [4]
 */
export function rfft(a: ArrayLike, ...given: FftArguments): JaxArray {
  return transformOver({ name: 'rfft', type: FftType.RFFT }, a, ofOneAxis(readFftOptions('rfft', given)))
}

/**
 * The `n` real numbers with the given half of a spectrum, an even number of them unless given. JAX:
 * `jax.numpy.fft.irfft`.
 *
 * @example
 * jnp.fft.irfft(jnp.fft.rfft(jnp.array([1, 2, 3])), 3).shape // [3]
 */
export function irfft(a: ArrayLike, ...given: FftArguments): JaxArray {
  return transformOver({ name: 'irfft', type: FftType.IRFFT }, a, ofOneAxis(readFftOptions('irfft', given)))
}

/**
 * The real spectrum of a signal whose other half mirrors the given one. JAX: `jax.numpy.fft.hfft`.
 *
 * @example
 * jnp.fft.hfft(jnp.array([1, 0, 0])).tolist() // [1, 1, 1, 1]
 */
export function hfft(a: ArrayLike, ...given: FftArguments): JaxArray {
  const value = conj(asArray('fft.hfft', a))
  const options = readFftOptions('hfft', given)
  const points = options.n ?? 2 * (lengthAlong('hfft', value, options) - 1)
  return multiply(transformOver({ name: 'hfft', type: FftType.IRFFT }, value, ofOneAxis(options)), points)
}

/**
 * The inverse of `hfft`: half a signal from its real spectrum. JAX: `jax.numpy.fft.ihfft`.
 *
 * @example
 * jnp.fft.ihfft(jnp.ones(4)).shape // [3]
 */
export function ihfft(a: ArrayLike, ...given: FftArguments): JaxArray {
  const value = asArray('fft.ihfft', a)
  const options = readFftOptions('ihfft', given)
  const points = options.n ?? lengthAlong('ihfft', value, options)
  const spectrum = transformOver({ name: 'ihfft', type: FftType.RFFT }, value, ofOneAxis(options))
  return multiply(conj(spectrum), 1 / points)
}

function lengthAlong(name: string, value: JaxArray, { axis = -1 }: FftOptions): number {
  if (axis === null) throw new JaxTypeError(`jnp.fft.${name} needs an axis, or the length n.`)
  return value.shape[canonicalAxis(`jnp.fft.${name}`, axis, value.ndim)]
}

/**
 * The discrete Fourier transform along two axes, the last unless given. JAX: `jax.numpy.fft.fft2`.
 *
 * @example
 * jnp.fft.fft2(jnp.ones([3, 4])).shape // [3, 4]
 */
export function fft2(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'fft2', type: FftType.FFT }, a, readFft2Options('fft2', given))
}

/**
 * The inverse of `fft2`. JAX: `jax.numpy.fft.ifft2`.
 *
 * @example
 * jnp.fft.ifft2(jnp.ones([3, 4])).shape // [3, 4]
 */
export function ifft2(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'ifft2', type: FftType.IFFT }, a, readFft2Options('ifft2', given))
}

/**
 * Half the spectrum of real numbers along two axes; the second is halved. JAX: `jax.numpy.fft.rfft2`.
 *
 * @example
 * jnp.fft.rfft2(jnp.ones([3, 4])).shape // [3, 3]
 */
export function rfft2(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'rfft2', type: FftType.RFFT }, a, readFft2Options('rfft2', given))
}

/**
 * The inverse of `rfft2`: real numbers. JAX: `jax.numpy.fft.irfft2`.
 *
 * @example
 * jnp.fft.irfft2(jnp.ones([3, 3])).shape // [3, 4]
 */
export function irfft2(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'irfft2', type: FftType.IRFFT }, a, readFft2Options('irfft2', given))
}

/**
 * The discrete Fourier transform along several axes: all, or the last as many as `s` has lengths. JAX:
 * `jax.numpy.fft.fftn`.
 *
 * @example
 * jnp.fft.fftn(jnp.ones([2, 3, 4]), { axes: [0, 2] }).shape // [2, 3, 4]
 */
export function fftn(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'fftn', type: FftType.FFT }, a, readFftnOptions('fftn', given))
}

/**
 * The inverse of `fftn`. JAX: `jax.numpy.fft.ifftn`.
 *
 * @example
 * jnp.fft.ifftn(jnp.ones([2, 3, 4])).shape // [2, 3, 4]
 */
export function ifftn(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'ifftn', type: FftType.IFFT }, a, readFftnOptions('ifftn', given))
}

/**
 * Half the spectrum of real numbers along several axes; the last of them is halved. JAX: `jax.numpy.fft.rfftn`.
 *
 * @example
 * jnp.fft.rfftn(jnp.ones([2, 3, 4])).shape // [2, 3, 3]
 */
export function rfftn(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'rfftn', type: FftType.RFFT }, a, readFftnOptions('rfftn', given))
}

/**
 * The inverse of `rfftn`: real numbers. JAX: `jax.numpy.fft.irfftn`.
 *
 * @example
 * jnp.fft.irfftn(jnp.ones([2, 3, 3])).shape // [2, 3, 4]
 */
export function irfftn(a: ArrayLike, ...given: FftnArguments): JaxArray {
  return transformOver({ name: 'irfftn', type: FftType.IRFFT }, a, readFftnOptions('irfftn', given))
}
