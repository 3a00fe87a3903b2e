import type { TapeDocument } from '../../../core/inspect/documents.ts'
import type { LayoutBox, LayoutEngine, LayoutGraph, Placement } from '../layout/engine.ts'
import type { Box, Point } from '../scene.ts'
import { type TapeBox, tapeBoxes } from './boxes.ts'

/** One layout for both columns: forward and reverse mode are the same program. */
export interface TapeLayout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly PlacedTapeBox[]
  readonly edges: readonly TapeEdge[]
}

export interface PlacedTapeBox extends TapeBox {
  readonly at: Point
}

export interface TapeEdge {
  readonly id: string
  /** Operand and reader. */
  readonly from: string
  readonly to: string
  readonly points: readonly Point[]
}

interface Link {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly operand: number
}

export async function layoutTape(document: TapeDocument, engine: LayoutEngine): Promise<TapeLayout> {
  const boxes = tapeBoxes(document)
  const links = linksOf(boxes)
  // The first pass says on which side each reader is; the second gives every line an end of its own in that order.
  const first = await engine.layout(graphOf(boxes, links, new Map()))
  const order = new Map(links.map((link) => [link.id, headingOf(first, link)]))
  const placement = await engine.layout(graphOf(boxes, links, order))
  return {
    width: placement.width,
    height: placement.height,
    boxes: boxes.map((box) => ({ ...box, at: cornerOf(placement, boxes, box) })),
    edges: links.map(({ id, from, to }) => ({ id, from, to, points: placement.edges.get(id) ?? [] })),
  }
}

function linksOf(boxes: readonly TapeBox[]): Link[] {
  return boxes.flatMap(({ node, readers }) =>
    readers.map((reader) => ({
      id: `${node.id}>${reader.node}.${reader.operand}`,
      from: node.id,
      to: reader.node,
      operand: reader.operand,
    })),
  )
}

/** Where a line goes after it left its box. */
function headingOf(placement: Placement, { id }: Link): number {
  const points = placement.edges.get(id) ?? []
  return points.at(-1)?.x ?? 0
}

function graphOf(boxes: readonly TapeBox[], links: readonly Link[], order: ReadonlyMap<string, number>): LayoutGraph {
  const inputs = boxes.filter(({ node }) => node.primitive === 'input')
  const slots = boxes.map((box) => slotOf(box, links, order))
  const inRow = new Set(inputs.map(({ node }) => node.id))
  const row = rowOf(slots.filter(({ id }) => inRow.has(id)))
  return {
    boxes: [...(row ? [row] : []), ...slots.filter(({ id }) => !inRow.has(id))],
    edges: links.map(({ id, to, operand }) => ({ id, from: `${id}.start`, to: `${to}.in${operand}` })),
    spacing: { box: 16, layer: 26, edge: 10 },
  }
}

function slotOf(box: TapeBox, links: readonly Link[], order: ReadonlyMap<string, number>): LayoutBox {
  const { node, width } = box
  const leaving = links.filter((link) => link.from === node.id)
  leaving.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
  const apart = order.size > 0
  // Literals and constants have no box, hence no line.
  const arriving = node.operands.flatMap((id, operand) => (id === null ? [] : [operand]))
  return {
    id: node.id,
    width,
    height: box.height + box.sumRow,
    ports: [
      ...arriving.map((operand, index) => ({
        id: `${node.id}.in${operand}`,
        side: 'top' as const,
        x: (width * (index + 1)) / (arriving.length + 1),
      })),
      ...leaving.map(({ id }, index) => ({
        id: `${id}.start`,
        side: 'bottom' as const,
        x: apart ? (width * (index + 1)) / (leaving.length + 1) : width / 2,
      })),
    ],
  }
}

const rowGap = 20
const rowId = 'inputs'

/** The arguments side by side in their order, as one box that the engine cannot reorder. */
function rowOf(slots: readonly LayoutBox[]): LayoutBox | null {
  if (slots.length === 0) return null
  let x = 0
  const ports = slots.flatMap((slot) => {
    const left = x
    x += slot.width + rowGap
    return slot.ports.map((port) => ({ ...port, x: port.x + left }))
  })
  return { id: rowId, width: x - rowGap, height: Math.max(...slots.map(({ height }) => height)), ports, layer: 'first' }
}

function cornerOf(placement: Placement, boxes: readonly TapeBox[], box: TapeBox): Point {
  const own = placement.boxes.get(box.node.id)
  if (own) return own
  const at = placement.boxes.get(rowId) ?? { x: 0, y: 0 }
  let x = at.x
  for (const other of boxes) {
    if (other === box) break
    if (other.node.primitive === 'input') x += other.width + rowGap
  }
  return { x, y: at.y }
}

export function boxOf({ at, width, height, sumRow }: PlacedTapeBox, withSum: boolean): Box {
  return { x: at.x, y: at.y, width, height: height + (withSum ? sumRow : 0) }
}
