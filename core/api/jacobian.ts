import type { ShapedArray } from '../ir/aval.ts'
import { recorded } from '../tracing/recorder.ts'
import { batchFlat } from '../interpreters/batching.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { linearizeFlat } from '../interpreters/partial-eval.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { instantiate } from '../primitives/zeros.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { partOf, transformed } from '../tracing/transformed.ts'
import { type TreeDef, flatten, unflatten } from '../tree/pytree.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { type Argnums, replaceArgs, resolveArgnums } from './argnums.ts'
import { assertForwardInputs, assertHolomorphic, assertReverseInputs, assertReverseOutput } from './differentiable.ts'
import { type GradientOf, pulledBack } from './grad.ts'
import { blocksOf, standardBasis } from './unravel.ts'

/** What `jacfwd`, `jacrev` and `hessian` differentiate. */
export interface JacobianOptions {
  /** Which arguments to differentiate. Default 0. A list gives a list of Jacobians. */
  readonly argnums?: Argnums
  /** The function is complex differentiable: arguments and results are complex, and so is the derivative. */
  readonly holomorphic?: boolean
}

/** What `jacrev` takes besides: with `allowInt`, integers and booleans, of which the Jacobian is zeros of their dtype. */
export interface ReverseJacobianOptions extends JacobianOptions {
  readonly allowInt?: boolean
}

/** The structure of a result, each array in it replaced by the structure of what it is differentiated by. */
export type JacobianOf<R, X> = 0 extends 1 & R
  ? R
  : R extends ArrayLike
    ? X
    : R extends object
      ? { [K in keyof R]: JacobianOf<R[K], X> }
      : unknown

interface Prepared {
  readonly call: FlatCall<unknown[], unknown>
  readonly arrays: JaxArray[]
  readonly tree: TreeDef<unknown[]>
  readonly single: boolean
  readonly positions: readonly number[]
}

function prepare<A extends unknown[], R>(f: (...args: A) => R, args: A, argnums: Argnums, where: string): Prepared {
  const positions = resolveArgnums(argnums, args.length, where)
  const chosen: unknown[] = positions.map((position) => args[position])
  const { arrays, tree } = flattenArgs(chosen, where)
  const call = new FlatCall<unknown[], unknown>((...values) => f(...replaceArgs(args, positions, values)), tree, where)
  return { call, arrays, tree, single: !Array.isArray(argnums), positions }
}

/** The leaves of all arguments, with the differentiated ones as the arrays they are. */
function allOf(args: readonly unknown[], { positions, tree, arrays }: Prepared): ReturnType<typeof flatten> {
  return flatten(replaceArgs(args, positions, unflatten(tree, arrays)))
}

/** Blocks by output and input leaf as the tree of outputs whose leaves are trees of inputs. */
function assemble({ call, tree, single }: Prepared, blocks: readonly (readonly JaxArray[])[]): unknown {
  const perOutput = blocks.map((row) => {
    const args = unflatten(tree, row)
    return single ? args[0] : args
  })
  return unflatten(call.outTree, perOutput)
}

/**
 * The Jacobian by forward mode, one pass an input element: right for few inputs and many outputs.
 * Result shapes are output shape followed by input shape. JAX: `jax.jacfwd`.
 *
 * @example jacfwd((x) => x.mul(x))(jnp.arange(2)) // [[0, 0], [0, 2]]
 */
export function jacfwd<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options?: JacobianOptions & { readonly argnums?: N },
): (...args: A) => JacobianOf<R, GradientOf<A, N>>
export function jacfwd<A extends unknown[], R>(
  f: (...args: A) => R,
  options: JacobianOptions = {},
): (...args: A) => unknown {
  return forwardJacobian(f, options, 'jacfwd')
}

