import { JaxTypeError, ValueError } from '../errors.ts'
import { JaxArray } from '../tracing/array.ts'
import { type SortedKeys, sortedKeys } from './sorted-keys.ts'
import { staticKey } from './static-key.ts'
import {
  type CustomNode,
  type Structure,
  type TreeDef,
  customData,
  formatTree,
  leafDef,
  listData,
  nodeOver,
  noneDef,
} from './tree-def.ts'

export { formatTree, leafPaths, sameTree, treeText } from './tree-def.ts'
export type { TreeDef } from './tree-def.ts'

/**
 * Pytrees: arrays, plain objects and null are nodes, everything else is a leaf. Keys of an object are
 * taken in sorted order, so that equal contents flatten equally. `null` is a node without leaves.
 * JAX: `jax.tree_util`.
 */

const customNodes = new Map<object, CustomNode>()
let registrations = 0

/** Children and static data of a node, by name or as JAX's pair. */
type Flattened =
  { readonly children: readonly unknown[]; readonly aux: unknown } | readonly [readonly unknown[], unknown]

/**
 * Teaches pytrees a class. `flatten` gives children and static data, by name or as the pair `[children, aux]`;
 * `unflatten` rebuilds.
 *
 * @example
 * const Point = class { constructor(x, y) { this.x = x; this.y = y } }
 * tree.registerPytreeNode(Point, (p) => ({ children: [p.x, p.y], aux: null }), (_, [x, y]) => new Point(x, y))
 * tree.leaves(new Point(1, 2)) // [1, 2]
 */
export function registerPytreeNode<T extends object>(
  type: new (...args: never[]) => T,
  flatten: (node: T) => Flattened,
  unflatten: (aux: unknown, children: readonly unknown[]) => T,
): void {
  const { prototype }: { prototype: object } = type
  const known = [Object.prototype, Array.prototype, JaxArray.prototype]
  if (known.includes(prototype) || prototype instanceof JaxArray) {
    throw new ValueError(`registerPytreeNode: pytrees know ${type.name} as it is.`, {
      hint: 'Objects and lists are nodes, arrays are leaves. Register a class of your own.',
    })
  }
  customNodes.set(prototype, {
    type,
    id: registrations++,
    flatten(node) {
      if (!(node instanceof type)) throw new JaxTypeError(`registerPytreeNode: expected a ${type.name}`)
      return childrenAndData(flatten(node), type.name)
    },
    unflatten,
  })
}

function childrenAndData(given: unknown, name: string): { children: readonly unknown[]; aux: unknown } {
  const [children, aux]: unknown[] = isPair(given)
    ? given
    : typeof given === 'object' && given !== null && 'children' in given
      ? [given.children, 'aux' in given ? given.aux : null]
      : []
  if (Array.isArray(children)) return { children, aux }
  throw new JaxTypeError(
    `registerPytreeNode: flatten of ${name} must return { children, aux } or the pair [children, aux].`,
    { hint: 'children is a list of what is in the node, aux is what stays the same under transformations, or null.' },
  )
}

function isPair(given: unknown): given is [unknown, unknown] {
  return Array.isArray(given) && given.length === 2
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

export type IsLeaf = (value: unknown) => boolean

function visit(value: unknown, leaves: unknown[], stack: Structure[], isLeaf: IsLeaf | undefined): Structure {
  if (value === null && isLeaf?.(value) !== true) return noneDef
  if (typeof value === 'object' && value !== null && !(value instanceof JaxArray) && isLeaf?.(value) !== true) {
    const node = visitNode(value, leaves, stack, isLeaf)
    if (node !== null) return node
  }
  leaves.push(value)
  return leafDef
}

function visitNode(value: object, leaves: unknown[], stack: Structure[], isLeaf: IsLeaf | undefined): Structure | null {
  const base = stack.length
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) stack.push(visit(value[i], leaves, stack, isLeaf))
    return nodeOver(listData, stack, base)
  }
  const prototype: object | null = Object.getPrototypeOf(value)
  const custom = prototype === null || prototype === Object.prototype ? undefined : customNodes.get(prototype)
  if (custom !== undefined) {
    const { children, aux } = custom.flatten(value)
    for (const child of children) stack.push(visit(child, leaves, stack, isLeaf))
    return nodeOver(customData(custom, aux, staticKey(aux)), stack, base)
  }
  if (!isPlainObject(value)) return null
  const { sorted, data }: SortedKeys = sortedKeys(Object.keys(value))
  for (let i = 0; i < sorted.length; i++) stack.push(visit(value[sorted[i]], leaves, stack, isLeaf))
  return nodeOver(data, stack, base)
}

