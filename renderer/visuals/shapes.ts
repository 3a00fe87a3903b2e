import type { Box, Paint, PathShape, Point, RectShape, SceneNode, TextShape } from './scene.ts'
import type { FontFamily, FontWeight } from './text/fonts.ts'
import { drawable, measure } from './text/measure.ts'

/** Rounds to hundredths of a pixel, so that files are short and the same on every machine. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

export interface TextStyle {
  readonly family?: FontFamily
  readonly size?: number
  readonly weight?: FontWeight
  readonly anchor?: TextShape['anchor']
}

/** A measured line of text with its baseline at `y`. */
export function text(x: number, y: number, content: string, fill: string, style: TextStyle = {}): TextShape {
  const { family = 'sans', size = 12, weight = 400, anchor = 'start' } = style
  const line = drawable(content)
  const width = round(measure(line, family, size, weight))
  return { kind: 'text', x: round(x), y: round(y), text: line, family, size, weight, fill, anchor, width }
}

export function rect(box: Box, paint: Paint, radius = 0): RectShape {
  const { x, y, width, height } = box
  return {
    kind: 'rect',
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    ...(radius ? { radius } : {}),
    ...paint,
  }
}

/** Straight segments, with corners rounded where the segments are long enough. */
export function polyline(points: readonly Point[], paint: Paint, cornerRadius = 0): PathShape {
  return { kind: 'path', d: roundedPath(points, cornerRadius), bounds: boxAround(points), fill: 'none', ...paint }
}

function roundedPath(points: readonly Point[], radius: number): string {
  const parts: string[] = []
  points.forEach((point, index) => {
    const previous = points[index - 1]
    const next = points[index + 1]
    if (!previous) {
      parts.push(`M${round(point.x)},${round(point.y)}`)
    } else if (!next || radius === 0) {
      parts.push(`L${round(point.x)},${round(point.y)}`)
    } else {
      const start = towards(point, previous, radius)
      const end = towards(point, next, radius)
      parts.push(`L${round(start.x)},${round(start.y)}`)
      parts.push(`Q${round(point.x)},${round(point.y)} ${round(end.x)},${round(end.y)}`)
    }
  })
  return parts.join('')
}

/** The point `distance` from `from` in the direction of `to`, at most half way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const share = length === 0 ? 0 : Math.min(distance, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

/** A filled arrowhead whose tip is at `tip`, pointing along (dx, dy). */
export function arrowhead(tip: Point, direction: Point, fill: string, size = 7): PathShape {
  const length = Math.hypot(direction.x, direction.y) || 1
  const along = { x: (direction.x / length) * size, y: (direction.y / length) * size }
  const across = { x: -along.y * 0.55, y: along.x * 0.55 }
  const left = { x: tip.x - along.x + across.x, y: tip.y - along.y + across.y }
  const right = { x: tip.x - along.x - across.x, y: tip.y - along.y - across.y }
  const corners = [tip, left, right]
  const d = corners.map(({ x, y }, index) => `${index ? 'L' : 'M'}${round(x)},${round(y)}`).join('') + 'Z'
  return { kind: 'path', d, bounds: boxAround(corners), fill }
}

export function boxAround(points: readonly Point[]): Box {
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  const x = round(Math.min(...xs))
  const y = round(Math.min(...ys))
  return { x, y, width: round(Math.max(...xs) - x), height: round(Math.max(...ys) - y) }
}

/** Grown by `by` on every side. */
export function grow(box: Box, by: number): Box {
  return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by }
}

export function union(boxes: readonly Box[]): Box {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 }
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x: round(x), y: round(y), width: round(right - x), height: round(bottom - y) }
}

/** The area that nodes cover, strokes included: a picture cut at it loses nothing. */
export function boundsOf(nodes: readonly SceneNode[]): Box {
  return union(nodes.flatMap((node) => boundsOfNode(node) ?? []))
}

function boundsOfNode(node: SceneNode): Box | null {
  switch (node.kind) {
    case 'rect':
      return grow(node, strokeReach(node))
    case 'circle':
      return grow({ x: node.cx, y: node.cy, width: 0, height: 0 }, node.r + strokeReach(node))
    case 'path':
      return grow(node.bounds, strokeReach(node))
    case 'text': {
      const left =
        node.anchor === 'start' ? node.x : node.anchor === 'middle' ? node.x - node.width / 2 : node.x - node.width
      // Ascent and descent of both families lie within these shares of the size.
      return { x: left, y: node.y - node.size, width: node.width, height: node.size * 1.28 }
    }
    case 'group': {
      if (node.children.length === 0) return null
      const { x, y, width, height } = boundsOf(node.children)
      return { x: x + (node.translate?.x ?? 0), y: y + (node.translate?.y ?? 0), width, height }
    }
    case 'item':
      return union([node.bounds, boundsOf(node.children)])
  }
}

function strokeReach(paint: Paint): number {
  return paint.stroke ? (paint.strokeWidth ?? 1) / 2 : 0
}
