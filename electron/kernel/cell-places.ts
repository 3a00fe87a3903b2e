import type { CellPlace } from '../protocol.ts'
import type { GeneratedText } from './compile/generated-text.ts'

/** A user line on the stack. */
export type UserFrame = CellPlace & { readonly functionName?: string }

interface RunningText {
  readonly cellId: string
  readonly text: GeneratedText
}

/** Stacks are taken this deep, so that the user's line is found below the core's own calls. */
const stackDepth = 100

/**
 * Knows every program that runs in this thread, and turns the engine's places into the user's: in
 * `error.stack` for everyone who reads it (the core finds the line of an equation there), and as data.
 */
export class CellPlaces {
  readonly #texts = new Map<string, RunningText>()
  readonly #frames = new WeakMap<object, readonly UserFrame[]>()
  #count = 0

  /** Registers a program; its script must be given the returned name. */
  add(cellId: string, text: GeneratedText): string {
    const name = `cell:${cellId}#${++this.#count}`
    this.#texts.set(name, { cellId, text })
    return name
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
    return { cellId: running.cellId, ...place, ...(functionName ? { functionName } : {}) }
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
