import type { GraphBlock, GraphDocument, GraphNode, SourceSpan } from '../../../core/inspect/documents.ts'
import type { Item, Scene, SceneNode } from '../scene.ts'
import { boundsOf, rect, round, text, union } from '../shapes.ts'
import { fitText } from '../text/measure.ts'
import type { Theme } from '../theme.ts'
import { describeArgument, describeNode } from './describe.ts'
import { graphCaption } from './words.ts'

/** How the program list is looked at. */
export interface ProgramView {
  readonly theme: Theme
  readonly open: ReadonlySet<string>
  readonly selected?: string | null
  readonly highlight?: Pick<SourceSpan, 'file' | 'line'> | null
}

interface Row {
  readonly id: string
  readonly depth: number
  readonly words: string
  readonly describe: ReturnType<typeof describeNode>
  readonly node: GraphNode | null
  /** Rows it reads from. */
  readonly reads: readonly string[]
}

const rowHeight = 24
const indent = 20
const widestRow = 640

/**
 * A graph that is too large for boxes: a jaxpr is a straight-line program, so its lines stand in
 * order and arcs lead from every line to those that read it. Needs no layout.
 */
export function programScene(document: GraphDocument, view: ProgramView): Scene {
  const { theme } = view
  const rows = rowsOf(document.root, view.open, 0, new Map())
  const places = new Map(rows.map(({ id }, index) => [id, index]))
  const readers = Map.groupBy(
    rows.flatMap((row) => row.reads.map((from) => ({ from, to: row.id }))),
    ({ from }) => from,
  )
  const body: SceneNode[] = [
    ...rows.flatMap((row, index) =>
      row.reads.flatMap((from) => drawArc(places.get(from), index, isChosen(view, row.id, from), theme)),
    ),
    ...rows.map((row, index) => {
      const down = (readers.get(row.id) ?? []).map(({ to }) => to)
      const beside = (position: number) => rows.slice(position, position + 1).map(({ id }) => id)
      const links = { up: row.reads, down, left: index > 0 ? beside(index - 1) : [], right: beside(index + 1) }
      return drawRow(row, index, links, view)
    }),
  ]
  const caption = `${graphCaption(document)} Each arc leads from a line to one that reads it.`
  return {
    title: document.title,
    description: `Program of ${document.title}. ${caption}`,
    theme,
    body,
    bounds: union([boundsOf(body), { x: 0, y: 0, width: 200, height: rowHeight }]),
    legend: [],
    caption,
  }
}

function isChosen(view: ProgramView, ...ids: readonly string[]): boolean {
  return view.selected != null && ids.includes(view.selected)
}

function rowsOf(block: GraphBlock, open: ReadonlySet<string>, depth: number, makers: Map<string, string>): Row[] {
  const rows: Row[] = []
  for (const [values, constant] of [
    [block.consts, true],
    [block.inputs, false],
  ] as const) {
    for (const value of values) {
      makers.set(value.id, value.id)
      const describe = describeArgument(value, constant)
      rows.push({ id: value.id, depth, words: describe.label, describe, node: null, reads: [] })
    }
  }
  for (const node of block.nodes) {
    const reads = node.inputs.flatMap((operand) => (operand.kind === 'value' ? (makers.get(operand.id) ?? []) : []))
    const isOpen = open.has(node.id)
    rows.push({
      id: node.id,
      depth,
      words: node.text,
      describe: describeNode(node, isOpen),
      node,
      reads: [...new Set(reads)],
    })
    for (const output of node.outputs) makers.set(output.id, node.id)
    if (isOpen) for (const inner of node.blocks) rows.push(...rowsOf(inner, open, depth + 1, makers))
  }
  return rows
}

/** A half ellipse on the left whose width tells how far apart the lines are. */
function drawArc(from: number | undefined, to: number, chosen: boolean, theme: Theme): SceneNode[] {
  if (from === undefined) return []
  const [top, bottom] = [from * rowHeight + rowHeight / 2, to * rowHeight + rowHeight / 2]
  const reach = round(Math.min(120, 10 + Math.sqrt(to - from) * 12))
  const x = -8
  return [
    {
      kind: 'path',
      d: `M${x},${top}C${x - reach},${top} ${x - reach},${bottom} ${x},${bottom}`,
      bounds: { x: x - reach, y: top, width: reach, height: bottom - top },
      fill: 'none',
      stroke: chosen ? theme.accent : theme.outline,
      strokeWidth: chosen ? 2.5 : 1,
    },
  ]
}

function drawRow(row: Row, index: number, links: Item['links'], view: ProgramView): Item {
  const { theme } = view
  const x = row.depth * indent
  const box = { x, y: index * rowHeight, width: widestRow - x, height: rowHeight }
  const { source } = row.describe
  const linked = source && view.highlight && source.file === view.highlight.file && source.line === view.highlight.line
  const selected = view.selected === row.id
  const nested = row.node !== null && row.node.blocks.length > 0
  const mark = nested ? (view.open.has(row.id) ? '− ' : '+ ') : ''
  return {
    kind: 'item',
    id: row.id,
    ...row.describe,
    bounds: box,
    links,
    ...(nested ? { toggle: { id: row.id, open: view.open.has(row.id) } } : {}),
    children: [
      rect(
        box,
        {
          // Painted but clear: the whole row is a target.
          ...(linked || selected ? { fill: theme.accentWeak } : { fill: theme.background, fillOpacity: 0 }),
          ...(selected ? { stroke: theme.accent, strokeWidth: 2 } : {}),
        },
        4,
      ),
      text(
        x + 8,
        box.y + 16,
        fitText(mark + row.words, box.width - 16, 'mono', 12),
        row.node ? theme.ink : theme.soft,
        { family: 'mono', size: 12 },
      ),
    ],
  }
}
