import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { bindJit } from '../control/jit.ts'
import { recorded } from '../tracing/recorder.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { JaxArray } from '../tracing/array.ts'
import { Tracer } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, typedTree, unflatten } from '../tree/pytree.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { programKey } from './program-key.ts'

export interface JitOptions {
  /** Arguments that are part of the program rather than its data: a new value is a new program. */
  readonly staticArgnums?: number | readonly number[]
  /** Arguments whose memory the results may take over. */
  readonly donateArgnums?: number | readonly number[]
  /** Write the equations into the caller instead of an equation that holds them. */
  readonly inline?: boolean
}

export interface JittedFunction<A extends unknown[], R> {
  (...args: A): R
  /** Programs that were traced and kept. */
  cacheSize(): number
  /** Forgets them. */
  clearCache(): void
}

interface Program {
  readonly jaxpr: ClosedJaxpr
  readonly outTree: TreeDef
}

const caches = new WeakMap<object, Map<string, Program>>()
const identities = new WeakMap<object, number>()
let identityCount = 0

function identityOf(value: object): number {
  let identity = identities.get(value)
  if (identity === undefined) identities.set(value, (identity = identityCount++))
  return identity
}

function staticKey(value: unknown): string {
  if (value instanceof JaxArray) {
    throw new ValueError(`jit: a static argument must not be an array, got ${value.aval.toString()}.`, {
      hint: 'A static argument is part of the program: give it as a plain JS value, or do not mark it static.',
    })
  }
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') return `#${identityOf(value)}`
  return `${typeof value}:${String(value)}`
}

/**
 * Compiles a function: traced once for each new combination of shapes, dtypes, structure and static
 * arguments, then run as one program. JAX: `jax.jit`.
 *
 * @example
 * const f = jit((x) => jnp.sum(jnp.sin(x)))
 * f(jnp.arange(4)) // traced here
 * f(jnp.arange(4)) // and not here
 */
export function jit<A extends unknown[], R>(f: (...args: A) => R, options: JitOptions = {}): JittedFunction<A, R> {
  if (typeof f !== 'function') throw new JaxTypeError(`jit: expected a function, got ${typeof f}`)
  const name = f.name === '' ? '<lambda>' : f.name
  const statics = new Set([options.staticArgnums ?? []].flat())
  const cache = caches.get(f) ?? new Map<string, Program>()
  caches.set(f, cache)

  const jitted = (...args: A): R =>
    recorded('jit', f, args, () => {
      const dynamic = args.filter((_, i) => !statics.has(i))
      const { arrays, tree } = flattenArgs(dynamic, `jit(${name})`)
      const key = cacheKey(args, statics, arrays, tree)
      const known = cache.get(key)
      const program = known ?? trace(args, arrays, tree)
      if (known === undefined && !program.jaxpr.consts.some((value) => value instanceof Tracer)) cache.set(key, program)
      return unflatten(typedTree<R>(program.outTree), bindJit(program.jaxpr, arrays, name))
    })

  function trace(
    args: A,
    arrays: readonly JaxArray[],
    tree: TreeDef<unknown[]>,
  ): { jaxpr: ClosedJaxpr; outTree: TreeDef<R> } {
    const call = new FlatCall(
      (...dynamic: unknown[]) => f(...withStatics(args, statics, dynamic)),
      tree,
      `jit(${name})`,
    )
    const jaxpr = traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'jit',
    )
    return { jaxpr, outTree: call.outTree }
  }

  return transformed(Object.assign(jitted, { cacheSize: () => cache.size, clearCache: () => cache.clear() }), f)
}

function cacheKey(
  args: readonly unknown[],
  statics: ReadonlySet<number>,
  arrays: readonly JaxArray[],
  tree: TreeDef,
): string {
  const fixed = [...statics].map((i) => staticKey(args[i])).join(' ')
  return `${programKey(arrays, tree)}|${fixed}`
}

/** All arguments again: dynamic ones replaced in order, static ones as they were given. */
function withStatics<A extends unknown[]>(args: A, statics: ReadonlySet<number>, dynamic: readonly unknown[]): A {
  const rest = dynamic.values()
  const mixed = args.map((arg, i) => (statics.has(i) ? arg : rest.next().value))
  return mixed as A
}
