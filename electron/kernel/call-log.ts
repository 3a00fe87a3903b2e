import type { InspectionDocument } from '../../core/inspect/documents.ts'
import { KeyLineage, type RecordedCall, functionLabel, graph, keys, onCall, tape } from '../../core/inspect/index.ts'
import { isFloat } from '../../core/ir/dtype.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { avalOf } from '../../core/tree/leaves.ts'
import { flatten } from '../../core/tree/pytree.ts'
import type { CellPlace, FigureKind, InspectableCall } from '../protocol.ts'
import { lastTimeline } from './devices.ts'

/** Calls whose arguments are kept for figures; more are forgotten, oldest first. */
const keptCalls = 60
const keptPerRun = 12

/** What a figure can be made of: a recorded call, or the keys of a cell. */
type Source =
  { readonly kind: 'call'; readonly call: RecordedCall } | { readonly kind: 'keys'; readonly cellId: string }

/** Remembers which functions the cells handed to transformations, so that figures of them can be made. */
export class CallLog {
  readonly #sources = new Map<string, Source>()
  readonly #lineage = new KeyLineage()
  /** What the devices did, by parallel call: the last one of a run has it. */
  readonly #timelines = new Map<string, InspectionDocument>()
  #count = 0

  /** Watches a run of a cell. The returned function ends it and lists what was seen, newest first. */
  record(cellId: string): () => readonly InspectableCall[] {
    const seen = new Map<string, InspectableCall>()
    this.#lineage.forget(`cell:${cellId}`)
    const stopCalls = onCall((call) => {
      const inspectable = this.#describe(call)
      // Called again in a loop, a function is one function still: the newest call stands for it.
      const key = `${inspectable.via} ${inspectable.label} ${inspectable.avals} ${inspectable.place?.line ?? ''}`
      const known = seen.get(key)
      if (known !== undefined) this.#sources.delete(known.callId)
      seen.delete(key)
      seen.set(key, inspectable)
      this.#keep(inspectable.callId, { kind: 'call', call })
    })
    const stopKeys = this.#lineage.start()
    return () => {
      stopCalls()
      stopKeys()
      const parallel = [...seen.values()].findLast((call) => call.via === 'pmap')
      const timeline = parallel === undefined ? null : lastTimeline(parallel.label)
      if (parallel !== undefined && timeline !== null) this.#timelines.set(parallel.callId, timeline)
      const calls = [...seen.values()].slice(-keptPerRun).reverse()
      return [...calls, ...this.#keyCalls(cellId)]
    }
  }

  /** The figure of a call that a run reported. */
  inspect(callId: string, figure: string): InspectionDocument {
    const source = this.#sources.get(callId)
    if (source === undefined)
      throw new Error('This call is no longer known. Run its cell again, then ask for the figure.')
    if (source.kind === 'keys') {
      const document = this.#lineage.document(`Keys of ${source.cellId}`, `cell:${source.cellId}`)
      if (document === null) throw new Error('The cell made no keys.')
      return document
    }
    const { fun, args } = source.call
    switch (figure) {
      case 'graph':
        return graph(fun, ...args)
      case 'tape':
        return tape(fun, ...args)
      case 'keys':
        return keys(fun, ...args)
      case 'timeline':
        return this.#timelineOf(callId)
      default:
        throw new Error(`There is no ${figure} of a function.`)
    }
  }

  #timelineOf(callId: string): InspectionDocument {
    const document = this.#timelines.get(callId)
    if (document !== undefined) return document
    throw new Error('Only the last parallel call of a cell has a timeline. Run the cell with this call at its end.')
  }

  #describe(call: RecordedCall): InspectableCall {
    const { fun, args, via, source } = call
    const place = placeOf(call)
    const { leaves } = flatten(args)
    const avals = leaves.map((leaf) => typeText(leaf))
    const figures: FigureKind[] = leaves.some(isDifferentiable) ? ['graph', 'tape'] : ['graph']
    if (via === 'pmap') figures.unshift('timeline')
    const callId = `call-${++this.#count}`
    return { callId, label: functionLabel(fun, source?.line ?? null), via, place, avals: avals.join(', '), figures }
  }

  #keyCalls(cellId: string): InspectableCall[] {
    if (this.#lineage.document('', `cell:${cellId}`) === null) return []
    const callId = `call-${++this.#count}`
    this.#keep(callId, { kind: 'keys', cellId })
    return [{ callId, label: 'keys', via: 'this cell', place: null, avals: '', figures: ['keys'] }]
  }

  #keep(callId: string, source: Source): void {
    this.#sources.set(callId, source)
    const oldest = this.#sources.keys().next()
    if (this.#sources.size > keptCalls && !oldest.done) this.#sources.delete(oldest.value)
  }
}

function placeOf({ source }: RecordedCall): CellPlace | null {
  if (source === null) return null
  const { file, line, column } = source
  return file.startsWith('cell:') ? { cellId: file.slice('cell:'.length), line, column } : null
}

function typeText(leaf: unknown): string {
  try {
    return avalOf(leaf, 'inspect').toString()
  } catch {
    // An argument that is no array: a static one, an option.
    return typeof leaf
  }
}

function isDifferentiable(leaf: unknown): boolean {
  return leaf instanceof JaxArray ? isFloat(leaf.dtype) : typeof leaf === 'number' || leaf instanceof Float32Array
}
