import { NotImplementedError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { isComplex } from '../../ir/dtype.ts'
import { convGeneralDilated } from '../../lax/convolution.ts'
import { asArray, checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { flip } from '../../numpy/rearranging.ts'
import type { ConvolveMode } from '../../numpy/signals.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { fftconvolve } from './fft-convolution.ts'

/** Which part of the result is kept: all, what is as large as the first argument, or what no edge touches. */
export interface SignalOptions {
  readonly mode?: ConvolveMode
  readonly method?: 'auto' | 'direct' | 'fft'
}

/** How a plane goes on outside: only with zeros. */
export interface PlaneOptions {
  readonly mode?: ConvolveMode
  readonly boundary?: 'fill'
  readonly fillvalue?: 0
}

/**
 * Convolution of two arrays of one rank.
 *
 * @example
 * scipy.signal.convolve(jnp.array([1, 2]), jnp.array([1, 1])).tolist() // [1, 3, 2]
 */
export function convolve(
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | SignalOptions = 'full',
  options: Omit<SignalOptions, 'mode'> = {},
): JaxArray {
  return combined('convolve', in1, in2, signalArguments('convolve', mode, options))
}

/**
 * Cross-correlation of two arrays of one rank.
 *
 * @example
 * scipy.signal.correlate(jnp.array([1, 2]), jnp.array([0, 1])).tolist() // [1, 2, 0]
 */
export function correlate(
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | SignalOptions = 'full',
  options: Omit<SignalOptions, 'mode'> = {},
): JaxArray {
  return combined('correlate', in1, flip(conjugate(in2)), signalArguments('correlate', mode, options))
}

/**
 * Convolution of two matrices.
 *
 * @example
 * scipy.signal.convolve2d(jnp.ones([2, 2]), jnp.ones([2, 2])).tolist() // [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
 */
export function convolve2d(
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | PlaneOptions = 'full',
  options: Omit<PlaneOptions, 'mode'> = {},
): JaxArray {
  const [a, b, kept] = planes('convolve2d', in1, in2, mode, options)
  return direct('convolve2d', a, b, kept)
}

/**
 * Cross-correlation of two matrices.
 *
 * @example
 * scipy.signal.correlate2d(jnp.ones([2, 2]), jnp.ones([2, 2]), 'valid').tolist() // [[4]]
 */
export function correlate2d(
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | PlaneOptions = 'full',
  options: Omit<PlaneOptions, 'mode'> = {},
): JaxArray {
  const [a, b, kept] = planes('correlate2d', in1, in2, mode, options)
  const contained = a.shape.every((length, axis) => length <= b.shape[axis])
  const same = a.shape.every((length, axis) => length === b.shape[axis])
  const swapped = kept === 'valid' ? contained && !same : kept === 'full' && contained
  return swapped ? direct('correlate2d', flip(b), a, kept) : flip(direct('correlate2d', flip(a), b, kept))
}

function signalArguments(
  name: string,
  mode: ConvolveMode | SignalOptions,
  options: Omit<SignalOptions, 'mode'>,
): Required<SignalOptions> {
  const { mode: kept = 'full', method = 'auto' } = typeof mode === 'string' ? { ...options, mode } : mode
  if (!['auto', 'direct', 'fft'].includes(method)) {
    throw new ValueError(`scipy.signal.${name} has no method '${method}'.`)
  }
  return { mode: kept, method }
}

function combined(name: string, in1: ArrayLike, in2: ArrayLike, { mode, method }: Required<SignalOptions>): JaxArray {
  return method === 'fft' ? fftconvolve(in1, in2, mode) : direct(name, in1, in2, mode)
}

function conjugate(x: ArrayLike): ArrayLike {
  return x instanceof JaxArray && isComplex(x.dtype) ? x.conj() : x
}

function planes(
  name: string,
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | PlaneOptions,
  options: Omit<PlaneOptions, 'mode'>,
): [a: JaxArray, b: JaxArray, mode: ConvolveMode] {
  const {
    mode: kept = 'full',
    boundary = 'fill',
    fillvalue = 0,
  } = typeof mode === 'string' ? { ...options, mode } : mode
  if (boundary !== 'fill' || fillvalue !== 0) {
    throw new NotImplementedError(`scipy.signal.${name} fills with zeros outside of the arrays and knows nothing else.`)
  }
  const [a, b] = [asArray(name, in1), asArray(name, in2)]
  if (a.ndim !== 2 || b.ndim !== 2) {
    throw new ValueError(
      `scipy.signal.${name} takes matrices, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    )
  }
  return [a, b, kept]
}

function direct(name: string, in1: ArrayLike, in2: ArrayLike, mode: ConvolveMode): JaxArray {
  if (!['full', 'same', 'valid'].includes(mode)) {
    throw new ValueError(`scipy.signal.${name}: mode is 'full', 'same' or 'valid', got '${mode}'.`)
  }
  checkArrayLike(name, in1, in2)
  const type = floatType(promotedType([in1, in2]))
  const [x, y] = [toType(in1, type), toType(in2, type)]
  const shapes = `${formatShape(x.shape)} and ${formatShape(y.shape)}`
  if (x.ndim !== y.ndim) throw new ValueError(`scipy.signal.${name} takes arrays of one rank, got shapes ${shapes}.`)
  if (x.size === 0 || y.size === 0) throw new ValueError(`scipy.signal.${name} takes no empty arrays, got ${shapes}.`)
  const larger = x.shape.every((length, axis) => length >= y.shape[axis])
  const smaller = x.shape.every((length, axis) => length <= y.shape[axis])
  if (!larger && !smaller) {
    throw new ValueError(`scipy.signal.${name}: one array fits into the other along every axis, got shapes ${shapes}.`)
  }
  const [image, window] = smaller ? [y, x] : [x, y]
  const padding = window.shape.map((length, axis): [number, number] => {
    if (mode === 'valid') return [0, 0]
    if (mode === 'full') return [length - 1, length - 1]
    const own = y.shape[axis]
    const half = Math.floor((own - 1) / 2)
    return [length - 1 - half, length - own + half]
  })
  const batched = (array: JaxArray): JaxArray => array.reshape(1, 1, ...array.shape)
  const strides = window.shape.map(() => 1)
  const result = convGeneralDilated(batched(image), batched(flip(window)), strides, padding)
  return result.reshape(result.shape.slice(2))
}
