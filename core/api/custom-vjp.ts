import { type ShapedArray, formatShape } from '../ir/aval.ts'
import { isInexact } from '../ir/dtype.ts'
import { JaxTypeError, UnexpectedTracerError, ValueError } from '../errors.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { CustomVjpCall, RuleNames } from '../tracing/primitive.ts'
import { assertNotLooking } from '../tracing/looking.ts'
import { Tracer, currentTrace } from '../tracing/trace.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { float0Of } from '../tracing/float0.ts'
import { zerosOf } from '../primitives/zeros.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, flatten, formatTree, unflatten } from '../tree/pytree.ts'
import { type CustomOptions, insertArgs } from './custom-jvp.ts'
import { FlatCall, callable, arrayOf, flattenArgs } from '../tree/leaves.ts'

type Rule = (...args: never[]) => unknown

/** A function with a reverse derivative of its own. */
export interface CustomVjpFunction<A extends unknown[], R> {
  (...args: A): R
  /**
   * `forward(...args)` returns `[value, residuals]`; `backward(…nondiff, residuals, cotangent)` returns a
   * list with one cotangent an argument (null for "none").
   */
  defvjp(forward: Rule, backward: Rule): void
}

/** The same without `nondiffArgnums`, so that the types of the rules follow from the function's. */
export interface TypedCustomVjpFunction<A extends unknown[], R> {
  (...args: A): R
  defvjp<Residuals>(
    forward: (...args: A) => readonly [R, Residuals],
    backward: (residuals: Residuals, cotangent: R) => { readonly [K in keyof A]: A[K] | null },
  ): void
}

/**
 * Gives a function its own reverse rule. Forward mode is then not available.
 * JAX: `jax.custom_vjp`.
 *
 * @example
 * const clipGradient = customVjp((x) => x)
 * clipGradient.defvjp((x) => [x, null], (_, ct) => [jnp.clip(ct, -0.5, 0.5)])
 * grad((x) => clipGradient(x).mul(3))(1) // 0.5
 */
export function customVjp<A extends unknown[], R>(f: (...args: A) => R): TypedCustomVjpFunction<A, R>
export function customVjp<A extends unknown[], R>(f: (...args: A) => R, options: CustomOptions): CustomVjpFunction<A, R>
export function customVjp<A extends unknown[], R>(
  f: (...args: A) => R,
  options: CustomOptions = {},
): CustomVjpFunction<A, R> {
  const name = f.name === '' ? '<lambda>' : f.name
  const nondiff = [...(options.nondiffArgnums ?? [])].sort((a, b) => a - b)
  let rules: { forward: (...args: unknown[]) => unknown; backward: (...args: unknown[]) => unknown } | null = null
  let ruleNames: RuleNames = {}

  const wrapped = (...args: A): R => {
    const where = `customVjp(${name})`
    if (rules === null) {
      throw new JaxTypeError(`No VJP defined for customVjp function ${name} using defvjp.`, {
        hint: `Call ${name}.defvjp(forward, backward) before using it.`,
        lesson: 'D1',
      })
    }
    const { forward, backward } = rules
    const fixed = nondiff.map((position) => args[position])
    assertNotTraced(fixed, where)
    const { arrays, tree } = flattenArgs(
      args.filter((_, i) => !nondiff.includes(i)),
      where,
    )
    const call = new FlatCall((...dynamic: unknown[]) => f(...insertArgs(args, nondiff, dynamic)), tree, where)
    let residualTree: TreeDef | null = null
    const avals = arrays.map((array) => array.aval)
    const custom: CustomVjpCall = {
      name,
      ruleNames,
      fun: call.fun,
      fwd(...values) {
        assertNotLooking(name)
        const dynamic = unflatten(tree, values)
        const result = forward(...insertArgs(args, nondiff, dynamic))
        if (!Array.isArray(result) || result.length !== 2) {
          throw new JaxTypeError(`${where}: the forward rule must return a pair [value, residuals].`, {
            lesson: 'D1',
          })
        }
        const value = flatten<unknown>(result[0])
        const residuals = flatten<unknown>(result[1])
        call.adoptOutTree(value.tree)
        residualTree = residuals.tree
        return {
          outputs: value.leaves.map((leaf) => arrayOf(leaf, `${where}, forward rule`)),
          residuals: residuals.leaves.map((leaf) => arrayOf(leaf, `${where}, forward rule`)),
        }
      },
      bwd(...values) {
        assertNotLooking(name)
        if (residualTree === null) throw new Error('internal: the backward rule ran before the forward rule')
        const numResiduals = residualTree.numLeaves
        const residuals = unflatten(residualTree, values.slice(0, numResiduals))
        const cotangent = unflatten(call.outTree, values.slice(numResiduals).map(shownToRule))
        return cotangentsOf(backward(...fixed, residuals, cotangent), tree, avals, where)
      },
    }
    const outs = currentTrace().processCustomVjp(custom, arrays)
    return unflatten(call.outTree, outs)
  }

  return transformed(
    Object.assign(wrapped, {
      defvjp(forward: Rule, backward: Rule): void {
        rules = { forward: callable(forward), backward: callable(backward) }
        ruleNames = { fwd: forward.name || '<lambda>', bwd: backward.name || '<lambda>' }
      },
    }),
    f,
    null,
  )
}

