import { isComplex, isInteger, kindOf } from '../ir/dtype.ts'
import { sameAval } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { JaxTypeError } from '../errors.ts'
import { bindCond } from '../control/cond.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { traceWithAux } from '../interpreters/to-jaxpr.ts'
import { clamp } from '../primitives/selection.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { ne } from '../primitives/elementwise-comparison.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, arrayOf, callable, flattenArgs } from '../tree/leaves.ts'
import { isWholeLiteral } from './weak-values.ts'
import { type TreeDef, formatTree, leafPaths, sameTree, unflatten } from '../tree/pytree.ts'

type Branch = (...operands: never[]) => unknown

/**
 * Runs one of two functions, chosen by a scalar when the program runs. Both are traced.
 * JAX: `jax.lax.cond`.
 *
 * @example lax.cond(jnp.array(-3).less(0), (x) => x.neg(), (x) => x, jnp.array(-3)) // 3
 */
export function cond<A extends unknown[], R>(
  pred: unknown,
  trueFun: (...operands: A) => R,
  falseFun: (...operands: A) => R,
  ...operands: A
): R
export function cond(pred: unknown, trueFun: Branch, falseFun: Branch, ...operands: unknown[]): unknown
export function cond(pred: unknown, trueFun: Branch, falseFun: Branch, ...operands: unknown[]): unknown {
  if (typeof trueFun !== 'function' || typeof falseFun !== 'function') {
    throw new JaxTypeError('lax.cond: the branches are functions: lax.cond(pred, (x) => …, (x) => …, x)')
  }
  const predicate = scalarPredicate(pred)
  const index =
    predicate.dtype === 'bool' ? convertElementType(predicate, 'int32') : convertElementType(ne(predicate, 0), 'int32')
  return runBranches('lax.cond', index, [falseFun, trueFun], ['falseFun', 'trueFun'], operands, true)
}

function scalarPredicate(pred: unknown): JaxArray {
  const predicate = arrayOf(pred, 'lax.cond, pred')
  const { dtype } = predicate
  if (dtype === 'bfloat16' || isComplex(dtype) || kindOf(dtype) === 'key') {
    throw new JaxTypeError(`lax.cond: pred must be a boolean or a number, got ${dtype}.`, {
      hint: 'Decide first what counts as true: lax.cond(jnp.notEqual(pred, 0), …).',
    })
  }
  if (predicate.ndim === 0) return predicate
  throw new JaxTypeError(`lax.cond: pred must be a scalar, got ${predicate.aval.toString()}.`, {
    hint: 'cond takes one decision for the whole array. For one decision an element use jnp.where, or vmap a function that decides for one.',
    lesson: 'A1',
  })
}

/**
 * Runs the branch with the given index, clamped to the branches there are. JAX: `jax.lax.switch`.
 *
 * @example lax.switch(1, [(x) => x, (x) => x.mul(2)], 3) // 6
 */
export function switch_<A extends unknown[], R>(
  index: unknown,
  branches: readonly ((...operands: A) => R)[],
  ...operands: A
): R
export function switch_(index: unknown, branches: readonly Branch[], ...operands: unknown[]): unknown
export function switch_(index: unknown, branches: readonly Branch[], ...operands: unknown[]): unknown {
  if (!Array.isArray(branches) || branches.length === 0) {
    throw new JaxTypeError('lax.switch: takes a list of at least one function')
  }
  if (typeof index === 'number' && !Number.isInteger(index)) {
    throw new JaxTypeError(`lax.switch: index must be an integer, got ${index}`)
  }
  const which = typeof index === 'number' ? scalar(index, 'int32') : arrayOf(index, 'lax.switch, index')
  if (which.ndim !== 0) throw new JaxTypeError(`lax.switch: index must be a scalar, got ${which.aval.toString()}`)
  if (!isInteger(which.dtype)) {
    throw new JaxTypeError(`lax.switch: index must be an integer, got ${which.dtype}`)
  }
  const names = branches.map((_, i) => `branch ${i}`)
  if (branches.length === 1) return callable(branches[0])(...operands)
  const i32 = convertElementType(which, 'int32')
  const clamped = clamp(scalar(0, 'int32'), i32, scalar(branches.length - 1, 'int32'))
  return runBranches('lax.switch', clamped, branches, names, operands)
}

