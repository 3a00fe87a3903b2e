import type { ShapedArray } from '../../ir/aval.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { balance, undoBalance } from './linalg/balance.ts'
import { complexSchur } from './linalg/complex-schur.ts'
import { applyAll } from './linalg/householder.ts'
import {
  type Matrix,
  type Precision,
  adjoint,
  hasImaginary,
  identityMatrix,
  isFiniteMatrix,
  keepUpper,
  loadMatrix,
  precisionOf,
  resized,
  rowOf,
  safeScale,
  scaleBy,
  stackCount,
  store,
  storeFailure,
  withImaginary,
} from './linalg/matrix.ts'
import { hessenbergForm, tridiagonalFromLower, tridiagonalFromUpper } from './linalg/orthogonal.ts'
import { realSchur } from './linalg/real-schur.ts'
import { type SvdRequest, singularValueDecomposition } from './linalg/svd.ts'
import { normalise, schurVectors } from './linalg/triangular-vectors.ts'
import { tridiagonalEigen } from './linalg/tridiagonal-eigen.ts'

// Matrices are the last two axes; everything before them is a stack. All arithmetic is in 64 bits; iterations
// stop at the precision of the result. A decomposition that fails, or meets a value that is not finite, is NaN.

/** Decomposes every matrix of a stack and stores what `decompose` gives, or NaN where it gives null. */
function forEachMatrix(
  a: HostArray,
  avals: readonly ShapedArray[],
  decompose: (matrix: Matrix, precision: Precision) => readonly Matrix[] | null,
): HostArray[] {
  const out = avals.map(({ shape, dtype }) => hostArray(shape, dtype))
  const count = stackCount(a.shape)
  const precision = precisionOf(a.dtype)
  for (let index = 0; index < count; index++) {
    const parts = decompose(loadMatrix(a, index), precision)
    for (const [i, array] of out.entries()) {
      if (parts === null) storeFailure(array, index, avals[i].shape.reduce((n, extent) => n * extent, 1) / count)
      else store(parts[i], array, index)
    }
  }
  return out
}

/** Eigenvectors (as columns) and ascending eigenvalues of symmetric or Hermitian matrices, of which one triangle is read. */
export function eighKernel([a]: readonly HostArray[], lower: boolean, avals: readonly ShapedArray[]): HostArray[] {
  return forEachMatrix(a, avals, (matrix, precision) => {
    if (!isFiniteMatrix(matrix)) return null
    const n = matrix.rows
    const scale = safeScale(matrix)
    scaleBy(matrix, scale)
    const { diagonal, beside, reflectors, packed } = lower ? tridiagonalFromLower(matrix) : lowered(matrix)
    const vectors = identityMatrix(n, n, false)
    if (!tridiagonalEigen(diagonal, beside, vectors.re, precision)) return null
    const columns = adjoint(vectors)
    const basis = packed.im === null ? columns : withImaginary(columns)
    for (let i = 0; i < n; i++) diagonal[i] /= scale
    return [applyAll(reflectors, basis), rowOf(diagonal)]
  })
}

/** The reduction of the upper triangle, whose reflectors are written with the trailing 1 first: in the reverse order. */
function lowered(matrix: Matrix): ReturnType<typeof tridiagonalFromLower> {
  const n = matrix.rows
  const form = tridiagonalFromUpper(matrix)
  const reflectors = form.reflectors.map((h) => ({
    ...h,
    start: n - h.start - h.re.length,
    re: h.re.toReversed(),
    im: h.im?.toReversed() ?? null,
  }))
  return { ...form, reflectors: reflectors.toReversed() }
}

export interface SvdFlags {
  readonly vectors: boolean
  readonly full: boolean
  /** Whether LAPACK's `gesvd` is followed instead of `gesdd`; they differ in when a QR factorisation comes first. */
  readonly plain: boolean
}

