/** Activation functions and kin for neural networks: JAX's `jax.nn`. */
export * from './activations.ts'
export { log1mexp, sparsePlus, sparseSigmoid } from './piecewise.ts'
export { dotProductAttention } from './attention.ts'
export type { AttentionOptions } from './attention.ts'
export * as initializers from './initializers.ts'
export { logmeanexp, logSoftmax, oneHot, softmax, standardize } from './normalisation.ts'
export type { AxisOption, OneHotOptions, StandardizeOptions } from './normalisation.ts'
export { logsumexp } from '../scipy/special.ts'
