import { ValueError } from '../errors.ts'
import * as decompositions from '../primitives/decompositions.ts'
import type { Subset } from '../primitives/decompositions.ts'
import { eigPrimitive } from '../primitives/eig.ts'
import { add, div } from '../primitives/elementwise-arithmetic.ts'
import { adjoint } from '../primitives/matrix.ts'
import { constant } from '../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { bind } from '../tracing/trace.ts'
import { checkOptions } from '../tree/options.ts'
import { arrayArgument } from './arguments.ts'

/** The mean of a matrix and its conjugate transpose. */
export function symmetric(x: JaxArray): JaxArray {
  return div(add(x, adjoint(x)), constant(x, 2))
}

/** What `eigh` may be told. */
export interface EighOptions {
  /** Which triangle is read when the input is not made symmetric first; the lower one unless told otherwise. */
  readonly lower?: boolean
  readonly symmetrizeInput?: boolean
  /** They come out in ascending order anyway. */
  readonly sortEigenvalues?: boolean
  /** Only the whole spectrum can be had: [0, n]. */
  readonly subsetByIndex?: Subset | null
  readonly implementation?: 'qr' | 'jacobi' | 'qdwh' | null
}

/**
 * Eigenvectors, as columns, and eigenvalues in ascending order, of a symmetric matrix. The input is made
 * symmetric first unless told otherwise. Signs of the vectors are LAPACK's up to 25 rows. JAX:
 * `jax.lax.linalg.eigh`. What is not finite gives NaN; a part of the spectrum raises a NotImplementedError.
 *
 * @example
 * const [vectors, values] = lax.linalg.eigh(jnp.array([[2, 0], [0, 1]]))
 */
export function eigh(x: ArrayLike, options: EighOptions = {}): [vectors: JaxArray, values: JaxArray] {
  checkOptions('lax.linalg.eigh', options, [
    'lower',
    'symmetrizeInput',
    'sortEigenvalues',
    'subsetByIndex',
    'implementation',
  ])
  const array = arrayArgument(x)
  return decompositions.eigh(options.symmetrizeInput === false ? array : symmetric(array), {
    algorithm: options.implementation ? `EighImplementation.${options.implementation.toUpperCase()}` : null,
    lower: options.lower ?? true,
    sort_eigenvalues: options.sortEigenvalues ?? true,
    subset_by_index: options.subsetByIndex ?? null,
  })
}

/** The algorithms that `svd` can be asked for, of which those by Jacobi and by polar decomposition are not here. */
export type SvdAlgorithm = 'default' | 'QR' | 'Jacobi' | 'polar' | 'divide_and_conquer'

const algorithmNames: Readonly<Record<SvdAlgorithm, string>> = {
  default: 'SvdAlgorithm.DEFAULT',
  QR: 'SvdAlgorithm.QR',
  Jacobi: 'SvdAlgorithm.JACOBI',
  polar: 'SvdAlgorithm.POLAR',
  divide_and_conquer: 'SvdAlgorithm.DIVIDE_AND_CONQUER',
}

/** What `svd` may be told. */
export interface SvdOptions {
  /** Whether the singular vectors are completed to square matrices; true unless told otherwise. */
  readonly fullMatrices?: boolean
  readonly computeUv?: boolean
  /** Only all singular values can be had: [0, rank]. */
  readonly subsetByIndex?: Subset | null
  readonly algorithm?: SvdAlgorithm | null
}

/**
 * The singular value decomposition A = U S Vᵀ: left vectors as columns, values in descending order, right
 * vectors as rows; or, without `computeUv`, the values alone. Signs are LAPACK's up to 25 rows or columns.
 * JAX: `jax.lax.linalg.svd`. What is not finite gives NaN.
 *
 * @example
 * const [u, s, vt] = lax.linalg.svd(jnp.array([[3, 0], [0, 4]]))
 * s.tolist() // [4, 3]
 */
export function svd(x: ArrayLike, options: SvdOptions & { readonly computeUv: false }): JaxArray
export function svd(
  x: ArrayLike,
  options?: SvdOptions & { readonly computeUv?: true },
): [u: JaxArray, s: JaxArray, vt: JaxArray]
export function svd(x: ArrayLike, options: SvdOptions): JaxArray | [u: JaxArray, s: JaxArray, vt: JaxArray]
export function svd(x: ArrayLike, options: SvdOptions = {}): JaxArray | [u: JaxArray, s: JaxArray, vt: JaxArray] {
  checkOptions('lax.linalg.svd', options, ['fullMatrices', 'computeUv', 'subsetByIndex', 'algorithm'])
  const { algorithm = null, computeUv = true, fullMatrices = true, subsetByIndex = null } = options
  if (algorithm !== null && !Object.hasOwn(algorithmNames, algorithm)) {
    throw new ValueError(
      `lax.linalg.svd knows the algorithms ${Object.keys(algorithmNames).join(', ')}, not ${algorithm}.`,
    )
  }
  const [s, u, vt] = decompositions.svd(arrayArgument(x), {
    algorithm: algorithm === null ? null : algorithmNames[algorithm],
    computeUv,
    fullMatrices,
    subsetByIndex,
  })
  return computeUv ? [u, s, vt] : s
}

/** What `schur` may be told. */
export interface SchurOptions {
  readonly computeSchurVectors?: boolean
  readonly sortEigVals?: false
}

/**
 * The Schur decomposition A = Q T Qᵀ as [T, Q], or [T] alone without `computeSchurVectors`. T is upper
 * triangular but for the 2 by 2 blocks of conjugate eigenvalues. JAX: `jax.lax.linalg.schur`.
 *
 * @example
 * const [t, q] = lax.linalg.schur(jnp.array([[1, 2], [0, 3]]))
 * t.tolist() // [[1, 2], [0, 3]]
 */
export function schur(x: ArrayLike, options: SchurOptions = {}): JaxArray[] {
  checkOptions('lax.linalg.schur', options, ['computeSchurVectors', 'sortEigVals'])
  return bind(decompositions.schurPrimitive, [arrayArgument(x)], {
    compute_schur_vectors: options.computeSchurVectors ?? true,
    select_callable: null,
    sort_eig_vals: options.sortEigVals ?? false,
  })
}

/** What `eig` may be told. */
export interface EigOptions {
  readonly computeLeftEigenvectors?: boolean
  readonly computeRightEigenvectors?: boolean
  /** Allows derivatives of eigenvectors, which hold where eigenvalues are distinct and no entry ties for largest. */
  readonly enableEigvecDerivs?: boolean
}

/**
 * The eigenvalues of a square matrix, complex even when they are real, and its left and right eigenvectors of
 * unit length as columns, whose largest entry is real: [w, left, right] without what is not asked for. JAX:
 * `jax.lax.linalg.eig`. What is not finite gives NaN.
 *
 * @example
 * const [w] = lax.linalg.eig(jnp.array([[0, -1], [1, 0]])) // 1j and -1j
 */
export function eig(x: ArrayLike, options: EigOptions = {}): JaxArray[] {
  checkOptions('lax.linalg.eig', options, ['computeLeftEigenvectors', 'computeRightEigenvectors', 'enableEigvecDerivs'])
  return bind(eigPrimitive, [arrayArgument(x)], {
    compute_left_eigenvectors: options.computeLeftEigenvectors ?? true,
    compute_right_eigenvectors: options.computeRightEigenvectors ?? true,
    enable_eigvec_derivs: options.enableEigvecDerivs ?? false,
    implementation: null,
  })
}
