import type { GraphBlock, GraphNode } from '../../../core/inspect/documents.ts'
import type { LayoutBox, LayoutEdge, LayoutEngine } from '../layout/engine.ts'
import type { Point } from '../scene.ts'
import { measure } from '../text/measure.ts'
import {
  type Part,
  type PartContent,
  type PlacedBlock,
  type Wire,
  argumentPart,
  closedPart,
  inputPort,
  literalPart,
  literalPort,
  openPart,
  outputPort,
  resultPart,
  shapeRoom,
  shapeSize,
} from './boxes.ts'

/** Equations that are in sight when the given ones are open. */
export function visibleEquations(block: GraphBlock, open: ReadonlySet<string>): number {
  let count = 0
  for (const node of block.nodes) {
    count += 1
    if (open.has(node.id)) for (const inner of node.blocks) count += visibleEquations(inner, open)
  }
  return count
}

/**
 * What is open at first: a lone box, and loops and branches as long as the picture stays small.
 * A program of one closed box would be a picture of nothing.
 */
export function initiallyOpen(root: GraphBlock): Set<string> {
  const open = new Set<string>()
  const enter = (block: GraphBlock) => {
    for (const node of block.nodes) {
      if (node.blocks.length === 0) continue
      const lone = block.nodes.length === 1
      if (!lone && node.primitive === 'jit') continue
      open.add(node.id)
      if (!lone && visibleEquations(root, open) > 24) open.delete(node.id)
      else node.blocks.forEach(enter)
    }
  }
  enter(root)
  return open
}

/**
 * Places a jaxpr and the programs that are open inside it, from the inside out: a box keeps its
 * inner picture when something else opens, and what was placed once is not placed again.
 */
export class GraphLayouts {
  readonly #engine: LayoutEngine
  readonly #placed = new WeakMap<GraphBlock, Map<string, Promise<PlacedBlock>>>()

  constructor(engine: LayoutEngine) {
    this.#engine = engine
  }

  layout(block: GraphBlock, open: ReadonlySet<string>): Promise<PlacedBlock> {
    const variants = this.#placed.get(block) ?? new Map<string, Promise<PlacedBlock>>()
    this.#placed.set(block, variants)
    const key = openInside(block, open).join(' ')
    const known = variants.get(key)
    if (known) return known
    const placing = this.#place(block, open)
    variants.set(key, placing)
    placing.catch(() => variants.delete(key))
    return placing
  }

  /** Drops what was placed of a block, so that the next layout starts anew. */
  forget(block: GraphBlock): void {
    this.#placed.delete(block)
    for (const node of block.nodes) for (const inner of node.blocks) this.forget(inner)
  }

  async #place(block: GraphBlock, open: ReadonlySet<string>): Promise<PlacedBlock> {
    const parts = await this.#parts(block, open)
    const edges = edgesOf(block, parts)
    const rows = [rowOf('first', parts), rowOf('last', parts)]
    const alone = parts.filter(({ content }) => layerOf(content) === null)
    const placement = await this.#engine.layout({
      boxes: [...rows.flatMap(({ slot }) => slot ?? []), ...alone.map(slotOf)],
      edges: edges.map(({ id, fromPort, toPort }) => ({ id, from: fromPort, to: toPort })),
      spacing: { box: 24, layer: 30, edge: 12 },
    })
    const corner = (part: Part): Point => {
      const row = rows.find(({ offsets }) => offsets.has(part.id))
      const at = placement.boxes.get(row?.slot?.id ?? part.id) ?? { x: 0, y: 0 }
      return { x: at.x + (row?.offsets.get(part.id) ?? 0), y: at.y }
    }
    const wires: Wire[] = edges.map(({ id, value, from, to, fromPort }) => {
      const alone = edges.filter((other) => other.fromPort === fromPort).length === 1
      const points = withStub(placement.edges.get(id) ?? [], from)
      return { id, value, from: from.id, to: to.id, points: alone ? straightened(points) : points }
    })
    return {
      block,
      width: placement.width,
      height: placement.height,
      parts: parts.map((part) => ({ part, at: corner(part) })),
      wires,
    }
  }

  async #parts(block: GraphBlock, open: ReadonlySet<string>): Promise<Part[]> {
    const parts: Part[] = [
      ...block.consts.map((value) => argumentPart(value, true)),
      ...block.inputs.map((value) => argumentPart(value, false)),
    ]
    for (const node of block.nodes) {
      parts.push(...literalsOf(node), await this.#equation(node, open))
    }
    block.outputs.forEach((operand, index) => parts.push(resultPart(block, operand, index)))
    return parts
  }

  async #equation(node: GraphNode, open: ReadonlySet<string>): Promise<Part> {
    if (!open.has(node.id) || node.blocks.length === 0) return closedPart(node)
    return openPart(node, await Promise.all(node.blocks.map((inner) => this.layout(inner, open))))
  }
}

