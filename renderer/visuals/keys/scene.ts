import { type HierarchyPointNode, stratify, tree } from 'd3-hierarchy'
import type { KeyNode, KeysDocument, SourceSpan } from '../../../core/inspect/documents.ts'
import type { Box, Item, LegendEntry, Point, Scene, SceneNode } from '../scene.ts'
import { boundsOf, polyline, rect, text } from '../shapes.ts'
import { fitText, measure } from '../text/measure.ts'
import type { Theme } from '../theme.ts'
import { describeKey, describeUse, keysCaption } from './words.ts'

/** How the key tree is looked at. */
export interface KeysView {
  readonly theme: Theme
  readonly selected?: string | null
  readonly highlight?: Pick<SourceSpan, 'file' | 'line'> | null
}

type Leaf = KeyNode['uses'][number]

/** A key, what one was spent on, or the invisible root above several seeds. */
type Entry =
  | { readonly kind: 'root'; readonly id: string; readonly parent: null }
  | { readonly kind: 'key'; readonly id: string; readonly parent: string; readonly key: KeyNode }
  | {
      readonly kind: 'use'
      readonly id: string
      readonly parent: string
      readonly key: KeyNode
      readonly use: Leaf
      readonly index: number
    }

const keyHeight = 46
const useHeight = 28
const rowPitch = 60
const columnGap = 48
const rootId = 'seeds'

/** The tree of PRNG keys: from the seed on the left to what the keys were spent on, on the right. */
export function keysScene(document: KeysDocument, view: KeysView): Scene {
  const { theme } = view
  const placed = document.nodes.length === 0 ? [] : place(entriesOf(document))
  const drawn = placed.filter(({ data }) => data.kind !== 'root')
  const columns = columnsOf(drawn)
  const boxes = new Map(drawn.map((node) => [node.data.id, boxFor(node, columns)]))
  const body: SceneNode[] = [
    ...drawn.flatMap((node) => drawEdge(node, boxes, theme)),
    ...drawn.flatMap((node) => drawEntry(node, drawn, boxes, view)),
  ]
  return {
    title: document.title,
    description: `Tree of random keys of ${document.title}. ${keysCaption(document)}`,
    theme,
    body,
    bounds: boundsOf(body),
    legend: legendOf(document, theme),
    caption: keysCaption(document),
  }
}

function entriesOf({ nodes }: KeysDocument): Entry[] {
  const known = new Set(nodes.map(({ id }) => id))
  const keys = nodes.map((key): Entry => {
    const parent = key.parent !== null && known.has(key.parent) ? key.parent : rootId
    return { kind: 'key', id: key.id, parent, key }
  })
  const uses = nodes.flatMap((key) =>
    key.uses.flatMap((use, index): Entry[] => {
      // The children say that a key was split; as a leaf it is said where it is one use too many.
      if (use.operation === 'split' && !key.reused) return []
      return [{ kind: 'use', id: `${key.id}.use${index}`, parent: key.id, key, use, index }]
    }),
  )
  return [{ kind: 'root', id: rootId, parent: null }, ...keys, ...uses]
}

function place(entries: readonly Entry[]): HierarchyPointNode<Entry>[] {
  const hierarchy = stratify<Entry>()
    .id(({ id }) => id)
    .parentId(({ parent }) => parent)([...entries])
  const layout = tree<Entry>()
    .nodeSize([rowPitch, 1])
    .separation((a, b) => (a.data.kind === 'use' && b.data.kind === 'use' ? 0.62 : a.parent === b.parent ? 1 : 1.2))
  return layout(hierarchy).descendants()
}

/** Left edge and width of each depth. */
function columnsOf(nodes: readonly HierarchyPointNode<Entry>[]): Map<number, { x: number; width: number }> {
  const widths = new Map<number, number>()
  for (const node of nodes) widths.set(node.depth, Math.max(widths.get(node.depth) ?? 0, widthOf(node.data)))
  const columns = new Map<number, { x: number; width: number }>()
  let x = 0
  for (const [depth, width] of [...widths].sort(([a], [b]) => a - b)) {
    // The way in a key was derived stands on the line to it.
    const edges = nodes.filter((node) => node.depth === depth && node.data.kind === 'key' && node.depth > 1)
    const label = Math.max(
      0,
      ...edges.map((node) => (node.data.kind === 'key' ? measure(edgeText(node.data.key), 'mono', 11) : 0)),
    )
    x += columns.size === 0 ? 0 : Math.max(columnGap, label + 40)
    columns.set(depth, { x, width })
    x += width
  }
  return columns
}

function widthOf(entry: Entry): number {
  if (entry.kind === 'root') return 0
  if (entry.kind === 'use')
    return measure(entry.use.operation, 'mono', 12) + measure(lineText(entry.use), 'sans', 11) + 30
  const head =
    measure(pathText(entry.key), 'sans', 12, 600) + (entry.key.reused ? measure('reused', 'sans', 12, 600) + 20 : 0)
  return Math.max(head, measure(hashText(entry.key), 'mono', 11)) + 24
}

function boxFor(node: HierarchyPointNode<Entry>, columns: ReadonlyMap<number, { x: number; width: number }>): Box {
  const height = node.data.kind === 'use' ? useHeight : keyHeight
  // The tree grows to the right: d3's x is our y.
  return { x: columns.get(node.depth)?.x ?? 0, y: node.x - height / 2, width: widthOf(node.data), height }
}

function pathText({ path }: KeyNode): string {
  return fitText(path, 200, 'sans', 12, 600)
}

