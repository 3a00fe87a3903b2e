import type { GraphDocument, GraphNode, SourceSpan } from '../../../core/inspect/documents.ts'
import { type Item, type LegendEntry, type Point, type Scene, type SceneNode, withNotes } from '../scene.ts'
import { arrowhead, boundsOf, polyline, rect, text } from '../shapes.ts'
import type { Theme } from '../theme.ts'
import {
  type Part,
  type PlacedBlock,
  type PlacedFrame,
  argumentText,
  detailSize,
  detailText,
  feedsDirectly,
  headerHeight,
  headerText,
  nameSize,
  shapeSize,
  toggleSize,
} from './boxes.ts'
import { describeArgument, describeNode, describeResult } from './describe.ts'
import { graphLegend } from './legend.ts'
import { keyboardLinks } from './links.ts'
import { graphCaption } from './words.ts'

/** How the graph is looked at. */
export interface GraphView {
  readonly theme: Theme
  /** Ids of the open equations. */
  readonly open: ReadonlySet<string>
  readonly selected?: string | null
  /** The editor's line: everything made there is lit. */
  readonly highlight?: Pick<SourceSpan, 'file' | 'line'> | null
}

/** What drawing needs to know at every depth. */
interface Pen {
  readonly theme: Theme
  readonly view: GraphView
  readonly links: ReadonlyMap<string, Item['links']>
  /** Values that touch the selected box: all lines of one value light up together. */
  readonly litValues: ReadonlySet<string>
}

/** The figure of a placed graph. */
export function graphScene(document: GraphDocument, placed: PlacedBlock, view: GraphView): Scene {
  const pen: Pen = {
    theme: view.theme,
    view,
    links: keyboardLinks(placed),
    litValues: valuesAt(placed, view.selected ?? null),
  }
  const body = drawBlock(placed, { x: 0, y: 0 }, pen)
  const legend: LegendEntry[] = graphLegend(placed, view.theme)
  return {
    title: document.title,
    description: `Computation graph of ${document.title}. ${graphCaption(document)}`,
    theme: view.theme,
    body,
    bounds: boundsOf(body),
    legend,
    caption: withNotes(graphCaption(document), document.notes),
  }
}

function valuesAt(placed: PlacedBlock, selected: string | null): Set<string> {
  const values = new Set<string>()
  for (const { part } of placed.parts) {
    if (part.id === selected) {
      for (const { value } of part.outputs) values.add(value.id)
      for (const wire of placed.wires) if (wire.to === part.id) values.add(wire.value)
    }
    for (const frame of part.frames) for (const value of valuesAt(frame.content, selected)) values.add(value)
  }
  return values
}

function drawBlock(placed: PlacedBlock, origin: Point, pen: Pen): SceneNode[] {
  const lit = placed.wires.filter((wire) => pen.litValues.has(wire.value))
  const atRest = placed.wires.filter((wire) => !pen.litValues.has(wire.value))
  return [
    ...atRest.flatMap((wire) => drawWire(wire.points, origin, pen.theme.outline, 1.5)),
    ...lit.flatMap((wire) => drawWire(wire.points, origin, pen.theme.accent, 2.5)),
    ...placed.parts.flatMap(({ part, at }) => {
      const corner = { x: origin.x + at.x, y: origin.y + at.y }
      return [...drawUnread(placed, part, corner, pen.theme), ...drawPart(part, corner, pen)]
    }),
  ]
}

/** A value that nothing reads: its line ends at once. */
function drawUnread(placed: PlacedBlock, part: Part, at: Point, theme: Theme): SceneNode[] {
  const unread = part.outputs.filter(({ value }) => !placed.wires.some((wire) => wire.value === value.id))
  return unread.map(({ x }) => {
    const top = { x: at.x + x, y: at.y + part.height }
    return polyline([top, { x: top.x, y: top.y + 14 }], { stroke: theme.outline, strokeWidth: 1.5, dash: [3, 3] })
  })
}

