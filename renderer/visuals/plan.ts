import type { InspectionDocument } from '../../core/inspect/documents.ts'
import { type PlacedBlock } from './graph/boxes.ts'
import { GraphLayouts, visibleEquations } from './graph/layout.ts'
import type { LayoutEngine } from './layout/engine.ts'
import { type TapeLayout, layoutTape } from './tape/layout.ts'

/** Where everything in a figure goes, found once; drawing a step or a theme needs no new one. */
export type Plan =
  | { readonly kind: 'graph'; readonly placed: PlacedBlock }
  /** The graph as the list it is: too large to lay out, or the layout took too long. */
  | { readonly kind: 'program'; readonly reason: string }
  | { readonly kind: 'tape'; readonly layout: TapeLayout }
  /** The tape as its table, for the same reasons. */
  | { readonly kind: 'table'; readonly reason: string }
  | { readonly kind: 'keys' }
  | { readonly kind: 'timeline' }

/** Above these a picture of boxes is no longer read. */
const mostEquations = 300
const mostTapeNodes = 200
/** Up to here a layout that takes long tells of a busy machine, not of a large graph. */
const fewParts = 100

/** Milliseconds that a layout may take before the figure falls back. */
function budgetFor(parts: number): number {
  return parts <= fewParts ? 15_000 : 2000
}

/** Milliseconds that the engine may take to load. */
const loadingBudget = 15_000

/** Finds the places of a figure's parts; keeps what it found for the next time. */
export class Planner {
  readonly #engine: LayoutEngine
  readonly #graphs: GraphLayouts

  constructor(engine: LayoutEngine) {
    this.#engine = engine
    this.#graphs = new GraphLayouts(engine)
  }

  async plan(document: InspectionDocument, open: ReadonlySet<string>, budget?: number): Promise<Plan> {
    switch (document.kind) {
      case 'graph': {
        const equations = visibleEquations(document.root, open)
        if (equations > mostEquations)
          return { kind: 'program', reason: `${equations} equations are in sight: this is the program, line by line.` }
        try {
          return {
            kind: 'graph',
            placed: await this.#within(budget ?? budgetFor(equations), () => this.#graphs.layout(document.root, open)),
          }
        } catch (error) {
          this.#graphs.forget(document.root)
          return { kind: 'program', reason: `${reasonOf(error)} This is the program, line by line.` }
        }
      }
      case 'tape':
        if (document.nodes.length > mostTapeNodes)
          return { kind: 'table', reason: `${document.nodes.length} values are on the tape: this is the list of them.` }
        try {
          return {
            kind: 'tape',
            layout: await this.#within(budget ?? budgetFor(document.nodes.length), () =>
              layoutTape(document, this.#engine),
            ),
          }
        } catch (error) {
          return { kind: 'table', reason: `${reasonOf(error)} This is the list of its values.` }
        }
      case 'keys':
        return { kind: 'keys' }
      case 'timeline':
        return { kind: 'timeline' }
    }
  }

  async #within<T>(budget: number, work: () => Promise<T>): Promise<T> {
    await this.#limited(loadingBudget, this.#engine.ready(), 'The layout engine did not load')
    return this.#limited(budget, work(), 'No layout')
  }

  async #limited<T>(budget: number, work: Promise<T>, words: string): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(new Error(`${words} within ${budget / 1000} seconds.`))
      this.#engine.cancel()
    }, budget)
    try {
      return await Promise.race([work, promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /[.!?]$/.test(message) ? message : `${message}.`
}
