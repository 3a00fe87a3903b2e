import { scaleLinear } from 'd3-scale'
import type { TimelineDocument } from '../../../core/inspect/documents.ts'
import type { Box, Item, LegendEntry, Scene, SceneNode } from '../scene.ts'
import { boundsOf, polyline, rect, text, union } from '../shapes.ts'
import { fitText, measure } from '../text/measure.ts'
import type { Theme } from '../theme.ts'
import { type Meeting, meetingOf, meetingsOf, waitsIn } from './meetings.ts'
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
  const { theme, width = 460 } = view
  const labelWidth = Math.max(40, ...document.lanes.map(({ label }) => measure(label, 'mono', 12))) + 20
  const end = Math.max(1, ...document.bars.map((bar) => bar.end))
  const across = scaleLinear([0, end], [labelWidth, labelWidth + width])
  const rows = new Map(document.lanes.map(({ id }, index) => [id, axisHeight + index * laneHeight]))
  const bottom = axisHeight + document.lanes.length * laneHeight
  const meetings = meetingsOf(document)
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
    ...drawJoints(meetings, document, across, rows, theme),
    ...document.bars.flatMap((bar) => drawBar(bar, meetingOf(bar, meetings), document, across, rows, view)),
  ]
  const caption = timelineCaption(document)
  return {
    title: document.title,
    description: `Timeline of ${document.title}: ${document.lanes.length} devices. ${caption}`,
    theme,
    body,
    bounds: union([boundsOf(body), { x: 0, y: 0, width: labelWidth + width + 12, height: bottom }]),
    legend: legendOf(document, meetings, theme),
    caption,
  }
}

type Scale = ReturnType<typeof scaleLinear<number, number>>

function drawAxis(across: Scale, bottom: number, left: number, right: number, theme: Theme): SceneNode[] {
  const unit = across.domain()[1] ?? 1
  return across
    .ticks(5)
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
  meetings: ReadonlyMap<string, Meeting>,
  document: TimelineDocument,
  across: Scale,
  rows: ReadonlyMap<string, number>,
  theme: Theme,
): SceneNode[] {
  return [...meetings].flatMap(([group, { from, to }]) => {
    const tops = document.bars.filter((bar) => bar.group === group).map(({ lane }) => rows.get(lane) ?? 0)
    if (tops.length < 2) return []
    const x = across(from)
    const width = Math.max(leastBar, across(to) - x)
    const y = Math.min(...tops) + laneHeight / 2
    const height = Math.max(...tops) - Math.min(...tops)
    return [
      rect({ x, y, width, height }, { fill: theme.accentWeak, stroke: theme.collective, strokeWidth: 1, dash: [3, 3] }),
    ]
  })
}

function drawBar(
  bar: Bar,
  meeting: Meeting | null,
  document: TimelineDocument,
  across: Scale,
  rows: ReadonlyMap<string, number>,
  view: TimelineView,
): Item[] {
  const { theme } = view
  const lane = rows.get(bar.lane)
  if (lane === undefined) return []
  const boxFrom = (start: number): Box => ({
    x: across(start),
    y: lane + (laneHeight - barHeight) / 2,
    width: Math.max(leastBar, across(bar.end) - across(start)),
    height: barHeight,
  })
  const box = boxFrom(bar.start)
  const early = meeting !== null && waitsIn(bar, meeting)
  const done = early ? boxFrom(meeting.from) : box
  const colour = colourOf(bar.kind, theme)
  const filled = isFilled(bar.kind)
  const dash = bar.kind === 'wait' ? { dash: [2, 3] } : {}
  const radius = bar.kind === 'collective' ? 0 : 4
  const chosen = { fill: 'none', stroke: theme.ink, strokeWidth: 3 }
  const waited = early ? meeting.from - bar.start : 0
  return [
    {
      kind: 'item',
      id: bar.id,
      ...describeBar(bar, waited),
      bounds: box,
      links: linksOf(bar, document),
      children: [
        // Until the last device has come, the collective waits.
        ...(early ? [rect(box, { fill: theme.card, stroke: colour, strokeWidth: 1.5, dash: [2, 3] })] : []),
        rect(done, { fill: filled ? colour : theme.card, stroke: colour, strokeWidth: 1.5, ...dash }, radius),
        ...(view.selected === bar.id ? [rect(box, chosen, radius)] : []),
        ...drawLabel(bar.label, done, box, filled ? theme.background : theme.soft, theme.soft),
      ],
    },
  ]
}

/** In the bar, or in the part of it that waits, or not at all. */
function drawLabel(label: string, done: Box, whole: Box, ink: string, softInk: string): SceneNode[] {
  const waiting = { ...whole, width: done.x - whole.x }
  for (const [box, fill] of [
    [done, ink],
    [waiting, softInk],
  ] as const) {
    const words = fitText(label, box.width - 10, 'sans', 11, 600)
    // A name of which only three letters are left says nothing.
    if (words !== label && words.length < 5) continue
    if (measure(words, 'sans', 11, 600) > box.width - 6) continue
    return [text(box.x + box.width / 2, box.y + 18, words, fill, { size: 11, weight: 600, anchor: 'middle' })]
  }
  return []
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

function isFilled(kind: Bar['kind']): boolean {
  return kind === 'compute' || kind === 'collective'
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

function legendOf({ bars }: TimelineDocument, meetings: ReadonlyMap<string, Meeting>, theme: Theme): LegendEntry[] {
  const kinds: readonly Bar['kind'][] = ['compute', 'collective', 'copy', 'wait']
  const box = { x: 1, y: 1, width: 26, height: 14 }
  const entries = kinds
    .filter((kind) => bars.some((bar) => bar.kind === kind))
    .map((kind) => {
      const colour = colourOf(kind, theme)
      const dash = kind === 'wait' ? { dash: [2, 3] } : {}
      const paint = { fill: isFilled(kind) ? colour : theme.card, stroke: colour, strokeWidth: 1.5, ...dash }
      return { mark: [rect(box, paint, kind === 'collective' ? 0 : 4)], text: meanings[kind] }
    })
  const someWait = bars.some((bar) => {
    const meeting = meetingOf(bar, meetings)
    return meeting !== null && waitsIn(bar, meeting)
  })
  if (!someWait) return entries
  const paint = { fill: theme.card, stroke: theme.collective, strokeWidth: 1.5, dash: [2, 3] }
  return [...entries, { mark: [rect(box, paint)], text: 'in a collective, waiting for the others' }]
}
