import { type DType, type TypedArray, isComplex } from '../../ir/dtype.ts'
import type { ComplexNumber } from '../../ir/element.ts'
import { inBlocks } from '../../runtime/interruption.ts'

// Complex numbers lie as pairs of floats. A real result keeps the real part of what the operation gives.

export type ComplexUnaryOp = (z: ComplexNumber) => ComplexNumber
export type ComplexBinaryOp = (z: ComplexNumber, w: ComplexNumber) => ComplexNumber

export function complexUnary(op: ComplexUnaryOp, z: TypedArray, out: TypedArray, dtype: DType): void {
  const step = isComplex(dtype) ? 2 : 1
  inBlocks(out.length / step, (from, to) => {
    for (let i = 2 * from, at = step * from; at < step * to; i += 2, at += step) {
      const { re, im } = op({ re: z[i], im: z[i + 1] })
      out[at] = re
      if (step === 2) out[at + 1] = im
    }
  })
}

export function complexBinary(
  op: ComplexBinaryOp,
  [z, w]: readonly [TypedArray, TypedArray],
  out: TypedArray,
  dtype: DType,
): void {
  const step = isComplex(dtype) ? 2 : 1
  inBlocks(out.length / step, (from, to) => {
    for (let i = 2 * from, at = step * from; at < step * to; i += 2, at += step) {
      const { re, im } = op({ re: z[i], im: z[i + 1] }, { re: w[i], im: w[i + 1] })
      out[at] = re
      if (step === 2) out[at + 1] = im
    }
  })
}
