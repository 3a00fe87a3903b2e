import type { GraphBlock, GraphNode, GraphValue, Operand } from '../../../core/inspect/documents.ts'
import type { Box, Point } from '../scene.ts'
import { fitText, measure } from '../text/measure.ts'

/** What the graph figure places: parts with a size, before and after they have a position. */
export type PartContent =
  | { readonly kind: 'argument'; readonly value: GraphValue; readonly constant: boolean }
  | { readonly kind: 'literal'; readonly text: string; readonly aval: string; readonly reader: string }
  | { readonly kind: 'result'; readonly operand: Operand; readonly text: string; readonly index: number }
  | { readonly kind: 'equation'; readonly node: GraphNode; readonly open: boolean }

/** A part with its size; `labels` are the shapes written beside the lines that leave it. */
export interface Part {
  readonly id: string
  readonly content: PartContent
  readonly width: number
  readonly height: number
  /** Where operands arrive, from the left edge, in operand order. */
  readonly inputs: readonly { readonly port: string; readonly x: number }[]
  readonly outputs: readonly {
    readonly port: string
    readonly x: number
    readonly value: GraphValue
    readonly label: string
  }[]
  /** Programs inside, when open. Positions are relative to the part. */
  readonly frames: readonly PlacedFrame[]
}

export interface PlacedFrame {
  readonly block: GraphBlock
  readonly label: string
  readonly box: Box
  /** Where the frame's content begins. */
  readonly origin: Point
  readonly content: PlacedBlock
}

/** A jaxpr with everything in its place, relative to its corner. */
export interface PlacedBlock {
  readonly block: GraphBlock
  readonly width: number
  readonly height: number
  readonly parts: readonly { readonly part: Part; readonly at: Point }[]
  readonly wires: readonly Wire[]
}

export interface Wire {
  readonly id: string
  readonly value: string
  /** Part ids at its ends. */
  readonly from: string
  readonly to: string
  readonly points: readonly Point[]
}

export const nameSize = 13
export const detailSize = 11
export const shapeSize = 11
/** Room under a box for the shape beside the line. */
export const shapeRoom = 18
export const headerHeight = 32
export const toggleSize = 24
const pillHeight = 28
const literalHeight = 22

export function argumentPart(value: GraphValue, constant: boolean): Part {
  const width = Math.max(36, measure(argumentText(value), 'mono', nameSize, 600) + 24)
  return {
    id: value.id,
    content: { kind: 'argument', value, constant },
    width,
    height: pillHeight,
    inputs: [],
    outputs: [{ port: outputPort(value.id), x: width / 2, value, label: value.aval }],
    frames: [],
  }
}

/** What the user called the argument, otherwise its name in the jaxpr. */
export function argumentText(value: GraphValue): string {
  return fitText(value.label ?? value.name, 140, 'mono', nameSize, 600)
}

export function literalPart(text: string, aval: string, reader: string, index: number): Part {
  const id = `${reader}.literal${index}`
  const width = Math.max(24, measure(text, 'mono', detailSize) + 12)
  return {
    id,
    content: { kind: 'literal', text, aval, reader },
    width,
    height: literalHeight,
    inputs: [],
    outputs: [],
    frames: [],
  }
}

export function resultPart(block: GraphBlock, operand: Operand, index: number): Part {
  const id = `${block.id}.result${index}`
  const text =
    operand.kind === 'literal' ? `result ${operand.text}` : block.outputs.length === 1 ? 'result' : `result ${index}`
  const width = measure(text, 'sans', 12, 600) + 28
  return {
    id,
    content: { kind: 'result', operand, text, index },
    width,
    height: pillHeight,
    inputs: [{ port: inputPort(id, 0), x: width / 2 }],
    outputs: [],
    frames: [],
  }
}

