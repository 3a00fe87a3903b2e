/** Rotations in three dimensions: JAX's `jax.scipy.spatial.transform`. */
export { Rotation } from './rotation.ts'
export type { QuaternionOptions } from './rotation.ts'
export { Slerp } from './slerp.ts'
