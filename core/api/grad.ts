import { formatShape } from '../ir/aval.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type RecordedCall, recorded } from '../tracing/recorder.ts'
import { type Linearized, linearizeFlat } from '../interpreters/partial-eval.ts'
import { next } from '../ir/sequence.ts'
import { transposeLinear } from '../interpreters/transpose.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import { shownTangent } from '../primitives/zeros.ts'
import { putBeside } from '../sharding/put.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { transformed } from '../tracing/transformed.ts'
import { flatten, unflatten } from '../tree/pytree.ts'
import { type Argnums, replaceArgs, resolveArgnums } from './argnums.ts'
import { assertReverseInputs, assertReverseOutput } from './differentiable.ts'
import { givenCotangent } from './given-tangents.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'

/** What `grad` and `valueAndGrad` differentiate, and what the function returns. */
export interface GradOptions {
  /** Which arguments to differentiate. Default 0. A list gives a list of gradients. */
  readonly argnums?: Argnums
  /** The function returns `[value, aux]`; aux is handed through undifferentiated. */
  readonly hasAux?: boolean
  /** The function is complex differentiable: arguments and result are complex, and so is the derivative. */
  readonly holomorphic?: boolean
  /** Takes integers, booleans and keys, too: their gradients are float0, which has a shape and no numbers. */
  readonly allowInt?: boolean
}

/** One argument's gradient, or a list of them when `argnums` is a list. */
export type GradientOf<
  A extends readonly unknown[],
  Names extends Argnums | undefined,
> = Names extends readonly number[]
  ? { -readonly [K in keyof Names]: Names[K] extends keyof A ? A[Names[K]] : never }
  : Names extends number
    ? A[Names]
    : A[0]

/**
 * A function that gives value and gradient at once. JAX: `jax.value_and_grad`.
 *
 * @example valueAndGrad((x) => jnp.sum(x.mul(x)))(jnp.arange(3)) // [5, [0, 2, 4]]
 */
export function valueAndGrad<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options: (GradOptions & { readonly argnums?: N }) | N = {},
): (...args: A) => [R, GradientOf<A, N>] {
  const derivative = (...args: A): [R, GradientOf<A, N>] =>
    recorded('valueAndGrad', f, (record) => {
      const { value, gradient } = differentiate(f, args, namedOptions(options), 'valueAndGrad', record)
      return [value, shaped<GradientOf<A, N>>(gradient)]
    })
  return transformed(derivative, f, 'valueAndGrad')
}

/**
 * The gradient of a function with a scalar result, by reverse mode: it has the structure of the
 * argument, and is a list when `argnums` is a list. JAX: `jax.grad`.
 * With `hasAux` the result is `[gradient, aux]`.
 *
 * @example grad((x) => jnp.sin(x))(0) // 1
 */
export function grad<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options: GradOptions & { readonly argnums?: N; readonly hasAux: true },
): (...args: A) => [GradientOf<A, N>, R extends readonly [unknown, infer Aux] ? Aux : unknown]
export function grad<A extends unknown[], R, const N extends Argnums | undefined = undefined>(
  f: (...args: A) => R,
  options?: (GradOptions & { readonly argnums?: N; readonly hasAux?: false }) | N,
): (...args: A) => GradientOf<A, N>
export function grad<A extends unknown[], R>(
  f: (...args: A) => R,
  options: GradOptions | Argnums = {},
): (...args: A) => unknown {
  if (typeof f !== 'function') throw new JaxTypeError(`grad: expected a function, got ${typeof f}`)
  const { hasAux } = namedOptions(options)
  const derivative = (...args: A) =>
    recorded('grad', f, (record) => {
      const { value, gradient } = differentiate(f, args, namedOptions(options), 'grad', record)
      return hasAux === true && Array.isArray(value) ? [gradient, value[1]] : gradient
    })
  return transformed(derivative, f, 'grad')
}

// The gradient is rebuilt with the pytree structure of the arguments it belongs to.
function shaped<T>(gradient: unknown): T {
  return gradient as T
}

/** `grad(f, 1)` is `grad(f, { argnums: 1 })`. */
export function namedOptions(options: GradOptions | Argnums | undefined): GradOptions {
  if (options === undefined) return {}
  return typeof options === 'object' && !isArgnumList(options) ? options : { argnums: options }
}

function isArgnumList(options: GradOptions | readonly number[]): options is readonly number[] {
  return Array.isArray(options)
}

function differentiate<A extends unknown[], R>(
  f: (...args: A) => R,
  args: A,
  { argnums = 0, hasAux = false, holomorphic = false, allowInt = false }: GradOptions,
  where: string,
  record: RecordedCall | null,
): { value: R; gradient: unknown } {
  const positions = resolveArgnums(argnums, args.length, where)
  const { arrays, tree } = flattenArgs(
    positions.map((position) => args[position]),
    where,
  )
  record?.givenAll(flatten(replaceArgs(args, positions, unflatten(tree, arrays))), positions, tree)
  assertReverseInputs(arrays, where, { holomorphic, allowInt })
  const call = new FlatCall((...chosen: unknown[]) => f(...replaceArgs(args, positions, chosen)), tree, where)
  const linearized = linearizeFlat(call.fun, arrays, 'grad', undefined, record)
  assertScalarOutput(linearized, hasAux, where)
  if (record !== null && hasAux) record.numValues = 1
  assertReverseOutput(linearized.outputs[0], where, holomorphic)
  const value = unflatten(call.outTree, linearized.outputs)
  const gradients = pullBack(linearized, [unitCotangent(linearized.outputs[0])], arrays)
  record?.returned(
    where === 'grad' ? [...gradients, ...linearized.outputs.slice(1)] : [...linearized.outputs, ...gradients],
  )
  const perArgument = unflatten(tree, gradients)
  return { value, gradient: Array.isArray(argnums) ? perArgument : perArgument[0] }
}