function openInside(block: GraphBlock, open: ReadonlySet<string>): string[] {
  return block.nodes.flatMap((node) =>
    open.has(node.id) ? [node.id, ...node.blocks.flatMap((inner) => openInside(inner, open))] : [],
  )
}

function literalsOf(node: GraphNode): Part[] {
  return node.inputs.flatMap((operand, index) =>
    operand.kind === 'literal' ? [literalPart(operand.text, operand.aval, node.id, index)] : [],
  )
}

/** The part with room for the shapes beside the lines that leave it. */
function slotOf(part: Part): LayoutBox {
  const labels = part.outputs.map(({ x, label }) => x + 6 + measure(label, 'mono', shapeSize))
  return {
    id: part.id,
    width: Math.max(part.width, ...labels),
    height: part.height + (labels.length > 0 ? shapeRoom : 0),
    ports: [
      ...part.inputs.map(({ port, x }) => ({ id: port, side: 'top' as const, x })),
      ...part.outputs.map(({ port, x }) => ({ id: port, side: 'bottom' as const, x })),
      ...(part.content.kind === 'literal'
        ? [{ id: literalPort(part.id), side: 'bottom' as const, x: part.width / 2 }]
        : []),
    ],
  }
}

function layerOf(content: PartContent): 'first' | 'last' | null {
  if (content.kind === 'argument') return 'first'
  return content.kind === 'result' ? 'last' : null
}

/**
 * Arguments stand in one row in the order of the parameter list, results in that of the return value.
 * The engine sees a row as one box, so that it cannot exchange them to save a crossing.
 */
function rowOf(
  layer: 'first' | 'last',
  parts: readonly Part[],
): { slot: LayoutBox | null; offsets: Map<string, number> } {
  const slots = parts.filter(({ content }) => layerOf(content) === layer).map(slotOf)
  const offsets = new Map<string, number>()
  let x = 0
  for (const slot of slots) {
    offsets.set(slot.id, x)
    x += slot.width + 20
  }
  const first = slots[0]
  if (!first) return { slot: null, offsets }
  const ports = slots.flatMap(({ id, ports }) => ports.map((port) => ({ ...port, x: port.x + (offsets.get(id) ?? 0) })))
  const height = Math.max(...slots.map((slot) => slot.height))
  return { slot: { id: `${first.id}.row`, width: x - 20, height, ports, layer }, offsets }
}

interface Connection {
  readonly id: LayoutEdge['id']
  readonly value: string
  readonly from: Part
  readonly to: Part
  readonly fromPort: string
  readonly toPort: string
}

function edgesOf(block: GraphBlock, parts: readonly Part[]): Connection[] {
  const producers = new Map<string, Part>()
  const byId = new Map<string, Part>()
  for (const part of parts) {
    byId.set(part.id, part)
    for (const { value } of part.outputs) producers.set(value.id, part)
  }
  const connections: Connection[] = []
  const connect = (from: Part | undefined, fromPort: string, value: string, to: Part, index: number) => {
    const toPort = inputPort(to.id, index)
    if (from) connections.push({ id: `${fromPort}>${toPort}`, value, from, to, fromPort, toPort })
  }
  for (const node of block.nodes) {
    const to = byId.get(node.id)
    if (!to) continue
    node.inputs.forEach((operand, index) => {
      if (operand.kind === 'value')
        return connect(producers.get(operand.id), outputPort(operand.id), operand.id, to, index)
      const id = `${node.id}.literal${index}`
      connect(byId.get(id), literalPort(id), id, to, index)
    })
  }
  block.outputs.forEach((operand, index) => {
    const to = byId.get(`${block.id}.result${index}`)
    if (to && operand.kind === 'value') connect(producers.get(operand.id), outputPort(operand.id), operand.id, to, 0)
  })
  return connections
}

/** A line begins at the box, not under the room that its shape takes. */
function withStub(points: readonly Point[], from: Part): Point[] {
  const [first, ...rest] = points
  if (!first || from.outputs.length === 0) return [...points]
  return [{ x: first.x, y: first.y - shapeRoom }, ...(rest[0]?.x === first.x ? [] : [first]), ...rest]
}

/** A shift too small to mean anything looks like a fault: the line goes straight instead. */
const leastShift = 5

function straightened(points: readonly Point[]): Point[] {
  const [start, bend, after, ...rest] = points
  if (!start || !bend || !after || start.x !== bend.x || bend.y !== after.y) return [...points]
  if (Math.abs(after.x - bend.x) > leastShift) return [...points]
  return [{ x: after.x, y: start.y }, ...rest]
}
