import { bindCheckpoint } from '../control/checkpoint.ts'
import type { CheckpointPolicy } from '../control/checkpoint-policies.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { namePrimitive } from '../primitives/checkpoint-name.ts'
import { bindOne } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { FlatCall, arrayOf, flattenArgs } from '../tree/leaves.ts'
import { checkOptions } from '../tree/options.ts'
import { flatten, unflatten } from '../tree/pytree.ts'
import { insertArgs } from './custom-jvp.ts'

/** What `checkpoint` keeps for the backward pass, and which arguments it leaves alone. */
export interface CheckpointOptions {
  /** Forbid that a compiler undoes the second computation. Default true; recorded in the program. */
  readonly preventCse?: boolean
  /** Which values are kept all the same: one of `checkpointPolicies`, or a function. Default: none. */
  readonly policy?: CheckpointPolicy | null
  /** Arguments that are part of the program rather than its data. */
  readonly staticArgnums?: number | readonly number[]
}

/**
 * A function that keeps only its inputs for reverse mode and computes the rest again on the way back:
 * less memory, more work, the same gradient. A policy says what is kept besides. JAX: `jax.checkpoint`.
 *
 * @example grad(checkpoint((x) => jnp.sin(jnp.sin(x))))(1)
 */
export function checkpoint<A extends unknown[], R>(
  f: (...args: A) => R,
  options: CheckpointOptions = {},
): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`checkpoint: expected a function, got ${typeof f}`)
  checkOptions('checkpoint', options, ['preventCse', 'policy', 'staticArgnums'])
  const { preventCse = true, policy = null, staticArgnums = [] } = options
  const name = f.name === '' ? '<lambda>' : f.name
  const remat = (...args: A): R => {
    const aside = [staticArgnums].flat().map((position) => staticPosition(position, args.length))
    const { arrays, tree } = flattenArgs(
      args.filter((_, i) => !aside.includes(i)),
      `checkpoint(${name})`,
    )
    const call = new FlatCall(
      (...dynamic: unknown[]) => f(...insertArgs(args, aside, dynamic)),
      tree,
      `checkpoint(${name})`,
    )
    const closed = traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'checkpoint',
    )
    const outs = bindCheckpoint(closed, arrays, { policy, prevent_cse: preventCse, differentiated: false })
    return unflatten(call.outTree, outs)
  }
  return transformed(remat, f, 'checkpoint')
}

function staticPosition(position: number, count: number): number {
  const resolved = position < 0 ? position + count : position
  if (Number.isInteger(resolved) && resolved >= 0 && resolved < count) return resolved
  throw new ValueError(
    `checkpoint: staticArgnums names argument ${position}, but the function was called with ${count}.`,
  )
}

/**
 * The same values under a name, by which a checkpoint policy keeps them or does not.
 * JAX: `jax.ad_checkpoint.checkpoint_name`.
 *
 * @example
 * const f = (x) => jnp.sin(checkpointName(jnp.cos(x), 'cosine'))
 * grad(checkpoint(f, { policy: checkpointPolicies.saveOnlyTheseNames('cosine') }))(1)
 */
export function checkpointName<T>(x: T, name: string): T {
  if (typeof name !== 'string') throw new JaxTypeError(`checkpointName: the name must be a string, got ${typeof name}`)
  const { leaves, tree } = flatten(x)
  return unflatten(
    tree,
    leaves.map((leaf) => bindOne(namePrimitive, [arrayOf(leaf, 'checkpointName')], { name })),
  )
}
