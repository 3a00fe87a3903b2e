import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import * as factorisations from '../primitives/factorisations.ts'
import * as algebra from '../primitives/linear-algebra.ts'
import { add, div } from '../primitives/elementwise-arithmetic.ts'
import { constant } from '../primitives/operand.ts'
import { matrixTranspose } from '../primitives/matrix.ts'
import { arrayArgument } from './arguments.ts'

/**
 * L and U packed into one matrix, the pivots, and the row permutation that they amount to.
 *
 * @example
 * const [lu, pivots, permutation] = lax.linalg.lu(jnp.array([[0, 1], [2, 4]]))
 * permutation.tolist() // [1, 0]
 */
export function lu(x: ArrayLike): [lu: JaxArray, pivots: JaxArray, permutation: JaxArray] {
  return algebra.lu(arrayArgument(x))
}

/**
 * The lower triangular L of A = L Lᵀ. The input is made symmetric first unless told otherwise.
 *
 * @example
 * lax.linalg.cholesky(jnp.array([[4, 0], [0, 9]])).tolist() // [[2, 0], [0, 3]]
 */
export function cholesky(x: ArrayLike, options: { readonly symmetrizeInput?: boolean } = {}): JaxArray {
  const array = arrayArgument(x)
  return algebra.cholesky(options.symmetrizeInput === false ? array : symmetric(array))
}

function symmetric(x: JaxArray): JaxArray {
  return div(add(x, matrixTranspose(x)), constant(x, 2))
}

/**
 * Q with orthonormal columns and upper triangular R of A = QR; with `fullMatrices` Q is square.
 *
 * @example
 * const [q, r] = lax.linalg.qr(jnp.ones([3, 2]))
 */
export function qr(x: ArrayLike, options: { readonly fullMatrices?: boolean } = {}): [q: JaxArray, r: JaxArray] {
  return factorisations.qr(arrayArgument(x), { fullMatrices: options.fullMatrices ?? true })
}

/**
 * Eigenvectors, as columns, and eigenvalues in ascending order, of a symmetric matrix. The input is made
 * symmetric first unless told otherwise.
 *
 * @example
 * const [vectors, values] = lax.linalg.eigh(jnp.array([[2, 0], [0, 1]]))
 */
export function eigh(
  x: ArrayLike,
  options: { readonly symmetrizeInput?: boolean } = {},
): [vectors: JaxArray, values: JaxArray] {
  const array = arrayArgument(x)
  return factorisations.eigh(options.symmetrizeInput === false ? array : symmetric(array))
}

/** Which triangle of the matrix is meant, and on which side of the unknown it stands. */
export interface TriangularSolveOptions {
  readonly leftSide?: boolean
  readonly lower?: boolean
  readonly transposeA?: boolean
  readonly unitDiagonal?: boolean
}

/**
 * Solves `x a = b`, or `a x = b` with `leftSide`, for a triangular `a`.
 *
 * @example
 * const l = jnp.array([[2, 0], [1, 1]])
 * const b = jnp.array([[2], [3]])
 * lax.linalg.triangularSolve(l, b, { leftSide: true, lower: true }).tolist() // [[1], [2]]
 */
export function triangularSolve(a: ArrayLike, b: ArrayLike, options: TriangularSolveOptions = {}): JaxArray {
  return algebra.triangularSolve(arrayArgument(a), arrayArgument(b), {
    leftSide: options.leftSide ?? false,
    lower: options.lower ?? false,
    transposeA: options.transposeA ?? false,
    unitDiagonal: options.unitDiagonal ?? false,
  })
}
