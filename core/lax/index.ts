/**
 * The operators that programs are made of. They promote no dtypes and line up no ranks; the functions of
 * `jnp` are written in terms of them.
 */
export * from './elementwise.ts'
export * from './reductions.ts'
export * from './reducers.ts'
export * from './dot.ts'
export { conv, convDimensionNumbers, convGeneralDilated } from './convolution.ts'
export type { ConvDimensions, ConvOptions, Padding } from './convolution.ts'
export * from './convolution-forms.ts'
export { Precision } from './precision.ts'
export type { PrecisionLike } from './precision.ts'
export * from './top-k.ts'
export * from './movement.ts'
export * from './slicing.ts'
export * from './gather-scatter.ts'
export { cond, switch_ as switch } from './control-flow.ts'
export * from './loops.ts'
export { associativeScan } from './associative-scan.ts'
export * from './collectives.ts'
export * from './ranks.ts'
export * as linalg from './linalg.ts'
