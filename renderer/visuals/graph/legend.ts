import type { LegendEntry } from '../scene.ts'
import { arrowhead, polyline, rect, text } from '../shapes.ts'
import type { Theme } from '../theme.ts'
import type { Part, PlacedBlock } from './boxes.ts'

/** Names exactly the marks that this graph shows. */
export function graphLegend(placed: PlacedBlock, theme: Theme): LegendEntry[] {
  const parts = partsIn(placed)
  const has = (test: (part: Part) => boolean) => parts.some(test)
  const pill = (dash: readonly number[]) =>
    rect(
      { x: 1, y: 1, width: 26, height: 14 },
      { fill: theme.card, stroke: theme.outline, strokeWidth: 1.5, ...(dash.length ? { dash } : {}) },
      7,
    )
  const entries: LegendEntry[] = []
  if (has(({ content }) => content.kind === 'argument' && !content.constant))
    entries.push({ mark: [pill([])], text: 'argument' })
  if (has(({ content }) => content.kind === 'argument' && content.constant)) {
    entries.push({ mark: [pill([4, 3])], text: 'constant' })
  }
  if (has(({ content }) => content.kind === 'literal')) {
    entries.push({
      mark: [text(14, 12, '2.0', theme.soft, { family: 'mono', size: 11, anchor: 'middle' })],
      text: 'literal',
    })
  }
  if (has(({ content }) => content.kind === 'equation')) {
    const box = rect(
      { x: 1, y: 1, width: 26, height: 14 },
      { fill: theme.card, stroke: theme.outline, strokeWidth: 1.5 },
      4,
    )
    entries.push({ mark: [box], text: 'equation' })
  }
  if (has(({ content }) => content.kind === 'equation' && content.node.blocks.length > 0)) {
    const frame = rect(
      { x: 6, y: 0, width: 16, height: 16 },
      { fill: theme.card, stroke: theme.control, strokeWidth: 1.5 },
      4,
    )
    const bar = { stroke: theme.control, strokeWidth: 2 }
    const cross = [
      polyline(
        [
          { x: 10, y: 8 },
          { x: 18, y: 8 },
        ],
        bar,
      ),
      polyline(
        [
          { x: 14, y: 4 },
          { x: 14, y: 12 },
        ],
        bar,
      ),
    ]
    entries.push({ mark: [frame, ...cross], text: 'carries a program: open, close' })
  }
  if (placed.wires.length > 0) {
    const line = polyline(
      [
        { x: 1, y: 8 },
        { x: 22, y: 8 },
      ],
      { stroke: theme.outline, strokeWidth: 1.5 },
    )
    entries.push({
      mark: [line, arrowhead({ x: 27, y: 8 }, { x: 1, y: 0 }, theme.outline)],
      text: 'a value, its type beside it',
    })
  }
  if (hasUnread(placed)) {
    const line = polyline(
      [
        { x: 1, y: 8 },
        { x: 27, y: 8 },
      ],
      { stroke: theme.outline, strokeWidth: 1.5, dash: [3, 3] },
    )
    entries.push({ mark: [line], text: 'a value that nothing reads' })
  }
  if (has(({ content }) => content.kind === 'result')) {
    const inner = rect({ x: 4, y: 4, width: 20, height: 8 }, { fill: 'none', stroke: theme.outline, strokeWidth: 1 }, 4)
    entries.push({ mark: [pill([]), inner], text: 'result' })
  }
  return entries
}

function hasUnread({ parts, wires }: PlacedBlock): boolean {
  return parts.some(
    ({ part }) =>
      part.outputs.some(({ value }) => !wires.some((wire) => wire.value === value.id)) ||
      part.frames.some((frame) => hasUnread(frame.content)),
  )
}

function partsIn(placed: PlacedBlock): Part[] {
  return placed.parts.flatMap(({ part }) => [part, ...part.frames.flatMap((frame) => partsIn(frame.content))])
}