function drawWire(points: readonly Point[], origin: Point, stroke: string, strokeWidth: number): SceneNode[] {
  const moved = points.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y }))
  const tip = moved.at(-1)
  if (!tip || moved.length < 2) return []
  // The line stops inside its arrowhead, so that the tip stays sharp.
  const shaft = [...moved.slice(0, -1), { x: tip.x, y: tip.y - 4 }]
  return [polyline(shaft, { stroke, strokeWidth }, 8), arrowhead(tip, { x: 0, y: 1 }, stroke)]
}

function drawPart(part: Part, at: Point, pen: Pen): SceneNode[] {
  return [...drawContent(part, at, pen), ...drawShapes(part, at, pen)]
}

/** The shape beside each line that leaves the part. */
function drawShapes(part: Part, at: Point, pen: Pen): SceneNode[] {
  return part.outputs.map(({ x, label, value }) =>
    text(
      at.x + x + 6,
      at.y + part.height + 13,
      label,
      pen.litValues.has(value.id) ? pen.theme.accent : pen.theme.soft,
      {
        family: 'mono',
        size: shapeSize,
      },
    ),
  )
}

function drawContent(part: Part, at: Point, pen: Pen): SceneNode[] {
  const { theme } = pen
  const box = { x: at.x, y: at.y, width: part.width, height: part.height }
  const middle = at.x + part.width / 2
  const base = { bounds: box, links: pen.links.get(part.id) ?? {} }
  const { content } = part
  switch (content.kind) {
    case 'literal':
      return [text(middle, at.y + 15, content.text, theme.soft, { family: 'mono', size: detailSize, anchor: 'middle' })]
    case 'argument': {
      const name = argumentText(content.value)
      const dash = content.constant ? { dash: [4, 3] } : {}
      return [
        {
          kind: 'item',
          id: part.id,
          ...describeArgument(content.value, content.constant),
          ...base,
          children: [
            rect(box, { ...outlineOf(part.id, null, pen), ...dash }, part.height / 2),
            text(middle, at.y + 18.5, name, theme.ink, {
              family: 'mono',
              size: nameSize,
              weight: 600,
              anchor: 'middle',
            }),
          ],
        },
      ]
    }
    case 'result':
      return [
        {
          kind: 'item',
          id: part.id,
          ...describeResult(content.operand, content.text),
          ...base,
          children: [
            rect(box, outlineOf(part.id, null, pen), part.height / 2),
            rect(
              { x: box.x + 3, y: box.y + 3, width: box.width - 6, height: box.height - 6 },
              { fill: 'none', stroke: theme.outline, strokeWidth: 1 },
              part.height / 2 - 3,
            ),
            text(middle, at.y + 18, content.text, theme.ink, { size: 12, weight: 600, anchor: 'middle' }),
          ],
        },
      ]
    case 'equation': {
      const { node, open } = content
      const drawing = open ? drawOpen(part, node, at, pen) : drawClosed(part, node, at, pen)
      const toggle = node.blocks.length > 0 ? { toggle: { id: node.id, open } } : {}
      const item: Item = {
        kind: 'item',
        id: node.id,
        ...describeNode(node, open),
        ...base,
        ...toggle,
        children: drawing,
      }
      // The programs inside are no part of the item: each of their boxes is one of its own.
      const inside = part.frames.flatMap((frame) => {
        const origin = { x: at.x + frame.origin.x, y: at.y + frame.origin.y }
        return [
          ...drawEntries(part, node, at, pen),
          ...drawFrameLabel(frame, at, pen.theme),
          ...drawBlock(frame.content, origin, pen),
        ]
      })
      return [item, ...inside]
    }
  }
}

function drawClosed(part: Part, node: GraphNode, at: Point, pen: Pen): SceneNode[] {
  const { theme } = pen
  const detail = detailText(node)
  const box = { x: at.x, y: at.y, width: part.width, height: part.height }
  const nested = node.blocks.length > 0
  const middle = at.x + (part.width - (nested ? toggleSize + 4 : 0)) / 2
  return [
    // A second edge behind the first: there is more inside.
    ...(nested
      ? [rect({ ...box, x: box.x + 3, y: box.y + 3 }, { fill: theme.panel, stroke: theme.outline, strokeWidth: 1 }, 8)]
      : []),
    rect(box, outlineOf(node.id, node.source ?? null, pen), 8),
    text(middle, at.y + (detail === '' ? 20.5 : 19), node.primitive, theme.ink, {
      family: 'mono',
      size: nameSize,
      weight: 600,
      anchor: 'middle',
    }),
    ...(detail === ''
      ? []
      : [text(middle, at.y + 36, detail, theme.soft, { family: 'mono', size: detailSize, anchor: 'middle' })]),
    ...(nested
      ? drawToggle(at.x + part.width - toggleSize - 4, at.y + (part.height - toggleSize) / 2, false, theme)
      : []),
  ]
}

