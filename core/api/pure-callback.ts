import { type VmapMethod, pureCallbackPrimitive, vmapMethods } from '../control/pure-callback.ts'
import { ShapedArray } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { asarray } from '../numpy/creation.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { JaxArray } from '../tracing/array.ts'
import { bind } from '../tracing/trace.ts'
import { ShapeDtypeStruct, callable, flattenArgs } from '../tree/leaves.ts'
import { flatten, formatTree, sameTree, unflatten } from '../tree/pytree.ts'

export interface PureCallbackOptions {
  /** How vmap runs it: `'sequential'`, `'expand_dims'` or `'broadcast_all'`. Without it vmap is refused. */
  readonly vmapMethod?: VmapMethod
}

/**
 * Calls a function of the host from inside a program. It gets concrete arrays and returns arrays of the
 * announced shapes and dtypes; it must be pure, since it may be called any number of times.
 * JAX: `jax.pure_callback`.
 *
 * @example
 * const sorted = (x) => pureCallback((v) => jnp.array(v.tolist().sort()), new ShapeDtypeStruct(x.shape), x)
 * jit(sorted)(jnp.array([3, 1, 2])) // [1, 2, 3]
 */
export function pureCallback(f: (...args: never[]) => unknown, result: unknown, ...args: unknown[]): unknown {
  if (typeof f !== 'function') throw new JaxTypeError(`pureCallback: expected a function, got ${typeof f}`)
  const { options, rest } = splitCallbackOptions(args)
  const method = options.vmapMethod ?? null
  if (method !== null && !vmapMethods.includes(method)) {
    throw new ValueError(`pureCallback: vmapMethod must be one of ${vmapMethods.join(', ')}, got '${String(method)}'.`)
  }
  const announced = flatten(result)
  const avals = announced.leaves.map((leaf) => {
    if (leaf instanceof ShapeDtypeStruct) return new ShapedArray(leaf.shape, leaf.dtype)
    if (leaf instanceof JaxArray) return new ShapedArray(leaf.shape, leaf.dtype)
    throw new JaxTypeError(
      'pureCallback: announce results with new ShapeDtypeStruct(shape, dtype), or with an array like them.',
    )
  })
  const { arrays, tree } = flattenArgs(rest, 'pureCallback')
  const call = callable(f)
  const outs = bind(pureCallbackPrimitive, arrays, {
    result_avals: avals,
    vmap_method: method,
    callback: (...values) => {
      const returned = flatten(call(...unflatten(tree, values)), isListOfNumbers)
      if (!sameTree(returned.tree, announced.tree)) {
        throw new JaxTypeError(
          `pureCallback: the function returned ${formatTree(returned.tree)} where ${formatTree(announced.tree)} was announced.`,
        )
      }
      return returned.leaves.map((leaf, i) => concrete(leaf, avals[i].dtype))
    },
  })
  return unflatten(announced.tree, outs)
}

function splitCallbackOptions(args: readonly unknown[]): { options: PureCallbackOptions; rest: readonly unknown[] } {
  const last = args.at(-1)
  const given = typeof last === 'object' && last !== null && Object.keys(last).join() === 'vmapMethod'
  return given ? { options: last, rest: args.slice(0, -1) } : { options: {}, rest: args }
}

function isListOfNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')
}

/** Numbers and lists of JavaScript have no dtype of their own: they take the one that was announced. */
function concrete(leaf: unknown, dtype: DType): ConcreteArray {
  if (leaf instanceof ConcreteArray) return leaf
  const isData = typeof leaf === 'number' || typeof leaf === 'boolean' || isNumbers(leaf)
  const array = isData ? asarray(leaf, { dtype }) : null
  if (array instanceof ConcreteArray) return array
  throw new JaxTypeError('pureCallback: the function must return concrete arrays, numbers or lists of numbers.')
}

function isNumbers(value: unknown): value is number[] | Float32Array {
  return value instanceof Float32Array || isListOfNumbers(value)
}
