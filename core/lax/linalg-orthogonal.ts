import * as factorisations from '../primitives/factorisations.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { checkOptions } from '../tree/options.ts'
import { arrayArgument } from './arguments.ts'

/** What `qr` may be told. */
export interface QrOptions {
  /** Whether Q is square; true unless told otherwise. */
  readonly fullMatrices?: boolean
  /** Whether columns are exchanged so that the diagonal of R does not grow. */
  readonly pivoting?: boolean
}

/**
 * Q with orthonormal columns and upper triangular R of A = QR; with `fullMatrices` Q is square. With
 * `pivoting` the order of the columns of A comes third: A[:, order] = QR. JAX: `jax.lax.linalg.qr`.
 *
 * @example
 * const [q, r] = lax.linalg.qr(jnp.ones([3, 2]))
 */
export function qr(
  x: ArrayLike,
  options: QrOptions & { readonly pivoting: true },
): [q: JaxArray, r: JaxArray, order: JaxArray]
export function qr(x: ArrayLike, options?: QrOptions & { readonly pivoting?: false }): [q: JaxArray, r: JaxArray]
export function qr(x: ArrayLike, options: QrOptions = {}): JaxArray[] {
  checkOptions('lax.linalg.qr', options, ['fullMatrices', 'pivoting'])
  const { fullMatrices = true, pivoting = false } = options
  const [q, r, order] = factorisations.qr(arrayArgument(x), { fullMatrices, pivoting })
  return pivoting ? [q, r, order] : [q, r]
}

/**
 * The product of elementary Householder reflections, packed below the diagonal of `a`, with scalar factors
 * `taus`; as many columns of it as `a` has. JAX: `jax.lax.linalg.householder_product`.
 *
 * @example
 * lax.linalg.householderProduct(jnp.array([[1], [1]]), jnp.array([1])).tolist() // [[0], [-1]]
 */
export function householderProduct(a: ArrayLike, taus: ArrayLike): JaxArray {
  return factorisations.householderProduct(arrayArgument(a), arrayArgument(taus))
}

/** On which side Q stands, and whether it is transposed. */
export interface OrmqrOptions {
  readonly left?: boolean
  readonly transpose?: boolean
}

/**
 * Multiplies `c` by the Q that packed reflections and their scalar factors stand for, without forming it:
 * Q C, or C Q with `left: false`; Qᵀ with `transpose`. JAX: `jax.lax.linalg.ormqr`.
 *
 * @example
 * const [h, taus] = jnp.linalg.qr(jnp.array([[1, 2], [3, 4], [5, 6]]), { mode: 'raw' })
 * lax.linalg.ormqr(h.T, taus, jnp.eye(3)).shape // [3, 3]
 */
export function ormqr(a: ArrayLike, taus: ArrayLike, c: ArrayLike, options: OrmqrOptions = {}): JaxArray {
  checkOptions('lax.linalg.ormqr', options, ['left', 'transpose'])
  return bindOne(factorisations.ormqrPrimitive, [arrayArgument(a), arrayArgument(taus), arrayArgument(c)], {
    left: options.left ?? true,
    transpose: options.transpose ?? false,
  })
}

/**
 * A square matrix in upper Hessenberg form, zero below the first subdiagonal, where the reflections of its
 * basis are packed instead, and their scalar factors. JAX: `jax.lax.linalg.hessenberg`.
 *
 * @example
 * const [h, taus] = lax.linalg.hessenberg(jnp.array([[1, 2], [3, 4]]))
 * h.tolist() // [[1, 2], [3, 4]]
 */
export function hessenberg(a: ArrayLike): [h: JaxArray, taus: JaxArray] {
  const [h, taus] = bind(factorisations.hessenbergPrimitive, [arrayArgument(a)], {})
  return [h, taus]
}

/**
 * A symmetric matrix, of which one triangle is read, in tridiagonal form: that form with the reflections of
 * its basis packed in the triangle, its diagonal, the entries beside it, and the scalar factors. JAX:
 * `jax.lax.linalg.tridiagonal`.
 *
 * @example
 * const [a, d, e, taus] = lax.linalg.tridiagonal(jnp.array([[1, 2], [2, 3]]))
 * d.tolist() // [1, 3]
 */
export function tridiagonal(
  a: ArrayLike,
  options: { readonly lower?: boolean } = {},
): [a: JaxArray, d: JaxArray, e: JaxArray, taus: JaxArray] {
  checkOptions('lax.linalg.tridiagonal', options, ['lower'])
  const [packed, d, e, taus] = bind(factorisations.tridiagonalPrimitive, [arrayArgument(a)], {
    lower: options.lower ?? true,
  })
  return [packed, d, e, taus]
}
