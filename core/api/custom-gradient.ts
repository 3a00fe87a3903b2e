import { JaxTypeError } from '../errors.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, arrayOf, callable } from '../tree/leaves.ts'
import { type TreeDef, flatten, registerPytreeNode, unflatten } from '../tree/pytree.ts'
import { customVjp } from './custom-vjp.ts'

/** The way back as a program, which is static, and the values it reads. */
class Pull {
  readonly consts: readonly JaxArray[]
  readonly program: PullProgram

  constructor(consts: readonly JaxArray[], program: PullProgram) {
    this.consts = consts
    this.program = program
  }
}

class PullProgram {
  readonly jaxpr: ClosedJaxpr
  readonly outTree: TreeDef

  constructor(jaxpr: ClosedJaxpr, outTree: TreeDef) {
    this.jaxpr = jaxpr
    this.outTree = outTree
  }
}

registerPytreeNode(
  Pull,
  ({ consts, program }) => ({ children: consts, aux: program }),
  (program, children) => {
    if (!(program instanceof PullProgram)) throw new Error('internal: a way back without its program')
    return new Pull(
      children.map((child) => arrayOf(child, 'customGradient')),
      program,
    )
  },
)

/**
 * A function that returns `[value, pull]` becomes one that returns the value and is differentiated by
 * `pull`. JAX: `jax.custom_gradient`.
 *
 * @example
 * const f = customGradient((x) => [x.mul(x), (ct) => ct.mul(x)])
 * grad(f)(3) // 3
 */
export function customGradient(f: (...args: never[]) => unknown): (...args: unknown[]) => unknown {
  const both = (args: readonly unknown[]): [unknown, (cotangent: unknown) => unknown] => {
    const result = callable(f)(...args)
    if (Array.isArray(result) && result.length === 2 && typeof result[1] === 'function') return [result[0], result[1]]
    throw new JaxTypeError('customGradient: the function must return [value, pull].')
  }
  const ruled = customVjp((...args: unknown[]) => both(args)[0])
  ruled.defvjp(
    (...args: unknown[]) => {
      const [value, pull] = both(args)
      return [value, traced(value, pull)]
    },
    ({ consts, program }: Pull, cotangent: unknown) => {
      const { leaves } = flatten(cotangent)
      const cotangents = leaves.map((leaf) => arrayOf(leaf, 'customGradient: cotangent'))
      return asList(unflatten(program.outTree, evalClosed(program.jaxpr, [...consts, ...cotangents])))
    },
  )
  return Object.defineProperty((...args: unknown[]) => ruled(...args), 'name', { value: f.name })
}

/** The way back with all it closes over as its own operands, so that it can run where those are long gone. */
function traced(value: unknown, pull: (cotangent: unknown) => unknown): Pull {
  const { leaves, tree } = flatten(value)
  const call = new FlatCall<[unknown], unknown>(pull, flatten<[unknown]>([unflatten(tree, leaves)]).tree, 'pull')
  const avals = leaves.map((leaf) => arrayOf(leaf, 'customGradient').aval.strengthened())
  const { jaxpr, consts } = hoistConstants(traceToJaxpr(call.fun, avals, 'customGradient'))
  return new Pull(consts, new PullProgram(jaxpr, call.outTree))
}

/** One cotangent an argument; that of a single argument may stand alone. */
function asList(pulled: unknown): unknown[] {
  return Array.isArray(pulled) ? pulled : [pulled]
}