/** An equation as one box: its primitive, its parameters and, when it carries programs, a button. */
export function closedPart(node: GraphNode): Part {
  const detail = detailText(node)
  const name = measure(node.primitive, 'mono', nameSize, 600)
  const button = node.blocks.length > 0 ? toggleSize + 4 : 0
  const text = Math.max(name, measure(detail, 'mono', detailSize))
  const ports = Math.max(node.inputs.length, node.outputs.length)
  const width = Math.max(56, text + 24 + button, ports * 18 + 12)
  return sized(node, width, detail === '' ? 32 : 46, [], spread(node.inputs.length, width))
}

/** An equation opened: its programs side by side under a header. */
export function openPart(node: GraphNode, contents: readonly PlacedBlock[]): Part {
  const padding = 12
  const blockHeader = 26
  const header = headerText(node)
  let x = padding
  const inner = Math.max(...contents.map((content) => content.height))
  const frames: PlacedFrame[] = contents.map((content, index) => {
    const block = node.blocks[index] ?? content.block
    const width = Math.max(content.width + 2 * padding, measure(block.label, 'sans', 12, 600) + 2 * padding)
    const box = { x, y: headerHeight, width, height: inner + blockHeader + padding }
    const origin = { x: x + (width - content.width) / 2, y: headerHeight + blockHeader }
    x += width + padding
    return { block, label: block.label, box, origin, content }
  })
  const needed = measure(node.primitive, 'mono', nameSize, 600) + measure(header, 'mono', detailSize) + toggleSize + 40
  const slack = Math.max(0, needed - x)
  const centred = frames.map((frame) => ({
    ...frame,
    box: { ...frame.box, x: frame.box.x + slack / 2 },
    origin: { ...frame.origin, x: frame.origin.x + slack / 2 },
  }))
  const width = x + slack
  return sized(
    node,
    width,
    headerHeight + inner + blockHeader + 2 * padding,
    centred,
    inputPositions(node, centred, width),
  )
}

/** The parameters beside an open box's name. */
export function headerText(node: GraphNode): string {
  return fitText(node.params.map(({ name, text }) => `${name}=${text}`).join(' '), 260, 'mono', detailSize)
}

/** The parameters in a closed box: those that say something; the inspector has all. */
export function detailText(node: GraphNode): string {
  const telling = node.params.filter(({ text }) => text !== 'None' && text !== 'False')
  return fitText(telling.map(({ name, text }) => `${name}=${text}`).join(' '), 160, 'mono', detailSize)
}

function sized(
  node: GraphNode,
  width: number,
  height: number,
  frames: readonly PlacedFrame[],
  inputs: readonly number[],
): Part {
  const outputs = spread(node.outputs.length, width)
  return {
    id: node.id,
    content: { kind: 'equation', node, open: frames.length > 0 },
    width,
    height,
    inputs: inputs.map((x, index) => ({ port: inputPort(node.id, index), x })),
    outputs: node.outputs.map((value, index) => {
      const x = outputs[index] ?? width / 2
      const room = index + 1 < node.outputs.length ? (outputs[index + 1] ?? width) - x - 8 : Infinity
      return { port: outputPort(value.id), x, value, label: fitText(value.aval, room, 'mono', shapeSize) }
    }),
    frames,
  }
}

/** Over the arguments of the program inside when they correspond one to one, otherwise evenly. */
function inputPositions(node: GraphNode, frames: readonly PlacedFrame[], width: number): number[] {
  const frame = frames[0]
  if (!frame || !feedsDirectly(node)) return spread(node.inputs.length, width)
  return frame.block.inputs.map((input) => {
    const placed = frame.content.parts.find(({ part }) => part.id === input.id)
    return placed ? frame.origin.x + placed.at.x + placed.part.width / 2 : width / 2
  })
}

/** Each operand is one argument of the only program inside: jit and scan. */
export function feedsDirectly(node: GraphNode): boolean {
  return node.blocks.length === 1 && node.blocks[0]?.inputs.length === node.inputs.length
}

function spread(count: number, width: number): number[] {
  return Array.from({ length: count }, (_, index) => (width * (index + 1)) / (count + 1))
}

export function inputPort(part: string, index: number): string {
  return `${part}.in${index}`
}

export function outputPort(value: string): string {
  return `${value}.out`
}

export function literalPort(id: string): string {
  return `${id}.out`
}
