import { type Linearized, linearizeFlat } from '../interpreters/partial-eval.ts'
import { ClosedJaxpr } from '../ir/jaxpr.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, arrayOf, callable, flattenArgs } from '../tree/leaves.ts'
import { flatten, registerPytreeNode, unflatten, type TreeDef } from '../tree/pytree.ts'
import { type Argnums, replaceArgs, resolveArgnums } from './argnums.ts'
import { givenCotangent } from './given-tangents.ts'
import { pullBack } from './grad.ts'
import { jit } from './jit.ts'

/** The way back. A class, and so told apart by identity: residuals of one forward half have one structure. */
class WayBack {
  readonly linearized: Linearized
  readonly inputs: readonly JaxArray[]
  readonly tree: TreeDef<unknown[]>
  readonly numValues: number

  constructor(linearized: Linearized, inputs: readonly JaxArray[], tree: TreeDef<unknown[]>, numValues: number) {
    this.linearized = linearized
    this.inputs = inputs
    this.tree = tree
    this.numValues = numValues
  }
}

/** What the forward half keeps for the backward half: a pytree of arrays. */
export class Residuals {
  readonly arrays: readonly JaxArray[]
  readonly back: WayBack

  constructor(arrays: readonly JaxArray[], back: WayBack) {
    this.arrays = arrays
    this.back = back
  }
}

registerPytreeNode(
  Residuals,
  ({ arrays, back }) => ({ children: arrays, aux: back }),
  (aux, children) =>
    new Residuals(
      children.map((child) => arrayOf(child, 'fwdAndBwd')),
      backOf(aux),
    ),
)

function backOf(aux: unknown): WayBack {
  if (aux instanceof WayBack) return aux
  throw new Error('internal: residuals without their program')
}

export interface FwdAndBwdOptions {
  /** Which arguments to differentiate. A list gives a list of cotangents. */
  readonly argnums: Argnums
  /** The function returns `[value, aux]`. */
  readonly hasAux?: boolean
  /** Compile both halves. Default true. */
  readonly jitted?: boolean
}

/**
 * The two halves of reverse mode as functions: `forward(...args)` gives `[value, residuals]`, and
 * `backward(residuals, cotangent)` the cotangents of the arguments `argnums`. JAX: `jax.fwd_and_bwd`.
 *
 * @example
 * const [forward, backward] = fwdAndBwd((x) => jnp.sin(x), { argnums: 0 })
 * const [y, residuals] = forward(0)
 * backward(residuals, 1) // 1
 */
export function fwdAndBwd(
  f: (...args: never[]) => unknown,
  { argnums, hasAux = false, jitted = true }: FwdAndBwdOptions,
): [(...args: unknown[]) => unknown[], (residuals: unknown, cotangent: unknown) => unknown] {
  if (typeof f !== 'function') throw new JaxTypeError(`fwdAndBwd: expected a function, got ${typeof f}`)
  if (argnums === undefined) throw new ValueError('fwdAndBwd: say which arguments to differentiate with argnums.')
  const forward = (...args: unknown[]): unknown[] => {
    const positions = resolveArgnums(argnums, args.length, 'fwdAndBwd')
    const { arrays, tree } = flattenArgs(
      positions.map((position) => args[position]),
      'fwdAndBwd',
    )
    const call = new FlatCall(
      (...chosen: unknown[]) => callable(f)(...replaceArgs(args, positions, chosen)),
      tree,
      'vjp',
    )
    const linearized = linearizeFlat(call.fun, arrays, 'vjp')
    const result = unflatten(call.outTree, linearized.outputs)
    const [value, ...aux] = hasAux && Array.isArray(result) ? result : [result]
    const back = new WayBack(linearized, arrays, tree, flatten(value).tree.numLeaves)
    return [value, new Residuals(linearized.linear.consts, back), ...aux]
  }
  const backward = (residuals: unknown, cotangent: unknown): unknown => {
    if (!(residuals instanceof Residuals)) {
      throw new JaxTypeError('fwdAndBwd: backward takes the residuals that forward gave, then the cotangent.')
    }
    const { linearized, inputs, tree, numValues } = residuals.back
    const { leaves } = flatten(cotangent)
    if (leaves.length !== numValues) {
      throw new ValueError(`fwdAndBwd: ${leaves.length} cotangents for ${numValues} results.`)
    }
    const linear = new ClosedJaxpr(linearized.linear.jaxpr, residuals.arrays)
    const cotangents = leaves.map((leaf, i) => givenCotangent(leaf, linearized.outputs[i], 'fwdAndBwd'))
    const gradients = unflatten(tree, pullBack({ ...linearized, linear }, cotangents, inputs))
    return Array.isArray(argnums) ? gradients : gradients[0]
  }
  return jitted ? [jit(forward), jit(backward)] : [forward, backward]
}
