import { ValueError } from '../../errors.ts'
import { type DType, complexOf, isComplex, isInteger, realPartOf } from '../../ir/dtype.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { canonicalAxis, staticInteger } from '../../lax/arguments.ts'
import { dynamicSliceInDim } from '../../lax/slicing.ts'
import { add, divide, multiply, power, subtract } from '../../numpy/arithmetic.ts'
import { IndexedUpdate } from '../../numpy/at.ts'
import { conj, imag, real } from '../../numpy/complex.ts'
import { arange, zeros } from '../../numpy/creation.ts'
import { fft, fftfreq, rfft, rfftfreq } from '../../numpy/fft/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { concatenate } from '../../numpy/joining.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { mean, sum } from '../../numpy/reductions.ts'
import { broadcastShapes, expandDims, moveaxis } from '../../numpy/shape.ts'
import { median } from '../../numpy/statistics.ts'
import { sqrt } from '../../numpy/transcendental.ts'
import { moveBatchAxis } from '../../primitives/batch-axis.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { detrend as withoutTrend } from './detrend.ts'
import { type Boundary, type Window, extended, segmentWindow, spacingOf } from './segments.ts'
import { userCode } from '../../tracing/source.ts'

/** What is taken out of every segment: its mean, its linear trend, nothing, or what a function takes out. */
export type Detrend = 'constant' | 'linear' | false | ((segments: JaxArray) => JaxArray)

interface SegmentOptions {
  /** Values in a unit of time; 1 unless given. */
  readonly fs?: ArrayLike
  readonly window?: Window
  /** Values in a segment. */
  readonly nperseg?: number | null
  /** Values that neighbouring segments share, half of them unless given. */
  readonly noverlap?: number | null
  /** Segments are filled with zeros to this length. */
  readonly nfft?: number | null
  readonly detrend?: Detrend
  /** Whether the spectrum of real numbers is halved. */
  readonly returnOnesided?: boolean
  readonly axis?: number
}

/** What `csd` and `welch` may be told. */
export interface SpectrumOptions extends SegmentOptions {
  /** Power for each frequency, or for each unit of frequency. */
  readonly scaling?: 'density' | 'spectrum'
  readonly average?: 'mean' | 'median'
}

/** What `stft` may be told. */
export interface StftOptions extends SegmentOptions {
  readonly boundary?: Boundary
  /** Whether zeros at the end make the last segment whole. */
  readonly padded?: boolean
}

const segmentOptions = ['fs', 'window', 'nperseg', 'noverlap', 'nfft', 'detrend', 'returnOnesided', 'axis']

/**
 * Short-time Fourier transform: the spectra of overlapping segments, with their frequencies and times. JAX:
 * `jax.scipy.signal.stft`.
 *
 * @example
 * const [f, t, z] = scipy.signal.stft(jnp.ones(8), { nperseg: 4 })
 * z.shape // [3, 5]
 */
export function stft(
  x: JaxArray,
  fs: ArrayLike | StftOptions = {},
  options: Omit<StftOptions, 'fs'> = {},
): [f: JaxArray, t: JaxArray, zxx: JaxArray] {
  const given: StftOptions = isRate(fs) ? { ...options, fs } : fs
  checkOptions('scipy.signal.stft', given, [...segmentOptions, 'boundary', 'padded'])
  const { nperseg = 256, detrend = false, boundary = 'zeros', padded = true } = given
  const spectra = { ...given, nperseg, detrend, boundary, padded, scaling: 'spectrum' } as const
  return spectraOf('stft', x, null, spectra)
}

/**
 * Cross power spectral density of two signals by Welch's method: spectra of overlapping segments, averaged. With
 * null as the second signal, the power spectral density of the first. JAX: `jax.scipy.signal.csd`.
 *
 * @example
 * const [f, power] = scipy.signal.csd(jnp.arange(8), jnp.ones(8), { nperseg: 4 })
 * power.shape // [3]
 */
export function csd(
  x: JaxArray,
  y: ArrayLike | null,
  fs: ArrayLike | SpectrumOptions = {},
  options: Omit<SpectrumOptions, 'fs'> = {},
): [f: JaxArray, pxy: JaxArray] {
  const given: SpectrumOptions = isRate(fs) ? { ...options, fs } : fs
  checkOptions('scipy.signal.csd', given, [...segmentOptions, 'scaling', 'average'])
  const [frequencies, , powers] = spectraOf('csd', x, y, given)
  const product = y === null ? powers : add(powers, scalar({ re: 0, im: 0 }, complexOf(powers.dtype), true))
  return [frequencies, averaged(product, given.average ?? 'mean')]
}

/**
 * Power spectral density of a signal by Welch's method. JAX: `jax.scipy.signal.welch`.
 *
 * @example
 * const [f, power] = scipy.signal.welch(jnp.arange(8), { nperseg: 4 })
 * power.shape // [3]
 */
