import { FFT, IFFT, IRFFT, RFFT, fftKernel } from '../compiler/reference/fft.ts'
import { NotImplementedError, ValueError } from '../errors.ts'
import { type Shape, type ShapedArray, formatShape, sameShape, sizeOf } from '../ir/aval.ts'
import { type DType, complexOf, isComplex, realPartOf } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import { upTo } from '../primitives/axes.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { conj } from '../primitives/complex.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { dynamicUpdateSlice } from '../primitives/dynamic-slice.ts'
import { div, mul } from '../primitives/elementwise-arithmetic.ts'
import { broadcastInDim, expandDims, onlyDim } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import { linearJvp } from '../primitives/rules.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { calledAs } from './called-as.ts'
import { spreadAlike } from '../primitives/sharding-rules.ts'

/** Which transform: complex or real, forward or inverse. The numbers are those that a jaxpr prints. */
export const FftType = { FFT, IFFT, RFFT, IRFFT } as const
export type FftType = (typeof FftType)[keyof typeof FftType]

type FftParams = { readonly fft_lengths: Shape; readonly fft_type: FftType }

/** Forward transforms of real numbers to complex ones take them as they are; all others take complex numbers. */
function operandDType(dtype: DType, type: FftType): DType {
  const isWide = dtype === 'float64' || dtype === 'int64' || dtype === 'uint64' || dtype === 'complex128'
  if (type !== RFFT) return isWide ? 'complex128' : 'complex64'
  if (dtype === 'float16' || dtype === 'bfloat16') return dtype
  return isWide ? 'float64' : 'float32'
}

/** The transform over the last axes of an array of any numbers. JAX: `jax.lax.fft`. */
export function fft(x: JaxArray, type: FftType, lengths: readonly number[]): JaxArray {
  if (type === RFFT && isComplex(x.dtype)) {
    throw new ValueError(`rfft transforms real numbers, got ${x.aval.toString()}.`, {
      hint: 'Use fft for complex numbers, or take their real parts first.',
    })
  }
  const transform = (values: JaxArray): JaxArray => {
    const operand = convertElementType(values, operandDType(values.dtype, type))
    return lengths.length === 0 ? operand : bindOne(fftPrimitive, [operand], { fft_lengths: lengths, fft_type: type })
  }
  return calledAs('fft', transform, x)
}

export const fftPrimitive: Primitive<FftParams> = definePrimitive<FftParams>({
  name: 'fft',
  inferSharding: spreadAlike(),
  cost: ([x], { fft_lengths, fft_type }, [out]) => {
    const size = Math.max(x.size, out.size)
    const full = 5 * size * Math.log2(Math.max(1, sizeOf(fft_lengths)))
    return { flops: Math.round(fft_type === RFFT || fft_type === IRFFT ? full / 2 : full) }
  },

  abstractEval([x], { fft_lengths, fft_type }) {
    const { shape, dtype } = resultOf(x, fft_lengths, fft_type)
    return [x.with({ shape, dtype })]
  },

  impl([x], { fft_lengths, fft_type }, [aval]) {
    const out = hostArray(aval.shape, aval.dtype)
    fftKernel(x, fft_type, fft_lengths, aval.shape, out)
    return [out]
  },

  jvp: linearJvp(() => fftPrimitive),

  transpose([ct], [x], { fft_lengths, fft_type }) {
    if (ct instanceof Zero) return [new Zero(x.aval)]
    switch (fft_type) {
      case RFFT:
        return [calledAs('_rfft_transpose', (t) => rfftTranspose(t, fft_lengths), ct)]
      case IRFFT:
        return [irfftTranspose(ct, fft_lengths)]
      case FFT:
      case IFFT:
        return [fft(ct, fft_type, fft_lengths)]
    }
  },

  batch([x], dims, { fft_lengths, fft_type }) {
    return { outputs: [fft(moveAxis(x, onlyDim(dims), 0), fft_type, fft_lengths)], dims: [0] }
  },
})

function resultOf(x: ShapedArray, lengths: Shape, type: FftType): { shape: Shape; dtype: DType } {
  const given = `an array ${x.toString()} and lengths ${formatShape(lengths)}`
  const name = ['FFT', 'IFFT', 'RFFT', 'IRFFT'][type]
  if (lengths.length > x.ndim) throw new ValueError(`fft transforms no more axes than there are, got ${given}.`)
  if (lengths.length > 3) throw new NotImplementedError(`fft transforms at most 3 axes at once, got ${given}.`)
  if (type === RFFT ? x.dtype !== 'float32' && x.dtype !== 'float64' : !isComplex(x.dtype)) {
    const wanted = type === RFFT ? 'float32 or float64' : 'complex64 or complex128'
    throw new ValueError(`fft of type ${name} takes ${wanted} numbers, got ${x.dtype}.`)
  }
  const outer = x.shape.slice(0, x.ndim - lengths.length)
  const inner = x.shape.slice(outer.length)
  const last = lengths[lengths.length - 1]
  const half = [...lengths.slice(0, -1), Math.floor(last / 2) + 1]
  const expected = type === IRFFT ? half : lengths
  if (!sameShape(inner, expected) || (type === RFFT && last === 0)) {
    throw new ValueError(`fft of type ${name} needs last axes of lengths ${formatShape(expected)}, got ${given}.`)
  }
  if (type === RFFT) return { shape: [...outer, ...half], dtype: complexOf(x.dtype) }
  return type === IRFFT
    ? { shape: [...outer, ...lengths], dtype: realPartOf(x.dtype) }
    : { shape: x.shape, dtype: x.dtype }
}

/** How often each element of half a spectrum occurs in the whole: twice, but for the first and a middle one. */
function multiplicity(like: JaxArray, dtype: DType, half: number, last: number): JaxArray {
  const filled = (value: number, length: number): JaxArray =>
    broadcastInDim(scalar(value, dtype), { shape: [length], broadcast_dimensions: [] })
  const zero = scalar(0, 'int32')
  const first = dynamicUpdateSlice(filled(2, half), filled(1, 1), [zero])
  if (last % 2 === 1) return expandDims(first, upTo(like.ndim - 1))
  const both = dynamicUpdateSlice(first, filled(1, 1), [scalar(half - 1, 'int32')])
  return expandDims(both, upTo(like.ndim - 1))
}

/** The cotangents shared among the elements that mirror each other, and transformed back. */
function rfftTranspose(ct: JaxArray, lengths: Shape): JaxArray {
  const half = ct.shape[ct.ndim - 1]
  const times = multiplicity(ct, ct.dtype, half, lengths[lengths.length - 1])
  const out = fft(div(conj(ct), times), IRFFT, lengths)
  return mul(constant(out, sizeOf(lengths)), out)
}

/** The spectrum of the cotangents, where elements that stand for two count twice. */
function irfftTranspose(ct: JaxArray, lengths: Shape): JaxArray {
  const spectrum = fft(ct, RFFT, lengths)
  const half = spectrum.shape[spectrum.ndim - 1]
  const times = multiplicity(spectrum, spectrum.dtype, half, lengths[lengths.length - 1])
  return conj(mul(mul(constant(times, 1 / sizeOf(lengths)), times), spectrum))
}
