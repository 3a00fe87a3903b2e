import type { TreeDef } from '../tree/pytree.ts'
import { leafPaths } from '../tree/pytree.ts'
import { parametersOf } from './parameters.ts'

/** What each leaf of the arguments is called: `x`, `params.w`, or `args[0]` where a function does not name it. */
export function argumentPaths(
  fun: (...args: never[]) => unknown,
  tree: TreeDef,
  positions: readonly number[],
): readonly string[] {
  const names = parametersOf(fun)?.names ?? []
  if (tree.kind !== 'list') return leafPaths(tree)
  return tree.children.flatMap((child, i) => leafPaths(child, names[positions[i]] ?? `args[${positions[i]}]`))
}
