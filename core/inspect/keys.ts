import { elementAt } from '../ir/element.ts'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { enclosingJits, observe } from '../tracing/observer.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { currentSource } from '../tracing/source.ts'
import { callable } from '../tree/leaves.ts'
import type { KeyNode, KeysDocument, SourceSpan } from './documents.ts'
import { functionLabel } from './function-names.ts'
import { hexWord, spanOf } from './summary.ts'

const keyDType: DType = 'key<fry>'
const maxKeys = 400

type Words = readonly [string, string]

interface Origin {
  readonly parent: Key | null
  readonly edge: string
  readonly step: string
}

interface Key extends Origin {
  readonly id: string
  readonly words: Words
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
  private readonly newest = new Map<string, Key>()
  private skipped = 0
  private count = 0

  /** Records until the returned function is called. */
  start(): () => void {
    return observe((primitive, args, params, outs) => this.see(primitive, args, params, outs))
  }

  /** Forgets what was done from one source file: its cell is run again. */
  forget(file: string): void {
    for (const key of this.all) {
      key.uses.splice(0, key.uses.length, ...key.uses.filter((use) => use.source?.file !== file))
    }
    this.all = this.all.filter((key) => key.source?.file !== file)
    for (const [words, key] of this.newest) if (key.source?.file === file) this.newest.delete(words)
  }

  private see(primitive: Primitive, args: readonly JaxArray[], params: Params, outs: readonly JaxArray[]): void {
    switch (primitive.name) {
      case 'random_seed':
        return this.derive(outs[0], (i) => ({
          parent: null,
          edge: `key(${elementText(args[0], i)})`,
          step: `key(${elementText(args[0], i)})`,
        }))
      case 'random_wrap':
        return this.derive(outs[0], () => ({ parent: null, edge: 'wrapKeyData', step: 'wrapKeyData' }))
      case 'random_split': {
        const parents = keyWords(args[0])
        const count = parents.length === 0 ? 0 : keyWords(outs[0]).length / parents.length
        parents.forEach((words) => this.spend(words, 'split'))
        return this.derive(outs[0], (i) => ({
          parent: this.known(parents[Math.floor(i / count)]),
          edge: `split ${i % count} of ${count}`,
          step: String(i % count),
        }))
      }
      case 'random_fold_in': {
        const parents = keyWords(args[0])
        return this.derive(outs[0], (i) => ({
          parent: this.known(parents[parents.length === 1 ? 0 : i]),
          edge: `foldIn ${elementText(args[1], i)}`,
          step: elementText(args[1], i),
        }))
      }
      case 'random_bits':
        keyWords(args[0]).forEach((words) => this.spend(words, samplerName(params)))
    }
  }

  private known(words: Words | undefined): Key | null {
    if (words === undefined) return null
    return (
      this.newest.get(words.join('')) ?? this.add(words, { parent: null, edge: 'made earlier', step: `${words[0]}…` })
    )
  }

  private derive(outs: JaxArray, origin: (i: number) => Origin): void {
    const source = spanOf(currentSource())
    keyWords(outs).forEach((words, i) => {
      const from = origin(i)
      const same = this.newest.get(words.join(''))
      // A cell that makes its key anew starts a tree of its own; under one parent equal words are one key.
      const known =
        same !== undefined &&
        (from.parent === null ? same.source?.file === source?.file : rootOf(same) === rootOf(from.parent))
      if (!known) this.add(words, from, source)
    })
  }

  private add(words: Words, origin: Origin, source?: SourceSpan): Key | null {
    if (this.all.length >= maxKeys) {
      this.skipped++
      return null
    }
    const key: Key = { id: `${words.join('')}-${this.count++}`, words, ...origin, source, uses: [] }
    this.all.push(key)
    this.newest.set(words.join(''), key)
    return key
  }

  private spend(words: Words, operation: string): void {
    this.known(words)?.uses.push({ operation, source: spanOf(currentSource()) })
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
    words: key.words,
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
function samplerName(params: Params): string {
  const sampler = enclosingJits().find((name) => name.startsWith('_'))
  if (sampler !== undefined) return sampler.slice(1).replace(/_real$/, '')
  return params.bit_width === 32 ? 'bits' : `bits (${String(params.bit_width)})`
}

function keyWords(value: JaxArray): (readonly [string, string])[] {
  const host: HostArray | null = value instanceof ConcreteArray ? value.host : null
  if (host === null || host.dtype !== keyDType) return []
  return Array.from(
    { length: host.data.length / 2 },
    (_, i) => [hexWord(host.data[2 * i]), hexWord(host.data[2 * i + 1])] as const,
  )
}

function elementText(value: JaxArray, i: number): string {
  if (!(value instanceof ConcreteArray)) return '?'
  const { dtype, data } = value.host
  return String(elementAt(dtype, data, value.size === 1 ? 0 : i))
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
