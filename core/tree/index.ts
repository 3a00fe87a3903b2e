import { ValueError } from '../errors.ts'
import type { JaxArray } from '../tracing/array.ts'
import { callable } from './leaves.ts'
import { type IsLeaf, type TreeDef, flatten, formatTree, sameTree, unflatten } from './pytree.ts'

export { flatten, registerPytreeNode, unflatten } from './pytree.ts'
export type { TreeDef } from './pytree.ts'
export { broadcast, flattenWithPath, leavesWithPath, mapWithPath, reduceAssociative, transpose } from './paths.ts'
export type { KeyPath } from './paths.ts'

interface TreeOptions {
  readonly isLeaf?: IsLeaf
}

function isTreeOptions(value: unknown): value is TreeOptions {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'isLeaf'
}

/**
 * The leaves of a pytree, in order.
 *
 * @example tree.leaves({ b: 2, a: [1, null] }) // [1, 2]
 */
export function leaves(tree: unknown, options: TreeOptions = {}): unknown[] {
  return flatten(tree, options.isLeaf).leaves
}

/** The structure of a pytree without its leaves. */
export function structure(tree: unknown, options: TreeOptions = {}): TreeDef {
  return flatten(tree, options.isLeaf).tree
}

/**
 * Applies `f` to every leaf, or to corresponding leaves of several trees of one structure.
 *
 * @example tree.map((p, g) => p.sub(g.mul(0.1)), params, grads)
 */
export function map<T>(f: (...leaves: JaxArray[]) => JaxArray, first: T, ...rest: (T | TreeOptions)[]): T
export function map(f: (...leaves: never[]) => unknown, first: unknown, ...rest: unknown[]): unknown
export function map(f: (...leaves: never[]) => unknown, first: unknown, ...rest: unknown[]): unknown {
  const last = rest.at(-1)
  const options = isTreeOptions(last) ? last : {}
  const others = isTreeOptions(last) ? rest.slice(0, -1) : rest
  const head = flatten(first, options.isLeaf)
  const columns = others.map((other, i) => {
    const flat = flatten(other, options.isLeaf)
    if (!sameTree(flat.tree, head.tree)) {
      throw new ValueError(
        `tree.map: argument ${i + 2} has structure ${formatTree(flat.tree)}, the first has ${formatTree(head.tree)}`,
      )
    }
    return flat.leaves
  })
  const apply = callable(f)
  return unflatten(
    head.tree,
    head.leaves.map((leaf, i) => apply(leaf, ...columns.map((column) => column[i]))),
  )
}

/**
 * Folds the leaves from left to right.
 *
 * @example tree.reduce((a, b) => a + b, [1, { x: 2 }]) // 3
 */
export function reduce<T>(f: (total: T, leaf: T) => T, tree: T | unknown, ...initial: [T?]): T {
  const all = leaves(tree) as T[]
  return initial.length > 0 ? all.reduce(f, initial[0] as T) : all.reduce((total, leaf) => f(total, leaf))
}

/** True when every leaf is truthy. */
export function all(tree: unknown): boolean {
  return leaves(tree).every(Boolean)
}
