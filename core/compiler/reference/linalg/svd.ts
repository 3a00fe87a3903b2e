import { bidiagonalSvd } from './bidiagonal-svd.ts'
import { applyAll } from './householder.ts'
import {
  type Matrix,
  type Precision,
  adjoint,
  identityMatrix,
  isFiniteMatrix,
  keepUpper,
  resized,
  safeScale,
  scaleBy,
} from './matrix.ts'
import { bidiagonalForm, qrFactor } from './orthogonal.ts'
import { rotateRows, rotationOf } from './rotations.ts'

/** What of a singular value decomposition is wanted, and when a QR factorisation comes first. */
export interface SvdRequest {
  readonly vectors: boolean
  readonly full: boolean
  /** Whether LAPACK's divide-and-conquer driver is followed, which gives the sign of a single value to U. */
  readonly divide: boolean
  /** Rows by columns from which on a tall matrix is first reduced to its R. */
  readonly tallFrom: number
}

export interface Svd {
  readonly values: Float64Array
  /** The left singular vectors as columns, and the adjoint of the right ones. */
  readonly u: Matrix
  readonly vt: Matrix
}

/**
 * A = U S Vᴴ, by bidiagonalisation and implicit QR, or null when an entry is not finite. Reflections and
 * rotations come in the order in which LAPACK's drivers do them, up to 25 rows or columns, beyond which
 * those divide and conquer; so signs agree up to that size.
 */
export function singularValueDecomposition(given: Matrix, request: SvdRequest, precision: Precision): Svd | null {
  if (!isFiniteMatrix(given)) return null
  const scale = safeScale(given)
  scaleBy(given, scale)
  const wide = given.rows < given.columns
  const rank = Math.min(given.rows, given.columns)
  const long = Math.max(given.rows, given.columns) >= Math.floor(rank * request.tallFrom)
  // Of a wide matrix the rows are reflected first: they are the columns of the adjoint.
  const first = long ? qrFactor(wide ? adjoint(given) : given) : null
  const triangle = first === null ? given : keepUpper(resized(first.packed, rank, rank))
  const { q, p, diagonal, beside, upper } = bidiagonalForm(first !== null && wide ? adjoint(triangle) : triangle)
  const left = request.vectors ? identityMatrix(rank, rank, false).re : null
  const right = request.vectors ? identityMatrix(rank, rank, false).re : null
  const toUpper = upper ? [] : makeUpper(diagonal, beside)
  if (!bidiagonalSvd(diagonal, beside, left, right, precision)) return null
  for (let i = 0; i < diagonal.length; i++) diagonal[i] /= scale
  const complex = given.im !== null
  if (left === null || right === null) {
    return { values: diagonal, u: identityMatrix(0, 0, complex), vt: identityMatrix(0, 0, complex) }
  }
  if (request.divide && rank === 1 && right[0] < 0) {
    left[0] *= -1
    right[0] *= -1
  }
  const columnsOfLeft = transposed(left, rank)
  for (const [i, { c, s }] of toUpper.toReversed()) rotateRows(columnsOfLeft.re, rank, i, i + 1, c, -s)
  const widened = (matrix: Matrix, size: number): Matrix => {
    const { re, im, rows, columns } = resized(matrix, size, request.full ? size : rank, 1)
    return { rows, columns, re, im: complex ? (im ?? new Float64Array(re.length)) : null }
  }
  const columnsOfRight = transposed(right, rank)
  const reduce = (matrix: Matrix, reflectors: typeof q, size: number, isLong: boolean): Matrix => {
    if (first === null || !isLong) return applyAll(reflectors, widened(matrix, size))
    const inner = widened(matrix, rank)
    const square = applyAll(reflectors, resized(inner, rank, rank))
    return applyAll(first.reflectors, widened(square, size))
  }
  return {
    values: diagonal,
    u: reduce(columnsOfLeft, q, given.rows, !wide),
    vt: adjoint(reduce(columnsOfRight, p, given.columns, wide)),
  }
}

function transposed(rows: Float64Array, n: number): Matrix {
  return adjoint({ rows: n, columns: n, re: rows, im: null })
}

/** Rotates a lower bidiagonal matrix from the left until it is upper bidiagonal. */
function makeUpper(d: Float64Array, e: Float64Array): [index: number, rotation: { c: number; s: number }][] {
  return Array.from(e, (beside, i) => {
    const { c, s, r } = rotationOf(d[i], beside)
    d[i] = r
    e[i] = s * d[i + 1]
    d[i + 1] *= c
    return [i, { c, s }]
  })
}
