import { type ShapedArray, sameAval } from '../ir/aval.ts'
import { JaxTypeError } from '../errors.ts'
import { recorded } from '../tracing/recorder.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { linearizeFlat } from '../interpreters/partial-eval.ts'
import { next } from '../ir/sequence.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { transposeLinear } from '../interpreters/transpose.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { JaxArray } from '../tracing/array.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import { instantiate, shownTangent } from '../primitives/zeros.ts'
import { type TreeDef, flatten, formatTree, sameTree, unflatten } from '../tree/pytree.ts'
import { givenTangent } from './given-tangents.ts'
import { splitAux } from './grad.ts'
import { FlatCall, arrayOf, avalOf, callable, flattenArgs } from '../tree/leaves.ts'

/**
 * Value and directional derivative, by forward mode: tangents ride along with the primals.
 * JAX: `jax.jvp`. With a trailing `{ hasAux: true }` the result is `[value, tangent, aux]`.
 *
 * @example jvp(jnp.sin, [0.5], [1]) // [sin 0.5, cos 0.5]
 */
export function jvp<A extends unknown[], R, Aux>(
  f: (...args: A) => readonly [R, Aux],
  primals: readonly [...A],
  tangents: readonly [...A],
  options: { readonly hasAux: true },
): [R, R, Aux]
export function jvp<A extends unknown[], R>(
  f: (...args: A) => R,
  primals: readonly [...A],
  tangents: readonly [...A],
  options?: { readonly hasAux?: false },
): [R, R]
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  options?: { hasAux?: boolean },
): unknown[]
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  options: { hasAux?: boolean } = {},
): unknown[] {
  if (!Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new JaxTypeError('jvp: primals and tangents are lists, one entry an argument: jvp(f, [x], [t])')
  }
  return recorded('jvp', f, (record) => {
    const { arrays, tree } = flattenArgs(primals, 'jvp')
    const directions = tangentsLike(tangents, arrays, tree, 'jvp')
    const call = new FlatCall(callable(f), tree, 'jvp')
    record?.given([...arrays, ...directions.filter((direction) => direction instanceof JaxArray)], tree)
    const out = jvpFlat(call.fun, arrays, directions, 'jvp', record)
    const pushed = out.tangents.map(shownTangent)
    record?.returned([...out.primals, ...pushed])
    const value = unflatten(call.outTree, out.primals)
    const tangent = unflatten(call.outTree, pushed)
    if (record !== null && options.hasAux === true && Array.isArray(value))
      record.numValues = flatten(value[0]).leaves.length
    if (options.hasAux !== true || !Array.isArray(value) || !Array.isArray(tangent)) return [value, tangent]
    return [value[0], tangent[0], value[1]]
  })
}

function tangentsLike(
  tangents: readonly unknown[],
  primals: readonly JaxArray[],
  tree: TreeDef,
  where: 'jvp' | 'linearize',
): Tangent[] {
  const flat = flatten(tangents)
  if (!sameTree(flat.tree, tree)) {
    throw new JaxTypeError(
      `${where}: primals and tangents must have the same structure: primals have ${formatTree(tree)}, tangents ${formatTree(flat.tree)}`,
    )
  }
  return flat.leaves.map((leaf, i) => givenTangent(leaf, primals[i], where))
}

/**
 * The value at a point and the linear map that approximates the function there; the primal work is done
 * once, every push afterwards costs the linear part alone. JAX: `jax.linearize`.
 *
 * @example
 * const [y, push] = linearize(jnp.sin, 0.5)
 * push(1) // cos 0.5
 */
export function linearize<A extends unknown[], R, Aux>(
  f: (...args: A) => readonly [R, Aux],
  ...primals: [...A, { readonly hasAux: true }]
): [R, (...tangents: A) => R, Aux]
export function linearize<A extends unknown[], R>(f: (...args: A) => R, ...primals: A): [R, (...tangents: A) => R]
export function linearize(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): [unknown, (...tangents: unknown[]) => unknown, ...unknown[]]
export function linearize(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): [unknown, (...tangents: unknown[]) => unknown, ...unknown[]] {
  const { options, rest } = splitAux(primals)
  return recorded('linearize', f, (record) => {
    const { arrays, tree } = flattenArgs(rest, 'linearize')
    record?.given(arrays, tree)
    const call = new FlatCall(callable(f), tree, 'linearize')
    const linearized = linearizeFlat(call.fun, arrays, 'linearize', undefined, record)
    record?.returned(linearized.outputs)
    const value = unflatten(call.outTree, linearized.outputs)
    const push = (...tangents: unknown[]): unknown => {
      const directions = tangentsLike(tangents, arrays, tree, 'linearize')
      const inputs = directions.filter((_, i) => linearized.inputHasTangent[i]).map(instantiate)
      const live = evalClosed(linearized.linear, inputs).values()
      const outs = linearized.outputs.map((output, i) =>
        linearized.outputHasTangent[i] ? next(live) : shownTangent(new Zero(output.aval)),
      )
      const tangent = unflatten(call.outTree, outs)
      return options.hasAux && Array.isArray(tangent) ? tangent[0] : tangent
    }
    const hasAux = options.hasAux && Array.isArray(value)
    if (record !== null && hasAux) record.numValues = flatten(value[0]).leaves.length
    return hasAux ? [value[0], push, value[1]] : [value, push]
  })
}

/**
 * The transpose of a linear function: from cotangents of its output to cotangents of its inputs, without
 * a matrix. The primals only give shapes and dtypes. JAX: `jax.linear_transpose`.
 *
 * @example linearTranspose((x) => x.mul(3), 1)(2) // [6]
 */
export function linearTranspose<A extends unknown[], R>(f: (...args: A) => R, ...primals: A): (cotangent: R) => A
export function linearTranspose(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): (cotangent: unknown) => unknown[]
export function linearTranspose(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): (cotangent: unknown) => unknown[] {
  const { leaves, tree } = flatten(primals)
  const avals = leaves.map((leaf) => avalOf(leaf, 'linearTranspose').strengthened())
  const call = new FlatCall(callable(f), tree, 'linearTranspose')
  const closed = traceToJaxpr(call.fun, avals, 'linearTranspose')
  return (cotangent) => {
    const cotangents = flatten(cotangent).leaves
    const results = transposeLinear(
      closed,
      closed.outAvals.map((aval, i) => linearCotangent(cotangents[i], aval)),
    )
    return unflatten(tree, results.map(instantiate))
  }
}

/** A linear function of integers is transposed as any other: its cotangents are integers. */
function linearCotangent(leaf: unknown, output: ShapedArray): JaxArray {
  if (typeof leaf === 'number' && output.ndim === 0) return scalar(leaf, output.dtype)
  const array = arrayOf(leaf, 'linearTranspose: cotangent')
  if (sameAval(array.aval, output)) return array
  throw new JaxTypeError(
    `linearTranspose: the cotangent type does not match the function's output: expected ${output.toString()}, got ${array.aval.toString()}.`,
    { hint: 'A cotangent has the shape and dtype of the output it belongs to.', lesson: 'D1' },
  )
}
