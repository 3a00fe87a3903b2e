import type { TapeDocument, ValueSummary } from '../../../core/inspect/documents.ts'
import type { Item, Point, SceneNode } from '../scene.ts'
import { arrowhead, polyline, rect, text } from '../shapes.ts'
import type { Theme } from '../theme.ts'
import {
  derivativeSize,
  dotRadius,
  dotStep,
  labelSize,
  mostDots,
  noDerivative,
  noDerivativeSize,
  shortValue,
  sumText,
  termSize,
  valueSize,
} from './boxes.ts'
import { describeTapeNode } from './describe.ts'
import { type PlacedTapeBox, type TapeEdge, type TapeLayout, boxOf } from './layout.ts'
import { type Moment, residualsOf } from './moment.ts'

export type Direction = 'forward' | 'reverse'

/** One tape at one moment. */
export interface ColumnView {
  readonly document: TapeDocument
  readonly layout: TapeLayout
  readonly moment: Moment
  readonly direction: Direction
  readonly theme: Theme
  readonly origin: Point
  readonly selected: string | null
  readonly linked: (node: string) => boolean
}

export function itemId(direction: Direction, node: string): string {
  return `${direction}:${node}`
}

/** The boxes and lines of one column. */
export function drawColumn(view: ColumnView): SceneNode[] {
  const edges = view.layout.edges.map((edge) => ({ lit: isLit(view, edge), nodes: drawEdge(view, edge) }))
  return [
    // Lit lines over lines at rest.
    ...edges.filter(({ lit }) => !lit).flatMap(({ nodes }) => nodes),
    ...edges.filter(({ lit }) => lit).flatMap(({ nodes }) => nodes),
    ...view.layout.boxes.map((box) => drawBox(view, box)),
  ]
}

function colourOf({ direction, theme }: ColumnView): string {
  return direction === 'forward' ? theme.forward : theme.reverse
}

/** A derivative passed along it: a tangent to the reader, or a cotangent back from it. */
function isLit({ direction, moment, document }: ColumnView, { from, to }: TapeEdge): boolean {
  const dead = document.nodes.find(({ id }) => id === to)?.inactive ?? false
  if (dead) return false
  if (direction === 'forward') return moment.forward.tangents.has(to) && moment.forward.tangents.get(from) != null
  return moment.reverse.terms.get(from)?.some((term) => term.from === to) ?? false
}

function drawEdge(view: ColumnView, edge: TapeEdge): SceneNode[] {
  const { direction, moment, theme, origin, layout } = view
  const lit = isLit(view, edge)
  const computed = direction === 'forward' ? moment.forward.tangents.has(edge.to) : moment.reverse.primals.has(edge.to)
  const backwards = direction === 'reverse' && lit
  const stroke = lit ? colourOf(view) : theme.outline
  const paint = lit
    ? { stroke, strokeWidth: 2 }
    : computed
      ? { stroke, strokeWidth: 1.5 }
      : { stroke, strokeWidth: 1, dash: [2, 4] }
  const from = layout.boxes.find(({ node }) => node.id === edge.from)
  const moved = edge.points.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y }))
  const [first, last] = [moved[0], moved.at(-1)]
  if (!from || !first || !last) return []
  // The layout has room for the row of sums and for the tallest argument: the line begins where the box ends.
  const own = boxOf(from, direction === 'reverse')
  const head = { x: first.x, y: own.y + own.height + origin.y }
  const bends = moved.slice(1, -1)
  const shaft = backwards
    ? [{ x: head.x, y: head.y + 4 }, ...bends, last]
    : [head, ...bends, { x: last.x, y: last.y - 4 }]
  const tip = backwards ? arrowhead(head, { x: 0, y: -1 }, stroke) : arrowhead(last, { x: 0, y: 1 }, stroke)
  return [polyline(shaft, paint, 14), tip]
}