function unitCotangent(output: JaxArray): JaxArray {
  return putBeside(output, scalar(1, output.dtype, output.weakType))
}

/** Cotangents of the inputs from cotangents of the first outputs; the others are zero. Those of integers are float0. */
export function pullBack(
  linearized: Linearized,
  cotangents: readonly Tangent[],
  inputs: readonly JaxArray[],
): JaxArray[] {
  return pulledBack(linearized, cotangents, inputs).map(shownTangent)
}

/** The same before anybody reads them. */
export function pulledBack(
  linearized: Linearized,
  cotangents: readonly Tangent[],
  inputs: readonly JaxArray[],
): Tangent[] {
  const live = linearized.outputs.flatMap((output, i) =>
    linearized.outputHasTangent[i] ? [cotangents[i] ?? new Zero(output.aval)] : [],
  )
  const results = transposeLinear(linearized.linear, live).values()
  return inputs.map((input, i) => (linearized.inputHasTangent[i] ? next(results) : new Zero(input.aval)))
}

function assertScalarOutput({ outputs }: Linearized, hasAux: boolean, where: string): void {
  const [output] = outputs
  if (output === undefined || (!hasAux && outputs.length !== 1)) {
    throw new JaxTypeError(
      `${where}: gradient only defined for scalar-output functions; this one returned ${outputs.length} arrays.`,
      {
        hint: 'Return one number. If the function returns more, use { hasAux: true } and return [value, aux].',
        lesson: 'D1',
      },
    )
  }
  if (output.ndim !== 0) {
    throw new JaxTypeError(
      `${where}: gradient only defined for scalar-output functions. Output had shape: ${formatShape(output.shape)}.`,
      {
        hint: 'Reduce to one number first (jnp.sum, jnp.mean), or use jacrev or vjp for a function with many outputs, or vmap(grad(f)) for one gradient an example.',
        lesson: 'D1',
      },
    )
  }
}

/**
 * The value of a function and the function that pulls cotangents back. JAX: `jax.vjp`. With a trailing
 * `{ hasAux: true }` the function returns `[value, aux]` and the result is `[value, pull, aux]`.
 *
 * @example
 * const [y, pull] = vjp(jnp.sin, 0.5)
 * pull(1) // [cos 0.5]
 */
export function vjp<A extends unknown[], R, Aux>(
  f: (...args: A) => readonly [R, Aux],
  ...primals: [...A, { readonly hasAux: true }]
): [R, (cotangent: R) => A, Aux]
export function vjp<A extends unknown[], R>(f: (...args: A) => R, ...primals: A): [R, (cotangent: R) => A]
export function vjp(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): [unknown, (cotangent: unknown) => unknown[], ...unknown[]]
export function vjp(
  f: (...args: never[]) => unknown,
  ...primals: unknown[]
): [unknown, (cotangent: unknown) => unknown[], ...unknown[]] {
  const { options, rest } = splitAux(primals)
  return recorded('vjp', f, (record) => {
    const { arrays, tree } = flattenArgs(rest, 'vjp')
    record?.given(arrays, tree)
    const call = new FlatCall(callable(f), tree, 'vjp')
    const linearized = linearizeFlat(call.fun, arrays, 'vjp', undefined, record)
    record?.returned(linearized.outputs)
    const result = unflatten(call.outTree, linearized.outputs)
    const value = options.hasAux && Array.isArray(result) ? result[0] : result
    const outTree = flatten(value).tree
    const numValues = outTree.numLeaves
    if (record !== null) record.numValues = numValues
    const pull = (cotangent: unknown): unknown[] => {
      const { leaves } = flatten(cotangent)
      if (leaves.length !== numValues) {
        throw new ValueError(
          `vjp: the cotangent has ${leaves.length} leaves, the output of the function has ${numValues}`,
          {
            hint: 'Pass one cotangent with the structure of the function’s output.',
          },
        )
      }
      const cotangents = leaves.map((leaf, i) => givenCotangent(leaf, linearized.outputs[i], 'vjp'))
      return unflatten(tree, pullBack(linearized, cotangents, arrays))
    }
    return options.hasAux && Array.isArray(result) ? [value, pull, result[1]] : [value, pull]
  })
}

export function splitAux(args: readonly unknown[]): { options: { hasAux: boolean }; rest: unknown[] } {
  const last = args.at(-1)
  if (typeof last === 'object' && last !== null && Object.keys(last).join() === 'hasAux' && 'hasAux' in last) {
    return { options: { hasAux: last.hasAux === true }, rest: args.slice(0, -1) }
  }
  return { options: { hasAux: false }, rest: [...args] }
}
