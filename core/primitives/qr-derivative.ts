import { isComplex } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { upTo } from './axes.ts'
import { real } from './complex.ts'
import { convertElementType } from './conversion.ts'
import { add, mul, neg, sub } from './elementwise-arithmetic.ts'
import { gather } from './gather.ts'
import { concatenate } from './joining.ts'
import { lu, permuteRows, triangularSolve } from './linear-algebra.ts'
import { adjoint, identityMatrix, lowerTriangle, matrixProduct, repeatLike } from './matrix.ts'
import { expandDims } from './movement.ts'
import { fullLike } from './operand.ts'
import { slice } from './slicing.ts'
import { sort } from './sort.ts'
import { iota } from './iota.ts'

type Tangents = [dq: JaxArray, dr: JaxArray]

/** The tangents of Q and R of a factored matrix `x`, whose columns stand in the given order. */
export function qrTangents(x: JaxArray, dx: JaxArray, q: JaxArray, r: JaxArray, order: JaxArray | null): Tangents {
  const [rows, columns] = x.shape.slice(-2)
  const ordered = (matrix: JaxArray): JaxArray => (order === null ? matrix : permuteColumns(matrix, order))
  const change = ordered(dx)
  if (rows < columns) return wideTangents(ordered(x), change, q, r)
  const full = q.shape[q.ndim - 1] > columns
  if (!full) return thinTangents(change, q, r)
  const [dq, dr] = thinTangents(change, columnsOf(q, 0, columns), rowsOf(r, 0, columns))
  return [
    concatenate([dq, restOfBasis(q, dq, columns)], { dimension: q.ndim - 1 }),
    concatenate([dr, fullLike(rowsOf(r, columns, rows), 0)], { dimension: r.ndim - 2 }),
  ]
}

/** From A = QR follows QᵀA'R⁻¹ = QᵀQ' + R'R⁻¹, an antisymmetric and an upper triangular part. */
function thinTangents(dx: JaxArray, q: JaxArray, r: JaxArray): Tangents {
  const scaled = triangularSolve(r, dx, { leftSide: false, lower: false })
  const inBasis = matrixProduct(adjoint(q), scaled)
  const lower = lowerTriangle(inBasis, -1)
  const skew = sub(lower, adjoint(lower))
  const turning = isComplex(r.dtype) ? add(skew, imaginaryDiagonal(inBasis)) : skew
  return [add(matrixProduct(q, sub(turning, inBasis)), scaled), matrixProduct(sub(inBasis, turning), r)]
}

/** The diagonal without its real parts: what keeps the diagonal of R real. */
function imaginaryDiagonal(x: JaxArray): JaxArray {
  const identity = repeatLike(identityMatrix(x.shape[x.ndim - 1], x.dtype), x)
  return mul(identity, sub(x, convertElementType(real(x), x.dtype)))
}

/** Of a wide matrix the first, square part is factored; the rest follows from R₂ = QᵀA₂. */
function wideTangents(x: JaxArray, dx: JaxArray, q: JaxArray, r: JaxArray): Tangents {
  const [rows, columns] = x.shape.slice(-2)
  const [dq, drSquare] = thinTangents(columnsOf(dx, 0, rows), q, columnsOf(r, 0, rows))
  const drRest = add(
    matrixProduct(adjoint(dq), columnsOf(x, rows, columns)),
    matrixProduct(adjoint(q), columnsOf(dx, rows, columns)),
  )
  return [dq, concatenate([drSquare, drRest], { dimension: x.ndim - 1 })]
}

/** The columns of a full Q beyond those that span the matrix: arXiv 2409.13374, equations 32 and 33. */
function restOfBasis(q: JaxArray, dq: JaxArray, columns: number): JaxArray {
  const rows = q.shape[q.ndim - 2]
  const [first, rest] = [columnsOf(q, 0, columns), columnsOf(q, columns, rows)]
  const [top, bottom] = [rowsOf(first, 0, columns), rowsOf(first, columns, rows)]
  const [dTop, dBottom] = [rowsOf(dq, 0, columns), rowsOf(dq, columns, rows)]
  const shifted = sub(top, repeatLike(identityMatrix(columns, q.dtype), top))
  const zTransposed = solveTransposed(shifted, adjoint(bottom))
  const z = adjoint(zTransposed)
  const spanned = add(first, matrixProduct(rest, z))
  const turned = adjoint(add(dBottom, neg(matrixProduct(z, dTop))))
  return sub(matrixProduct(dq, zTransposed), matrixProduct(spanned, turned))
}

/** X with Aᵀ X = B, by the factors of A. */
function solveTransposed(a: JaxArray, b: JaxArray): JaxArray {
  const [factors, , permutation] = lu(a)
  const upper = triangularSolve(factors, b, { leftSide: true, lower: false, transposeA: true, conjugateA: true })
  const lower = triangularSolve(factors, upper, {
    leftSide: true,
    lower: true,
    transposeA: true,
    conjugateA: true,
    unitDiagonal: true,
  })
  const last = permutation.ndim - 1
  const places = iota({ dtype: 'int32', shape: permutation.shape, dimension: last })
  const [, inverse] = sort([permutation, places], { dimension: last, num_keys: 1, is_stable: true })
  return permuteRows(lower, inverse)
}

function permuteColumns(x: JaxArray, order: JaxArray): JaxArray {
  const stack = upTo(x.ndim - 2)
  return gather(x, expandDims(order, [order.ndim]), {
    dimension_numbers: {
      offset_dims: [x.ndim - 2],
      collapsed_slice_dims: [x.ndim - 1],
      start_index_map: [x.ndim - 1],
      operand_batching_dims: stack,
      start_indices_batching_dims: stack,
    },
    slice_sizes: [...stack.map(() => 1), x.shape[x.ndim - 2], 1],
  })
}

function columnsOf(x: JaxArray, start: number, stop: number): JaxArray {
  return partOf(x, x.ndim - 1, start, stop)
}

function rowsOf(x: JaxArray, start: number, stop: number): JaxArray {
  return partOf(x, x.ndim - 2, start, stop)
}

function partOf(x: JaxArray, dimension: number, start: number, stop: number): JaxArray {
  if (start === 0 && stop === x.shape[dimension]) return x
  return slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === dimension ? start : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === dimension ? stop : length)),
  })
}
