import { nameOfMapped } from '../api/pmap.ts'
import { elementAt } from '../ir/element.ts'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import { sizeOf } from '../ir/aval.ts'
import { type Evaluation, observe } from '../tracing/observer.ts'
import type { ParamValue } from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import { callable } from '../tree/leaves.ts'
import type { KeyNode, KeysDocument, SourceSpan } from './documents.ts'
import { functionLabel } from './function-names.ts'
import { hexWord, spanOf } from './summary.ts'

const keyDType: DType = 'key<fry>'
const maxKeys = 400

interface Origin {
  readonly parent: Key | null
  readonly edge: string
  readonly step: string
}

interface Key extends Origin {
  readonly id: string
  readonly words: readonly [number, number]
  readonly source?: SourceSpan
  readonly uses: { operation: string; source?: SourceSpan }[]
}

/**
 * The family tree of PRNG keys, as evaluation makes and spends them. Two keys with equal bits are one
 * key, however they were derived: `split(k, n)[i]` is `foldIn(k, i)`. A seed that another cell uses again
 * makes a new tree.
 */
export class KeyLineage {
  /** Every key, and the newest one with given words. */
  private all: Key[] = []
  private readonly newest = new Map<number, Map<number, Key>>()
  private skipped = 0
  private count = 0

  /** Records until the returned function is called. */
  start(): () => void {
    return observe((evaluation) => this.see(evaluation))
  }

  /** Forgets what was done from one source file: its cell is run again. */
  forget(file: string): void {
    for (const key of this.all) {
      key.uses.splice(0, key.uses.length, ...key.uses.filter((use) => use.source?.file !== file))
    }
    this.all = this.all.filter((key) => key.source?.file !== file)
    for (const [first, keys] of this.newest) {
      for (const [second, key] of keys) if (key.source?.file === file) keys.delete(second)
      if (keys.size === 0) this.newest.delete(first)
    }
  }

  private see({ primitive, params, operands, results, jits }: Evaluation): void {
    switch (primitive) {
      case 'random_seed':
        return this.derive(results[0], (i) => {
          const edge = `key(${elementText(operands[0], i)})`
          return { parent: null, edge, step: edge }
        })
      case 'random_wrap':
        return this.derive(results[0], () => ({ parent: null, edge: 'wrapKeyData', step: 'wrapKeyData' }))
      case 'random_split': {
        const parents = keyCount(operands[0])
        const count = parents === 0 ? 0 : keyCount(results[0]) / parents
        this.spend(operands[0], () => 'split')
        return this.derive(results[0], (i) => ({
          parent: this.known(operands[0], Math.floor(i / count)),
          edge: `split ${i % count} of ${count}`,
          step: String(i % count),
        }))
      }
      case 'random_fold_in': {
        const parents = keyCount(operands[0])
        return this.derive(results[0], (i) => {
          const step = elementText(operands[1], i)
          return { parent: this.known(operands[0], parents === 1 ? 0 : i), edge: `foldIn ${step}`, step }
        })
      }
      case 'random_bits':
        this.spend(operands[0], () => samplerName(params.bit_width, jits))
    }
  }

  private find(first: number, second: number): Key | undefined {
    return this.newest.get(first)?.get(second)
  }

  private get full(): boolean {
    return this.all.length >= maxKeys
  }

  /** A key that was seen, or one that was made before anybody looked; null where there is no room for it. */
  private known({ data }: HostArray, i: number): Key | null {
    const [first, second] = [data[2 * i], data[2 * i + 1]]
    const key = this.find(first, second)
    if (key !== undefined) return key
    return this.add(first, second, () => ({ parent: null, edge: 'made earlier', step: `${hexWord(first)}…` }))
  }

  private derive(keys: HostArray, originOf: (i: number) => Origin): void {
    const source = spanOf(currentSource())
    const count = keyCount(keys)
    for (let i = 0; i < count; i++) {
      const [first, second] = [keys.data[2 * i], keys.data[2 * i + 1]]
      const same = this.find(first, second)
      if (same === undefined) {
        this.add(first, second, () => originOf(i), source)
        continue
      }
      const origin = originOf(i)
      // A cell that makes its key anew starts a tree of its own; under one parent equal words are one key.
      const known = origin.parent === null ? same.source?.file === source?.file : rootOf(same) === rootOf(origin.parent)
      if (!known) this.add(first, second, () => origin, source)
    }
  }

