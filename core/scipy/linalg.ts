import { triangularSolve } from '../primitives/linear-algebra.ts'
import { expandDims, squeeze } from '../primitives/movement.ts'
import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { lu as laxLu } from '../lax/linalg.ts'
import { cholesky as numpyCholesky, qr as numpyQr } from '../numpy/linalg/index.ts'
import { matrixArgument } from '../numpy/linalg/solve.ts'
import { promoteToFloat } from '../numpy/promotion.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

export { det, eigh, inv, norm, solve } from '../numpy/linalg/index.ts'

/**
 * The upper triangular R of a symmetric positive definite A = Rᵀ R, or with `lower` the lower one of A = L Lᵀ.
 *
 * @example
 * scipy.linalg.cholesky(jnp.array([[4, 2], [2, 5]])).tolist() // [[2, 1], [0, 2]]
 */
export function cholesky(a: ArrayLike, { lower = false }: { readonly lower?: boolean } = {}): JaxArray {
  return numpyCholesky(a, { upper: !lower })
}

/**
 * Q and R of A = QR, with a square Q unless the mode is 'economic'; mode 'r' gives R alone, in a list.
 *
 * @example
 * scipy.linalg.qr(jnp.ones([3, 2]))[0].shape // [3, 3]
 */
export function qr(a: ArrayLike, { mode = 'full' }: { readonly mode?: 'full' | 'economic' | 'r' } = {}): JaxArray[] {
  const [q, r] = numpyQr(a, { mode: mode === 'economic' ? 'reduced' : 'complete' })
  return mode === 'r' ? [r] : [q, r]
}

/** Which triangle of the matrix is meant, and how it is read. */
export interface SolveTriangularOptions {
  readonly trans?: 0 | 1
  readonly lower?: boolean
  readonly unitDiagonal?: boolean
}

/**
 * The `x` for which `a x = b`, where only a triangle of `a` counts, the upper one unless told otherwise.
 *
 * @example
 * scipy.linalg.solveTriangular(jnp.array([[2, 0], [1, 1]]), jnp.array([2, 3]), { lower: true }).tolist() // [1, 2]
 */
export function solveTriangular(a: ArrayLike, b: ArrayLike, options: SolveTriangularOptions = {}): JaxArray {
  const { trans = 0, lower = false, unitDiagonal = false } = options
  const matrix = matrixArgument('solveTriangular', a)
  const [right] = promoteToFloat('linalg.solveTriangular', b)
  if (right.ndim !== 1 && right.ndim !== matrix.ndim) {
    throw new ValueError(
      `scipy.linalg.solveTriangular: ${formatShape(matrix.shape)} and ${formatShape(right.shape)} do not fit.`,
    )
  }
  const columns = right.ndim === 1 ? expandDims(right, [1]) : right
  const x = triangularSolve(matrix, columns, { leftSide: true, lower, transposeA: trans === 1, unitDiagonal })
  return right.ndim === 1 ? squeeze(x, { dimensions: [x.ndim - 1] }) : x
}

/**
 * L and U packed into one matrix, and the row that each row was exchanged with.
 *
 * @example
 * const [lu, pivots] = scipy.linalg.luFactor(jnp.array([[1, 2], [3, 4]]))
 */
export function luFactor(a: ArrayLike): [lu: JaxArray, pivots: JaxArray] {
  const [factors, pivots] = laxLu(matrixArgument('luFactor', a))
  return [factors, pivots]
}
