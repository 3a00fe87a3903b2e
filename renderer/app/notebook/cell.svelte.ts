import type { CellError, CellOutput, FigureKind, RunStatus } from '../../../electron/protocol.ts'
import type { EarlierSources } from './stale.ts'

export type CellOrigin = 'lesson' | 'exercise' | 'scratch'

/** Where a cell is on its way to a result. */
export type CellRun =
  | { readonly kind: 'idle' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly runId: string; readonly startedAt: number }
  | {
      readonly kind: 'finished'
      readonly status: RunStatus
      readonly milliseconds: number
      readonly device: string
      readonly source: string
      readonly earlier: EarlierSources
    }

/** One editor with what its last run gave. */
export class Cell {
  readonly id: string
  readonly origin: CellOrigin
  /** `3`, `D1.2`, `scratch 1`: what announcements and links call it. */
  label: string = $state('')
  /** The lesson's own text. */
  readonly original: string
  /** The dock's tab that the lesson means this cell for. */
  readonly figure: FigureKind | null
  text: string = $state('')
  run: CellRun = $state.raw({ kind: 'idle' })
  outputs: readonly CellOutput[] = $state.raw([])
  /** The outputs are of an earlier run: shown until the present one says something. */
  outdated = $state(false)
  /** The kernel that held this cell's variables is gone. */
  lost = $state(false)
  #arriving: CellOutput[] = []
  #flushing = false

  constructor(
    about: { id: string; origin: CellOrigin; label: string; original: string; figure?: FigureKind },
    text: string,
  ) {
    this.id = about.id
    this.origin = about.origin
    this.label = about.label
    this.original = about.original
    this.figure = about.figure ?? null
    this.text = text
  }

  get edited(): boolean {
    return this.text !== this.original
  }

  /** The error of the last run, if the text it is about still stands. */
  get error(): CellError | null {
    for (const output of this.outputs) if (output.kind === 'error') return output.error
    return null
  }

  begin(runId: string, startedAt: number): void {
    this.run = { kind: 'running', runId, startedAt }
    this.outdated = this.outputs.length > 0
    this.lost = false
    this.#arriving = []
  }

  /** Takes an output of the present run; screen updates are gathered by frame, since a loop may print thousands of lines. */
  receive(output: CellOutput): void {
    this.#arriving.push(output)
    if (this.#flushing) return
    this.#flushing = true
    onNextFrame(() => this.#show())
  }

  finish(result: Omit<Extract<CellRun, { kind: 'finished' }>, 'kind'>): void {
    this.#show()
    if (this.outdated) this.outputs = []
    this.outdated = false
    this.run = { kind: 'finished', ...result }
  }

  clear(): void {
    this.#arriving = []
    this.outputs = []
    this.run = { kind: 'idle' }
    this.lost = false
  }

  #show(): void {
    this.#flushing = false
    if (this.#arriving.length === 0) return
    const before = this.outdated ? [] : this.outputs
    this.outdated = false
    this.outputs = joinText([...before, ...this.#arriving])
    this.#arriving = []
  }
}

/** Printed text that arrived in pieces, as one piece for each run of the same stream. */
export function joinText(outputs: readonly CellOutput[]): CellOutput[] {
  const joined: CellOutput[] = []
  for (const output of outputs) {
    const last = joined.at(-1)
    if (output.kind === 'text' && last?.kind === 'text' && last.stream === output.stream) {
      joined[joined.length - 1] = { ...last, text: last.text + output.text }
    } else joined.push(output)
  }
  return joined
}

function onNextFrame(action: () => void): void {
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(action)
  else queueMicrotask(action)
}