/** Singular values in descending order, left vectors as columns, and the adjoint of the right vectors. */
export function svdKernel([a]: readonly HostArray[], flags: SvdFlags, avals: readonly ShapedArray[]): HostArray[] {
  const [rows, columns] = a.shape.slice(-2)
  const complex = hasImaginary(a.dtype)
  const tallFrom = flags.plain ? 1.6 : complex ? 17 / 9 : 11 / 6
  const request: SvdRequest = { vectors: flags.vectors, full: flags.full, divide: !flags.plain, tallFrom }
  return forEachMatrix(a, avals, (matrix, precision) => {
    if (rows === 0 || columns === 0) {
      const width = flags.full ? Math.max(rows, columns) : 0
      const none = rowOf(new Float64Array(0))
      return [
        none,
        identityMatrix(rows, rows === 0 ? 0 : width, complex),
        identityMatrix(columns === 0 ? 0 : width, columns, complex),
      ]
    }
    const svd = singularValueDecomposition(matrix, request, precision)
    return svd === null ? null : [rowOf(svd.values), svd.u, svd.vt]
  })
}

/** The Schur form and, if wanted, the basis it is written in. */
function schurOf(
  matrix: Matrix,
  basis: boolean,
  precision: Precision,
  low: number,
  high: number,
): { form: Matrix; vectors: Matrix | null } | null {
  const n = matrix.rows
  const { packed, reflectors } = hessenbergForm(matrix, low, high)
  const form = keepUpper(packed, -1)
  const vectors = basis ? applyAll(reflectors, identityMatrix(n, n, matrix.im !== null)) : null
  const converged =
    form.im === null
      ? realSchur(form, vectors, precision, low, high)
      : complexSchur(form, vectors, precision, low, high)
  return converged ? { form, vectors } : null
}

/** A = Q T Qᴴ with T upper triangular; of a real matrix, but for 2 by 2 blocks of conjugate eigenvalues. */
export function schurKernel([a]: readonly HostArray[], vectors: boolean, avals: readonly ShapedArray[]): HostArray[] {
  return forEachMatrix(a, avals, (matrix, precision) => {
    if (!isFiniteMatrix(matrix)) return null
    if (matrix.rows === 0) return [matrix, matrix]
    const balanced = balance(matrix, false)
    const schur = schurOf(matrix, vectors, precision, balanced.low, balanced.high)
    if (schur === null) return null
    if (schur.vectors === null) return [schur.form]
    undoBalance(schur.vectors, balanced, false)
    return [schur.form, schur.vectors]
  })
}

function eigenvaluesOf({ rows: n, re, im }: Matrix): { re: Float64Array; im: Float64Array } {
  const values = { re: new Float64Array(n), im: new Float64Array(n) }
  for (let i = 0; i < n; i++) {
    values.re[i] = re[i * n + i]
    if (im !== null) {
      values.im[i] = im[i * n + i]
    } else if (i + 1 < n && re[(i + 1) * n + i] !== 0) {
      const size = Math.sqrt(Math.abs(re[i * n + i + 1])) * Math.sqrt(Math.abs(re[(i + 1) * n + i]))
      values.re[i + 1] = re[(i + 1) * (n + 1)]
      values.im[i] = size
      values.im[i + 1] = -size
      i++
    }
  }
  return values
}

/** Eigenvalues of general matrices, and left and right eigenvectors of unit length as columns. */
export function eigKernel(
  [a]: readonly HostArray[],
  { left, right }: { left: boolean; right: boolean },
  avals: readonly ShapedArray[],
): HostArray[] {
  return forEachMatrix(a, avals, (matrix, precision) => {
    if (!isFiniteMatrix(matrix)) return null
    if (matrix.rows === 0) return avals.map(() => matrix)
    const scale = safeScale(matrix)
    scaleBy(matrix, scale)
    const balanced = balance(matrix, true)
    const schur = schurOf(matrix, left || right, precision, balanced.low, balanced.high)
    if (schur === null) return null
    const { form, vectors } = schur
    const values = eigenvaluesOf(form)
    const sides = [...(left ? [true] : []), ...(right ? [false] : [])].map((isLeft) => {
      const basis = vectors ?? resized(form, 0, 0)
      const eigenvectors = schurVectors(form, values, basis, precision, isLeft)
      undoBalance(eigenvectors, balanced, isLeft)
      normalise(eigenvectors, form.im === null)
      return eigenvectors
    })
    const unscaled = [values.re, values.im].map((part) => part.map((value) => value / scale))
    return [rowOf(unscaled[0], unscaled[1]), ...sides]
  })
}
