/** Linear algebra on matrices, the last two axes of arrays: JAX's `jax.numpy.linalg`. */
import { ValueError } from '../../errors.ts'
import { cholesky as laxCholesky, eigh as laxEigh, qr as laxQr } from '../../lax/linalg.ts'
import { identityMatrix, matrixTranspose as transposed, repeatLike } from '../../primitives/matrix.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { matmul } from '../contraction.ts'
import { inv, matrixArgument } from './solve.ts'

export { det, slogdet } from './determinant.ts'
export { norm } from './norm.ts'
export type { NormOptions } from './norm.ts'
export { inv, solve } from './solve.ts'
export { matrixNorm, tensorinv, tensorsolve, vectorNorm } from './tensors.ts'
export type { MatrixNormOptions, VectorNormOptions } from './tensors.ts'
export { matmul, outer, tensordot, trace } from '../contraction.ts'
export { diagonal } from '../matrices.ts'
export { cross, vecdot } from '../vector-products.ts'
export { matrixTranspose } from '../shape.ts'

/**
 * The lower triangular L of a symmetric positive definite A = L Lᵀ, or the upper triangular Lᵀ.
 *
 * @example
 * jnp.linalg.cholesky(jnp.array([[4, 0], [0, 9]])).tolist() // [[2, 0], [0, 3]]
 */
export function cholesky(
  a: ArrayLike,
  options: { readonly upper?: boolean; readonly symmetrizeInput?: boolean } = {},
): JaxArray {
  const factor = laxCholesky(matrixArgument('cholesky', a), { symmetrizeInput: options.symmetrizeInput ?? true })
  return options.upper ? transposed(factor) : factor
}

/**
 * A matrix multiplied with itself; a negative power multiplies the inverse.
 *
 * @example
 * jnp.linalg.matrixPower(jnp.array([[1, 1], [0, 1]]), 3).tolist() // [[1, 3], [0, 1]]
 */
export function matrixPower(a: ArrayLike, n: number): JaxArray {
  if (!Number.isInteger(n)) throw new ValueError(`jnp.linalg.matrixPower: the power must be a whole number, got ${n}.`)
  const matrix = matrixArgument('matrixPower', a)
  if (n === 0) return repeatLike(identityMatrix(matrix.shape[matrix.ndim - 1], matrix.dtype), matrix)
  let square = n < 0 ? inv(matrix) : matrix
  let result: JaxArray | null = null
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? square : matmul(result, square)
    if (rest > 1) square = matmul(square, square)
  }
  return result ?? square
}

/**
 * Product of several matrices, from left to right.
 *
 * @example
 * jnp.linalg.multiDot([jnp.ones([2, 3]), jnp.ones([3, 4]), jnp.ones([4])]).shape // [2]
 */
export function multiDot(arrays: readonly ArrayLike[]): JaxArray {
  if (arrays.length < 2) throw new ValueError(`jnp.linalg.multiDot takes at least two arrays, got ${arrays.length}.`)
  const [first, second, ...rest] = arrays
  return rest.reduce<JaxArray>((product, array) => matmul(product, array), matmul(first, second))
}

/**
 * Q with orthonormal columns and upper triangular R of A = QR. Mode 'complete' makes Q square, mode 'r'
 * gives R alone.
 *
 * @example
 * const [q, r] = jnp.linalg.qr(jnp.ones([3, 2]))
 */
export function qr(a: ArrayLike, options?: { readonly mode?: 'reduced' | 'complete' }): [q: JaxArray, r: JaxArray]
export function qr(a: ArrayLike, options: { readonly mode: 'r' }): JaxArray
export function qr(
  a: ArrayLike,
  options: { readonly mode?: 'reduced' | 'complete' | 'r' } = {},
): [q: JaxArray, r: JaxArray] | JaxArray {
  const { mode = 'reduced' } = options
  const [q, r] = laxQr(matrixArgument('qr', a, false), { fullMatrices: mode === 'complete' })
  return mode === 'r' ? r : [q, r]
}

/**
 * Eigenvalues in ascending order and eigenvectors, as columns, of a symmetric matrix.
 *
 * @example
 * const [values, vectors] = jnp.linalg.eigh(jnp.array([[2, 0], [0, 1]])) // values are 1 and 2
 */
export function eigh(a: ArrayLike): [values: JaxArray, vectors: JaxArray] {
  const [vectors, values] = laxEigh(matrixArgument('eigh', a))
  return [values, vectors]
}

/**
 * Eigenvalues of a symmetric matrix, in ascending order.
 *
 * @example
 * jnp.linalg.eigvalsh(jnp.array([[2, 0], [0, 1]])).tolist() // [1, 2]
 */
export function eigvalsh(a: ArrayLike): JaxArray {
  return eigh(a)[0]
}
