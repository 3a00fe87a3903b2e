import { isFloat } from '../ir/dtype.ts'
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
  const { linear } = linearizeFlat(
    call.fun,
    inputs,
    'savedResiduals',
    inputs.map((input) => isFloat(input.dtype)),
  )
  const paths = leafPaths(tree)
  return linear.consts.map((value) => {
    const argument = inputs.indexOf(value)
    return {
      value: new ShapeDtypeStruct(value.shape, value.dtype),
      floats: value.size,
      from: argument < 0 ? 'the output of an equation' : `the argument ${paths[argument]}`,
    }
  })
}
