/**
 * NumPy's functions on arrays that can be traced, differentiated and batched: JAX's `jax.numpy`.
 */
export {
  arange,
  array,
  asarray,
  bool_,
  copy,
  empty,
  emptyLike,
  float16,
  float32,
  float64,
  full,
  fullLike,
  int16,
  int32,
  int8,
  ones,
  onesLike,
  uint16,
  uint32,
  int64,
  uint64,
  bfloat16,
  complex64,
  complex128,
  csingle,
  cdouble,
  complex_,
  uint8,
  zeros,
  zerosLike,
} from './creation.ts'
export type { ArrayInput, DTypeLike, DTypeOption } from './creation.ts'
export * from './sequences.ts'
export * from './shape.ts'
export * from './joining.ts'
export * from './matrices.ts'
export * from './rearranging.ts'
export { take, takeAlongAxis } from './indexing.ts'
export * from './arithmetic.ts'
export * from './complex.ts'
export * from './transcendental.ts'
export * from './logic.ts'
export * from './rounding.ts'
export { copysign, heaviside, nanToNum, piecewise, select, where } from './selection.ts'
export type { NanToNumOptions } from './selection.ts'
export { all, amax, amin, any, average, countNonzero, max, mean, min, prod, ptp, std, sum, var } from './reductions.ts'
export type { Axis, ReduceOptions } from './axis-options.ts'
export { nanmax, nanmean, nanmin, nanprod, nanstd, nansum, nanvar } from './nan-reductions.ts'
export * from './cumulative.ts'
export * from './sorting.ts'
export * from './contraction.ts'
export { cross, kron, matvec, vecdot, vecmat } from './vector-products.ts'
export * from './types.ts'
export { einsum } from './einsum.ts'
export * as fft from './fft/index.ts'
export * as linalg from './linalg/index.ts'
export { allclose, arrayEqual, arrayEquiv, isclose } from './closeness.ts'
export type { Tolerance } from './closeness.ts'
export { corrcoef, cov, histogram, median, percentile, quantile } from './statistics.ts'
export type { CovarianceOptions, HistogramOptions, QuantileMethod, QuantileOptions } from './statistics.ts'
export { argwhere, bincount, flatnonzero, intersect1d, isin, nonzero, setdiff1d, union1d, unique } from './counting.ts'
export * from './index-arrays.ts'
export type { BincountOptions, UniqueOptions } from './counting.ts'
export { convolve, correlate, gradient, interp, polyval, trapezoid } from './signals.ts'
export type { ConvolveMode, InterpOptions, TrapezoidOptions } from './signals.ts'
export { gcd, lcm } from './integers.ts'
export { vectorize } from './vectorize.ts'
export type { VectorizeOptions } from './vectorize.ts'
export * from './along-axes.ts'
export * from './bits.ts'
export * from './differences.ts'
export {
  choose,
  compress,
  delete_ as delete,
  extract,
  fillDiagonal,
  insert,
  place,
  put,
  putAlongAxis,
  resize,
  trimZeros,
} from './editing.ts'
export type { Places } from './editing.ts'
export * from './float-parts.ts'
export * from './index-sets.ts'
export { polyfit } from './polynomial-fit.ts'
export type { PolyfitOptions } from './polynomial-fit.ts'
export { roots } from './polynomial-roots.ts'
export * from './polynomials.ts'
export * from './windows.ts'
export { bitwiseNot as bitwiseInvert, leftShift as bitwiseLeftShift, rightShift as bitwiseRightShift } from './logic.ts'
export {
  bool_ as bool,
  float32 as single,
  float64 as double,
  float64 as float_,
  int32 as int_,
  uint32 as uint,
} from './creation.ts'
export { histogram2d, histogramBinEdges, histogramdd } from './histograms.ts'
export type { PointHistogramOptions } from './histograms.ts'
export { nanmedian, nanpercentile, nanquantile } from './nan-quantiles.ts'
export type { NanQuantileOptions } from './nan-quantiles.ts'
export { isdtype } from './dtype-kinds.ts'
export { canCast } from './casting.ts'
export type { Casting } from './casting.ts'
export type { DTypeKind } from './dtype-kinds.ts'