function drawBox(view: ColumnView, placed: PlacedTapeBox): Item {
  const { document, moment, direction, theme, origin } = view
  const { node } = placed
  const id = itemId(direction, node.id)
  const own = boxOf(placed, direction === 'reverse')
  const box = { ...own, x: own.x + origin.x, y: own.y + origin.y }
  const forward = direction === 'forward'
  const reached = forward ? moment.forward.tangents.has(node.id) : moment.reverse.primals.has(node.id)
  const derivative = forward ? moment.forward.tangents.get(node.id) : moment.reverse.cotangents.get(node.id)
  const current = (forward ? moment.forward.current : moment.reverse.current) === node.id
  const colour = colourOf(view)
  const right = box.x + box.width - 10
  const top = box.y
  const frame = {
    fill: current || view.linked(node.id) ? theme.accentWeak : theme.card,
    stroke: view.selected === id ? theme.accent : derivative ? colour : reached ? theme.outline : theme.inactive,
    strokeWidth: view.selected === id ? 3 : current ? 3 : derivative ? 2 : 1.5,
    ...(node.inactive || !reached ? { dash: [4, 3] } : {}),
  }
  const label = text(box.x + 10, top + 20, node.label, reached ? theme.ink : theme.soft, {
    size: labelSize,
    weight: 600,
  })
  const readers = view.layout.edges.filter(({ from }) => from === node.id).map(({ to }) => itemId(direction, to))
  const operands = node.operands.flatMap((operand) => (operand === null ? [] : [itemId(direction, operand)]))
  return {
    kind: 'item',
    id,
    ...describeTapeNode(document, node, moment, direction),
    bounds: box,
    links: { up: [...new Set(operands)], down: [...new Set(readers)] },
    children: [
      rect(box, frame, 8),
      label,
      ...(reached
        ? [
            text(right, top + 20, shortValue(node.primal), theme.ink, {
              family: 'mono',
              size: valueSize,
              anchor: 'end',
            }),
          ]
        : []),
      polyline(
        [
          { x: box.x + 10, y: top + 29 },
          { x: right, y: top + 29 },
        ],
        { stroke: theme.hairline, strokeWidth: 1 },
      ),
      drawDerivative(derivative, right, top + 48, node.inactive, reached, colour, theme),
      ...(forward ? [] : [...drawResiduals(view, placed, box.x, top), ...drawSum(view, placed, right, top)]),
    ],
  }
}

function drawDerivative(
  value: ValueSummary | null | undefined,
  x: number,
  y: number,
  inactive: boolean,
  reached: boolean,
  colour: string,
  theme: Theme,
): SceneNode {
  if (value)
    return text(x, y, shortValue(value), colour, { family: 'mono', size: derivativeSize, weight: 600, anchor: 'end' })
  const words = inactive && reached ? noDerivative : '·'
  return text(x, y, words, theme.soft, { size: noDerivativeSize, anchor: 'end' })
}

/** Residuals of the node: a full dot while kept, a ring once freed, nothing before. */
function drawResiduals(
  { document, moment, theme }: ColumnView,
  { node }: PlacedTapeBox,
  x: number,
  top: number,
): SceneNode[] {
  const residuals = residualsOf(document, node.id)
  const dot = (index: number, kept: boolean): SceneNode => ({
    kind: 'circle',
    cx: x + 15 + index * dotStep,
    cy: top + 43.5,
    r: dotRadius,
    fill: kept ? theme.residual : 'none',
    stroke: theme.residualOutline,
    strokeWidth: 1.5,
  })
  const kept = residuals.filter(({ id }) => moment.reverse.kept.has(id))
  const shown = residuals.filter(({ id }) => moment.reverse.kept.has(id) || moment.reverse.freed.has(id))
  if (shown.length > mostDots) {
    const count = text(x + 24, top + 47.5, `× ${kept.length}`, theme.soft, { size: 11 })
    return [dot(0, kept.length > 0), count]
  }
  return shown.map(({ id }, index) => dot(index, moment.reverse.kept.has(id)))
}

/** The terms that arrived, under their sum. */
function drawSum(
  { document, moment, theme }: ColumnView,
  { node, sumRow }: PlacedTapeBox,
  x: number,
  top: number,
): SceneNode[] {
  const terms = moment.reverse.terms.get(node.id) ?? []
  if (sumRow === 0 || terms.length === 0) return []
  const expected = document.reverse.reduce(
    (sum, step) =>
      sum + (step.phase === 'cotangent' ? step.contributions.filter(({ to }) => to === node.id).length : 0),
    0,
  )
  const words = sumText(
    terms.map(({ value }) => value),
    expected,
  )
  return [text(x, top + 66, words, theme.soft, { family: 'mono', size: termSize, anchor: 'end' })]
}
