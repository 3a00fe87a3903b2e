/** SciPy's functions on arrays that can be traced, differentiated and batched: JAX's `jax.scipy`. */
export * as cluster from './cluster/index.ts'
export * as integrate from './integrate.ts'
export * as linalg from './linalg/index.ts'
export * as ndimage from './ndimage.ts'
export * as signal from './signal.ts'
export * as sparse from './sparse/index.ts'
export * as special from './special.ts'
export * as stats from './stats/index.ts'
