import { add } from '../primitives/elementwise-arithmetic.ts'
import { lowerTriangle, matrixTranspose } from '../primitives/matrix.ts'
import * as updates from '../primitives/matrix-updates.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { bindOne } from '../tracing/trace.ts'
import { checkOptions } from '../tree/options.ts'
import { arrayArgument, staticInteger } from './arguments.ts'

/**
 * The upper triangular factor of RᵀR + wwᵀ, in a number of steps quadratic in its size. JAX:
 * `jax.lax.linalg.cholesky_update`; it has neither a derivative nor a batched form.
 *
 * @example
 * lax.linalg.choleskyUpdate(jnp.array([[3]]), jnp.array([4])).tolist() // [[5]]
 */
export function choleskyUpdate(rMatrix: ArrayLike, wVector: ArrayLike): JaxArray {
  return bindOne(updates.choleskyUpdatePrimitive, [arrayArgument(rMatrix), arrayArgument(wVector)], {})
}

/** The factors of a symmetric product, and whether its upper triangle is copied from the lower one. */
export interface SymmetricProductOptions {
  readonly alpha?: number
  readonly beta?: number
  readonly symmetrizeOutput?: boolean
}

/**
 * alpha A Aᵀ + beta C for a symmetric C. JAX: `jax.lax.linalg.symmetric_product`; it has no derivative.
 *
 * @example
 * lax.linalg.symmetricProduct(jnp.array([[1, 2]]), jnp.array([[3]]), { beta: 1 }).tolist() // [[8]]
 */
export function symmetricProduct(
  aMatrix: ArrayLike,
  cMatrix: ArrayLike,
  options: SymmetricProductOptions = {},
): JaxArray {
  checkOptions('lax.linalg.symmetricProduct', options, ['alpha', 'beta', 'symmetrizeOutput'])
  const { alpha = 1, beta = 0, symmetrizeOutput = false } = options
  const product = bindOne(updates.symmetricProductPrimitive, [arrayArgument(aMatrix), arrayArgument(cMatrix)], {
    alpha,
    beta,
  })
  return symmetrizeOutput ? add(lowerTriangle(product), matrixTranspose(lowerTriangle(product, -1))) : product
}

/**
 * The permutation of `permutationSize` rows that the row exchanges of an LU factorisation amount to. JAX:
 * `jax.lax.linalg.lu_pivots_to_permutation`.
 *
 * @example
 * lax.linalg.luPivotsToPermutation(jnp.array([2, 1], { dtype: 'int32' }), 3).tolist() // [2, 1, 0]
 */
export function luPivotsToPermutation(pivots: ArrayLike, permutationSize: number): JaxArray {
  return bindOne(updates.luPivotsToPermutationPrimitive, [arrayArgument(pivots)], {
    permutation_size: staticInteger('lax.linalg.luPivotsToPermutation', 'the size', permutationSize),
  })
}

/**
 * Solves tridiagonal systems by elimination with row exchanges. `dl[0]` and the last entry of `du` are not
 * read. A singular system gives NaN, unless `perturbSingular` moves its pivots off zero. JAX:
 * `jax.lax.linalg.tridiagonal_solve`.
 *
 * @example
 * const one = jnp.ones([2])
 * lax.linalg.tridiagonalSolve(one, one.mul(2), one, jnp.array([[3], [3]])).tolist() // [[1], [1]]
 */
export function tridiagonalSolve(
  dl: ArrayLike,
  d: ArrayLike,
  du: ArrayLike,
  b: ArrayLike,
  options: { readonly perturbSingular?: boolean } = {},
): JaxArray {
  checkOptions('lax.linalg.tridiagonalSolve', options, ['perturbSingular'])
  return bindOne(updates.tridiagonalSolvePrimitive, [dl, d, du, b].map(arrayArgument), {
    perturb_singular: options.perturbSingular ?? false,
  })
}
