import type { JaxArray } from '../tracing/array.ts'
import { type DType, isComplex } from '../ir/dtype.ts'
import { upTo } from './axes.ts'
import { conj } from './complex.ts'
import { convertElementType } from './conversion.ts'
import { dotGeneral } from './dot-general.ts'
import { add } from './elementwise-arithmetic.ts'
import { eq, ge } from './elementwise-comparison.ts'
import { iota } from './iota.ts'
import { broadcastInDim, transpose } from './movement.ts'
import { fullLike } from './operand.ts'
import { select } from './selection.ts'

// Matrices are the last two axes; everything before them is a stack.

/** Where row + k ≥ column: the entries of a lower triangle. */
function lowerMask(rows: number, columns: number, k: number): JaxArray {
  const row = add(iota({ dtype: 'int32', shape: [rows, columns], dimension: 0 }), k)
  return ge(row, iota({ dtype: 'int32', shape: [rows, columns], dimension: 1 }))
}

function maskOver(x: JaxArray, k: number): JaxArray {
  const mask = lowerMask(x.shape[x.ndim - 2], x.shape[x.ndim - 1], k)
  return x.ndim === 2 ? mask : broadcastInDim(mask, { shape: x.shape, broadcast_dimensions: [x.ndim - 2, x.ndim - 1] })
}

/** The entries on and below the k-th diagonal, zeros elsewhere. */
export function lowerTriangle(x: JaxArray, k = 0): JaxArray {
  return select(maskOver(x, k), x, fullLike(x, 0))
}

/** The entries on and above the k-th diagonal, zeros elsewhere. */
export function upperTriangle(x: JaxArray, k = 0): JaxArray {
  return select(maskOver(x, k - 1), fullLike(x, 0), x)
}

/** The identity matrix. */
export function identityMatrix(n: number, dtype: DType): JaxArray {
  const row = add(iota({ dtype: 'int32', shape: [n, n], dimension: 0 }), 0)
  return convertElementType(eq(row, iota({ dtype: 'int32', shape: [n, n], dimension: 1 })), dtype)
}

/** Every matrix of a stack with rows and columns exchanged. */
export function matrixTranspose(x: JaxArray): JaxArray {
  return transpose(x, { permutation: [...upTo(x.ndim - 2), x.ndim - 1, x.ndim - 2] })
}

/** Every matrix of a stack transposed and, if complex, conjugated. */
export function adjoint(x: JaxArray): JaxArray {
  const transposed = matrixTranspose(x)
  return isComplex(x.dtype) ? conj(transposed) : transposed
}

/** Products of the matrices of two stacks of one shape. */
export function matrixProduct(x: JaxArray, y: JaxArray): JaxArray {
  const stack = upTo(x.ndim - 2)
  return dotGeneral(x, y, {
    dimension_numbers: [
      [[x.ndim - 1], [y.ndim - 2]],
      [stack, stack],
    ],
    precision: ['Precision.HIGHEST', 'Precision.HIGHEST'],
  })
}

/** A matrix repeated for every member of the stack that `like` is. */
export function repeatLike(matrix: JaxArray, like: JaxArray): JaxArray {
  if (like.ndim === 2) return matrix
  return broadcastInDim(matrix, {
    shape: [...like.shape.slice(0, -2), ...matrix.shape],
    broadcast_dimensions: [like.ndim - 2, like.ndim - 1],
  })
}
