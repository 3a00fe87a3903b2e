import type { Point } from '../scene.ts'

/** A box to place. Ports are where edges attach, given relative to its corner. */
export interface LayoutBox {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly ports: readonly LayoutPort[]
  /** Arguments belong into the first layer, results into the last. */
  readonly layer?: 'first' | 'last'
}

export interface LayoutPort {
  /** Unique in the graph. */
  readonly id: string
  readonly side: 'top' | 'bottom'
  readonly x: number
}

export interface LayoutEdge {
  readonly id: string
  /** Port ids. */
  readonly from: string
  readonly to: string
}

/** What flows downwards through boxes. The order of boxes is the order of the program. */
export interface LayoutGraph {
  readonly boxes: readonly LayoutBox[]
  readonly edges: readonly LayoutEdge[]
  readonly spacing: { readonly box: number; readonly layer: number; readonly edge: number }
}

export interface Placement {
  readonly width: number
  readonly height: number
  /** Corner of each box by id. */
  readonly boxes: ReadonlyMap<string, Point>
  /** Route of each edge by id, from its first to its last point. */
  readonly edges: ReadonlyMap<string, readonly Point[]>
}

/** Places boxes in layers and routes edges between them. */
export interface LayoutEngine {
  /** Resolves when a layout would begin at once: what loading takes is no fault of the graph. */
  ready(): Promise<void>
  layout(graph: LayoutGraph): Promise<Placement>
  /** Stops what is under way and frees what the engine holds; it can be used again. */
  cancel(): void
}
