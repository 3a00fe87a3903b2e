import { JaxTypeError, ValueError } from '../errors.ts'
import { associativeScan as scanArrays } from '../primitives/associative-scan.ts'
import { arrayOf, callable, flattenArgs } from '../tree/leaves.ts'
import { flatten, formatTree, sameTree, unflatten } from '../tree/pytree.ts'
import { canonicalAxis } from './arguments.ts'

/**
 * All prefixes of a sequence under an associative operation, in logarithmic depth. `combine` takes and
 * gives pytrees with the structure of `elements`, for many pairs at once. JAX: `jax.lax.associative_scan`.
 *
 * @example lax.associativeScan(jnp.add, jnp.arange(5)) // [0, 1, 3, 6, 10]
 */
export function associativeScan(
  combine: (earlier: never, later: never) => unknown,
  elements: unknown,
  { reverse = false, axis = 0 }: { reverse?: boolean; axis?: number } = {},
): unknown {
  if (typeof combine !== 'function') throw new JaxTypeError('lax.associativeScan: the first argument is the operation')
  const { arrays, tree } = flattenArgs([elements], 'lax.associativeScan')
  const structure = tree.children[0]
  if (arrays.length === 0) return elements
  const along = canonicalAxis('lax.associativeScan', axis, arrays[0].ndim)
  if (new Set(arrays.map((array) => array.shape[along])).size > 1) {
    throw new ValueError(
      `lax.associativeScan: all elements must have the same length along axis ${axis}, got ${arrays.map((array) => array.aval.toString()).join(', ')}`,
    )
  }
  const operation = callable(combine)
  const results = scanArrays(
    (earlier, later) => {
      const combined = flatten(operation(unflatten(structure, earlier), unflatten(structure, later)))
      if (!sameTree(combined.tree, structure)) {
        throw new JaxTypeError(
          `lax.associativeScan: the operation must keep the structure ${formatTree(structure)}, it gave ${formatTree(combined.tree)}`,
        )
      }
      return combined.leaves.map((leaf) => arrayOf(leaf, 'lax.associativeScan'))
    },
    arrays,
    { axis: along, reverse },
  )
  return unflatten(structure, results)
}