export function welch(
  x: JaxArray,
  fs: ArrayLike | SpectrumOptions = {},
  options: Omit<SpectrumOptions, 'fs'> = {},
): [f: JaxArray, pxx: JaxArray] {
  const [frequencies, powers] = csd(x, null, fs, options)
  return [frequencies, real(powers)]
}

function isRate(fs: ArrayLike | object): fs is ArrayLike {
  return typeof fs !== 'object' || fs instanceof JaxArray
}

/** The mean over all segments, which lie along the last axis, or their median without its bias. */
function averaged(powers: JaxArray, average: 'mean' | 'median'): JaxArray {
  if (powers.ndim < 2 || powers.size === 0) return powers
  const count = powers.shape[powers.ndim - 1]
  if (count === 1) return powers.reshape(powers.shape.slice(0, -1))
  switch (average) {
    case 'mean':
      return mean(powers, { axis: -1 })
    case 'median':
      return divide(medianOfParts(powers), medianBias(count).astype(powers.dtype))
    default:
      throw new ValueError(`scipy.signal: average is 'mean' or 'median', got '${String(average)}'.`)
  }
}

function medianOfParts(powers: JaxArray): JaxArray {
  if (!isComplex(powers.dtype)) return median(powers, { axis: -1 })
  const imaginary = multiply(scalar({ re: 0, im: 1 }, powers.dtype, true), median(imag(powers), { axis: -1 }))
  return add(median(real(powers), { axis: -1 }), imaginary)
}

/** How much larger the mean of exponentially distributed powers is expected to be than their median (Allen et al. 2012). */
function medianBias(count: number): JaxArray {
  const even = arange(2, count, 2).astype('float')
  return add(1, sum(subtract(divide(1, add(even, 1)), divide(1, even))))
}

interface SpectraOptions extends SpectrumOptions, StftOptions {}

function spectraOf(
  name: 'stft' | 'csd',
  x: JaxArray,
  y: ArrayLike | null,
  options: SpectraOptions,
): [frequencies: JaxArray, times: JaxArray, spectra: JaxArray] {
  const where = `scipy.signal.${name}`
  const { fs = 1, detrend = 'constant', returnOnesided = true, scaling = 'density' } = options
  const { boundary = null, padded = false } = options
  checkBoundary(where, boundary)
  const signals = signalsOf(where, x, y)
  const [first] = signals
  const axis = canonicalAxis(where, staticInteger(where, 'the axis', options.axis ?? -1), first.ndim)
  checkOuterShapes(where, signals, axis)
  const complexType = complexOf(first.dtype)
  const frequencyType = realPartOf(complexType)
  const { window, nperseg } = segmentWindow(
    where,
    options.window ?? 'hann',
    options.nperseg ?? null,
    first.shape[axis],
    first.dtype,
  )
  const noverlap = staticInteger(where, 'noverlap', options.noverlap ?? Math.floor(nperseg / 2))
  const nfft = staticInteger(where, 'nfft', options.nfft ?? nperseg)
  if (signals.some((signal) => signal.size === 0)) return withoutValues(signals, axis, frequencyType, complexType)
  if (nfft < nperseg) throw new ValueError(`${where}: nfft, ${nfft}, is less than nperseg, ${nperseg}.`)
  if (noverlap >= nperseg) throw new ValueError(`${where}: noverlap, ${noverlap}, is not below nperseg, ${nperseg}.`)
  const step = nperseg - noverlap
  const longest = Math.max(...signals.map((signal) => signal.shape[axis]))
  const lines = signals.map((signal) => {
    const line = filledTo(moveaxis(signal, axis, -1), longest)
    const whole = extended(line, boundary, Math.floor(nperseg / 2))
    return padded ? filledTo(whole, wholeLength(lastLength(whole), nperseg, step)) : whole
  })
  const scale = scaleOf(where, name, scaling, window, fs).astype(complexType)
  const isOnesided = returnOnesided && !signals.some((signal) => isComplex(signal.dtype))
  if (returnOnesided && !isOnesided) {
    console.warn(`${where}: the spectrum of complex numbers is two-sided; give returnOnesided: false.`)
  }
  const frequencies = (isOnesided ? rfftfreq : fftfreq)(nfft, spacingOf(fs), { dtype: frequencyType })
  const remove = removerOf(where, detrend, axis)
  const spectra = lines.map((line) => segmentSpectra(line, { window, remove, nperseg, step, nfft, isOnesided }))
  const scaled = multiply(name === 'stft' ? spectra[0] : multiply(conj(spectra[0]), spectra.at(-1) ?? 0), scale)
  const shown = isOnesided && name === 'csd' ? bothHalves(scaled, nfft) : scaled
  const result = shown.astype(complexType)
  const half = nperseg / 2
  const ticks = arange(half, lastLength(lines[0]) - half + 1, step, { dtype: frequencyType })
  const starts = divide(ticks, fs)
  const times = boundary === null ? starts : subtract(starts, divide(half, fs))
  return [frequencies, times, moveaxis(name === 'csd' && y === null ? real(result) : result, -1, axis)]
}

