/** Geometry in space: JAX's `jax.scipy.spatial`. */
export * as transform from './transform.ts'
