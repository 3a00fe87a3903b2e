import { isInexact } from '../ir/dtype.ts'
import type { Atom, Jaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { linearizeFlat } from '../interpreters/partial-eval.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, ShapeDtypeStruct, callable, flattenArgs } from '../tree/leaves.ts'
import { leafPaths } from '../tree/pytree.ts'

/** What reverse mode keeps of a function, and where it comes from. */
export interface SavedResidual {
  readonly value: ShapeDtypeStruct
  readonly floats: number
  readonly from: string
}

/**
 * The values that reverse-mode differentiation of `f` keeps for the way back, for example to see what
 * `checkpoint` saves. JAX: `jax.ad_checkpoint.saved_residuals`.
 *
 * @example savedResiduals((x) => jnp.sin(jnp.sin(x)), 1).length // 2
 */
export function savedResiduals(f: (...args: never[]) => unknown, ...args: unknown[]): SavedResidual[] {
  const { arrays, tree } = flattenArgs(args, 'savedResiduals')
  // A bare number would be written into the program as a literal; here it is an argument like any other.
  const inputs = arrays.map((array): JaxArray =>
    array instanceof ConcreteArray ? new ConcreteArray(array.host, { weakType: array.weakType }) : array,
  )
  const call = new FlatCall<readonly unknown[], unknown>(callable(f), tree, 'savedResiduals')
  const { jaxpr } = traceToJaxpr(
    (...traced) => [
      ...linearizeFlat(
        call.fun,
        traced,
        'savedResiduals',
        traced.map((input) => isInexact(input.dtype)),
      ).linear.consts,
    ],
    inputs.map((input) => input.aval),
    'savedResiduals',
  )
  return residualsOf(jaxpr, leafPaths(tree))
}

/** The results of a program by where they come from: arguments first, then equations in order. */
function residualsOf({ constvars, invars, eqns, outvars }: Jaxpr, paths: readonly string[]): SavedResidual[] {
  const rounded = new Map<Atom, Atom>(
    eqns.filter((eqn) => eqn.primitive.name === 'reduce_precision').map((eqn) => [eqn.outputs[0], eqn.inputs[0]]),
  )
  const saved = new Set(outvars.map((outvar) => rounded.get(outvar) ?? outvar))
  const found: SavedResidual[] = []
  const add = ({ aval }: Atom, from: string): void => {
    found.push({ value: new ShapeDtypeStruct(aval.shape, aval.dtype), floats: aval.size, from })
  }
  for (const outvar of outvars) if ('value' in outvar) add(outvar, 'a literal')
  for (const constvar of constvars) if (saved.has(constvar)) add(constvar, 'a constant')
  invars.forEach((invar, i) => {
    if (saved.has(invar)) add(invar, `the argument ${paths[i]}`)
  })
  for (const eqn of eqns) {
    for (const output of eqn.outputs) if (saved.has(output)) add(output, originOf(eqn))
  }
  return found
}

function originOf({ primitive, params, source }: JaxprEqn): string {
  const where = source === null ? '' : ` at line ${source.line} of ${source.file}`
  if (primitive.name === 'name') return `the value named '${String(params.name)}'${where}`
  if (primitive.name === 'jit') return `the jitted function '${String(params.name)}'${where}`
  return `the output of ${primitive.name}${where}`
}