interface TracedBranch {
  readonly jaxpr: ClosedJaxpr
  readonly tree: TreeDef
}

function runBranches(
  where: string,
  index: JaxArray,
  branches: readonly Branch[],
  names: readonly string[],
  operands: readonly unknown[],
  /** As the functions of `cond` are traced: the one for true, which is branch 1, comes first. */
  lastFirst = false,
): unknown {
  const { arrays, tree } = flattenArgs(operands, where)
  const inOrder = lastFirst ? branches.toReversed() : branches
  const tracedInOrder = inOrder.map((branch) => {
    const call = new FlatCall<readonly unknown[], unknown>(callable(branch), tree, where)
    const { jaxpr, aux } = traceWithAux(
      (...inputs) => ({ outputs: call.fun(...inputs), aux: call.outTree }),
      arrays.map((array) => array.aval),
      where,
    )
    return { jaxpr, tree: aux }
  })
  const traced = lastFirst ? tracedInOrder.toReversed() : tracedInOrder
  assertSameStructure(where, traced, names)
  const agreed = withAgreedDTypes(where, traced, names)
  return unflatten(traced[0].tree, bindCond(index, agreed, arrays, lastFirst))
}

function assertSameStructure(where: string, traced: readonly TracedBranch[], names: readonly string[]): void {
  traced.forEach(({ tree }, i) => {
    if (sameTree(tree, traced[0].tree)) return
    throw new JaxTypeError(
      `${where}: all branches must return the same structure, but ${names[0]} returns ${formatTree(traced[0].tree)} and ${names[i]} returns ${formatTree(tree)}.`,
      { lesson: 'A1' },
    )
  })
}

/** Outputs must agree in shape and dtype. A bare whole number is an integer beside one, since JavaScript has no other. */
function withAgreedDTypes(where: string, traced: readonly TracedBranch[], names: readonly string[]): ClosedJaxpr[] {
  const outs = traced.map(({ jaxpr }) => jaxpr.outAvals)
  const targets = outs[0].map((first, i) => outs.map((avals) => avals[i]).find((aval) => !aval.weakType) ?? first)
  return traced.map(({ jaxpr }, b) => {
    const differs = outs[b].map((aval, i) => !sameAval(aval, targets[i]))
    if (!differs.includes(true)) return jaxpr
    outs[b].forEach((aval, i) => {
      const whole = isInteger(targets[i].dtype) && isWholeLiteral(jaxpr.jaxpr.outvars[i])
      const promotable = whole && aval.with({ dtype: targets[i].dtype }).toString() === targets[i].toString()
      if (!differs[i] || promotable) return
      const path = leafPaths(traced[0].tree)[i]
      throw new JaxTypeError(
        `${where}: all branches must return equal types, but output ${path || '(the result)'} is ${targets[i].toString()} in ${names[outs.findIndex((avals) => sameAval(avals[i], targets[i]))]} and ${aval.toString()} in ${names[b]}.`,
        { hint: 'Make shapes and dtypes agree, for example with astype or jnp.zerosLike.', lesson: 'A1' },
      )
    })
    return convertOutputs(
      jaxpr,
      targets.map((aval) => aval.dtype),
    )
  })
}

function convertOutputs(closed: ClosedJaxpr, dtypes: readonly JaxArray['dtype'][]): ClosedJaxpr {
  return traceWithAux(
    (...inputs) => ({
      outputs: evalClosed(closed, inputs).map((out, i) =>
        out.dtype === dtypes[i] ? out : convertElementType(out, dtypes[i]),
      ),
      aux: null,
    }),
    closed.inAvals,
    'cond',
  ).jaxpr
}
