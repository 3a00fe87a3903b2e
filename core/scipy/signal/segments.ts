import { NotImplementedError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import type { DType } from '../../ir/dtype.ts'
import { staticInteger } from '../../lax/arguments.ts'
import { sliceInDim } from '../../lax/slicing.ts'
import { multiply, power, subtract } from '../../numpy/arithmetic.ts'
import { array } from '../../numpy/creation.ts'
import { concatenate } from '../../numpy/joining.ts'
import { asArray } from '../../numpy/promotion.ts'
import { flip, pad } from '../../numpy/rearranging.ts'
import { linspace } from '../../numpy/sequences.ts'
import { sin } from '../../numpy/transcendental.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/** Windows that are sums of cosines: SciPy's coefficients. */
const cosineSums: Readonly<Record<string, readonly number[]>> = {
  boxcar: [1],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
}

/** A window by its name, or its values. */
export type Window = 'hann' | 'boxcar' | 'hamming' | 'blackman' | 'nuttall' | 'blackmanharris' | 'flattop' | JaxArray

/** How a signal goes on beyond its ends: mirrored, mirrored and turned round, by its last value, or by zeros. */
export type Boundary = 'even' | 'odd' | 'constant' | 'zeros' | null

/** The window of a name, periodic as spectra want it. */
export function namedWindow(name: string, count: number, dtype: DType): JaxArray {
  if (name === 'hann') {
    if (count === 1) return array([1], { dtype })
    return power(sin(linspace(0, Math.PI, count, { endpoint: false })), 2).astype(dtype)
  }
  if (!Object.hasOwn(cosineSums, name)) {
    throw new NotImplementedError(
      `scipy.signal has no window '${name}', but hann, ${Object.keys(cosineSums).join(', ')}; give its values instead.`,
    )
  }
  const value = (place: number): number => {
    const turn = (2 * Math.PI * place) / count - Math.PI
    return cosineSums[name].reduce((sum, coefficient, k) => sum + coefficient * Math.cos(k * turn), 0)
  }
  const values = Array.from({ length: count }, (_, place) => (count === 1 ? 1 : value(place)))
  return array(values, { dtype })
}

/** The window, and how many values a segment has. */
export function segmentWindow(
  name: string,
  window: Window,
  nperseg: number | null,
  length: number,
  dtype: DType,
): { window: JaxArray; nperseg: number } {
  const wanted = nperseg === null ? null : staticInteger(name, 'nperseg', nperseg)
  if (wanted !== null && wanted < 1) throw new ValueError(`${name}: nperseg is at least 1, got ${wanted}.`)
  if (typeof window === 'string') {
    if (wanted !== null && wanted > length) {
      console.warn(`${name}: segments of ${wanted} values are longer than the signal; they have ${length} instead.`)
    }
    const count = Math.min(wanted ?? length, length)
    return { window: namedWindow(window, count, dtype), nperseg: count }
  }
  const values = asArray(name, window).astype(dtype)
  if (values.ndim !== 1) throw new ValueError(`${name}: a window is a vector, got shape ${formatShape(values.shape)}.`)
  if (length < values.size) {
    throw new ValueError(`${name}: the window has ${values.size} values, more than the signal, which has ${length}.`)
  }
  if (wanted !== null && wanted !== values.size) {
    throw new ValueError(`${name}: nperseg is ${wanted}, but the window has ${values.size} values.`)
  }
  return { window: values, nperseg: values.size }
}

/** The signals along the last axis with `count` values more at both ends. */
export function extended(x: JaxArray, boundary: Boundary, count: number): JaxArray {
  const widths = x.shape.map((_, axis) => (axis === x.ndim - 1 ? ([count, count] as const) : ([0, 0] as const)))
  switch (boundary) {
    case 'even':
      return pad(x, widths, 'reflect')
    case 'odd':
      return turnedRound(x, count)
    case 'constant':
      return pad(x, widths, 'edge')
    case 'zeros':
      return pad(x, widths, { constantValues: 0 })
    case null:
      return x
  }
}

function turnedRound(x: JaxArray, count: number): JaxArray {
  if (count < 1) return x
  const axis = x.ndim - 1
  const length = x.shape[axis]
  if (count > length - 1) {
    throw new ValueError(`scipy.signal: ${length} values cannot be extended by ${count}.`)
  }
  const part = (start: number, stop: number): JaxArray => sliceInDim(x, start, stop, 1, axis)
  const around = (end: JaxArray, mirrored: JaxArray): JaxArray => subtract(multiply(2, end), flip(mirrored, axis))
  const before = around(part(0, 1), part(1, count + 1))
  const after = around(part(length - 1, length), part(length - count - 1, length - 1))
  return concatenate([before, x, after], axis)
}

/** The sampling frequency's inverse: the time between two values. */
export function spacingOf(fs: ArrayLike): ArrayLike {
  return typeof fs === 'object' ? fs.pow(-1) : 1 / Number(fs)
}
