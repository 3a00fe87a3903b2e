import type { InspectionDocument } from '../../core/inspect/documents.ts'
import { KeyLineage } from '../../core/inspect/keys.ts'
import {
  type RecordOfRun,
  type RecordedCall,
  graphOfCall,
  graphOfCell,
  outline,
  startRecording,
  summarize,
  tapeOfCall,
} from '../../core/inspect/recording.ts'
import { isInexact } from '../../core/ir/dtype.ts'
import type { SourceLocation } from '../../core/ir/source.ts'
import type { CellPlace, FigureKind, InspectableCall } from '../protocol.ts'
import { lastTimeline } from './devices.ts'

/** Bytes of operands that all cells together keep; past it the oldest runs give theirs up. */
const operandBytes = 1 << 26

/** What a figure can be made of. */
type Source =
  | { readonly kind: 'call'; readonly call: RecordedCall }
  | { readonly kind: 'cell'; readonly record: RecordOfRun }
  | { readonly kind: 'keys' }

/** What the newest run of a cell left behind. */
interface CellRecord {
  readonly cellId: string
  readonly record: RecordOfRun
  readonly sources: ReadonlyMap<string, Source>
  /** What the devices did: the last parallel call of the run has it. */
  readonly timelines: ReadonlyMap<string, InspectionDocument>
}

/** Keeps a record of the newest run of every cell, and makes figures of it. */
export class CallLog {
  readonly #cells = new Map<string, CellRecord>()
  readonly #lineage = new KeyLineage()
  #count = 0

  /** Watches a run of a cell. The returned function ends it and lists what can be drawn, newest first. */
  record(cellId: string): () => readonly InspectableCall[] {
    this.#lineage.forget(`cell:${cellId}`)
    const stopRecording = startRecording(summarize, outline)
    const stopKeys = this.#lineage.start()
    return () => {
      stopKeys()
      return this.#keep(cellId, stopRecording())
    }
  }

  /** The figure of a call that a run reported. */
  inspect(callId: string, figure: string): InspectionDocument {
    for (const { cellId, sources, timelines } of this.#cells.values()) {
      const source = sources.get(callId)
      if (source === undefined) continue
      switch (source.kind) {
        case 'keys':
          return this.#keysOf(cellId)
        case 'cell':
          return graphOfCell(source.record, 'this cell')
        case 'call':
          return figureOf(source.call, figure, timelines.get(callId))
      }
    }
    throw new Error('This run is no longer known. Run its cell again, then ask for the figure.')
  }

  #keep(cellId: string, record: RecordOfRun): readonly InspectableCall[] {
    const sources = new Map<string, Source>()
    const timelines = new Map<string, InspectionDocument>()
    const listed: InspectableCall[] = []
    const add = (source: Source, call: Omit<InspectableCall, 'callId'>): string => {
      const callId = `call-${++this.#count}`
      sources.set(callId, source)
      listed.unshift({ callId, ...call })
      return callId
    }
    // Listed newest first, so what belongs last comes first here.
    if (this.#lineage.document('', `cell:${cellId}`) !== null)
      add({ kind: 'keys' }, { ...nothingCalled, kind: 'keys', label: 'keys of this cell', figures: ['keys'] })
    if (hasEquations(record))
      add({ kind: 'cell', record }, { ...nothingCalled, kind: 'cell', label: 'this cell', figures: ['graph'] })
    for (const call of record.calls) {
      if (call.composed) continue
      const callId = add({ kind: 'call', call }, describe(call))
      const timeline = call.via === 'pmap' ? lastTimeline(call.name.replace(/^pmap\((.*)\)$/s, '$1')) : null
      if (timeline !== null) timelines.set(callId, timeline)
    }
    // Only the last parallel call of a run is what the devices still know.
    for (const callId of [...timelines.keys()].slice(0, -1)) timelines.delete(callId)
    this.#cells.delete(cellId)
    this.#cells.set(cellId, { cellId, record, sources, timelines })
    this.#makeRoom()
    return listed
  }

  #keysOf(cellId: string): InspectionDocument {
    const document = this.#lineage.document('Keys of this cell', `cell:${cellId}`)
    if (document === null) throw new Error('The cell made no keys.')
    return document
  }

  #makeRoom(): void {
    const records = [...this.#cells.values()].map(({ record }) => record.recording)
    let bytes = records.reduce((sum, recording) => sum + recording.keptBytes, 0)
    for (const recording of records) {
      if (bytes <= operandBytes) return
      bytes -= recording.keptBytes
      recording.forgetOperands()
    }
  }
}

const nothingCalled = { inside: null, count: 1, place: null, avals: '' }

/** Whether the cell computed something of its own, besides calls that are listed themselves. */
function hasEquations({ recording }: RecordOfRun): boolean {
  return recording.root.entries.some((entry) => entry.kind !== 'call')
}

function figureOf(call: RecordedCall, figure: string, timeline: InspectionDocument | undefined): InspectionDocument {
  switch (figure) {
    case 'graph':
      return graphOfCall(call)
    case 'tape':
      return tapeOfCall(call)
    case 'timeline':
      if (timeline !== undefined) return timeline
      throw new Error('Only the last parallel call of a cell has a timeline. Run the cell with this call at its end.')
    default:
      throw new Error(`There is no ${figure} of a function.`)
  }
}

function describe(call: RecordedCall): Omit<InspectableCall, 'callId'> {
  const { inputs } = call.excerpt
  const figures: FigureKind[] = inputs.some(({ aval }) => isInexact(aval.dtype)) ? ['graph', 'tape'] : ['graph']
  const parallel = call.via === 'pmap'
  return {
    kind: 'call',
    label: call.name,
    inside: call.parent?.name ?? null,
    count: call.count,
    place: placeOf(call.source),
    avals: inputs.map(({ aval }) => aval.toString()).join(', '),
    figures: parallel ? ['timeline', 'graph'] : figures,
  }
}

function placeOf(source: SourceLocation | null): CellPlace | null {
  if (source === null) return null
  const { file, line, column } = source
  return file.startsWith('cell:') ? { cellId: file.slice('cell:'.length), line, column } : null
}
