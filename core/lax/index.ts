/**
 * The operators that programs are made of. They promote no dtypes and line up no ranks; the functions of
 * `jnp` are written in terms of them.
 */
export * from './elementwise.ts'
export * from './reductions.ts'
export * from './dot.ts'
export * from './convolution.ts'
export * from './movement.ts'
export * from './slicing.ts'
export * from './gather-scatter.ts'
export { cond, switch_ as switch } from './control-flow.ts'
export * from './loops.ts'
export { customLinearSolve } from './linear-solve.ts'
export type { LinearMap, LinearSolveOptions, LinearSolver } from './linear-solve.ts'
export { customRoot } from './root.ts'
export { associativeScan } from './associative-scan.ts'
export * from './collectives.ts'
export * from './ranks.ts'
export * as linalg from './linalg.ts'
