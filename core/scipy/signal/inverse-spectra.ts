import { ValueError } from '../../errors.ts'
import { formatShape, sizeOf } from '../../ir/aval.ts'
import { complexOf } from '../../ir/dtype.ts'
import { canonicalAxis, staticInteger } from '../../lax/arguments.ts'
import { divide, multiply } from '../../numpy/arithmetic.ts'
import { arange } from '../../numpy/creation.ts'
import { ifft, irfft } from '../../numpy/fft/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { getItem } from '../../numpy/indexing.ts'
import { greater } from '../../numpy/logic.ts'
import { asArray } from '../../numpy/promotion.ts'
import { pad, repeat } from '../../numpy/rearranging.ts'
import { sum } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { expandDims, moveaxis, swapaxes, transpose } from '../../numpy/shape.ts'
import { upTo } from '../../primitives/axes.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { type Window, namedWindow } from './segments.ts'

/** What `istft` may be told: what `stft` was told, and which axes of the spectra are which. */
export interface IstftOptions {
  readonly fs?: ArrayLike
  readonly window?: Window
  readonly nperseg?: number | null
  readonly noverlap?: number | null
  readonly nfft?: number | null
  /** Whether the spectra are halved. */
  readonly inputOnesided?: boolean
  /** Whether the signal was extended at its ends. */
  readonly boundary?: boolean
  readonly timeAxis?: number
  readonly freqAxis?: number
}

const known = ['fs', 'window', 'nperseg', 'noverlap', 'nfft', 'inputOnesided', 'boundary', 'timeAxis', 'freqAxis']

/**
 * Undoes `stft`: the signal whose segments have the given spectra, and its times. JAX: `jax.scipy.signal.istft`.
 *
 * @example
 * const [, , z] = scipy.signal.stft(jnp.arange(8), { nperseg: 4 })
 * const [t, x] = scipy.signal.istft(z) // x is 0 … 7
 */
export function istft(
  zxx: ArrayLike,
  fs: ArrayLike | IstftOptions = {},
  options: Omit<IstftOptions, 'fs'> = {},
): [t: JaxArray, x: JaxArray] {
  const name = 'scipy.signal.istft'
  const given: IstftOptions = typeof fs !== 'object' || fs instanceof JaxArray ? { ...options, fs } : fs
  checkOptions(name, given, known)
  const { inputOnesided = true, boundary = true } = given
  const spectra = asArray(name, zxx)
  if (spectra.ndim < 2) {
    throw new ValueError(`${name}: spectra have axes for frequency and time, got shape ${formatShape(spectra.shape)}.`)
  }
  const freqAxis = canonicalAxis(name, given.freqAxis ?? -2, spectra.ndim)
  const timeAxis = canonicalAxis(name, given.timeAxis ?? -1, spectra.ndim)
  if (freqAxis === timeAxis) throw new ValueError(`${name}: time and frequency lie along two axes, got ${freqAxis}.`)
  const { nperseg, noverlap } = segmentLengths(name, spectra.shape[freqAxis], inputOnesided, given)
  const outer = upTo(spectra.ndim).filter((axis) => axis !== freqAxis && axis !== timeAxis)
  const isOrdered = timeAxis === spectra.ndim - 1 && freqAxis === spectra.ndim - 2
  const complex = spectra.astype(complexOf(spectra.dtype))
  const ordered = isOrdered ? complex : transpose(complex, [...outer, freqAxis, timeAxis])
  const inverse = inputOnesided ? irfft : ifft
  const frames = getItem(inverse(ordered, { axis: -2, n: given.nfft ?? null }), ['...', slice(nperseg), slice(null)])
  const window = windowOf(name, given.window ?? 'hann', nperseg, frames)
  const tall = expandDims(window, [...upTo(frames.ndim - 2), frames.ndim - 1])
  const step = nperseg - noverlap
  const total = overlapped(swapaxes(multiply(multiply(frames, sum(window)), tall), -2, -1), step)
  const squares = repeat(multiply(tall, tall), frames.shape[frames.ndim - 1], -1)
  const norm = overlapped(swapaxes(squares, -2, -1), step)
  const half = Math.floor(nperseg / 2)
  const inner = (x: JaxArray): JaxArray => (boundary ? getItem(x, ['...', slice(half, half === 0 ? 0 : -half)]) : x)
  const weights = inner(norm)
  const signal = divide(inner(total), where(greater(weights, 1e-10), weights, 1))
  const isMoved = signal.ndim > 1 && timeAxis !== spectra.ndim - 1
  const result = isMoved ? moveaxis(signal, -1, freqAxis < timeAxis ? timeAxis - 1 : timeAxis) : signal
  return [divide(arange(result.shape[0], { dtype: realOf(result) }), given.fs ?? 1), result]
}

function realOf(x: JaxArray): 'float32' | 'float64' {
  return x.dtype === 'float64' || x.dtype === 'complex128' ? 'float64' : 'float32'
}

function segmentLengths(
  name: string,
  frequencies: number,
  onesided: boolean,
  given: IstftOptions,
): { nperseg: number; noverlap: number } {
  const own = onesided ? 2 * (frequencies - 1) : frequencies
  const nperseg = staticInteger(name, 'nperseg', given.nperseg || own)
  if (nperseg < 1) throw new ValueError(`${name}: nperseg is at least 1, got ${nperseg}.`)
  const odd = onesided && nperseg === own + 1 ? 1 : 0
  const nfft = staticInteger(name, 'nfft', given.nfft ?? own + odd)
  if (nfft < nperseg) throw new ValueError(`${name}: nfft, ${nfft}, is less than nperseg, ${nperseg}.`)
  const noverlap = staticInteger(name, 'noverlap', given.noverlap || Math.floor(nperseg / 2))
  if (noverlap >= nperseg) throw new ValueError(`${name}: noverlap, ${noverlap}, is not below nperseg, ${nperseg}.`)
  return { nperseg, noverlap }
}

function windowOf(name: string, window: Window, nperseg: number, frames: JaxArray): JaxArray {
  if (typeof window === 'string') return namedWindow(window, nperseg, frames.dtype)
  const values = asArray(name, window)
  if (values.ndim !== 1 || values.shape[0] !== nperseg) {
    throw new ValueError(`${name}: the window has ${nperseg} values, got shape ${formatShape(values.shape)}.`)
  }
  return values
}

/**
 * The sum of frames, shape `[..., frames, length]`, each `step` further on. Frames are cut into pieces of that length;
 * a row of pieces that is one longer than what is read of it moves every frame on by one piece.
 */
function overlapped(x: JaxArray, step: number): JaxArray {
  const batch = x.shape.slice(0, -2)
  const [frames, length] = x.shape.slice(-2)
  const lanes = sizeOf(batch)
  const pieces = 1 + Math.floor((length - 1) / step)
  const even = [0, 0] as const
  const padded = pad(x.reshape(lanes, frames, length), [even, even, [0, pieces * step - length]])
  const rows = transpose(padded.reshape(lanes, frames, pieces, step), [0, 2, 1, 3])
  const wide = pad(rows, [even, even, [0, frames], even])
  const read = 2 * frames - 1
  const flat = getItem(wide.reshape(lanes, wide.size / Math.max(1, lanes)), [slice(null), slice(pieces * read * step)])
  const total = sum(flat.reshape(lanes, pieces, read * step), { axis: 1 })
  const result = getItem(total, [slice(null), slice(step * (frames - 1) + length)])
  return result.reshape([...batch, result.shape[1]])
}
