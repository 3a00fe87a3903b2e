import { JaxTypeError, ValueError } from '../errors.ts'
import { staticText } from './static-key.ts'

/**
 * Pytrees: arrays, plain objects and null are nodes, everything else is a leaf. Keys of an object are
 * taken in sorted order, so that equal contents flatten equally. `null` is a node without leaves.
 * JAX: `jax.tree_util`.
 */

/** The shape of a pytree without its leaves. `T` is the type of the tree it rebuilds. */
export interface TreeDef<T = unknown> {
  readonly kind: 'leaf' | 'none' | 'list' | 'dict' | 'custom'
  readonly children: readonly TreeDef[]
  /** Keys of a dict, in sorted order. */
  readonly keys: readonly string[]
  readonly custom: CustomNode | null
  readonly aux: unknown
  readonly numLeaves: number
  /** Carries T for the type checker alone; never present. */
  readonly tree?: T
}

interface CustomNode {
  readonly type: new (...args: never[]) => object
  readonly flatten: (node: object) => { children: readonly unknown[]; aux: unknown }
  readonly unflatten: (aux: unknown, children: readonly unknown[]) => object
}

const customNodes = new Map<object, CustomNode>()

/**
 * Teaches pytrees a class. `flatten` gives children and static data, `unflatten` rebuilds.
 *
 * @example
 * const Point = class { constructor(x, y) { this.x = x; this.y = y } }
 * tree.registerPytreeNode(Point, (p) => ({ children: [p.x, p.y], aux: null }), (_, [x, y]) => new Point(x, y))
 * tree.leaves(new Point(1, 2)) // [1, 2]
 */
export function registerPytreeNode<T extends object>(
  type: new (...args: never[]) => T,
  flatten: (node: T) => { children: readonly unknown[]; aux: unknown },
  unflatten: (aux: unknown, children: readonly unknown[]) => T,
): void {
  customNodes.set(type.prototype, {
    type,
    flatten(node) {
      if (!(node instanceof type)) throw new JaxTypeError(`registerPytreeNode: expected a ${type.name}`)
      return flatten(node)
    },
    unflatten,
  })
}

/** A structure. As a static argument it is compared with `equals`, like JAX's PyTreeDef. */
class Structure implements TreeDef {
  readonly kind: TreeDef['kind']
  readonly children: readonly TreeDef[]
  readonly keys: readonly string[]
  readonly custom: CustomNode | null
  readonly aux: unknown
  readonly numLeaves: number

  constructor(kind: TreeDef['kind'], children: readonly TreeDef[], numLeaves: number, rest: Partial<TreeDef> = {}) {
    this.kind = kind
    this.children = children
    this.keys = rest.keys ?? []
    this.custom = rest.custom ?? null
    this.aux = 'aux' in rest ? rest.aux : null
    this.numLeaves = numLeaves
  }

  equals(other: TreeDef): boolean {
    return sameTree(this, other)
  }
}

const leafDef: TreeDef = new Structure('leaf', [], 1)
const noneDef: TreeDef = new Structure('none', [], 0)