  private add(first: number, second: number, originOf: () => Origin, source?: SourceSpan): Key | null {
    const origin = this.full ? null : originOf()
    // Its parent may have taken the last room.
    if (origin === null || this.full) {
      this.skipped++
      return null
    }
    const words = [first, second] as const
    const id = `${words.map(hexWord).join('')}-${this.count++}`
    const key: Key = { id, words, ...origin, source, uses: [] }
    this.all.push(key)
    const keys = this.newest.get(first)
    if (keys === undefined) this.newest.set(first, new Map([[second, key]]))
    else keys.set(second, key)
    return key
  }

  private spend(keys: HostArray, operation: () => string): void {
    const count = keyCount(keys)
    for (let i = 0; i < count; i++)
      this.known(keys, i)?.uses.push({ operation: operation(), source: spanOf(currentSource()) })
  }

  /** The whole tree, or the trees that a source file touched; null when there are none. */
  document(title: string, file: string | null = null): KeysDocument | null {
    const roots = new Set<Key>()
    for (const key of this.all) {
      const touched = file === null || key.source?.file === file || key.uses.some((use) => use.source?.file === file)
      if (touched) roots.add(rootOf(key))
    }
    const nodes = this.all.filter((key) => roots.has(rootOf(key))).map(nodeOf)
    if (nodes.length === 0) return null
    const cut = this.skipped > 0 ? ` (the first ${maxKeys} keys)` : ''
    return {
      kind: 'keys',
      version: 1,
      title: `${title}${cut}`,
      nodes,
      reuses: nodes.filter((node) => node.reused).length,
    }
  }
}

function rootOf(key: Key): Key {
  return key.parent === null ? key : rootOf(key.parent)
}

function pathOf(key: Key): string {
  return key.parent === null ? key.step : `${pathOf(key.parent)}/${key.step}`
}

function nodeOf(key: Key): KeyNode {
  const reused = key.uses.length > 1
  return {
    id: key.id,
    parent: key.parent?.id ?? null,
    edge: key.edge,
    path: pathOf(key),
    words: [hexWord(key.words[0]), hexWord(key.words[1])],
    source: key.source,
    uses: key.uses,
    reused,
    reason: reused ? reuseReason(key) : undefined,
  }
}

function reuseReason({ uses }: Key): string {
  const places = uses.map(({ operation, source }) =>
    source === undefined ? operation : `${operation} (line ${source.line})`,
  )
  const list = `${places.slice(0, -1).join(', ')} and ${places.at(-1) ?? ''}`
  return `Spent ${uses.length} times, on ${list}: what they draw is not independent. Split the key first and spend each part once.`
}

/** `normal` for what `_normal` draws; `bits` when no sampler is involved. */
function samplerName(bitWidth: ParamValue, jits: readonly string[]): string {
  const sampler = jits.find((name) => name.startsWith('_') && name !== nameOfMapped)
  if (sampler !== undefined) return sampler.slice(1).replace(/_real$/, '')
  return bitWidth === 32 ? 'bits' : `bits (${String(bitWidth)})`
}

function keyCount({ dtype, shape }: HostArray): number {
  return dtype === keyDType ? sizeOf(shape) : 0
}

function elementText({ dtype, shape, data }: HostArray, i: number): string {
  return String(elementAt(dtype, data, sizeOf(shape) === 1 ? 0 : i))
}

/**
 * Runs a function and shows every key it made and spent.
 *
 * @example keys(() => random.normal(random.key(0)))
 */
export function keys(fun: (...args: never[]) => unknown, ...args: unknown[]): KeysDocument {
  const lineage = new KeyLineage()
  const stop = lineage.start()
  try {
    callable(fun)(...args)
  } finally {
    stop()
  }
  const title = functionLabel(fun)
  return lineage.document(title) ?? { kind: 'keys', version: 1, title, nodes: [], reuses: 0 }
}
