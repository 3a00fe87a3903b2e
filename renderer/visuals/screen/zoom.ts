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
/** It may be this much smaller if nothing has to be scrolled then: no picture is scrolled by a few pixels. */
const leastWhole = 0.72
/** From here on a little scrolling shows the rest; larger pictures are read piece by piece. */
const nearlyWhole = 0.6
const most = 4
const least = 0.25

function roomFor(picture: Size, view: Size): { across: number; down: number } {
  return {
    across: (view.width - 2 * leastMargin) / Math.max(1, picture.width),
    down: (view.height - 2 * leastMargin) / Math.max(1, picture.height),
  }
}

/** On a projector a small picture may fill the wall; beside the text it must not shout. */
function largestIn(view: Size): number {
  return Math.min(3, Math.max(1.4, view.width / 620))
}

/** The scale at which a picture is first shown: all of it if that stays readable, otherwise its width, and then scroll. */
export function fittingScale(picture: Size, view: Size): number {
  const { across, down } = roomFor(picture, view)
  // What a step back of a twentieth shows whole is not scrolled by so little.
  return [Math.max(across, down), Math.min(across, down)].reduce(
    (scale, room) => (room < scale && room >= scale * 0.95 ? room : scale),
    readableScale(across, down, view),
  )
}

function readableScale(across: number, down: number, view: Size): number {
  const whole = Math.min(across, down)
  // A figure that fills a window is read from further away.
  const distance = view.width > 1000 ? 1.25 : 1
  if (whole >= leastWhole * distance) return Math.min(whole, largestIn(view))
  const readable = leastReadable * distance
  const wide = across >= leastWhole * distance ? Math.min(readable, across) : readable
  if (whole >= nearlyWhole * distance) return wide
  return Math.min(view.width > 1000 ? 1.4 : 1, Math.max(wide, across))
}

/** The scale that shows all of a picture, however small it becomes. */
export function wholeScale(picture: Size, view: Size): number {
  const { across, down } = roomFor(picture, view)
  return Math.max(0.01, Math.min(across, down, largestIn(view)))
}

/** A scale that a reader may choose: as small as shows the whole picture. */
export function clampScale(scale: number, picture: Size, view: Size): number {
  return Math.min(most, Math.max(Math.min(least, wholeScale(picture, view)), scale))
}

/** Margins that centre a small picture and leave a strip around a large one. */
export function centringMargins(picture: Size, scale: number, view: Size): Margins {
  // Rounded down: half a pixel too much would be a scrollbar.
  const across = Math.max(leastMargin, Math.floor((view.width - picture.width * scale) / 2))
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
