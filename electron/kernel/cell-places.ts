import type { SourceLocation } from '../../core/ir/source.ts'
import type { CellPlace } from '../protocol.ts'
import type { CompiledCell } from './compile/compile-cell.ts'
import type { CellPosition } from './compile/cell-positions.ts'
import type { GeneratedText } from './compile/generated-text.ts'
import { TextLines } from './compile/text-lines.ts'

/** A user line on the stack. */
export type UserFrame = CellPlace & { readonly functionName?: string }

interface RunningText {
  readonly cellId: string
  readonly text: GeneratedText
  /** What the user wrote. */
  readonly lines: TextLines
  /** The places that the program announces, the number of the first, and that after the last. */
  readonly positions: readonly CellPosition[]
  readonly firstPosition: number
  readonly endPosition: number
  /** What was asked for of them. */
  readonly sources: (SourceLocation | undefined)[]
}

/** Stacks are taken this deep, so that the user's line is found below the core's own calls. */
const stackDepth = 100

/**
 * Knows every program that runs in this thread, and turns places into the user's: those of the engine in
 * `error.stack` for everyone who reads it, and those that a program announces while it runs.
 */
export class CellPlaces {
  readonly #texts = new Map<string, RunningText>()
  readonly #newest = new Map<string, RunningText>()
  readonly #programs = new WeakMap<CellPlace | SourceLocation, RunningText>()
  /** In the order of their positions. */
  readonly #announcing: RunningText[] = []
  readonly #frames = new WeakMap<object, readonly UserFrame[]>()
  #count = 0
  #nextPosition = 1
  /** The program whose place was asked for last. */
  #asked: RunningText | null = null

  /** The number that the first place of the next program must have. */
  get nextPosition(): number {
    return this.#nextPosition
  }

  /** Registers a program made of a cell's source; its script must be given the returned name. */
  add(cellId: string, { text, positions }: CompiledCell, source: string): string {
    const name = `cell:${cellId}#${++this.#count}`
    const firstPosition = this.#nextPosition
    this.#nextPosition += positions.length
    const numbers = { firstPosition, endPosition: this.#nextPosition }
    const running = { cellId, text, lines: new TextLines(source), positions, ...numbers, sources: [] }
    if (positions.length > 0) this.#announcing.push(running)
    this.#texts.set(name, running)
    this.#newest.set(cellId, running)
    return name
  }

  /** What the user wrote on a line: as it was for a frame of a stack, else as the cell last ran. */
  lineText(place: CellPlace): string | null {
    const running = this.#programs.get(place) ?? this.#newest.get(place.cellId)
    const text = running?.lines.lineText(place.line).trim() ?? ''
    return text === '' ? null : text
  }

  /** The place that a program announced by a number; null for a number that is none's. */
  readonly sourceOf = (position: number): SourceLocation | null => {
    // One program asks many times before another does.
    let running = this.#asked
    if (running === null || position < running.firstPosition || position >= running.endPosition) {
      running = this.#announcing[this.#indexOf(position)] ?? null
      this.#asked = running
    }
    if (running === null) return null
    const index = position - running.firstPosition
    const known = running.sources[index]
    if (known !== undefined) return known
    const place = running.positions[index]
    return place === undefined ? null : (running.sources[index] = this.#decode(running, place))
  }

  /** The place of an equation or an error, as its program was when it ran; null outside cells. */
  placeOf(source: SourceLocation): CellPlace | null {
    const cellId = /^cell:(.+)$/.exec(source.file)?.[1]
    if (cellId === undefined) return null
    const place = { cellId, line: source.line, column: source.column }
    const running = this.#programs.get(source)
    if (running !== undefined) this.#programs.set(place, running)
    return place
  }

  /** Takes over how stacks of this thread are written. */
  install(): void {
    Error.stackTraceLimit = stackDepth
    Error.prepareStackTrace = (error, sites) => {
      const frames = sites.flatMap((site) => this.#frameOf(site) ?? [])
      this.#frames.set(error, frames)
      // The learner's lines alone: what lies between them is the lab's, and costs time to describe.
      const lines = frames.length > 0 ? frames.map(frameText) : sites.map(String)
      return [describe(error), ...lines.map((line) => `    at ${line}`)].join('\n')
    }
  }

  /** The user's lines that led to an error, innermost first. */
  framesOf(error: object): readonly UserFrame[] {
    // Reading the stack makes the engine prepare it.
    if ('stack' in error && typeof error.stack !== 'string') return []
    return this.#frames.get(error) ?? []
  }

  /** Which program a position is of: the last that begins at or before it. */
  #indexOf(position: number): number {
    let low = 0
    let high = this.#announcing.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#announcing[middle]?.firstPosition ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low
  }

  #decode(running: RunningText, { offset, functionName }: CellPosition): SourceLocation {
    const place = { file: `cell:${running.cellId}`, ...running.lines.placeOf(offset) }
    const source = Object.freeze(functionName === null ? place : { ...place, functionName })
    this.#programs.set(source, running)
    return source
  }

  #frameOf(site: NodeJS.CallSite): UserFrame | null {
    const running = this.#texts.get(site.getScriptNameOrSourceURL() ?? '')
    if (running === undefined) return null
    const place = running.text.originalPlace(site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1)
    if (place === null) return null
    const functionName = site.getFunctionName()
    const frame = { cellId: running.cellId, ...place, ...(functionName ? { functionName } : {}) }
    this.#programs.set(frame, running)
    return frame
  }
}

function frameText({ cellId, line, column, functionName }: UserFrame): string {
  const place = `cell:${cellId}:${line}:${column}`
  return functionName === undefined ? place : `${functionName} (${place})`
}

function describe(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'Error'
  }
}
