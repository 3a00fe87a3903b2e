/** Solvers that know a matrix by its products alone: JAX's `jax.scipy.sparse`. */
export * as linalg from './linalg.ts'