function checkBoundary(where: string, boundary: Boundary): void {
  if (boundary === null || ['even', 'odd', 'constant', 'zeros'].includes(boundary)) return
  throw new ValueError(`${where}: boundary is 'even', 'odd', 'constant', 'zeros' or null, got '${boundary}'.`)
}

function signalsOf(where: string, x: JaxArray, y: ArrayLike | null): JaxArray[] {
  const given = y === null ? [x] : [x, y]
  checkArrayLike(where, ...given)
  const type = floatType(promotedType(given))
  return given.map((signal) => toType(signal, type))
}

function checkOuterShapes(where: string, signals: readonly JaxArray[], axis: number): void {
  if (signals.some((signal) => signal.ndim !== signals[0].ndim)) {
    throw new ValueError(`${where}: both signals have one rank, got ${signals.map(({ ndim }) => ndim).join(' and ')}.`)
  }
  broadcastShapes(...signals.map((signal) => signal.shape.toSpliced(axis, 1)))
}

function withoutValues(
  signals: readonly JaxArray[],
  axis: number,
  real: DType,
  complex: DType,
): [JaxArray, JaxArray, JaxArray] {
  const outer = broadcastShapes(...signals.map((signal) => signal.shape.toSpliced(axis, 1)))
  const shape = outer.toSpliced(axis, 0, Math.min(...signals.map((signal) => signal.shape[axis])))
  return [zeros(shape, { dtype: real }), zeros(shape, { dtype: real }), zeros(shape, { dtype: complex })]
}

function lastLength(x: JaxArray): number {
  return x.shape[x.ndim - 1]
}

/** The least length from `length` on that whole segments fill. */
function wholeLength(length: number, nperseg: number, step: number): number {
  const over = (((nperseg - length) % step) + step) % step
  return length + (over % nperseg)
}

function filledTo(x: JaxArray, length: number): JaxArray {
  const missing = length - lastLength(x)
  return missing === 0 ? x : concatenate([x, zeros(x.shape.with(-1, missing), { dtype: x.dtype })], -1)
}

function scaleOf(where: string, name: string, scaling: string, window: JaxArray, fs: ArrayLike): JaxArray {
  switch (scaling) {
    case 'density':
      return divide(1, multiply(fs, sum(multiply(window, window))))
    case 'spectrum': {
      const scale = divide(1, power(sum(window), 2))
      return name === 'stft' ? sqrt(scale) : scale
    }
    default:
      throw new ValueError(`${where}: scaling is 'density' or 'spectrum', got '${scaling}'.`)
  }
}

function removerOf(where: string, detrend: Detrend, axis: number): (segments: JaxArray) => JaxArray {
  if (detrend === false) return (segments) => segments
  if (typeof detrend === 'function') {
    const remove = userCode(detrend)
    return (segments) => moveaxis(remove(moveaxis(segments, axis, -1)), -1, axis)
  }
  if (typeof detrend !== 'string') throw new ValueError(`${where} cannot detrend by ${String(detrend)}.`)
  return (segments) => withoutTrend(segments, { type: detrend, axis: -1 })
}

interface Segmentation {
  readonly window: JaxArray
  readonly remove: (segments: JaxArray) => JaxArray
  readonly nperseg: number
  readonly step: number
  readonly nfft: number
  readonly isOnesided: boolean
}

/** The spectrum of every segment: shape `[..., segments, frequencies]`. */
function segmentSpectra(x: JaxArray, { window, remove, nperseg, step, nfft, isOnesided }: Segmentation): JaxArray {
  const line = isInteger(x.dtype) ? x.astype(window.dtype) : x
  const isWhole = nperseg === 1 && step === 1
  const segments = remove(isWhole ? expandDims(line, -1) : segmentsOf(line, nperseg, step))
  const tapered = multiply(window.reshape([...new Array<number>(line.ndim).fill(1), nperseg]), segments)
  return isOnesided ? rfft(real(tapered), { n: nfft }) : fft(tapered, { n: nfft })
}

function segmentsOf(line: JaxArray, nperseg: number, step: number): JaxArray {
  const starts = arange(0, lastLength(line) - nperseg + 1, step)
  const size = starts.size
  const segment = (start: JaxArray): JaxArray[] => [dynamicSliceInDim(line, start, nperseg, -1)]
  const { outputs, dims } = batchFlat(segment, [starts], [0], { size, name: null })
  return moveBatchAxis(outputs[0], dims[0], line.ndim - 1, size)
}

/** Powers of the half that is left out are those of the half that is there; zero and the middle have no twin. */
function bothHalves(spectra: JaxArray, nfft: number): JaxArray {
  const last = spectra.shape[spectra.ndim - 1]
  return new IndexedUpdate(spectra, ['...', slice(1, nfft % 2 === 0 ? last - 1 : last)]).mul(2)
}