/** `via` is what the user called. */
function forwardJacobian<A extends unknown[], R>(
  f: (...args: A) => R,
  options: JacobianOptions,
  via: 'jacfwd' | 'hessian',
): (...args: A) => unknown {
  const derivative = (...args: A) =>
    recorded(via, f, (record) => {
      const prepared = prepare(f, args, options.argnums ?? 0, 'jacfwd')
      record?.givenAll(allOf(args, prepared), prepared.positions, prepared.tree)
      const { holomorphic = false } = options
      assertForwardInputs(prepared.arrays, 'jacfwd', holomorphic)
      const basis = standardBasis(prepared.arrays)
      const size = prepared.arrays.reduce((count, array) => count + array.size, 0)
      let results: readonly ShapedArray[] = []
      const push = (...tangents: JaxArray[]): JaxArray[] => {
        const pair = jvpFlat(prepared.call.fun, prepared.arrays, tangents, 'jacfwd', record)
        results = pair.primals.map(({ aval }) => aval)
        return pair.tangents.map(instantiate)
      }
      const { outputs, dims } = batchFlat(
        push,
        basis,
        basis.map(() => 0),
        { size, name: null },
      )
      if (holomorphic) outputs.forEach((output) => assertHolomorphic(output.dtype, 'jacfwd', 'outputs'))
      const columns = outputs.map((output, i) =>
        moveBatchAxis(output, dims[i], dims[i] === null ? output.ndim : output.ndim - 1, size),
      )
      const blocks = columns.map((column, i) => blocksOf(column, column.ndim - 1, prepared.arrays, results[i]))
      record?.returned(blocks.flat())
      return assemble(prepared, blocks)
    })
  return transformed(derivative, f, via)
}

/**
 * The Jacobian by reverse mode, one pass an output element: right for many inputs and few outputs.
 * JAX: `jax.jacrev`.
 *
 * @example jacrev((x) => x.mul(x))(jnp.arange(2)) // [[0, 0], [0, 2]]
 */
export function jacrev<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options?: ReverseJacobianOptions & { readonly argnums?: N },
): (...args: A) => JacobianOf<R, GradientOf<A, N>>
export function jacrev<A extends unknown[], R>(
  f: (...args: A) => R,
  options: ReverseJacobianOptions = {},
): (...args: A) => unknown {
  const derivative = (...args: A) =>
    recorded('jacrev', f, (record) => {
      const prepared = prepare(f, args, options.argnums ?? 0, 'jacrev')
      record?.givenAll(allOf(args, prepared), prepared.positions, prepared.tree)
      const { holomorphic = false } = options
      assertReverseInputs(prepared.arrays, 'jacrev', options)
      const linearized = linearizeFlat(prepared.call.fun, prepared.arrays, 'jacrev', undefined, record)
      linearized.outputs.forEach((output) => assertReverseOutput(output, 'jacrev', holomorphic))
      const basis = standardBasis(linearized.outputs)
      const size = linearized.outputs.reduce((count, output) => count + output.size, 0)
      const pull = (...cotangents: JaxArray[]): JaxArray[] =>
        pulledBack(linearized, cotangents, prepared.arrays).map(instantiate)
      const { outputs, dims } = batchFlat(
        pull,
        basis,
        basis.map(() => 0),
        { size, name: null },
      )
      const rows = outputs.map((output, i) => moveBatchAxis(output, dims[i], 0, size))
      const byInput = rows.map((row, i) => blocksOf(row, 0, linearized.outputs, prepared.arrays[i].aval))
      const blocks = linearized.outputs.map((_, row) => byInput.map((column) => column[row]))
      record?.returned(blocks.flat())
      return assemble(prepared, blocks)
    })
  return transformed(derivative, f, 'jacrev')
}

/**
 * Second derivatives of a scalar function: forward over reverse. JAX: `jax.hessian`.
 *
 * @example hessian((x) => jnp.sum(x.pow(3)))(jnp.array([1, 2])) // [[6, 0], [0, 12]]
 */
export function hessian<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options?: JacobianOptions & { readonly argnums?: N },
): (...args: A) => JacobianOf<JacobianOf<R, GradientOf<A, N>>, GradientOf<A, N>>
export function hessian<A extends unknown[], R>(
  f: (...args: A) => R,
  options: JacobianOptions = {},
): (...args: A) => unknown {
  return forwardJacobian(partOf(jacrev(f, options)), options, 'hessian')
}
