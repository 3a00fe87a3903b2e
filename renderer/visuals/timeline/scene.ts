import { scaleLinear } from 'd3-scale'
import type { TimelineDocument } from '../../../core/inspect/documents.ts'
import type { Item, LegendEntry, Scene, SceneNode } from '../scene.ts'
import { boundsOf, polyline, rect, text, union } from '../shapes.ts'
import { fitText, measure } from '../text/measure.ts'
import type { Theme } from '../theme.ts'
import { describeBar, formatTime, timelineCaption } from './words.ts'

export type Bar = TimelineDocument['bars'][number]

/** How the timeline is looked at. `width` is that of the time axis. */
export interface TimelineView {
  readonly theme: Theme
  readonly selected?: string | null
  readonly width?: number
}

const laneHeight = 44
const barHeight = 28
const axisHeight = 28
/** Shorter runs are drawn this wide all the same: they must be seen and hit. */
const leastBar = 3

/** Devices as lanes, what they did as bars, collectives joined across the lanes that took part. */
export function timelineScene(document: TimelineDocument, view: TimelineView): Scene {
  const { theme, width = 560 } = view
  const labelWidth = Math.max(40, ...document.lanes.map(({ label }) => measure(label, 'mono', 12))) + 20
  const end = Math.max(1, ...document.bars.map((bar) => bar.end))
  const across = scaleLinear([0, end], [labelWidth, labelWidth + width]).nice(6)
  const rows = new Map(document.lanes.map(({ id }, index) => [id, axisHeight + index * laneHeight]))
  const bottom = axisHeight + document.lanes.length * laneHeight
  const body: SceneNode[] = [
    ...drawAxis(across, bottom, labelWidth, labelWidth + width, theme),
    ...document.lanes.flatMap(({ id, label }) => {
      const y = rows.get(id) ?? 0
      return [
        polyline(
          [
            { x: 0, y: y + laneHeight },
            { x: labelWidth + width, y: y + laneHeight },
          ],
          { stroke: theme.hairline, strokeWidth: 1 },
        ),
        text(0, y + 27, label, theme.ink, { family: 'mono', size: 12, weight: 600 }),
      ]
    }),
    ...drawJoints(document, across, rows, theme),
    ...document.bars.flatMap((bar) => drawBar(bar, document, across, rows, view)),
  ]
  const caption = timelineCaption(document)
  return {
    title: document.title,
    description: `Timeline of ${document.title}: ${document.lanes.length} devices. ${caption}`,
    theme,
    body,
    bounds: union([boundsOf(body), { x: 0, y: 0, width: labelWidth + width + 12, height: bottom }]),
    legend: legendOf(document, theme),
    caption,
  }
}

type Scale = ReturnType<typeof scaleLinear<number, number>>

function drawAxis(across: Scale, bottom: number, left: number, right: number, theme: Theme): SceneNode[] {
  const unit = across.domain()[1] ?? 1
  return across
    .ticks(6)
    .filter((time) => across(time) <= right + 1)
    .flatMap((time) => [
      polyline(
        [
          { x: across(time), y: axisHeight - 6 },
          { x: across(time), y: bottom },
        ],
        { stroke: theme.hairline, strokeWidth: 1 },
      ),
      text(across(time), 14, formatTime(time, unit), theme.soft, {
        family: 'mono',
        size: 11,
        anchor: across(time) === left ? 'start' : 'middle',
      }),
    ])
}

/** The lanes of one collective are joined by a band: it is one operation, not several. */
function drawJoints(
  document: TimelineDocument,
  across: Scale,
  rows: ReadonlyMap<string, number>,
  theme: Theme,
): SceneNode[] {
  const groups = Map.groupBy(
    document.bars.filter(({ group }) => group !== undefined),
    ({ group }) => group,
  )
  return [...groups.values()].flatMap((bars) => {
    const tops = bars.map(({ lane }) => rows.get(lane) ?? 0)
    if (bars.length < 2) return []
    const x = across(Math.min(...bars.map(({ start }) => start)))
    const width = Math.max(leastBar, across(Math.max(...bars.map((bar) => bar.end))) - x)
    const y = Math.min(...tops) + laneHeight / 2
    const height = Math.max(...tops) - Math.min(...tops)
    return [
      rect({ x, y, width, height }, { fill: theme.accentWeak, stroke: theme.collective, strokeWidth: 1, dash: [3, 3] }),
    ]
  })
}