/** The backward rule may run where the transformation of such a value has long ended. */
function assertNotTraced(fixed: readonly unknown[], where: string): void {
  const traced = flatten(fixed).leaves.find((leaf) => leaf instanceof Tracer)
  if (traced === undefined) return
  throw new UnexpectedTracerError(
    `${where} was given a traced ${traced.aval.toString()} as an argument of nondiffArgnums.`,
    {
      hint: 'Those arguments are for what is no array, such as functions. Leave it out of nondiffArgnums, and let the backward rule give null for it.',
      lesson: 'D1',
    },
  )
}

/** The backward rule's result as one cotangent a leaf of the arguments. */
function cotangentsOf(result: unknown, tree: TreeDef, avals: readonly ShapedArray[], where: string): JaxArray[] {
  const expected = formatTree(tree)
  if (!Array.isArray(result)) {
    throw new JaxTypeError(`${where}: the backward rule must return a list with one cotangent an argument.`, {
      hint: 'Write [ct.mul(…)] instead of ct.mul(…), also for a function of one argument.',
      lesson: 'D1',
    })
  }
  if (result.length !== tree.children.length) {
    throw new JaxTypeError(
      `${where}: the backward rule returned ${result.length} cotangents, the function takes ${tree.children.length} arguments.`,
      { hint: 'One cotangent an argument, null where there is none.', lesson: 'D1' },
    )
  }
  let leaf = 0
  return result.flatMap((entry: unknown, argument) => {
    const own = tree.children[argument]
    const ownAvals = avals.slice(leaf, leaf + own.numLeaves)
    leaf += own.numLeaves
    if (entry === null) return ownAvals.map(zerosOf)
    const { leaves, tree: entryTree } = flatten<unknown>(entry)
    if (leaves.length !== own.numLeaves) {
      throw new JaxTypeError(
        `${where}: cotangent ${argument} has structure ${formatTree(entryTree)}, the arguments have ${expected}.`,
        { lesson: 'D1' },
      )
    }
    return leaves.map((value, i) => cotangentFor(arrayOf(value, where), ownAvals[i], where))
  })
}

/** Inside of core, results that are integers have zeros for cotangents; a rule sees that they have none. */
function shownToRule(cotangent: JaxArray): JaxArray {
  return isInexact(cotangent.dtype) ? cotangent : float0Of(cotangent.shape)
}

function cotangentFor(cotangent: JaxArray, aval: ShapedArray, where: string): JaxArray {
  if (!isInexact(aval.dtype)) return zerosOf(aval)
  if (formatShape(cotangent.shape) !== formatShape(aval.shape)) {
    throw new ValueError(
      `${where}: the backward rule gave a cotangent ${cotangent.aval.toString()} for an argument ${aval.toString()}.`,
      { hint: 'A cotangent has the shape and dtype of its argument.', lesson: 'D1' },
    )
  }
  return cotangent.dtype === aval.dtype ? cotangent : convertElementType(cotangent, aval.dtype)
}
