import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { recorded } from '../tracing/recorder.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { flatten, unflatten } from '../tree/pytree.ts'
import { FlatCall, callable, ShapeDtypeStruct, arrayOf, avalOf } from '../tree/leaves.ts'

/**
 * A function that gives the jaxpr of `f` instead of its value. JAX: `jax.make_jaxpr`.
 *
 * @example
 * String(makeJaxpr((x) => jnp.sin(x).mul(2))(1))
 * // { lambda ; a:f32[]. let b:f32[] = sin a; c:f32[] = mul b 2.0:f32[] in (c,) }
 */
export function makeJaxpr(f: (...args: never[]) => unknown): (...args: unknown[]) => ClosedJaxpr {
  return (...args) =>
    recorded('makeJaxpr', f, (record) => {
      const { leaves, tree } = flatten(args)
      const call = new FlatCall(callable(f), tree, 'makeJaxpr')
      const closed = traceToJaxpr(
        call.fun,
        leaves.map((leaf) => avalOf(leaf, 'makeJaxpr')),
        'makeJaxpr',
      )
      const arrays = leaves
        .filter((leaf) => !(leaf instanceof ShapeDtypeStruct))
        .map((leaf) => arrayOf(leaf, 'makeJaxpr'))
      record?.traced(closed, arrays, tree)
      return closed
    })
}

/**
 * Shapes and dtypes of a function's result, without computing it. JAX: `jax.eval_shape`.
 *
 * @example evalShape((x) => jnp.dot(x, x), jnp.ones(3)) // ShapeDtypeStruct { shape: [], dtype: 'float32' }
 */
export function evalShape(f: (...args: never[]) => unknown, ...args: unknown[]): unknown {
  const { leaves, tree } = flatten(args)
  const call = new FlatCall(callable(f), tree, 'evalShape')
  const { outAvals } = traceToJaxpr(
    call.fun,
    leaves.map((leaf) => avalOf(leaf, 'evalShape')),
    'evalShape',
  )
  return unflatten(
    call.outTree,
    outAvals.map((aval) => new ShapeDtypeStruct(aval.shape, aval.dtype)),
  )
}
