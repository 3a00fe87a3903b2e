import { type ApproxTopKParams, approxTopK } from '../primitives/approx-top-k.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, staticInteger } from './arguments.ts'

/** What an approximate search may be told. */
export interface ApproxOptions {
  /** The axis that is searched, the last unless given. */
  readonly reductionDimension?: number
  /** The share of results that is surely among the true ones. */
  readonly recallTarget?: number
  readonly reductionInputSizeOverride?: number
  /** Whether exactly `k` results come out; otherwise all candidates do. */
  readonly aggregateToTopk?: boolean
}

function paramsOf(operation: string, k: number, isMax: boolean, options: ApproxOptions): ApproxTopKParams {
  return {
    aggregate_to_topk: options.aggregateToTopk ?? true,
    is_max_k: isMax,
    k: staticInteger(operation, 'k', k),
    recall_target: options.recallTarget ?? 0.95,
    reduction_dimension: options.reductionDimension ?? -1,
    reduction_input_size_override: options.reductionInputSizeOverride ?? -1,
  }
}

/**
 * The `k` largest elements along an axis and their positions, approximately on hardware that gains by it and exactly
 * here. JAX: `jax.lax.approx_max_k`.
 *
 * @example
 * lax.approxMaxK(jnp.array([3, 9, 5]), 2)[0].tolist() // [9, 5]
 */
export function approxMaxK(
  x: ArrayLike,
  k: number,
  options: ApproxOptions = {},
): [values: JaxArray, indices: JaxArray] {
  return approxTopK(arrayArgument(x), paramsOf('approxMaxK', k, true, options))
}

/**
 * The `k` smallest elements along an axis and their positions, approximately on hardware that gains by it and exactly
 * here. JAX: `jax.lax.approx_min_k`.
 *
 * @example
 * lax.approxMinK(jnp.array([3, 9, 5]), 2)[0].tolist() // [3, 5]
 */
export function approxMinK(
  x: ArrayLike,
  k: number,
  options: ApproxOptions = {},
): [values: JaxArray, indices: JaxArray] {
  return approxTopK(arrayArgument(x), paramsOf('approxMinK', k, false, options))
}
