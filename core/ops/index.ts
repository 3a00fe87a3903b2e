/** Operations on groups of elements: JAX's `jax.ops`. */
export { segmentMax, segmentMin, segmentProd, segmentSum } from './segment.ts'
export type { SegmentOptions } from './segment.ts'
