import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import * as algebra from '../primitives/linear-algebra.ts'
import { arrayArgument } from './arguments.ts'
import { symmetric } from './linalg-decompositions.ts'

export { eig, eigh, schur, svd } from './linalg-decompositions.ts'
export type { EigOptions, EighOptions, SchurOptions, SvdAlgorithm, SvdOptions } from './linalg-decompositions.ts'
export { hessenberg, householderProduct, ormqr, qr, tridiagonal } from './linalg-orthogonal.ts'
export type { OrmqrOptions, QrOptions } from './linalg-orthogonal.ts'
export { choleskyUpdate, luPivotsToPermutation, symmetricProduct, tridiagonalSolve } from './linalg-updates.ts'
export type { SymmetricProductOptions } from './linalg-updates.ts'
export { qdwh } from './qdwh.ts'
export type { QdwhOptions } from './qdwh.ts'

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

/** Which triangle of the matrix is meant, and on which side of the unknown it stands. */
export interface TriangularSolveOptions {
  readonly leftSide?: boolean
  readonly lower?: boolean
  readonly transposeA?: boolean
  /** Whether the conjugate of a complex `a` is meant. */
  readonly conjugateA?: boolean
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
    conjugateA: options.conjugateA ?? false,
    unitDiagonal: options.unitDiagonal ?? false,
  })
}