/** Enough of both words to tell the keys of a cell apart; the inspector has all of them. */
function hashText({ words }: KeyNode): string {
  return `${words[0].slice(0, 4)}…${words[1].slice(-4)}`
}

function lineText({ source }: Leaf): string {
  return source ? `line ${source.line}` : ''
}

function edgeText({ edge }: KeyNode): string {
  return fitText(edge, 160, 'mono', 11)
}

function drawEdge(node: HierarchyPointNode<Entry>, boxes: ReadonlyMap<string, Box>, theme: Theme): SceneNode[] {
  const to = boxes.get(node.data.id)
  const from = node.data.parent === null ? undefined : boxes.get(node.data.parent)
  if (!to || !from || node.data.kind === 'root') return []
  const bad = node.data.kind === 'use' && node.data.key.reused
  const stroke = bad ? theme.bad : theme.outline
  const start: Point = { x: from.x + from.width, y: from.y + from.height / 2 }
  const end: Point = { x: to.x, y: to.y + to.height / 2 }
  const bend = start.x + 18
  const points = start.y === end.y ? [start, end] : [start, { x: bend, y: start.y }, { x: bend, y: end.y }, end]
  const line = polyline(
    points,
    { stroke, strokeWidth: bad ? 2 : 1.5, ...(node.data.kind === 'use' ? { dash: [5, 3] } : {}) },
    8,
  )
  if (node.data.kind === 'use') return [line]
  return [
    line,
    text(end.x - 8, end.y - 6, edgeText(node.data.key), theme.soft, { family: 'mono', size: 11, anchor: 'end' }),
  ]
}

function drawEntry(
  node: HierarchyPointNode<Entry>,
  all: readonly HierarchyPointNode<Entry>[],
  boxes: ReadonlyMap<string, Box>,
  view: KeysView,
): Item[] {
  const { theme } = view
  const entry = node.data
  const box = boxes.get(entry.id)
  if (!box || entry.kind === 'root') return []
  const source = entry.kind === 'key' ? entry.key.source : entry.use.source
  const linked = source && view.highlight && source.file === view.highlight.file && source.line === view.highlight.line
  const { reused } = entry.key
  const selected = view.selected === entry.id
  const paint = {
    fill: linked ? theme.accentWeak : reused ? theme.badWeak : theme.card,
    stroke: selected ? theme.accent : reused ? theme.bad : theme.outline,
    strokeWidth: selected ? 3 : reused ? 2 : 1.5,
  }
  const siblings = all.filter((other) => other.depth === node.depth).sort((a, b) => a.x - b.x)
  const index = siblings.indexOf(node)
  const idAt = (position: number) => siblings.slice(position, position + 1).map(({ data }) => data.id)
  const links = {
    left: node.parent && node.parent.data.kind !== 'root' ? [node.parent.data.id] : [],
    right: (node.children ?? []).map(({ data }) => data.id),
    up: index > 0 ? idAt(index - 1) : [],
    down: idAt(index + 1),
  }
  const shared = { kind: 'item' as const, id: entry.id, bounds: box, links, ...(source ? { source } : {}) }
  if (entry.kind === 'use') {
    const words = text(box.x + 12, box.y + 18, entry.use.operation, reused ? theme.bad : theme.ink, {
      family: 'mono',
      size: 12,
    })
    const line = text(box.x + 18 + words.width, box.y + 18, lineText(entry.use), theme.soft, { size: 11 })
    const children = [rect(box, paint, useHeight / 2), words, ...(line.text === '' ? [] : [line])]
    return [{ ...shared, ...describeUse(entry.key, entry.use, entry.index), children }]
  }
  return [{ ...shared, ...describeKey(entry.key), children: drawKey(entry.key, box, paint, theme) }]
}

function drawKey(key: KeyNode, box: Box, paint: Parameters<typeof rect>[1], theme: Theme): SceneNode[] {
  const right = box.x + box.width - 12
  return [
    rect(box, paint, 8),
    text(box.x + 12, box.y + 19, pathText(key), theme.ink, { size: 12, weight: 600 }),
    text(box.x + 12, box.y + 36, hashText(key), theme.soft, { family: 'mono', size: 11 }),
    ...(key.reused ? [text(right, box.y + 19, 'reused', theme.bad, { size: 12, weight: 600, anchor: 'end' })] : []),
  ]
}

function legendOf({ nodes }: KeysDocument, theme: Theme): LegendEntry[] {
  const box = (stroke: string, fill: string, radius: number) =>
    rect({ x: 1, y: 1, width: 26, height: 14 }, { fill, stroke, strokeWidth: 1.5 }, radius)
  const line = (dash: readonly number[]) =>
    polyline(
      [
        { x: 0, y: 8 },
        { x: 28, y: 8 },
      ],
      { stroke: theme.outline, strokeWidth: 1.5, ...(dash.length ? { dash } : {}) },
    )
  const entries: LegendEntry[] = []
  if (nodes.length > 0)
    entries.push({ mark: [box(theme.outline, theme.card, 4)], text: 'key: path, ends of its words' })
  if (nodes.some(({ parent }) => parent !== null))
    entries.push({ mark: [line([])], text: 'derived by split or foldIn' })
  if (nodes.some(({ uses }) => uses.length > 0)) {
    entries.push(
      { mark: [line([5, 3])], text: 'spent on' },
      { mark: [box(theme.outline, theme.card, 7)], text: 'operation' },
    )
  }
  if (nodes.some(({ reused }) => reused)) entries.push({ mark: [box(theme.bad, theme.badWeak, 4)], text: 'reused key' })
  return entries
}
