import { hashOfText, mixed } from '../ir/hash.ts'
import { type NodeData, dictData } from './tree-def.ts'

/** The keys of a dict in the order in which its children are taken, and what the node is besides them. */
export interface SortedKeys {
  readonly given: readonly string[]
  readonly sorted: readonly string[]
  readonly data: NodeData
}

/** The lists of keys that were met last, each in the one place that a glance at it gives it. */
const places = 1024
const met: (SortedKeys | undefined)[] = Array.from({ length: places })
const mostKeys = 512

/** Sorts the keys of an object, which are mostly those of one that was seen before. */
export function sortedKeys(given: readonly string[]): SortedKeys {
  let glance = given.length
  for (let i = 0; i < given.length; i++) {
    const key = given[i]
    const { length } = key
    glance = (Math.imul(glance, 31) + length) | 0
    if (length > 0) glance = (glance + key.charCodeAt(length - 1) + 7 * key.charCodeAt(length >> 1)) | 0
  }
  const place = glance & (places - 1)
  const known = met[place]
  if (known !== undefined && isList(known.given, given)) return known
  const sorted = given.toSorted()
  // Whatever the order in which they are given, the keys are one list.
  const made = isList(sorted, given) ? asGiven(sorted) : { ...sortedKeys(sorted), given }
  if (given.length <= mostKeys) met[place] = made
  return made
}

function asGiven(sorted: readonly string[]): SortedKeys {
  let hash = hashOfText('dict')
  for (const key of sorted) hash = mixed(hash, hashOfText(key))
  return { given: sorted, sorted, data: dictData(sorted, hash) }
}

function isList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
