import { isInexact } from '../ir/dtype.ts'
import { formatShape } from '../ir/aval.ts'
import { JaxTypeError } from '../errors.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { FlatFunction } from '../tracing/primitive.ts'
import { assertNotLooking } from '../tracing/looking.ts'
import { Tracer, assertNotLeaked, currentTrace, withTrace } from '../tracing/trace.ts'
import { convertElementType, stopGradient } from '../primitives/conversion.ts'
import { addTangents, instantiate, zerosOf } from '../primitives/zeros.ts'
import { float0Of } from '../tracing/float0.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, flatten, formatTree, sameTree, unflatten } from '../tree/pytree.ts'
import { mul } from '../primitives/elementwise-arithmetic.ts'
import { FlatCall, callable, arrayOf, flattenArgs } from '../tree/leaves.ts'

export interface CustomOptions {
  /** Arguments that are not arrays or are not differentiated: given to the rule as they are, first. */
  readonly nondiffArgnums?: readonly number[]
}

type Rule = (...args: never[]) => unknown

/** Gives value and tangent at primals, along tangents. */
export type JvpRule<A extends unknown[], R> = (primals: A, tangents: A) => readonly [R, R]

/** A function with a forward derivative of its own. */
export interface CustomJvpFunction<A extends unknown[], R, DefinedBy = Rule> {
  (...args: A): R
  /** `(…nondiff, primals, tangents) => [value, tangent]`; the tangent must be linear in the tangents. */
  defjvp(rule: DefinedBy): void
  /** One rule an argument: `(tangent, value, …primals) => contribution`, or null for none. */
  defjvps(...rules: (Rule | null)[]): void
}

/**
 * Gives a function its own derivative rule, for forward and, through transposition, reverse mode.
 * JAX: `jax.custom_jvp`.
 *
 * @example
 * const log1pexp = customJvp((x) => jnp.log(jnp.exp(x).add(1)))
 * log1pexp.defjvp(([x], [t]) => [log1pexp(x), nn.sigmoid(x).mul(t)])
 * grad(log1pexp)(100) // 1
 */
export function customJvp<A extends unknown[], R>(f: (...args: A) => R): CustomJvpFunction<A, R, JvpRule<A, R>>
export function customJvp<A extends unknown[], R>(f: (...args: A) => R, options: CustomOptions): CustomJvpFunction<A, R>
export function customJvp<A extends unknown[], R>(
  f: (...args: A) => R,
  options: CustomOptions = {},
): CustomJvpFunction<A, R> {
  const name = f.name === '' ? '<lambda>' : f.name
  const nondiff = [...(options.nondiffArgnums ?? [])].sort((a, b) => a - b)
  let rule: ((...args: unknown[]) => unknown) | null = null
  let ruleName = 'jvp'

  const wrapped = (...given: A): R => {
    const args = withoutTangents(given, nondiff)
    const fixed = nondiff.map((position) => args[position])
    const { arrays, tree } = flattenArgs(
      args.filter((_, i) => !nondiff.includes(i)),
      `customJvp(${name})`,
    )
    const call = new FlatCall(
      (...dynamic: unknown[]) => f(...insertArgs(args, nondiff, dynamic)),
      tree,
      `customJvp(${name})`,
    )
    const jvp = flatRule(tree, fixed, call)
    const outs = currentTrace().processCustomJvp(
      { name, fun: call.fun, jvp, ruleNames: { jvp: ruleName }, given: true },
      arrays,
    )
    return unflatten(call.outTree, outs)
  }

  const flatRule =
    (tree: TreeDef, fixed: readonly unknown[], call: FlatCall<unknown[], R>): FlatFunction =>
    (...values) => {
      assertNotLooking(name)
      if (rule === null) {
        throw new JaxTypeError(`No JVP defined for customJvp function ${name} using defjvp.`, {
          hint: `Call ${name}.defjvp((primals, tangents) => [value, tangent]) before differentiating.`,
          lesson: 'D1',
        })
      }
      const half = values.length / 2
      const primals = unflatten(tree, values.slice(0, half))
      const tangents = unflatten(tree, values.slice(half).map(shownToRule))
      const result = rule(...fixed, primals, tangents)
      if (!Array.isArray(result) || result.length !== 2) {
        throw new JaxTypeError(`customJvp function ${name}: the rule must return a pair [value, tangent].`, {
          lesson: 'D1',
        })
      }
      const value = flatten<unknown>(result[0])
      const tangent = flatten<unknown>(result[1])
      if (!sameTree(value.tree, tangent.tree)) {
        throw new JaxTypeError(
          `customJvp function ${name}: value and tangent must have one structure, got ${formatTree(value.tree)} and ${formatTree(tangent.tree)}.`,
        )
      }
      call.adoptOutTree(value.tree)
      const outs = value.leaves.map((leaf) => arrayOf(leaf, `customJvp(${name}) rule`))
      return [
        ...outs,
        ...tangent.leaves.map((leaf, i) => tangentFor(arrayOf(leaf, `customJvp(${name}) rule`), outs[i], name)),
      ]
    }

  return transformed(
    Object.assign(wrapped, {
      defjvp(given: Rule): void {
        rule = callable(given)
        ruleName = given.name === '' ? '<lambda>' : given.name
      },
      defjvps(...rules: (Rule | null)[]): void {
        rule = (...args) => sumOfRules(wrapped, rules, args)
      },
    }),
    f,
    null,
  )
}

