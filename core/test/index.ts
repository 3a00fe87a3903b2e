/** Checks of derivatives against finite differences: JAX's `jax.test_util`, and the difference by itself. */
export { checkGrads } from './check-grads.ts'
export type { CheckGradsOptions, GradMode } from './check-grads.ts'
export { finiteDifference } from './finite-difference.ts'
