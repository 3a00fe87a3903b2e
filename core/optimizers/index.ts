/**
 * Optimizers as pairs of pure functions: `init(params)` gives a state, `update(grads, state)` gives the
 * updates to add to the parameters, and the next state. Parameters, gradients and states are pytrees, so
 * both can be jitted, scanned and vmapped. This is how Optax, the usual library beside JAX, spells them.
 */
export { adam } from './adam.ts'
export type { AdamOptions, AdamState } from './adam.ts'
export { momentum, sgd } from './descent.ts'
export type { MomentumState } from './descent.ts'
export { applyUpdates } from './updates.ts'
export type { Optimizer } from './updates.ts'
export type { Counted, LearningRate } from './schedule.ts'
