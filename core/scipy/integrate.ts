/** Integrals of samples: JAX's `jax.scipy.integrate`. */
export { trapezoid } from '../numpy/signals.ts'
