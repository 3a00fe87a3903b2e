import { config } from '../config.ts'
import { onInterruption } from '../tracing/restore.ts'

/** `name(body)` switches an option on while `body` runs, `name(value, body)` sets it; both give body's result. */
export interface ConfigContext {
  <T>(body: () => T): T
  <T>(value: boolean, body: () => T): T
}

/** What the options were before each context that is open now, outermost first. */
let open: readonly { readonly name: string; readonly outer: boolean }[] = []

onInterruption(() => {
  for (const { name, outer } of open.toReversed()) config.update(name, outer)
  open = []
})

function contextOf(name: string, read: () => boolean): ConfigContext {
  return <T>(valueOrBody: boolean | (() => T), body?: () => T): T => {
    const [value, run] = typeof valueOrBody === 'function' ? [true, valueOrBody] : [valueOrBody, body]
    if (run === undefined) throw new TypeError(`${name}(value, body): give the function to run under the option.`)
    const outer = read()
    const enclosing = open
    open = [...enclosing, { name, outer }]
    config.update(name, value)
    try {
      return run()
    } finally {
      config.update(name, outer)
      open = enclosing
    }
  }
}

/**
 * Runs jitted functions as plain calls, to step through them. JAX: `jax.disable_jit`, a context manager.
 *
 * @example disableJit(() => jit((x) => x.add(1))(1)) // 2, and nothing was traced
 */
export const disableJit = contextOf('disableJit', () => config.disableJit)

/**
 * Allows 64-bit types. JAX: `jax.enable_x64`, a context manager.
 *
 * @example enableX64(() => jnp.zeros(1).dtype) // 'float64'
 */
export const enableX64 = contextOf('enableX64', () => config.enableX64)

/**
 * Raises a FloatingPointError where a program computes NaN, naming the primitive and the user's line.
 * JAX: `jax.debug_nans`, a context manager.
 *
 * @example debugNans(() => jnp.log(2)) // and jnp.log(-1) would raise
 */
export const debugNans = contextOf('debugNans', () => config.debugNans)

/**
 * Raises a FloatingPointError where a program computes an infinity. JAX: `jax.debug_infs`, a context manager.
 *
 * @example debugInfs(() => jnp.exp(1)) // and jnp.exp(1000) would raise
 */
export const debugInfs = contextOf('debugInfs', () => config.debugInfs)

/**
 * Raises a KeyReuseError where a key is spent twice. JAX: `jax.debug_key_reuse`, a context manager.
 *
 * @example debugKeyReuse(() => random.normal(random.key(0)))
 */
export const debugKeyReuse = contextOf('debugKeyReuse', () => config.debugKeyReuse)

/**
 * Raises an UnexpectedTracerError as soon as anything looks at a tracer that has left its transformation, its
 * shape included; without it only computing with one raises. JAX: `jax.check_tracer_leaks`, a context manager.
 *
 * @example checkTracerLeaks(() => jit((x) => x.add(1))(1))
 */
export const checkTracerLeaks = contextOf('checkTracerLeaks', () => config.checkTracerLeaks)

/** `checkTracerLeaks` under its older name. JAX: `jax.checking_leaks`. @example checkingLeaks(() => jnp.sin(1)) */
export function checkingLeaks<T>(body: () => T): T {
  return checkTracerLeaks(body)
}

/**
 * Prints why a jitted function is traced again. JAX: `jax.explain_cache_misses`, a context manager.
 *
 * @example explainCacheMisses(() => jit((x) => x.add(1))(1))
 */
export const explainCacheMisses = contextOf('explainCacheMisses', () => config.explainCacheMisses)

/**
 * Chooses between JAX's two layouts of random bits. JAX: `jax.threefry_partitionable`, a context manager.
 *
 * @example threefryPartitionable(false, () => random.uniform(random.key(0)))
 */
export const threefryPartitionable = contextOf('threefryPartitionable', () => config.threefryPartitionable)

/**
 * Gives what `body` computes a name. Programs are the same with and without.
 * JAX: `jax.named_scope`, a context manager.
 *
 * @example namedScope('layer 1', () => jnp.tanh(1))
 */
export function namedScope<T>(name: string, body: () => T): T {
  if (typeof name !== 'string') throw new TypeError(`namedScope: the name must be a string, got ${typeof name}`)
  return body()
}
