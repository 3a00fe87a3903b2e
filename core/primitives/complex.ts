import { complexConjugate, real as realNumber } from '../compiler/reference/complex-functions.ts'
import { unaryKernel } from '../compiler/reference/elementwise.ts'
import { expandTo } from '../compiler/reference/broadcast.ts'
import { type DType, bitWidth, complexOf, isComplex, realPartOf } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { neg } from './elementwise-arithmetic.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { constant, operands } from './operand.ts'
import { instantiate } from './zeros.ts'
import { unbroadcast } from './rules.ts'
import { inBlocks } from '../runtime/interruption.ts'

/** A complex number from its real and imaginary parts, both float32 or both float64: `lax.complex(x, y)`. */
export function complex(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(complexPrimitive, operands(x, y), {})
}

/** The real parts of complex numbers: `lax.real(z)`. */
export function real(z: ArrayLike): JaxArray {
  return bindOne(realPrimitive, operands(z), {})
}

/** The imaginary parts of complex numbers: `lax.imag(z)`. */
export function imag(z: ArrayLike): JaxArray {
  return bindOne(imagPrimitive, operands(z), {})
}

/** The complex conjugates; a real number becomes the complex number it is: `lax.conj(z)`. */
export function conj(z: ArrayLike): JaxArray {
  const [value] = operands(z)
  return bindOne(conjPrimitive, [value], { input_dtype: value.dtype })
}

export const complexPrimitive: Primitive = elementwisePrimitive({
  name: 'complex',
  accepts: ['float', 'float'],
  result: complexOf,
  check([x]) {
    if (x.dtype === 'float32' || x.dtype === 'float64') return
    throw new JaxTypeError(`complex takes float32 or float64 parts, got ${x.dtype}.`, {
      hint: `Convert them first, for instance with x.astype('float32').`,
    })
  },
  kernel([x, y], shape, dtype) {
    const out = hostArray(shape, dtype)
    const [re, im] = [expandTo(x, shape).data, expandTo(y, shape).data]
    inBlocks(re.length, (from, to) => {
      for (let i = from; i < to; i++) {
        out.data[2 * i] = re[i]
        out.data[2 * i + 1] = im[i]
      }
    })
    return out
  },
  jvp: ([x, y], [dx, dy]) => {
    const out = complex(x, y)
    const flat = dx instanceof Zero && dy instanceof Zero
    return { primals: [out], tangents: [flat ? new Zero(out.aval) : complex(instantiate(dx), instantiate(dy))] }
  },
  transpose: ([ct], [x, y]) => [
    x instanceof UndefinedPrimal ? (ct instanceof Zero ? new Zero(x.aval) : unbroadcast(x.aval, real(ct))) : null,
    y instanceof UndefinedPrimal ? (ct instanceof Zero ? new Zero(y.aval) : unbroadcast(y.aval, imag(neg(ct)))) : null,
  ],
})

export const realPrimitive: Primitive = elementwisePrimitive({
  name: 'real',
  accepts: ['complex'],
  result: realPartOf,
  kernel: unaryKernel({}, { complex: (z) => z }),
  jvp: 'linear',
  transpose: ([ct], [z]) => [ct instanceof Zero ? zeroOf(z) : complex(ct, constant(ct, 0))],
})

export const imagPrimitive: Primitive = elementwisePrimitive({
  name: 'imag',
  accepts: ['complex'],
  result: realPartOf,
  kernel: unaryKernel({}, { complex: (z) => realNumber(z.im) }),
  jvp: 'linear',
  transpose: ([ct], [z]) => [ct instanceof Zero ? zeroOf(z) : complex(constant(ct, 0), neg(ct))],
})

function zeroOf(operand: JaxArray | UndefinedPrimal): Zero | null {
  return operand instanceof UndefinedPrimal ? new Zero(operand.aval) : null
}

type ConjParams = { readonly input_dtype: DType }

const conjugated = unaryKernel({}, { complex: complexConjugate })

export const conjPrimitive: Primitive<ConjParams> = elementwisePrimitive<ConjParams>({
  name: 'conj',
  accepts: ['inexact'],
  result: complexOf,
  check([z]) {
    if (bitWidth(z.dtype) >= 32) return
    throw new JaxTypeError(`conj takes float32, float64 or complex numbers, got ${z.dtype}.`, {
      hint: 'A real number is its own conjugate.',
    })
  },
  kernel([z], shape, dtype) {
    if (isComplex(z.dtype)) return conjugated([z], shape, dtype)
    const out = hostArray(shape, dtype)
    inBlocks(z.data.length, (from, to) => {
      for (let i = from; i < to; i++) {
        out.data[2 * i] = z.data[i]
        out.data[2 * i + 1] = -0
      }
    })
    return out
  },
  jvp: 'linear',
  transpose([ct], [z], { input_dtype }) {
    if (ct instanceof Zero) return [zeroOf(z)]
    return [isComplex(input_dtype) ? conj(ct) : real(ct)]
  },
})

export const complexPrimitives: readonly Primitive[] = [complexPrimitive, realPrimitive, imagPrimitive, conjPrimitive]
