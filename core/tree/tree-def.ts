import { hashOfText, mixed } from '../ir/hash.ts'
import { type StaticKey, hashOfKey, isPlainKey, keyText, sameKey, staticText } from './static-key.ts'

/** The shape of a pytree without its leaves. `T` is the type of the tree it rebuilds. */
export interface TreeDef<T = unknown> {
  readonly kind: 'leaf' | 'none' | 'list' | 'dict' | 'custom'
  readonly children: readonly TreeDef[]
  /** Keys of a dict, in sorted order. */
  readonly keys: readonly string[]
  readonly custom: CustomNode | null
  readonly aux: unknown
  /** What `aux` is compared by: its value when the tree was taken apart. */
  readonly auxKey: StaticKey
  readonly numLeaves: number
  /** Equal for equal structures. */
  readonly hash: number
  /** Carries T for the type checker alone; never present. */
  readonly tree?: T
}

/** A class that `registerPytreeNode` made known. */
export interface CustomNode {
  readonly type: new (...args: never[]) => object
  /** Its place among the registrations. */
  readonly id: number
  readonly flatten: (node: object) => { children: readonly unknown[]; aux: unknown }
  readonly unflatten: (aux: unknown, children: readonly unknown[]) => object
}

/** What a node is besides its children. */
export interface NodeData {
  readonly kind: TreeDef['kind']
  readonly keys: readonly string[]
  readonly custom: CustomNode | null
  readonly aux: unknown
  readonly auxKey: StaticKey
  readonly hash: number
}

function bare(kind: 'leaf' | 'none' | 'list'): NodeData {
  return { kind, keys: [], custom: null, aux: null, auxKey: null, hash: hashOfText(kind) }
}

/** What a list is besides its children. */
export const listData = bare('list')

export function dictData(keys: readonly string[], hash: number): NodeData {
  return { kind: 'dict', keys, custom: null, aux: null, auxKey: null, hash }
}

export function customData(custom: CustomNode, aux: unknown, auxKey: StaticKey): NodeData {
  return { kind: 'custom', keys: [], custom, aux, auxKey, hash: mixed(custom.id + 1, hashOfKey(auxKey)) }
}

/** A structure. As a static argument it is compared with `equals`, like JAX's PyTreeDef. */
export class Structure implements TreeDef {
  readonly kind: TreeDef['kind']
  readonly children: readonly Structure[]
  readonly keys: readonly string[]
  readonly custom: CustomNode | null
  readonly aux: unknown
  readonly auxKey: StaticKey
  readonly numLeaves: number
  readonly hash: number
  /** Whether the table of structures may hold it. */
  readonly shareable: boolean

  constructor(data: NodeData, children: readonly Structure[], numLeaves: number, hash: number, shareable: boolean) {
    this.kind = data.kind
    this.children = children
    this.keys = data.keys
    this.custom = data.custom
    this.aux = data.aux
    this.auxKey = data.auxKey
    this.numLeaves = numLeaves
    this.hash = hash
    this.shareable = shareable
  }

  equals(other: TreeDef): boolean {
    return sameTree(this, other)
  }
}

export const leafDef = new Structure(bare('leaf'), [], 1, hashOfText('leaf'), true)
export const noneDef = new Structure(bare('none'), [], 0, hashOfText('none'), true)

/**
 * The structures that were met last, each in the one place that its hash gives it: a tree that comes again is found
 * instead of made, and is known by its identity. What lost its place is told apart by what it holds.
 */
const places = 4096
const met: (Structure | undefined)[] = Array.from({ length: places })
/** What has more children is too large to be held for so long. */
const mostChildren = 512

/** The node over the children that lie in `stack` from `base` on, which are taken off. */
export function nodeOver(data: NodeData, stack: Structure[], base: number): Structure {
  const count = stack.length - base
  let hash = mixed(data.hash, count)
  for (let i = base; i < stack.length; i++) hash = mixed(hash, stack[i].hash)
  const place = hash & (places - 1)
  const known = met[place]
  if (known !== undefined && known.hash === hash && isNode(known, data, stack, base, count)) {
    stack.length = base
    return known
  }
  const children = stack.splice(base)
  let numLeaves = 0
  let shareable = count <= mostChildren && isPlainKey(data.auxKey)
  for (const child of children) {
    numLeaves += child.numLeaves
    shareable &&= child.shareable
  }
  const made = new Structure(data, children, numLeaves, hash, shareable)
  if (shareable) met[place] = made
  return made
}

function isNode(known: Structure, data: NodeData, stack: readonly Structure[], base: number, count: number): boolean {
  if (known.kind !== data.kind || known.custom !== data.custom || known.children.length !== count) return false
  for (let i = 0; i < count; i++) if (known.children[i] !== stack[base + i]) return false
  return sameStrings(known.keys, data.keys) && sameKey(known.auxKey, data.auxKey)
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Whether two trees have one structure, the static data of their nodes included. */
export function sameTree(a: TreeDef, b: TreeDef): boolean {
  if (a === b) return true
  return (
    a.hash === b.hash &&
    a.kind === b.kind &&
    a.custom === b.custom &&
    a.children.length === b.children.length &&
    sameStrings(a.keys, b.keys) &&
    sameKey(a.auxKey, b.auxKey) &&
    a.children.every((child, i) => sameTree(child, b.children[i]))
  )
}

/** A text that two structures share exactly if they are the same. */
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
      return `${staticText(def.custom?.flatten)}<${keyText(def.auxKey)}>(${def.children.map(treeText).join()})`
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
      return `${def.custom?.type.name}${formatAux(def.auxKey)}(${def.children.map(formatTree).join(', ')})`
  }
}

function formatKey(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : JSON.stringify(key)
}

/** The static data of a node, short: it is part of the structure, and may be all that differs. */
function formatAux(aux: StaticKey): string {
  if (aux === null || aux === undefined) return ''
  const text = keyText(aux)
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
