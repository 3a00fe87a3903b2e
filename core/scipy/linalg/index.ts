/** Linear algebra under SciPy's names and defaults: JAX's `jax.scipy.linalg`. */
export { det, inv, norm } from '../../numpy/linalg/index.ts'
export * from './complex-functions.ts'
export * from './exponential.ts'
export * from './factorisations.ts'
export * from './schur-functions.ts'
export * from './solving.ts'
export * from './special-matrices.ts'
export * from './structured-matrices.ts'
