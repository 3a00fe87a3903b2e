import type { Box, LegendEntry, SceneNode } from './scene.ts'
import { round, text } from './shapes.ts'
import type { Theme } from './theme.ts'

export const markWidth = 28
const rowHeight = 24
const gap = 20

/** The legend set in rows no wider than `width`, with its corner at the origin. */
export function drawLegend(
  entries: readonly LegendEntry[],
  width: number,
  theme: Theme,
): { nodes: SceneNode[]; box: Box } {
  const nodes: SceneNode[] = []
  let x = 0
  let y = 0
  let right = 0
  for (const entry of entries) {
    const words = text(markWidth + 8, 12.5, entry.text, theme.soft, { size: 12 })
    const needed = markWidth + 8 + words.width
    if (x > 0 && x + needed > width) {
      x = 0
      y += rowHeight
    }
    nodes.push({ kind: 'group', translate: { x: round(x), y }, children: [...entry.mark, words] })
    right = Math.max(right, x + needed)
    x += needed + gap
  }
  return { nodes, box: { x: 0, y: 0, width: round(right), height: entries.length === 0 ? 0 : y + 18 } }
}