/**
 * The arguments; traced values among those that are not differentiated are constants to every derivative. They stay
 * values of their own transformation, so that a rule which runs later can still read them.
 */
function withoutTangents<A extends unknown[]>(args: A, nondiff: readonly number[]): A {
  const constant = (leaf: unknown): unknown => {
    if (!(leaf instanceof Tracer)) return leaf
    assertNotLeaked(leaf, 'customJvp')
    return withTrace(leaf.trace, () => stopGradient(leaf))
  }
  const mixed = args.map((arg, i) => {
    if (!nondiff.includes(i)) return arg
    const { leaves, tree } = flatten(arg)
    return unflatten(tree, leaves.map(constant))
  })
  return mixed as A
}

/** A tangent leaf must have the shape of its value; a weakly typed one takes the value's dtype. */
function tangentFor(tangent: JaxArray, value: JaxArray, name: string): JaxArray {
  if (formatShape(tangent.shape) !== formatShape(value.shape)) {
    throw new JaxTypeError(
      `customJvp function ${name}: the rule gave a tangent ${tangent.aval.toString()} for a value ${value.aval.toString()}.`,
      { hint: 'Tangents have the shape and dtype of their values.', lesson: 'D1' },
    )
  }
  if (isInexact(value.dtype) && tangent.dtype !== 'float0') {
    return tangent.dtype === value.dtype ? tangent : convertElementType(tangent, value.dtype)
  }
  if (tangent.dtype === 'float0' && !isInexact(value.dtype)) return zerosOf(value.aval)
  const wanted = isInexact(value.dtype) ? value.dtype : 'float0'
  throw new JaxTypeError(
    `customJvp function ${name}: the rule must give tangents with the shapes and dtypes of their values, but got a tangent ${tangent.aval.toString()} for a value ${value.aval.toString()}, where ${wanted} was expected.`,
    {
      hint: 'The tangent of an integer or a boolean is float0: hand on the one that the rule was given, or make one with jnp.zeros(x.shape, dtypes.float0).',
      lesson: 'D1',
    },
  )
}

/** Inside of core, integers move along as zeros; a rule sees that they have no tangent. */
function shownToRule(tangent: JaxArray): JaxArray {
  return isInexact(tangent.dtype) ? tangent : float0Of(tangent.shape)
}

function sumOfRules(
  f: (...args: never[]) => unknown,
  rules: readonly (Rule | null)[],
  args: readonly unknown[],
): unknown {
  const [primals, tangents] = args.slice(-2)
  if (!Array.isArray(primals) || !Array.isArray(tangents)) throw new Error('internal: defjvps without primals')
  const value = arrayOf(callable(f)(...args.slice(0, -2), ...primals), 'defjvps')
  const terms = rules.flatMap((rule, i) =>
    rule === null ? [] : [arrayOf(callable(rule)(tangents[i], value, ...primals), 'defjvps')],
  )
  const [first, ...rest] = terms
  if (first === undefined) return [value, mul(value, 0)]
  return [value, rest.reduce((sum, term) => instantiate(addTangents(sum, term)), first)]
}

/** Puts the remaining arguments back between those that were set aside. */
export function insertArgs<A extends unknown[]>(args: A, aside: readonly number[], dynamic: readonly unknown[]): A {
  const rest = dynamic.values()
  const mixed = args.map((arg, i) => (aside.includes(i) ? arg : rest.next().value))
  return mixed as A
}