function drawOpen(part: Part, node: GraphNode, at: Point, pen: Pen): SceneNode[] {
  const { theme } = pen
  const box = { x: at.x, y: at.y, width: part.width, height: part.height }
  const name = text(at.x + toggleSize + 12, at.y + 21, node.primitive, theme.ink, {
    family: 'mono',
    size: nameSize,
    weight: 600,
  })
  const details = headerText(node)
  return [
    rect(box, { ...outlineOf(node.id, node.source ?? null, pen), fill: theme.panel }, 10),
    ...drawToggle(at.x + 4, at.y + 4, true, theme),
    name,
    ...(details === ''
      ? []
      : [text(name.x + name.width + 8, at.y + 21, details, theme.soft, { family: 'mono', size: detailSize })]),
    ...part.frames.map((frame) =>
      rect(
        { ...frame.box, x: at.x + frame.box.x, y: at.y + frame.box.y },
        { fill: theme.card, stroke: theme.hairline, strokeWidth: 1 },
        8,
      ),
    ),
  ]
}

/** Operands going in to the arguments of the program inside. */
function drawEntries(part: Part, node: GraphNode, at: Point, pen: Pen): SceneNode[] {
  const frame = part.frames[0]
  if (!frame || !feedsDirectly(node)) return []
  return part.inputs.map(({ x }) => {
    const from = { x: at.x + x, y: at.y + headerHeight + 2 }
    const to = { x: at.x + x, y: at.y + frame.origin.y }
    return polyline([from, to], { stroke: pen.theme.outline, strokeWidth: 1, dash: [2, 3] })
  })
}

/** On a plate: lines that go in pass behind it. */
function drawFrameLabel({ box, label }: PlacedFrame, at: Point, theme: Theme): SceneNode[] {
  const words = text(at.x + box.x + 12, at.y + box.y + 17, label, theme.soft, { size: 12, weight: 600 })
  const plate = { x: words.x - 4, y: words.y - 13, width: words.width + 8, height: 18 }
  return [rect(plate, { fill: theme.card }, 4), words]
}

function drawToggle(x: number, y: number, open: boolean, theme: Theme): SceneNode[] {
  const centre = { x: x + toggleSize / 2, y: y + toggleSize / 2 }
  const bar = { stroke: theme.control, strokeWidth: 2 }
  return [
    rect(
      { x: x + 4, y: y + 4, width: toggleSize - 8, height: toggleSize - 8 },
      { fill: theme.card, stroke: theme.control, strokeWidth: 1.5 },
      4,
    ),
    polyline(
      [
        { x: centre.x - 4, y: centre.y },
        { x: centre.x + 4, y: centre.y },
      ],
      bar,
    ),
    ...(open
      ? []
      : [
          polyline(
            [
              { x: centre.x, y: centre.y - 4 },
              { x: centre.x, y: centre.y + 4 },
            ],
            bar,
          ),
        ]),
  ]
}

/** Chosen: heavy and tinted. Made at the editor's line: tinted. Otherwise at rest. */
function outlineOf(id: string, source: SourceSpan | null, { theme, view }: Pen) {
  if (view.selected === id) return { fill: theme.accentWeak, stroke: theme.accent, strokeWidth: 3 }
  const linked = source && view.highlight && source.file === view.highlight.file && source.line === view.highlight.line
  if (linked) return { fill: theme.accentWeak, stroke: theme.accent, strokeWidth: 2 }
  return { fill: theme.card, stroke: theme.outline, strokeWidth: 1.5 }
}
