import { compositePrimitive } from '../control/composite.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import {
  optimizationBarrierPrimitive,
  platformIndexPrimitive,
  shardingConstraintPrimitive,
} from '../primitives/staging.ts'
import { type NamedSharding, shardPlaces } from '../sharding/named-sharding.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { FlatCall, arrayOf, callable, flattenArgs } from '../tree/leaves.ts'
import { flatten, unflatten } from '../tree/pytree.ts'
import { switch_ } from './control-flow.ts'

type AnyFunction = (...args: never[]) => unknown

/**
 * The pytree itself, across which no compiler moves or removes computations. JAX: `jax.lax.optimization_barrier`.
 *
 * @example lax.optimizationBarrier([jnp.ones(2), 1])
 */
export function optimizationBarrier<T>(operand: T): T {
  const { leaves, tree } = flatten(operand)
  const arrays = leaves.map((leaf) => arrayOf(leaf, 'lax.optimizationBarrier'))
  return unflatten(tree, bind(optimizationBarrierPrimitive, arrays, {}))
}

/**
 * Runs the function that is given for the platform the program runs on, or `default`. All are traced. Without
 * one for the platform it is a ValueError. JAX: `jax.lax.platform_dependent`.
 *
 * @example lax.platformDependent(2, { cpu: (x) => x.mul(2), default: (x) => x }) // 4
 */
export function platformDependent(...argsAndFunctions: unknown[]): unknown {
  const functions = argsAndFunctions.at(-1)
  if (typeof functions !== 'object' || functions === null) {
    throw new JaxTypeError(
      'lax.platformDependent: give the functions by platform: { cpu: (x) => …, default: (x) => … }',
    )
  }
  const given = Object.entries(functions)
    .filter(([name]) => name !== 'default')
    .concat(Object.entries(functions).filter(([name]) => name === 'default'))
  const branches = given.map(([name, branch]): AnyFunction => {
    if (typeof branch === 'function') return (...args) => Reflect.apply(branch, undefined, args)
    throw new JaxTypeError(`lax.platformDependent: ${name} is a function of the operands.`)
  })
  const platforms = given.map(([name]) => (name === 'default' ? null : [name]))
  if (branches.length === 0) throw new ValueError('lax.platformDependent: give at least one function.')
  if (!platforms.some((names) => names === null || names[0] === 'cpu' || names[0] === 'gpu')) {
    throw new ValueError('lax.platformDependent: there is no function for this platform, and no default.')
  }
  const operands = argsAndFunctions.slice(0, -1)
  if (branches.length === 1) return callable(branches[0])(...operands)
  return switch_(bindOne(platformIndexPrimitive, [], { platforms }), branches, ...operands)
}

/**
 * The arrays of a pytree, with a promise of how they lie on devices when the program runs. A spec that does not
 * divide a shape is a ValueError. JAX: `jax.lax.with_sharding_constraint`.
 *
 * @example lax.withShardingConstraint(jnp.ones(4), new NamedSharding(makeMesh([1], ['x']), P('x')))
 */
export function withShardingConstraint<T>(x: T, shardings: NamedSharding): T {
  const { leaves, tree } = flatten(x)
  const params = {
    context_mesh: 'Mesh()',
    layout: null,
    sharding: shardings,
    unconstrained_dims: 'frozenset({})',
  }
  const constrained = leaves.map((leaf) => {
    const array = arrayOf(leaf, 'lax.withShardingConstraint')
    shardPlaces(array.shape, shardings)
    return bindOne(shardingConstraintPrimitive, [array], params)
  })
  return unflatten(tree, constrained)
}

/**
 * A function whose program stands in one equation with a name, under which a compiler may know a better one.
 * Options of a call are attributes: static, and given to the function as its last argument.
 * JAX: `jax.lax.composite`.
 *
 * @example lax.composite((x) => jnp.tan(x), 'my.tangent')(0) // 0
 */
export function composite(
  decomposition: AnyFunction,
  name: string,
  version = 0,
): (...argsAndAttributes: unknown[]) => unknown {
  return (...given) => {
    const last = given.at(-1)
    const named = typeof last === 'object' && last !== null && Object.getPrototypeOf(last) === Object.prototype
    const attributes = named ? Object.entries(last) : []
    const { arrays, tree } = flattenArgs(named ? given.slice(0, -1) : given, `composite(${name})`)
    const call = new FlatCall(
      (...args: unknown[]) => callable(decomposition)(...args, ...(named ? [last] : [])),
      tree,
      `composite(${name})`,
    )
    const traced = traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'composite',
    )
    const { jaxpr, consts } = hoistConstants(traced)
    const written = attributes.map(([key, value]) => `('${key}', (${pythonText(value)},), PyTreeDef(*))`)
    const text = written.length === 1 ? `(${written[0]},)` : `(${written.join(', ')})`
    const outs = bind(compositePrimitive, [...consts, ...arrays], { attributes: text, jaxpr, name, version })
    return unflatten(call.outTree, outs)
  }
}

function pythonText(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

/**
 * The value as an array of the program that is being traced. JAX: `jax.lax.stage`.
 *
 * @example lax.stage(2).dtype // 'float32'
 */
export function stage(x: ArrayLike): JaxArray {
  return arrayOf(x, 'lax.stage')
}
