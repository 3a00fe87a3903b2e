import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { isComplex } from '../../ir/dtype.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { canonicalAxes } from '../../lax/arguments.ts'
import { dynamicSlice } from '../../lax/slicing.ts'
import { multiply } from '../../numpy/arithmetic.ts'
import { fftn, ifftn, irfftn, rfftn } from '../../numpy/fft/index.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import type { ConvolveMode } from '../../numpy/signals.ts'
import { upTo } from '../../primitives/axes.ts'
import { moveBatchAxis } from '../../primitives/batch-axis.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'

/** Which part is kept, and along which axes signals are convolved; all unless given. */
export interface FftconvolveOptions {
  readonly mode?: ConvolveMode
  readonly axes?: number | readonly number[] | null
}

/**
 * Convolution by way of the product of two spectra, which is fast for long signals. JAX:
 * `jax.scipy.signal.fftconvolve`.
 *
 * @example
 * scipy.signal.fftconvolve(jnp.ones(3), jnp.ones(2)).shape // [4]
 */
export function fftconvolve(
  in1: ArrayLike,
  in2: ArrayLike,
  mode: ConvolveMode | FftconvolveOptions = 'full',
  options: Omit<FftconvolveOptions, 'mode'> = {},
): JaxArray {
  const given = typeof mode === 'string' ? { ...options, mode } : mode
  checkOptions('scipy.signal.fftconvolve', given, ['mode', 'axes'])
  const { mode: kept = 'full', axes = null } = given
  checkArrayLike('fftconvolve', in1, in2)
  const type = floatType(promotedType([in1, in2]))
  const [x, y] = [toType(in1, type), toType(in2, type)]
  const shapes = `${formatShape(x.shape)} and ${formatShape(y.shape)}`
  if (x.ndim !== y.ndim) throw new ValueError(`scipy.signal.fftconvolve takes arrays of one rank, got ${shapes}.`)
  if (!['full', 'same', 'valid'].includes(kept)) {
    throw new ValueError(`scipy.signal.fftconvolve: mode is 'full', 'same' or 'valid', got '${kept}'.`)
  }
  if (axes === null) return convolved(x, y, kept)
  const along = canonicalAxes('scipy.signal.fftconvolve', axes, x.ndim)
  const mapped = upTo(x.ndim).filter((axis) => !along.includes(axis))
  if (mapped.some((axis) => x.shape[axis] !== y.shape[axis])) {
    throw new ValueError(
      `scipy.signal.fftconvolve: axes that are not convolved have equal lengths, got shapes ${shapes} and axes ${formatShape(along)}.`,
    )
  }
  return mappedOver(mapped, x, y, kept)
}

/** The last axis is mapped first, so that the numbers of those before it stay what they are. */
function mappedOver(axes: readonly number[], x: JaxArray, y: JaxArray, mode: ConvolveMode): JaxArray {
  const axis = axes.at(-1)
  if (axis === undefined) return convolved(x, y, mode)
  const size = x.shape[axis]
  const lanes = (a: JaxArray, b: JaxArray): JaxArray[] => [mappedOver(axes.slice(0, -1), a, b, mode)]
  const { outputs, dims } = batchFlat(lanes, [x, y], [axis, axis], { size, name: null })
  return moveBatchAxis(outputs[0], dims[0], axis, size)
}

function convolved(in1: JaxArray, in2: JaxArray, mode: ConvolveMode): JaxArray {
  const [x, y] = mode === 'valid' && isInside(in1, in2) ? [in2, in1] : [in1, in2]
  if (mode === 'valid' && !isInside(y, x)) {
    throw new ValueError(
      `scipy.signal.fftconvolve: for 'valid', one array fits into the other along every axis, got shapes ` +
        `${formatShape(in1.shape)} and ${formatShape(in2.shape)}.`,
    )
  }
  const full = x.shape.map((length, axis) => length + y.shape[axis] - 1)
  const result = x.shape.every((length, axis) => length === 1 || y.shape[axis] === 1)
    ? multiply(x, y)
    : productOfSpectra(x, y, full)
  const kept = keptShape(x, y, full, mode)
  const starts = kept.map((length, axis) => Math.floor((full[axis] - length) / 2))
  return dynamicSlice(result, starts, kept)
}

function isInside(small: JaxArray, large: JaxArray): boolean {
  return small.shape.every((length, axis) => length <= large.shape[axis])
}

function keptShape(x: JaxArray, y: JaxArray, full: readonly number[], mode: ConvolveMode): readonly number[] {
  switch (mode) {
    case 'full':
      return full
    case 'same':
      return x.shape
    case 'valid':
      return x.shape.map((length, axis) => length - y.shape[axis] + 1)
  }
}

function productOfSpectra(x: JaxArray, y: JaxArray, lengths: readonly number[]): JaxArray {
  const [forward, backward] = isComplex(x.dtype) ? [fftn, ifftn] : [rfftn, irfftn]
  return backward(multiply(forward(x, lengths), forward(y, lengths)), lengths)
}
