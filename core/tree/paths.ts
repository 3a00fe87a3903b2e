import { ValueError } from '../errors.ts'
import { callable } from './leaves.ts'
import { type IsLeaf, type TreeDef, broadcastPrefix, flatten, formatTree, sameTree, unflatten } from './pytree.ts'

/** The way from the root of a pytree to a leaf: keys of objects and places in lists. */
export type KeyPath = readonly (string | number)[]

/** What the functions of trees may be told. */
interface LeafOptions {
  readonly isLeaf?: IsLeaf
}

function keyPaths(def: TreeDef, prefix: KeyPath): KeyPath[] {
  if (def.kind === 'leaf') return [prefix]
  return def.children.flatMap((child, i) => keyPaths(child, [...prefix, def.kind === 'dict' ? def.keys[i] : i]))
}

/**
 * The leaves of a pytree, each with the way to it.
 *
 * @example
 * tree.leavesWithPath({ a: [1, 2] }) // [[['a', 0], 1], [['a', 1], 2]]
 */
export function leavesWithPath(tree: unknown, options: LeafOptions = {}): [path: KeyPath, leaf: unknown][] {
  const flat = flatten(tree, options.isLeaf)
  return keyPaths(flat.tree, []).map((path, i) => [path, flat.leaves[i]])
}

/**
 * The leaves of a pytree, each with the way to it, and the structure without them.
 *
 * @example
 * tree.flattenWithPath({ a: 1 }).leaves // [[['a'], 1]]
 */
export function flattenWithPath(
  tree: unknown,
  options: LeafOptions = {},
): { leaves: [path: KeyPath, leaf: unknown][]; tree: TreeDef } {
  return { leaves: leavesWithPath(tree, options), tree: flatten(tree, options.isLeaf).tree }
}

/**
 * Applies `f` to the path and the value of every leaf, or of corresponding leaves of several trees.
 *
 * @example
 * tree.mapWithPath((path, x) => `${path.join('.')}=${x}`, { a: [1] }) // { a: ['a.0=1'] }
 */
export function mapWithPath(
  f: (path: KeyPath, ...leaves: never[]) => unknown,
  first: unknown,
  ...rest: unknown[]
): unknown {
  const head = flatten(first)
  const columns = rest.map((other, i) => {
    const flat = flatten(other)
    if (sameTree(flat.tree, head.tree)) return flat.leaves
    throw new ValueError(
      `tree.mapWithPath: argument ${i + 2} has structure ${formatTree(flat.tree)}, the first has ${formatTree(head.tree)}`,
    )
  })
  const apply = callable(f)
  return unflatten(
    head.tree,
    keyPaths(head.tree, []).map((path, i) => apply(path, head.leaves[i], ...columns.map((column) => column[i]))),
  )
}

/**
 * A tree of the structure of `full` in which each leaf of the prefix is repeated over what it stands for.
 *
 * @example
 * tree.broadcast({ a: 1, b: 2 }, { a: [0, 0], b: 0 }) // { a: [1, 1], b: 2 }
 */
export function broadcast(prefix: unknown, full: unknown, options: LeafOptions = {}): unknown {
  const { tree } = flatten(full, options.isLeaf)
  const isLeaf = (value: unknown): boolean => options.isLeaf?.(value) === true || flatten(value).tree.kind === 'leaf'
  return unflatten(tree, broadcastPrefix(prefix, tree, isLeaf, 'tree.broadcast: the first tree'))
}

/**
 * A tree of trees turned inside out: from the structure `outer` of `inner`s to the structure `inner` of `outer`s.
 *
 * @example
 * tree.transpose(tree.structure([0, 0]), tree.structure({ a: 0 }), [{ a: 1 }, { a: 2 }]) // { a: [1, 2] }
 */
export function transpose(outer: TreeDef, inner: TreeDef, tree: unknown): unknown {
  const { leaves } = flatten(tree)
  if (leaves.length !== outer.numLeaves * inner.numLeaves) {
    throw new ValueError(
      `tree.transpose: ${formatTree(outer)} of ${formatTree(inner)} has ${outer.numLeaves * inner.numLeaves} leaves, got ${leaves.length}`,
    )
  }
  const groups = Array.from({ length: inner.numLeaves }, (_, i) =>
    unflatten(
      outer,
      leaves.filter((_, at) => at % inner.numLeaves === i),
    ),
  )
  return unflatten(inner, groups)
}

/**
 * Folds the leaves with an associative operation, halves first, so that the depth is logarithmic.
 *
 * @example
 * tree.reduceAssociative((a, b) => a + b, [1, { x: 2 }, 3]) // 6
 */
export function reduceAssociative<T>(
  f: (a: T, b: T) => T,
  tree: T | unknown,
  options: { readonly identity?: T } = {},
): T {
  let level = flatten(tree).leaves as T[]
  if (level.length === 0 && options.identity !== undefined) return options.identity
  if (level.length === 0) throw new ValueError('tree.reduceAssociative: a tree without leaves needs an identity')
  while (level.length > 1) {
    const pairs: T[] = []
    for (let i = 0; i < level.length; i += 2) pairs.push(i + 1 < level.length ? f(level[i], level[i + 1]) : level[i])
    level = pairs
  }
  return level[0]
}
