import type { Residual, ReverseStep, TapeDocument, TapeNode, ValueSummary } from '../../../core/inspect/documents.ts'

/** A cotangent that arrived at a node, and by which reader. */
export interface Term {
  readonly from: string
  readonly value: ValueSummary
}

/** Everything the tapes show after a number of steps. */
export interface Moment {
  readonly step: number
  /** `out`: values are computed. `back`: cotangents return; forward mode is through. */
  readonly phase: 'start' | 'out' | 'back'
  readonly forward: {
    readonly current: string | null
    readonly tangents: ReadonlyMap<string, ValueSummary | null>
    /** Nodes whose value and tangent some later equation still reads. */
    readonly live: ReadonlySet<string>
    readonly bytes: number
    readonly equations: number
  }
  readonly reverse: {
    readonly current: string | null
    readonly primals: ReadonlySet<string>
    readonly cotangents: ReadonlyMap<string, ValueSummary>
    readonly terms: ReadonlyMap<string, readonly Term[]>
    /** Readers that have handed on their cotangents. */
    readonly returned: ReadonlySet<string>
    readonly kept: ReadonlySet<string>
    readonly freed: ReadonlySet<string>
    readonly bytes: number
    readonly equationsOut: number
    readonly equationsBack: number
  }
}

/** Steps of the figure: forward mode runs beside the way out of reverse mode, then the way back follows. */
export function stepCount(document: TapeDocument): number {
  return waysOut(document) + document.reverse.filter((step) => step.phase === 'cotangent').length
}

function waysOut(document: TapeDocument): number {
  return Math.max(document.forward.length, document.reverse.filter((step) => step.phase === 'primal').length)
}

/** The state after `step` steps, 0 being before the first. */
export function momentAt(document: TapeDocument, step: number): Moment {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]))
  const turn = waysOut(document)
  const phase = step === 0 ? 'start' : step <= turn ? 'out' : 'back'
  const out = document.reverse.filter((taken) => taken.phase === 'primal').slice(0, step)
  const back = document.reverse.filter((taken) => taken.phase === 'cotangent').slice(0, Math.max(0, step - turn))
  return { step, phase, forward: forwardAt(document, nodes, step), reverse: reverseAt(document, nodes, out, back) }
}

function forwardAt(document: TapeDocument, nodes: ReadonlyMap<string, TapeNode>, step: number): Moment['forward'] {
  const taken = document.forward.slice(0, step)
  const done = new Set(taken.map(({ node }) => node))
  const ended = done.size === document.forward.length
  const live = new Set([...done].filter((id) => isRead(document, id, done, ended)))
  let bytes = 0
  for (const id of live) {
    const node = nodes.get(id)
    // A tangent has the size of its primal.
    if (node) bytes += byteSize(node.primal) * (node.inactive ? 1 : 2)
  }
  return {
    current: step <= document.forward.length ? (taken.at(-1)?.node ?? null) : null,
    tangents: new Map(taken.map(({ node, tangent }) => [node, tangent])),
    live,
    bytes,
    equations: taken.filter(({ node }) => isEquation(nodes.get(node))).length,
  }
}

/** An output is held until the caller has it; anything else until its last reader has run. */
function isRead(document: TapeDocument, id: string, done: ReadonlySet<string>, ended: boolean): boolean {
  if (document.outputs.includes(id)) return true
  return !ended && document.nodes.some((reader) => !done.has(reader.id) && reader.operands.includes(id))
}

type CotangentStep = Extract<ReverseStep, { phase: 'cotangent' }>
type PrimalStep = Extract<ReverseStep, { phase: 'primal' }>

function reverseAt(
  document: TapeDocument,
  nodes: ReadonlyMap<string, TapeNode>,
  out: readonly PrimalStep[],
  back: readonly CotangentStep[],
): Moment['reverse'] {
  const cotangents = new Map<string, ValueSummary>()
  const terms = new Map<string, Term[]>()
  for (const { node, cotangent, contributions } of back) {
    if (cotangent) cotangents.set(node, cotangent)
    for (const { to, value, sum } of contributions) {
      cotangents.set(to, sum)
      terms.set(to, [...(terms.get(to) ?? []), { from: node, value }])
    }
  }
  const freed = new Set(back.flatMap((step) => step.freed))
  const kept = new Set(out.flatMap((step) => step.kept).filter((id) => !freed.has(id)))
  const current = back.at(-1) ?? out.at(-1)
  return {
    current: current?.node ?? null,
    primals: new Set(out.map(({ node }) => node)),
    cotangents,
    terms,
    returned: new Set(back.map(({ node }) => node)),
    kept,
    freed,
    bytes: document.residuals.reduce((sum, { id, bytes }) => sum + (kept.has(id) ? bytes : 0), 0),
    equationsOut: out.filter(({ node }) => isEquation(nodes.get(node))).length,
    equationsBack: back.filter(({ node }) => isEquation(nodes.get(node))).length,
  }
}

/** The steps of reverse mode that belong to this moment's last step, if it is a step of that phase. */
export function reverseStepAt(document: TapeDocument, step: number): ReverseStep | null {
  const turn = waysOut(document)
  const phase = step <= turn ? 'primal' : 'cotangent'
  const index = step <= turn ? step - 1 : step - turn - 1
  return document.reverse.filter((taken) => taken.phase === phase)[index] ?? null
}

export function residualsOf(document: TapeDocument, node: string): Residual[] {
  return document.residuals.filter((residual) => residual.node === node)
}

export function isEquation(node: TapeNode | undefined): boolean {
  return node !== undefined && node.primitive !== 'input'
}

/** Bytes of a value of this type. */
export function byteSize({ shape, dtype }: ValueSummary): number {
  const bits = dtype === 'bool' ? 8 : Number(/\d+$/.exec(dtype)?.[0] ?? 64)
  return shape.reduce((product, length) => product * length, 1) * (bits / 8)
}

/** `16 B`, `4.0 KiB`: as short as it stays exact enough to compare. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}
