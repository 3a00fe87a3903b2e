import { eig as laxEig } from '../../lax/linalg.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { calledAs } from '../called-as.ts'
import { matrixArgument } from './solve.ts'

/**
 * Eigenvalues, complex even when they are real, and eigenvectors of unit length as columns, of a square
 * matrix. JAX: `jax.numpy.linalg.eig`.
 *
 * @example
 * const [w, v] = jnp.linalg.eig(jnp.array([[0, -1], [1, 0]])) // 1j and -1j
 */
export function eig(a: ArrayLike): [values: JaxArray, vectors: JaxArray] {
  const [values, vectors] = laxEig(matrixArgument('eig', a), { computeLeftEigenvectors: false })
  return [values, vectors]
}

/**
 * The eigenvalues of a square matrix, complex even when they are real. JAX: `jax.numpy.linalg.eigvals`.
 *
 * @example
 * jnp.linalg.eigvals(jnp.array([[2, 1], [0, 3]])) // 2 and 3
 */
export function eigvals(a: ArrayLike): JaxArray {
  return calledAs(
    'eigvals',
    (matrix) => laxEig(matrix, { computeLeftEigenvectors: false, computeRightEigenvectors: false })[0],
    matrixArgument('eigvals', a),
  )
}
