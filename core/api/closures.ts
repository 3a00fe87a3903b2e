import { JaxTypeError } from '../errors.ts'
import { withConstantsFolded } from '../interpreters/constant-folding.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { hoistTracers, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, avalOf, callable, flattenArgs } from '../tree/leaves.ts'
import { flatten, unflatten } from '../tree/pytree.ts'

/**
 * Turns traced values that a function closes over into arguments of its own: gives the function that
 * takes them after its arguments, and the values. JAX: `jax.closure_convert`.
 *
 * @example
 * const slope = grad((theta) => {
 *   const [scaled, hoisted] = closureConvert((x) => x.mul(theta), 1)
 *   return scaled(2, ...hoisted)
 * })
 * slope(3) // 2
 */
export function closureConvert(
  f: (...args: never[]) => unknown,
  ...examples: unknown[]
): [(...argsAndHoisted: unknown[]) => unknown, JaxArray[]] {
  const { leaves, tree } = flatten(examples)
  const call = new FlatCall<unknown[], unknown>(callable(f), tree, 'closureConvert')
  const closed = traceToJaxpr(
    call.fun,
    leaves.map((leaf) => avalOf(leaf, 'closureConvert')),
    'closureConvert',
  )
  const { jaxpr, tracers } = hoistTracers(closed)
  const converted = (...argsAndHoisted: unknown[]): unknown => {
    const { arrays } = flattenArgs(argsAndHoisted.slice(0, examples.length), 'closureConvert')
    const hoisted = flattenArgs(argsAndHoisted.slice(examples.length), 'closureConvert').arrays
    if (hoisted.length !== tracers.length) {
      throw new JaxTypeError(
        `closureConvert: the converted function takes ${examples.length} arguments followed by ${tracers.length} hoisted values, got ${argsAndHoisted.length} in all.`,
      )
    }
    return unflatten(call.outTree, evalClosed(jaxpr, [...hoisted, ...arrays]))
  }
  return [converted, [...tracers]]
}

/**
 * Computes at once, also while a program is being traced: what depends on no tracer becomes a constant of
 * the program. JAX: `jax.ensure_compile_time_eval`.
 *
 * @example jit((x) => x.add(ensureCompileTimeEval(() => jnp.sum(jnp.arange(4)).item())))(1) // 7
 */
export function ensureCompileTimeEval<T>(body: () => T): T {
  return withConstantsFolded(body)
}

/** The same function under another name in programs. JAX: `jax.named_call`. */
export function namedCall<A extends unknown[], R>(f: (...args: A) => R, { name }: { name: string }): (...args: A) => R {
  const named = (...args: A): R => f(...args)
  return Object.defineProperty(named, 'name', { value: name })
}
