/** Linear algebra on matrices, the last two axes of arrays: JAX's `jax.numpy.linalg`. */
import { ValueError } from '../../errors.ts'
import { cholesky as laxCholesky, eigh as laxEigh, qr as laxQr } from '../../lax/linalg.ts'
import { adjoint, identityMatrix, matrixTranspose as transposed, repeatLike } from '../../primitives/matrix.ts'
import { geqrfPrimitive } from '../../primitives/factorisations.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { bind } from '../../tracing/trace.ts'
import { checkOptions } from '../../tree/options.ts'
import { allCalledAs, calledAs } from '../called-as.ts'
import { matmul } from '../contraction.ts'
import { inv, matrixArgument } from './solve.ts'

export { det, slogdet } from './determinant.ts'
export { cond } from './condition.ts'
export { eig, eigvals } from './eigenvalues.ts'
export { lstsq } from './least-squares.ts'
export type { LstsqOptions } from './least-squares.ts'
export { norm } from './norm.ts'
export type { MatrixOrder, NormOptions } from './norm.ts'
export { matrixRank, pinv, svd, svdvals } from './singular-values.ts'
export type { MatrixRankOptions, PinvOptions, SvdOptions } from './singular-values.ts'
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
  const factorOf = (matrix: JaxArray): JaxArray => {
    const factor = laxCholesky(matrix, { symmetrizeInput: options.symmetrizeInput ?? true })
    return options.upper ? adjoint(factor) : factor
  }
  return calledAs('cholesky', factorOf, matrixArgument('cholesky', a))
}

/**
 * A matrix multiplied with itself; a negative power multiplies the inverse.
 *
 * @example
 * jnp.linalg.matrixPower(jnp.array([[1, 1], [0, 1]]), 3).tolist() // [[1, 3], [0, 1]]
 */
export function matrixPower(a: ArrayLike, n: number): JaxArray {
  if (!Number.isInteger(n)) throw new ValueError(`jnp.linalg.matrixPower: the power must be a whole number, got ${n}.`)
  return calledAs('matrix_power', (matrix) => powerOf(matrix, n), matrixArgument('matrixPower', a))
}

function powerOf(matrix: JaxArray, n: number): JaxArray {
  if (n === 0) return repeatLike(identityMatrix(matrix.shape[matrix.ndim - 1], matrix.dtype), matrix)
  let square = n < 0 ? inv(matrix) : matrix
  if (Math.abs(n) === 3) return matmul(matmul(square, square), square)
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

/** The two results of a QR factorisation. */
type Factors = [q: JaxArray, r: JaxArray]

/**
 * Q with orthonormal columns and upper triangular R of A = QR. Mode 'complete' makes Q square, mode 'r' gives
 * R alone, and mode 'raw' the transposed matrix that LAPACK packs R and reflections into, with their scalar
 * factors. JAX: `jax.numpy.linalg.qr`.
 *
 * @example
 * const [q, r] = jnp.linalg.qr(jnp.ones([3, 2]))
 */
export function qr(a: ArrayLike, options?: { readonly mode?: 'reduced' | 'complete' | 'full' }): Factors
export function qr(a: ArrayLike, options: { readonly mode: 'raw' }): [h: JaxArray, taus: JaxArray]
export function qr(a: ArrayLike, options: { readonly mode: 'r' }): JaxArray
export function qr(
  a: ArrayLike,
  options: { readonly mode?: 'reduced' | 'complete' | 'full' | 'r' | 'raw' } = {},
): Factors | JaxArray {
  const { mode = 'reduced' } = options
  const [first, second] = allCalledAs('qr', (matrix) => qrOf(matrix, mode), matrixArgument('qr', a, false))
  return mode === 'r' ? first : [first, second]
}

function qrOf(matrix: JaxArray, mode: 'reduced' | 'complete' | 'full' | 'r' | 'raw'): JaxArray[] {
  switch (mode) {
    case 'raw': {
      const [packed, taus] = bind(geqrfPrimitive, [matrix], {})
      return [transposed(packed), taus]
    }
    case 'reduced':
    case 'full':
    case 'complete':
      return laxQr(matrix, { fullMatrices: mode === 'complete' })
    case 'r':
      return [laxQr(matrix, { fullMatrices: false })[1]]
    default:
      throw new ValueError(`jnp.linalg.qr has no mode '${String(mode)}', but reduced, complete, r and raw.`)
  }
}

/** Which triangle is meant when the input is not made symmetric first. */
export interface EighOptions {
  readonly UPLO?: 'L' | 'U' | null
  readonly symmetrizeInput?: boolean
}

/**
 * Eigenvalues in ascending order and eigenvectors, as columns, of a symmetric matrix. JAX:
 * `jax.numpy.linalg.eigh`.
 *
 * @example
 * const [values, vectors] = jnp.linalg.eigh(jnp.array([[2, 0], [0, 1]])) // values are 1 and 2
 */
export function eigh(
  a: ArrayLike,
  UPLO: 'L' | 'U' | null | EighOptions = null,
  options: EighOptions = {},
): [values: JaxArray, vectors: JaxArray] {
  const given = typeof UPLO === 'object' && UPLO !== null ? UPLO : { ...options, UPLO }
  checkOptions('jnp.linalg.eigh', given, ['UPLO', 'symmetrizeInput'])
  const triangle = given.UPLO ?? 'L'
  if (triangle !== 'L' && triangle !== 'U') {
    throw new ValueError(`jnp.linalg.eigh: UPLO is 'L' or 'U', got '${String(triangle)}'.`)
  }
  const decomposed = (matrix: JaxArray): JaxArray[] =>
    laxEigh(matrix, { lower: triangle === 'L', symmetrizeInput: given.symmetrizeInput ?? true }).toReversed()
  const [values, vectors] = allCalledAs('eigh', decomposed, matrixArgument('eigh', a))
  return [values, vectors]
}

/**
 * Eigenvalues of a symmetric matrix, in ascending order. JAX: `jax.numpy.linalg.eigvalsh`.
 *
 * @example
 * jnp.linalg.eigvalsh(jnp.array([[2, 0], [0, 1]])).tolist() // [1, 2]
 */
export function eigvalsh(
  a: ArrayLike,
  UPLO: 'L' | 'U' | null | EighOptions = null,
  options: EighOptions = {},
): JaxArray {
  return calledAs('eigvalsh', (matrix) => eigh(matrix, UPLO, options)[0], matrixArgument('eigvalsh', a))
}
