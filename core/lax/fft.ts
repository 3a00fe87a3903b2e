import { FftType, fft as transform } from '../control/fft.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, shapeArgument } from './arguments.ts'

export { FftType }

/** A member of `lax.FftType`, or its name in small or capital letters. */
export type FftTypeLike = FftType | string

const byName: Readonly<Record<string, FftType>> = {
  fft: FftType.FFT,
  ifft: FftType.IFFT,
  rfft: FftType.RFFT,
  irfft: FftType.IRFFT,
}

function typeArgument(type: FftTypeLike): FftType {
  if (typeof type === 'string') {
    const name = type === type.toUpperCase() ? type.toLowerCase() : type
    if (Object.hasOwn(byName, name)) return byName[name]
    throw new ValueError(`lax.fft has no transform '${type}', but fft, ifft, rfft and irfft.`)
  }
  if (Object.values(FftType).includes(type)) return type
  throw new JaxTypeError(`lax.fft: the transform must be a member of lax.FftType or its name, got ${String(type)}.`)
}

/**
 * The discrete Fourier transform over the last axes, as many as there are lengths. A real transform gives the first
 * half of the spectrum, a transform to real numbers reads such a half. JAX: `jax.lax.fft`.
 *
 * @example
 * lax.real(lax.fft(jnp.array([1, 2, 3, 4]), lax.FftType.FFT, [4])).tolist() // [10, -2, -2, -2]
 */
export function fft(x: ArrayLike, fftType: FftTypeLike, fftLengths: readonly number[]): JaxArray {
  return transform(arrayArgument(x), typeArgument(fftType), shapeArgument('lax.fft', fftLengths))
}