function drawBar(
  bar: Bar,
  document: TimelineDocument,
  across: Scale,
  rows: ReadonlyMap<string, number>,
  view: TimelineView,
): Item[] {
  const { theme } = view
  const lane = rows.get(bar.lane)
  if (lane === undefined) return []
  const x = across(bar.start)
  const box = {
    x,
    y: lane + (laneHeight - barHeight) / 2,
    width: Math.max(leastBar, across(bar.end) - x),
    height: barHeight,
  }
  const selected = view.selected === bar.id
  const colour = colourOf(bar.kind, theme)
  const filled = bar.kind === 'compute' || bar.kind === 'collective'
  const paint = {
    fill: filled ? colour : theme.card,
    stroke: selected ? theme.ink : colour,
    strokeWidth: selected ? 3 : 1.5,
    ...(bar.kind === 'wait' ? { dash: [2, 3] } : {}),
  }
  const words = fitText(bar.label, box.width - 10, 'sans', 11)
  const readable = words.length > 2 || words === bar.label
  const ink = filled ? theme.background : theme.soft
  return [
    {
      kind: 'item',
      id: bar.id,
      ...describeBar(bar),
      bounds: box,
      links: linksOf(bar, document),
      children: [
        rect(box, paint, bar.kind === 'collective' ? 0 : 4),
        ...(readable && box.width > 18
          ? [text(x + box.width / 2, box.y + 18, words, ink, { size: 11, weight: 600, anchor: 'middle' })]
          : []),
      ],
    },
  ]
}

/** Along the lane, and to the bar of the neighbouring lane that is nearest in time. */
function linksOf(bar: Bar, { bars, lanes }: TimelineDocument): Item['links'] {
  const lane = bars.filter((other) => other.lane === bar.lane).sort((a, b) => a.start - b.start)
  const index = lane.indexOf(bar)
  const row = lanes.findIndex(({ id }) => id === bar.lane)
  const nearest = (id: string | undefined) => {
    const others = bars.filter((other) => other.lane === id)
    others.sort((a, b) => Math.abs(a.start - bar.start) - Math.abs(b.start - bar.start))
    return others.slice(0, 1).map((other) => other.id)
  }
  const at = (position: number) => (position < 0 ? [] : lane.slice(position, position + 1).map(({ id }) => id))
  return {
    left: at(index - 1),
    right: at(index + 1),
    up: nearest(lanes[row - 1]?.id),
    down: nearest(lanes[row + 1]?.id),
  }
}

function colourOf(kind: Bar['kind'], theme: Theme): string {
  switch (kind) {
    case 'compute':
      return theme.compute
    case 'collective':
      return theme.collective
    case 'copy':
      return theme.copy
    case 'wait':
      return theme.wait
  }
}

const meanings: Readonly<Record<Bar['kind'], string>> = {
  compute: 'compute',
  collective: 'collective, joined across its devices',
  copy: 'copy',
  wait: 'wait',
}

function legendOf({ bars }: TimelineDocument, theme: Theme): LegendEntry[] {
  const kinds: readonly Bar['kind'][] = ['compute', 'collective', 'copy', 'wait']
  return kinds
    .filter((kind) => bars.some((bar) => bar.kind === kind))
    .map((kind) => {
      const colour = colourOf(kind, theme)
      const filled = kind === 'compute' || kind === 'collective'
      const dash = kind === 'wait' ? { dash: [2, 3] } : {}
      const paint = { fill: filled ? colour : theme.card, stroke: colour, strokeWidth: 1.5, ...dash }
      return {
        mark: [rect({ x: 1, y: 1, width: 26, height: 14 }, paint, kind === 'collective' ? 0 : 4)],
        text: meanings[kind],
      }
    })
}
