/** Clusters of vectors: JAX's `jax.scipy.cluster`. */
export * as vq from './vq.ts'
