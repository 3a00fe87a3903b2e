import { drawLegend } from './legend.ts'
import type { Box, Scene, SceneNode } from './scene.ts'
import { grow, round, text, union } from './shapes.ts'
import { wrapText } from './text/measure.ts'

/** What stands around the picture in a file. */
export interface SheetOptions {
  readonly title?: boolean
  readonly legend?: boolean
  readonly caption?: boolean
}

/** A figure set for a file or a page: picture, and what explains it, in one list of nodes. */
export interface Sheet {
  readonly nodes: readonly SceneNode[]
  /** With a margin around everything that is drawn. */
  readonly bounds: Box
}

const margin = 24
/** Sentences under a narrow picture are set at this width all the same. */
const leastTextWidth = 360
/** Longer lines are hard to read. */
const mostTextWidth = 640

/** Composes the figure that a file shows: title, picture, legend and sentence. */
export function composeSheet(scene: Scene, { title = true, legend = true, caption = true }: SheetOptions = {}): Sheet {
  const { theme, bounds } = scene
  const nodes: SceneNode[] = []
  const boxes: Box[] = []
  let y = 0
  const add = (group: SceneNode, box: Box) => {
    nodes.push(group)
    boxes.push(box)
    y = box.y + box.height
  }
  if (title && scene.title !== '') {
    const words = text(0, 16, scene.title, theme.ink, { size: 16, weight: 600 })
    add(words, { x: 0, y: 0, width: words.width, height: 36 })
  }
  add(
    { kind: 'group', translate: { x: round(-bounds.x), y: round(y - bounds.y) }, children: scene.body },
    { x: 0, y, width: bounds.width, height: bounds.height },
  )
  const room = Math.min(mostTextWidth, Math.max(leastTextWidth, bounds.width))
  if (legend && scene.legend.length > 0) {
    const drawn = drawLegend(scene.legend, room, theme)
    const top = y + 24
    add({ kind: 'group', translate: { x: 0, y: round(top) }, children: drawn.nodes }, { ...drawn.box, y: top })
  }
  if (caption && scene.caption !== '') {
    const top = y + 12
    wrapText(scene.caption, room, 'sans', 13).forEach((line, index) => {
      const words = text(0, top + 14 + index * 20, line, theme.ink, { size: 13 })
      add(words, { x: 0, y: top + index * 20, width: words.width, height: 20 })
    })
  }
  return { nodes, bounds: grow(union(boxes), margin) }
}
