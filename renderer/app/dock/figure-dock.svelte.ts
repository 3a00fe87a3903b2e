import type { InspectionDocument, SourceSpan } from '../../../core/inspect/documents.ts'
import type { CellError, FigureKind, HostApi, InspectableCall, RunResult } from '../../../electron/protocol.ts'
import { messageOf } from '../../transport/host-connection.ts'
import type { Cell } from '../notebook/cell.svelte.ts'

/** What one tab of the dock shows. */
export type FigureView =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'busy'
      readonly label: string
      readonly startedAt: number
      readonly before: InspectionDocument | null
    }
  | {
      readonly kind: 'figure'
      readonly document: InspectionDocument
      readonly callId: string | null
      readonly outdated: boolean
    }
  | { readonly kind: 'error'; readonly label: string; readonly error: CellError }

export const figureKinds = ['graph', 'tape', 'keys', 'timeline'] as const satisfies readonly FigureKind[]

export const figureNames: Readonly<Record<FigureKind, string>> = {
  graph: 'Graph',
  tape: 'Tape',
  keys: 'Keys',
  timeline: 'Timeline',
}

/** A cell's own steps are drawn when the lesson means it for a graph, or somebody asks. */
function isDrawnUnasked(call: InspectableCall, tab: FigureKind, cell: Cell): boolean {
  return call.figures.includes(tab) && (call.kind !== 'cell' || cell.figure === tab)
}

interface DockOptions {
  readonly lessonId: string
  readonly host: HostApi
  readonly announce: (message: string) => void
}

const empty: FigureView = { kind: 'empty' }

