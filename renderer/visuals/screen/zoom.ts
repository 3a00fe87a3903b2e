import type { Box, Point } from '../scene.ts'

/** Pixels of the screen around the picture, on each side. */
export interface Margins {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const leastMargin = 14
/** Text of 12 pixels is still read with ease at this scale. */
const leastReadable = 0.8
/** From here on a little scrolling shows the rest; larger pictures are read piece by piece. */
const nearlyWhole = 0.6
const most = 4
const least = 0.25

/** The scale at which a picture is first shown: all of it if that stays readable, otherwise its width, and then scroll. */
export function fittingScale(picture: Size, view: Size): number {
  const width = (view.width - 2 * leastMargin) / Math.max(1, picture.width)
  const height = (view.height - 2 * leastMargin) / Math.max(1, picture.height)
  const whole = Math.min(width, height)
  // On a projector a small picture may fill the wall; beside the text it must not shout.
  const projected = view.width > 1000
  if (whole >= 1) return Math.min(whole, projected ? 2 : 1.4)
  if (whole >= nearlyWhole) return Math.max(whole, leastReadable)
  return Math.min(projected ? 1.4 : 1, Math.max(leastReadable, width))
}

export function clampScale(scale: number): number {
  return Math.min(most, Math.max(least, scale))
}

/** Margins that centre a small picture and leave a strip around a large one. */
export function centringMargins(picture: Size, scale: number, view: Size): Margins {
  const across = Math.max(leastMargin, (view.width - picture.width * scale) / 2)
  return { left: across, top: leastMargin, right: across, bottom: leastMargin }
}

/**
 * Margins and scroll position that put a point of the picture at a place of the view. Where scrolling
 * cannot reach, the margin grows: what was clicked stays under the pointer.
 */
export function holding(
  point: Point,
  place: Point,
  picture: Size,
  scale: number,
  view: Size,
): { margins: Margins; scroll: Point } {
  const margins = centringMargins(picture, scale, view)
  const [left, moveX] = axis(point.x * scale, place.x, margins.left)
  const [top, moveY] = axis(point.y * scale, place.y, margins.top)
  const right = Math.max(margins.right, moveX + view.width - (left + picture.width * scale))
  const bottom = Math.max(margins.bottom, moveY + view.height - (top + picture.height * scale))
  return { margins: { left, top, right, bottom }, scroll: { x: moveX, y: moveY } }
}

function axis(at: number, place: number, margin: number): [margin: number, scroll: number] {
  const scroll = margin + at - place
  return scroll >= 0 ? [margin, scroll] : [margin - scroll, 0]
}

/** Where to scroll so that a box is in sight, moving as little as possible. */
export function revealing(box: Box, scroll: Point, view: Size, strip = 24): Point {
  return {
    x: nearest(box.x - strip, box.x + box.width + strip, scroll.x, view.width),
    y: nearest(box.y - strip, box.y + box.height + strip, scroll.y, view.height),
  }
}

function nearest(start: number, end: number, scroll: number, room: number): number {
  if (start < scroll || end - start > room) return Math.max(0, start)
  return end > scroll + room ? end - room : scroll
}