function node(kind: 'list' | 'dict' | 'custom', children: TreeDef[], rest: Partial<TreeDef> = {}): TreeDef {
  let numLeaves = 0
  for (const child of children) numLeaves += child.numLeaves
  return new Structure(kind, children, numLeaves, rest)
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

export type IsLeaf = (value: unknown) => boolean

function visit(value: unknown, leaves: unknown[], isLeaf: IsLeaf | undefined): TreeDef {
  if (isLeaf?.(value)) {
    leaves.push(value)
    return leafDef
  }
  if (value === null) return noneDef
  if (typeof value === 'object') {
    if (Array.isArray(value))
      return node(
        'list',
        value.map((child: unknown) => visit(child, leaves, isLeaf)),
      )
    const custom = customNodes.get(Object.getPrototypeOf(value) ?? Object.prototype)
    if (custom !== undefined) {
      const { children, aux } = custom.flatten(value)
      return node(
        'custom',
        children.map((child) => visit(child, leaves, isLeaf)),
        { custom, aux },
      )
    }
    if (isPlainObject(value)) {
      const keys = Object.keys(value).sort()
      return node(
        'dict',
        keys.map((key) => visit(value[key], leaves, isLeaf)),
        { keys },
      )
    }
  }
  leaves.push(value)
  return leafDef
}

/** Leaves in order, and the structure that puts them back. */
export function flatten<T>(tree: T, isLeaf?: IsLeaf): { leaves: unknown[]; tree: TreeDef<T> } {
  const leaves: unknown[] = []
  return { leaves, tree: typedTree<T>(visit(tree, leaves, isLeaf)) }
}

// TreeDef<T> only records which type the leaves rebuild; the runtime structure is the same for every T.
export function typedTree<T>(def: TreeDef): TreeDef<T> {
  return def as TreeDef<T>
}

function build(def: TreeDef, leaves: Iterator<unknown>): unknown {
  switch (def.kind) {
    case 'leaf':
      return leaves.next().value
    case 'none':
      return null
    case 'list':
      return def.children.map((child) => build(child, leaves))
    case 'dict':
      return Object.fromEntries(def.keys.map((key, i) => [key, build(def.children[i], leaves)]))
    case 'custom': {
      const children = def.children.map((child) => build(child, leaves))
      if (def.custom === null) throw new Error('internal: custom node without its class')
      return def.custom.unflatten(def.aux, children)
    }
  }
}

/** Puts leaves into a structure. Their number must be the structure's. */
export function unflatten<T>(def: TreeDef<T>, leaves: readonly unknown[]): T {
  if (leaves.length !== def.numLeaves) {
    throw new ValueError(`tree.unflatten: the structure has ${def.numLeaves} leaves, got ${leaves.length}`)
  }
  return build(def, leaves[Symbol.iterator]()) as T
}

/** Whether two trees have one structure, the static data of their nodes included. */
export function sameTree(a: TreeDef, b: TreeDef): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.custom === b.custom &&
      a.children.length === b.children.length &&
      a.keys.every((key, i) => key === b.keys[i]) &&
      a.children.every((child, i) => sameTree(child, b.children[i])) &&
      (a.custom === null || staticText(a.aux) === staticText(b.aux)))
  )
}

/** A text that two structures share exactly if they are the same: what a program is found by. */
export function treeText(def: TreeDef): string {
  switch (def.kind) {
    case 'leaf':
      return '*'
    case 'none':
      return 'null'
    case 'list':
      return `[${def.children.map(treeText).join()}]`
    case 'dict':
      return `{${def.keys.map((key, i) => `${JSON.stringify(key)}:${treeText(def.children[i])}`).join()}}`
    case 'custom':
      return `${staticText(def.custom?.flatten)}<${staticText(def.aux)}>(${def.children.map(treeText).join()})`
  }
}

/** `[*, {a: *, b: null}]`: the structure with a star for each leaf, for messages. */
export function formatTree(def: TreeDef): string {
  switch (def.kind) {
    case 'leaf':
      return '*'
    case 'none':
      return 'null'
    case 'list':
      return `[${def.children.map(formatTree).join(', ')}]`
    case 'dict':
      return `{${def.keys.map((key, i) => `${formatKey(key)}: ${formatTree(def.children[i])}`).join(', ')}}`
    case 'custom':
      return `${def.custom?.type.name}${formatAux(def.aux)}(${def.children.map(formatTree).join(', ')})`
  }
}

function formatKey(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : JSON.stringify(key)
}

/** The static data of a node, short: it is part of the structure, and may be all that differs. */
function formatAux(aux: unknown): string {
  if (aux === null || aux === undefined) return ''
  const text = staticText(aux)
  return `[${text.length > 60 ? `${text.slice(0, 60)}…` : text}]`
}

/** `params.w`, `[0][1]`: where each leaf is, in the order of `flatten`. */
export function leafPaths(def: TreeDef, prefix = ''): string[] {
  switch (def.kind) {
    case 'leaf':
      return [prefix]
    case 'none':
      return []
    case 'dict':
      return def.children.flatMap((child, i) =>
        leafPaths(child, prefix === '' ? def.keys[i] : `${prefix}.${def.keys[i]}`),
      )
    case 'list':
    case 'custom':
      return def.children.flatMap((child, i) => leafPaths(child, `${prefix}[${i}]`))
  }
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
