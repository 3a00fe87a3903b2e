import type { ShapedArray } from '../../ir/aval.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { applyAll } from './linalg/householder.ts'
import {
  type Matrix,
  hasImaginary,
  identityMatrix,
  keepUpper,
  loadMatrix,
  loadVector,
  resized,
  rowOf,
  stackCount,
  store,
} from './linalg/matrix.ts'
import {
  applyOrthogonal,
  hessenbergForm,
  pivotedQrFactor,
  qrFactor,
  tausOf,
  tridiagonalFromLower,
  tridiagonalFromUpper,
  unpack,
} from './linalg/orthogonal.ts'

// Matrices are the last two axes; everything before them is a stack. All arithmetic is in 64 bits.

function outputs(avals: readonly ShapedArray[]): HostArray[] {
  return avals.map(({ shape, dtype }) => hostArray(shape, dtype))
}

function storeIndices(order: Int32Array, out: HostArray, index: number, first: number): void {
  for (const [j, column] of order.entries()) out.data[index * order.length + j] = column + first
}

/** Q and R of A = QR by Householder reflections, with LAPACK's signs; with `pivoting` the order of columns as well. */
export function qrKernel(
  [a]: readonly HostArray[],
  { full, pivoting }: { full: boolean; pivoting: boolean },
  avals: readonly ShapedArray[],
): HostArray[] {
  const [rows, columns] = a.shape.slice(-2)
  const out = outputs(avals)
  const width = full ? rows : Math.min(rows, columns)
  const empty = rows === 0 || columns === 0
  for (let index = 0; index < stackCount(a.shape); index++) {
    const matrix = loadMatrix(a, index)
    const { packed, reflectors, order } = pivoting
      ? pivotedQrFactor(matrix, [])
      : { ...qrFactor(matrix), order: new Int32Array(0) }
    store(applyAll(reflectors, identityMatrix(rows, width, hasImaginary(a.dtype))), out[0], index)
    store(keepUpper(resized(packed, width, columns)), out[1], index)
    // Without rows there is nothing to choose by, and JAX gives zeros.
    if (pivoting && !empty) storeIndices(order, out[2], index, 0)
  }
  return out
}

/** R and the reflectors of Q packed into one matrix, and the scalar factors of the reflectors. */
export function geqrfKernel([a]: readonly HostArray[], avals: readonly ShapedArray[]): HostArray[] {
  const out = outputs(avals)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const { packed, reflectors } = qrFactor(loadMatrix(a, index))
    store(packed, out[0], index)
    store(tausOf(reflectors, hasImaginary(a.dtype)), out[1], index)
  }
  return out
}

/** The same with column exchanges; columns whose mark is not 0 come first. Their order counts from 1. */
export function geqp3Kernel([a, marks]: readonly HostArray[], avals: readonly ShapedArray[]): HostArray[] {
  const out = outputs(avals)
  const columns = a.shape[a.shape.length - 1]
  for (let index = 0; index < stackCount(a.shape); index++) {
    const fixed = Array.from({ length: columns }, (_, j) => marks.data[index * columns + j] !== 0)
    const { packed, reflectors, order } = pivotedQrFactor(loadMatrix(a, index), fixed)
    store(packed, out[0], index)
    storeIndices(order, out[1], index, 1)
    store(tausOf(reflectors, hasImaginary(a.dtype)), out[2], index)
  }
  return out
}

/** The first columns of H₁ H₂ …, of reflectors packed below the diagonal. */
export function householderProductKernel([a, taus]: readonly HostArray[], avals: readonly ShapedArray[]): HostArray[] {
  const out = outputs(avals)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const packed = loadMatrix(a, index)
    const identity = identityMatrix(packed.rows, packed.columns, hasImaginary(a.dtype))
    store(applyAll(unpack(packed, loadVector(taus, index)), identity), out[0], index)
  }
  return out
}

/** Q C, Qᴴ C, C Q or C Qᴴ of reflectors packed below the diagonal. */
export function ormqrKernel(
  [a, taus, c]: readonly HostArray[],
  { left, transpose }: { left: boolean; transpose: boolean },
  avals: readonly ShapedArray[],
): HostArray[] {
  const out = outputs(avals)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const matrix = loadMatrix(c, index)
    applyOrthogonal(unpack(loadMatrix(a, index), loadVector(taus, index)), matrix, { left, adjoint: transpose })
    store(matrix, out[0], index)
  }
  return out
}

/** A Hessenberg matrix with the reflectors of its basis below the subdiagonal, and their scalar factors. */
export function hessenbergKernel([a]: readonly HostArray[], avals: readonly ShapedArray[]): HostArray[] {
  const out = outputs(avals)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const { packed, reflectors } = hessenbergForm(loadMatrix(a, index))
    store(packed, out[0], index)
    store(tausOf(reflectors, hasImaginary(a.dtype)), out[1], index)
  }
  return out
}

/** A tridiagonal matrix with the reflectors of its basis in the triangle read, its diagonals, and scalar factors. */
export function tridiagonalKernel(
  [a]: readonly HostArray[],
  lower: boolean,
  avals: readonly ShapedArray[],
): HostArray[] {
  const out = outputs(avals)
  const reduce: (matrix: Matrix) => ReturnType<typeof tridiagonalFromLower> = lower
    ? tridiagonalFromLower
    : tridiagonalFromUpper
  for (let index = 0; index < stackCount(a.shape); index++) {
    const { packed, diagonal, beside, reflectors } = reduce(loadMatrix(a, index))
    store(packed, out[0], index)
    store(rowOf(diagonal), out[1], index)
    store(rowOf(beside), out[2], index)
    store(tausOf(reflectors, hasImaginary(a.dtype)), out[3], index)
  }
  return out
}
