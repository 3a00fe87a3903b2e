/** SciPy's functions on arrays that can be traced, differentiated and batched: JAX's `jax.scipy`. */
export * as linalg from './linalg.ts'
export * as special from './special.ts'
export * as stats from './stats/index.ts'