/** A stack that no walk is using. A walk that ends early keeps it. */
let spareStack: Structure[] | null = null

/** Leaves in order, and the structure that puts them back. */
export function flatten<T>(tree: T, isLeaf?: IsLeaf): { leaves: unknown[]; tree: TreeDef<T> } {
  const stack = spareStack ?? []
  spareStack = null
  const leaves: unknown[] = []
  const def = visit(tree, leaves, stack, isLeaf)
  spareStack = stack
  return { leaves, tree: typedTree<T>(def) }
}

// TreeDef<T> only records which type the leaves rebuild; the runtime structure is the same for every T.
export function typedTree<T>(def: TreeDef): TreeDef<T> {
  return def as TreeDef<T>
}

/** The tree whose leaves stand in the list from a place on. */
function build(def: TreeDef, leaves: readonly unknown[], from: number): unknown {
  switch (def.kind) {
    case 'leaf':
      return leaves[from]
    case 'none':
      return null
    case 'list':
      return buildChildren(def, leaves, from)
    case 'dict':
      return buildDict(def, leaves, from)
    case 'custom': {
      if (def.custom === null) throw new Error('internal: custom node without its class')
      return def.custom.unflatten(def.aux, buildChildren(def, leaves, from))
    }
  }
}

function buildChildren({ children }: TreeDef, leaves: readonly unknown[], from: number): unknown[] {
  const built: unknown[] = []
  for (const child of children) {
    built.push(build(child, leaves, from))
    from += child.numLeaves
  }
  return built
}

function buildDict({ keys, children }: TreeDef, leaves: readonly unknown[], from: number): unknown {
  const built: Record<string, unknown> = {}
  for (let i = 0; i < keys.length; i++) {
    const value = build(children[i], leaves, from)
    // Assigned, this one would be the prototype.
    if (keys[i] === '__proto__') Object.defineProperty(built, keys[i], { value, ...ownEntry })
    else built[keys[i]] = value
    from += children[i].numLeaves
  }
  return built
}

const ownEntry = { writable: true, enumerable: true, configurable: true }

/** Puts leaves into a structure. Their number must be the structure's. */
export function unflatten<T>(def: TreeDef<T>, leaves: readonly unknown[]): T {
  if (leaves.length !== def.numLeaves) {
    throw new ValueError(`tree.unflatten: the structure has ${def.numLeaves} leaves, got ${leaves.length}`)
  }
  return build(def, leaves, 0) as T
}

/**
 * Spreads a prefix tree (such as `inAxes`) over the leaves of a full tree: a leaf of the prefix, or a
 * null in it, stands for the whole subtree below.
 */
export function broadcastPrefix(prefix: unknown, def: TreeDef, isLeaf: IsLeaf, what: string): unknown[] {
  if (prefix === null || isLeaf(prefix)) return Array.from({ length: def.numLeaves }, () => prefix)
  if (def.kind === 'list' && Array.isArray(prefix) && prefix.length === def.children.length) {
    return def.children.flatMap((child, i) => broadcastPrefix(prefix[i], child, isLeaf, what))
  }
  if (def.kind === 'dict' && typeof prefix === 'object' && isPlainObject(prefix)) {
    const keys = Object.keys(prefix).sort()
    if (keys.length === def.keys.length && keys.every((key, i) => key === def.keys[i])) {
      return def.children.flatMap((child, i) => broadcastPrefix(prefix[def.keys[i]], child, isLeaf, what))
    }
  }
  throw new ValueError(`${what} must be a prefix of the structure ${formatTree(def)}`, {
    hint: 'Give one number or null for a whole argument, or a list or object with the same entries as the argument.',
  })
}
