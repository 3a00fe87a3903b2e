import type { CellPlace } from '../protocol.ts'
import type { GeneratedText } from './compile/generated-text.ts'
import { TextLines } from './compile/text-lines.ts'

/** A user line on the stack. */
export type UserFrame = CellPlace & { readonly functionName?: string }

interface RunningText {
  readonly cellId: string
  readonly text: GeneratedText
  /** What the user wrote. */
  readonly lines: TextLines
}

/** Stacks are taken this deep, so that the user's line is found below the core's own calls. */
const stackDepth = 100

/**
 * Knows every program that runs in this thread, and turns the engine's places into the user's: in
 * `error.stack` for everyone who reads it (the core finds the line of an equation there), and as data.
 */
export class CellPlaces {
  readonly #texts = new Map<string, RunningText>()
  readonly #newest = new Map<string, RunningText>()
  readonly #programs = new WeakMap<CellPlace, RunningText>()
  readonly #frames = new WeakMap<object, readonly UserFrame[]>()
  #count = 0

  /** Registers a program made of a cell's source; its script must be given the returned name. */
  add(cellId: string, text: GeneratedText, source: string): string {
    const name = `cell:${cellId}#${++this.#count}`
    const running = { cellId, text, lines: new TextLines(source) }
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
