import { add } from '../numpy/arithmetic.ts'
import type { JaxArray } from '../tracing/array.ts'
import { flattenArgs } from '../tree/leaves.ts'
import { flatten, unflatten } from '../tree/pytree.ts'

/** Two pure functions: the state to begin with, and one step of it. */
export interface Optimizer<State> {
  /** The state before the first step. */
  init(params: unknown): State
  /** What to add to the parameters for these gradients, and the next state. */
  update<T>(grads: T, state: State): [updates: T, state: State]
}

/** Leaves of a pytree as arrays. */
export function arraysOf(where: string, tree: unknown): JaxArray[] {
  return flattenArgs([tree], where).arrays
}

/** A pytree of the structure of `like` with other leaves. */
export function shapedLike<T>(like: T, leaves: readonly JaxArray[]): T {
  return unflatten(flatten(like).tree, leaves)
}

/**
 * Parameters moved by the updates that an optimizer gave; they keep their dtypes.
 *
 * @example
 * optimizers.applyUpdates(jnp.array([1, 2]), jnp.array([0.5, -1])).tolist() // [1.5, 1]
 */
export function applyUpdates<T>(params: T, updates: T): T {
  const moves = arraysOf('optimizers.applyUpdates', updates)
  const moved = arraysOf('optimizers.applyUpdates', params).map((p, i) => add(p, moves[i]).astype(p.dtype))
  return shapedLike(params, moved)
}
