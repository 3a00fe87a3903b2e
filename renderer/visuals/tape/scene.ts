import type { SourceSpan, TapeDocument } from '../../../core/inspect/documents.ts'
import { type Box, type LegendEntry, type Scene, type SceneNode, withNotes } from '../scene.ts'
import { arrowhead, boundsOf, polyline, rect, text, union } from '../shapes.ts'
import type { Theme } from '../theme.ts'
import { drawColumn } from './column.ts'
import { chartHeight, counterHeight, drawCounters, drawMemory } from './counters.ts'
import { type TapeLayout, boxOf } from './layout.ts'
import { type Moment, momentAt, stepCount } from './moment.ts'
import { tapeCaption } from './words.ts'

/** How the tapes are looked at. */
export interface TapeView {
  readonly theme: Theme
  readonly selected?: string | null
  readonly highlight?: Pick<SourceSpan, 'file' | 'line'> | null
}

const headHeight = 68
const gutter = 40
/** Room for the counters under a column of one narrow box. */
const leastColumn = 256

/** Forward and reverse mode of one function side by side after `step` steps. */
export function tapeScene(document: TapeDocument, layout: TapeLayout, step: number, view: TapeView): Scene {
  const { theme, selected = null, highlight = null } = view
  const moment = momentAt(document, step)
  const column = Math.max(leastColumn, layout.width)
  const inset = (column - layout.width) / 2
  const right = column + gutter
  const linked = (id: string) => {
    const source = document.nodes.find((node) => node.id === id)?.source
    return (
      source !== undefined && highlight !== null && source.file === highlight.file && source.line === highlight.line
    )
  }
  const shared = { document, layout, moment, theme, selected, linked }
  const foot = headHeight + layout.height + 20
  const body: SceneNode[] = [
    ...drawHead('Forward: jvp', document.forwardCaption, 0, theme.forward, theme),
    ...drawHead('Reverse: vjp', document.reverseCaption, right, theme.reverse, theme),
    polyline(
      [
        { x: column + gutter / 2, y: 4 },
        { x: column + gutter / 2, y: foot + counterHeight },
      ],
      { stroke: theme.hairline, strokeWidth: 1 },
    ),
    ...drawColumn({ ...shared, direction: 'forward', origin: { x: inset, y: headHeight } }),
    ...drawColumn({ ...shared, direction: 'reverse', origin: { x: right + inset, y: headHeight } }),
    ...drawCounters(document, moment, 'forward', 0, foot, theme),
    ...drawCounters(document, moment, 'reverse', right, foot, theme),
    ...drawMemory(document, step, 0, foot + counterHeight + 16, right + column, theme),
  ]
  const caption = withNotes(tapeCaption(document, moment), document.notes)
  const focus = focusOf(layout, moment, inset, right + inset)
  return {
    title: `${document.title}, step ${step} of ${stepCount(document)}`,
    description: `Forward and reverse mode of ${document.title} side by side after ${step} steps. ${caption}`,
    theme,
    body,
    bounds: union([
      boundsOf(body),
      { x: 0, y: 0, width: right + column, height: foot + counterHeight + 16 + chartHeight },
    ]),
    legend: legendOf(document, moment, theme),
    caption,
    ...(focus ? { focus } : {}),
  }
}

function drawHead(title: string, caption: string, x: number, colour: string, theme: Theme): SceneNode[] {
  return [
    rect({ x, y: 6, width: 4, height: 36 }, { fill: colour }, 2),
    text(x + 14, 18, title, theme.ink, { size: 14, weight: 600 }),
    text(x + 14, 38, caption, theme.soft, { size: 12 }),
  ]
}

/** The boxes that this step changes. */
function focusOf(layout: TapeLayout, moment: Moment, left: number, right: number): Box | null {
  const boxAt = (id: string | null, x: number): Box[] => {
    const placed = layout.boxes.find(({ node }) => node.id === id)
    if (!placed) return []
    const box = boxOf(placed, true)
    return [{ ...box, x: box.x + x, y: box.y + headHeight }]
  }
  const forward = moment.phase === 'out' ? boxAt(moment.forward.current, left) : []
  const boxes = [...forward, ...boxAt(moment.reverse.current, right)]
  return boxes.length === 0 ? null : union(boxes)
}

function legendOf(document: TapeDocument, moment: Moment, theme: Theme): LegendEntry[] {
  const flow = (colour: string, backwards: boolean): SceneNode[] => [
    polyline(
      [
        { x: 1, y: 8 },
        { x: 27, y: 8 },
      ],
      { stroke: colour, strokeWidth: 2 },
    ),
    arrowhead({ x: backwards ? 0 : 28, y: 8 }, { x: backwards ? -1 : 1, y: 0 }, colour),
  ]
  const dot = (fill: string): SceneNode => ({
    kind: 'circle',
    cx: 14,
    cy: 8,
    r: 4.5,
    fill,
    stroke: theme.residualOutline,
    strokeWidth: 1.5,
  })
  const entries: LegendEntry[] = []
  const { forward, reverse } = moment
  if (forward.tangents.size > 0) entries.push({ mark: flow(theme.forward, false), text: 'tangent, forward' })
  if (reverse.terms.size > 0) entries.push({ mark: flow(theme.reverse, true), text: 'cotangent, back' })
  if (reverse.kept.size > 0) entries.push({ mark: [dot(theme.residual)], text: 'residual, kept for the way back' })
  if (reverse.freed.size > 0) entries.push({ mark: [dot('none')], text: 'residual, freed' })
  if (document.nodes.some((node) => !forward.tangents.has(node.id) || !reverse.primals.has(node.id))) {
    const box = rect(
      { x: 2, y: 1, width: 24, height: 14 },
      { fill: theme.card, stroke: theme.inactive, strokeWidth: 1.5, dash: [4, 3] },
      4,
    )
    entries.push({ mark: [box], text: 'not reached yet' })
  }
  const now = rect(
    { x: 2, y: 1, width: 24, height: 14 },
    { fill: theme.accentWeak, stroke: theme.outline, strokeWidth: 3 },
    4,
  )
  if (moment.phase !== 'start') entries.push({ mark: [now], text: 'this step' })
  return entries
}
