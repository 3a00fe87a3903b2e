import type { SourceSpan } from '../../core/inspect/documents.ts'
import type { FontFamily, FontWeight } from './text/fonts.ts'
import type { Theme } from './theme.ts'

/**
 * A figure as plain data. The screen, every file format and the golden tests draw this and nothing else.
 * Lengths are CSS pixels, y grows downwards, colours are six-digit hex.
 */
export interface Scene {
  readonly title: string
  /** What the figure shows, for those who do not see it. */
  readonly description: string
  readonly theme: Theme
  readonly body: readonly SceneNode[]
  /** Everything in `body` with its strokes. */
  readonly bounds: Box
  /** Exactly the marks that are on the page. */
  readonly legend: readonly LegendEntry[]
  /** One sentence that says what to see. */
  readonly caption: string
  /** Where something happens in this step; the screen keeps it in sight. */
  readonly focus?: Box
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export type SceneNode = Group | Item | RectShape | CircleShape | PathShape | TextShape

/** Nodes that belong together. */
export interface Group {
  readonly kind: 'group'
  readonly translate?: Point
  readonly children: readonly SceneNode[]
}

/** Something the reader can reach, choose and ask about. */
export interface Item {
  readonly kind: 'item'
  /** Unique in the scene. */
  readonly id: string
  /** Its accessible name. */
  readonly label: string
  /** On hovering; the whole text where the drawing had to shorten it. */
  readonly title?: string
  readonly bounds: Box
  readonly source?: SourceSpan
  /** Lines for the inspector. */
  readonly inspect: readonly string[]
  /** The item opens or closes something: the id to toggle, and whether it is open. */
  readonly toggle?: { readonly id: string; readonly open: boolean }
  /** The items that an arrow key leads to, nearest first. */
  readonly links: Links
  readonly children: readonly SceneNode[]
}

export interface Links {
  readonly up?: readonly string[]
  readonly down?: readonly string[]
  readonly left?: readonly string[]
  readonly right?: readonly string[]
}

export interface Paint {
  readonly fill?: string
  readonly fillOpacity?: number
  readonly stroke?: string
  readonly strokeWidth?: number
  /** Lengths of dash and gap. */
  readonly dash?: readonly number[]
}

export interface RectShape extends Paint {
  readonly kind: 'rect'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius?: number
}

export interface CircleShape extends Paint {
  readonly kind: 'circle'
  readonly cx: number
  readonly cy: number
  readonly r: number
}

export interface PathShape extends Paint {
  readonly kind: 'path'
  readonly d: string
  /** Of the geometry, without the stroke. */
  readonly bounds: Box
}

/** One line of text. `y` is its baseline, `width` what it was measured at. */
export interface TextShape {
  readonly kind: 'text'
  readonly x: number
  readonly y: number
  readonly text: string
  readonly family: FontFamily
  readonly size: number
  readonly weight: FontWeight
  readonly fill: string
  readonly anchor: 'start' | 'middle' | 'end'
  readonly width: number
}

/** A mark and what it means. The mark is drawn in a box 28 wide and 16 high whose corner is the origin. */
export interface LegendEntry {
  readonly mark: readonly SceneNode[]
  readonly text: string
}

/** Every item of a scene in reading order. */
export function itemsOf(nodes: readonly SceneNode[]): Item[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'item') return [node, ...itemsOf(node.children)]
    return node.kind === 'group' ? itemsOf(node.children) : []
  })
}

/** The same figure as a table: what a screen reader, or a doubtful eye, reads instead. */
export interface FigureTable {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly id: string
  readonly cells: readonly string[]
  readonly source?: SourceSpan
  /** Said in a cell as well; the screen adds a colour. */
  readonly bad?: boolean
}

/** The sentence under a figure, followed by what the figure does not show. */
export function withNotes(caption: string, notes: readonly string[] = []): string {
  return [caption, ...notes].join(' ')
}