/** The figures of one lesson: what can be drawn, what is drawn, and the source line that a figure points at. */
export class FigureDock {
  tab: FigureKind = $state('graph')
  /** What the newest run of each cell can be asked for, newest first. */
  #byCell: Readonly<Record<string, readonly InspectableCall[]>> = $state.raw({})
  #lastCell = ''
  selected: InspectableCall | null = $state.raw(null)
  /** The line that the chosen part of the figure was made at. */
  source: SourceSpan | null = $state.raw(null)
  /** What the figure says about the chosen part. */
  inspector: readonly string[] = $state.raw([])
  #views: Readonly<Record<FigureKind, FigureView>> = $state.raw({
    graph: empty,
    tape: empty,
    keys: empty,
    timeline: empty,
  })
  readonly #options: DockOptions
  /** Tabs that the present run has shown a document in. */
  readonly #displayed = new Set<FigureKind>()
  /** Drawings asked for so far, by tab: an answer that is not the newest of its tab comes too late. */
  readonly #asked: Record<FigureKind, number> = { graph: 0, tape: 0, keys: 0, timeline: 0 }

  constructor(options: DockOptions) {
    this.#options = options
  }

  get view(): FigureView {
    return this.#views[this.tab]
  }

  /** What the cell that ran last can be asked for, then the others. */
  get calls(): readonly InspectableCall[] {
    const others = Object.keys(this.#byCell).filter((cellId) => cellId !== this.#lastCell)
    return [this.#lastCell, ...others].flatMap((cellId) => this.#byCell[cellId] ?? [])
  }

  /** Calls that the open tab can draw. */
  get drawable(): readonly InspectableCall[] {
    return this.calls.filter((call) => call.figures.includes(this.tab))
  }

  /** Those of one cell. */
  drawableOf(cellId: string): readonly InspectableCall[] {
    return (this.#byCell[cellId] ?? []).filter((call) => call.figures.includes(this.tab))
  }

  /** Tabs that show something or could. */
  has(kind: FigureKind): boolean {
    return this.#views[kind].kind !== 'empty' || this.calls.some((call) => call.figures.includes(kind))
  }

  open(tab: FigureKind): void {
    this.tab = tab
    this.#forget()
    const wanted = this.selected?.figures.includes(tab) ? this.selected : this.drawable[0]
    const shown = this.view.kind === 'figure' && !this.view.outdated ? this.view.callId : null
    if (wanted && (this.view.kind === 'empty' || (shown !== null && shown !== wanted.callId) || this.#isOutdated())) {
      void this.draw(wanted)
    }
  }

  /** Draws a call in the open tab, or in the first tab that can. */
  async draw(call: InspectableCall): Promise<void> {
    const tab = call.figures.includes(this.tab) ? this.tab : call.figures[0]
    if (!tab) return
    this.tab = tab
    this.selected = call
    this.#forget()
    const asked = ++this.#asked[tab]
    const now = this.#views[tab]
    const before = now.kind === 'figure' ? now.document : now.kind === 'busy' ? now.before : null
    this.#set(tab, { kind: 'busy', label: call.label, startedAt: performance.now(), before })
    const view = await this.#ask(call, tab)
    if (asked !== this.#asked[tab]) return
    this.#set(tab, view)
    const { label } = call
    this.#options.announce(
      view.kind === 'error' ? `No ${tab} of ${label}: ${view.error.message}` : `${figureNames[tab]} of ${label} drawn.`,
    )
  }

  async #ask(call: InspectableCall, figure: FigureKind): Promise<FigureView> {
    const { host, lessonId } = this.#options
    try {
      const answer = await host.inspect({ lessonId, callId: call.callId, figure })
      if ('error' in answer) return { kind: 'error', label: call.label, error: answer.error }
      return { kind: 'figure', document: answer.document, callId: call.callId, outdated: false }
    } catch (error) {
      const failure: CellError = { name: 'Error', message: messageOf(error), place: null, stack: [] }
      return { kind: 'error', label: call.label, error: failure }
    }
  }

  /** Takes up what a finished run can be asked for; draws the newest call when the lesson means the cell for a figure. */
  afterRun(cell: Cell, result: RunResult): void {
    if (result.calls.length === 0) {
      this.#dropCalls(cell.id)
      return
    }
    this.#markOutdated(() => true)
    this.#byCell = { ...this.#byCell, [cell.id]: result.calls }
    this.#lastCell = cell.id
    const kept = this.selected && result.calls.find((call) => call.label === this.selected?.label)
    this.selected = kept ?? null
    const tab = cell.figure ?? this.tab
    // A document that the cell displayed itself is what it is about.
    if (this.#displayed.has(tab)) return
    const call = kept?.figures.includes(tab) ? kept : result.calls.find((each) => isDrawnUnasked(each, tab, cell))
    if (call) {
      this.tab = tab
      void this.draw(call)
    } else if (this.view.kind === 'empty') {
      // Nothing to look at would be lost, so the first picture that there is may change the tab.
      const drawable = result.calls.find(({ kind, figures }) => kind !== 'cell' && figures.length > 0)
      if (drawable) void this.draw(drawable)
    }
  }

  /** Takes what the figure says about its chosen part; with nothing chosen, no line stays lit. */
  explain(lines: readonly string[]): void {
    this.inspector = lines
    if (lines.length === 0) this.source = null
  }

  /** Shows a document that a cell displayed. */
  show(document: InspectionDocument): void {
    this.#asked[document.kind]++
    this.#forget()
    this.tab = document.kind
    this.#displayed.add(document.kind)
    this.#set(document.kind, { kind: 'figure', document, callId: null, outdated: false })
  }

  beforeRun(): void {
    this.#displayed.clear()
  }

  /** The kernel that could draw these calls is gone; the pictures stay. */
  loseCalls(): void {
    this.#byCell = {}
    this.selected = null
  }

  #isOutdated(): boolean {
    return this.view.kind === 'figure' && this.view.outdated
  }

  /** A cell that ran and called nothing has nothing to draw any more; the pictures stay. */
  #dropCalls(cellId: string): void {
    const { [cellId]: dropped = [], ...others } = this.#byCell
    const isDropped = (callId: string): boolean => dropped.some((call) => call.callId === callId)
    this.#byCell = others
    if (this.selected && isDropped(this.selected.callId)) this.selected = null
    this.#markOutdated(isDropped)
  }

  #markOutdated(isOld: (callId: string) => boolean): void {
    for (const kind of figureKinds) {
      const view = this.#views[kind]
      if (view.kind === 'figure' && view.callId !== null && isOld(view.callId))
        this.#set(kind, { ...view, outdated: true })
    }
  }

  #forget(): void {
    this.source = null
    this.inspector = []
  }

  #set(kind: FigureKind, view: FigureView): void {
    this.#views = { ...this.#views, [kind]: view }
  }
}
