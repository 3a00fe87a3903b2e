import { bindCheckpoint } from '../control/checkpoint.ts'
import { JaxTypeError } from '../errors.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { transformed } from '../tracing/transformed.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { unflatten } from '../tree/pytree.ts'

/**
 * A function that keeps only its inputs for reverse mode and computes the rest again on the way back:
 * less memory, more work, the same gradient. JAX: `jax.checkpoint`.
 *
 * @example grad(checkpoint((x) => jnp.sin(jnp.sin(x))))(1)
 */
export function checkpoint<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`checkpoint: expected a function, got ${typeof f}`)
  const name = f.name === '' ? '<lambda>' : f.name
  const remat = (...args: A): R => {
    const { arrays, tree } = flattenArgs(args, `checkpoint(${name})`)
    const call = new FlatCall(f, tree, `checkpoint(${name})`)
    const closed = traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'checkpoint',
    )
    const outs = bindCheckpoint(closed, arrays, { name, policy: null, prevent_cse: true, differentiated: false })
    return unflatten(call.outTree, outs)
  }
  return transformed(remat, f)
}
