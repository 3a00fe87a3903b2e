import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  centringMargins,
  clampScale,
  fittingScale,
  holding,
  revealing,
  wholeScale,
} from '../../../renderer/visuals/screen/zoom.ts'

const view = { width: 560, height: 600 }

describe('fitting', () => {
  it('shows all of a picture that stays readable', () => {
    expect(fittingScale({ width: 600, height: 640 }, view)).toBeCloseTo(532 / 600)
    expect(fittingScale({ width: 700, height: 900 }, { width: 900, height: 600 })).toBe(0.8)
    expect(fittingScale({ width: 700, height: 700 }, { width: 1400, height: 600 })).toBe(1)
  })

  it('scrolls a tall picture at the width of the pane', () => {
    expect(fittingScale({ width: 540, height: 3000 }, view)).toBeCloseTo(532 / 540)
  })

  it('never makes text too small to read', () => {
    expect(fittingScale({ width: 5000, height: 5000 }, view)).toBe(0.8)
  })

  it('does not blow a small picture up, but on a projector', () => {
    expect(fittingScale({ width: 10, height: 10 }, view)).toBe(1.4)
    expect(fittingScale({ width: 10, height: 10 }, { width: 1920, height: 900 })).toBe(3)
    expect(fittingScale({ width: 400, height: 4000 }, { width: 1920, height: 900 })).toBe(1.4)
  })

  it('shows a picture whole rather than scroll it by a few pixels', () => {
    const width = fc.integer({ min: 10, max: 4000 })
    fc.assert(
      fc.property(fc.record({ width, height: width }), fc.record({ width, height: width }), (picture, view) => {
        fc.pre(view.width > 100 && view.height > 100)
        const scale = fittingScale(picture, view)
        for (const [size, room] of [
          [picture.width * scale + 28, view.width],
          [picture.height * scale + 28, view.height],
        ] as const) {
          if (size > room + 1e-6) expect(size - room).toBeGreaterThan((size - 28) * 0.05 - 1e-6)
        }
      }),
      { seed: 20_201_111, numRuns: 20_000 },
    )
  })

  it('fits any picture when asked, and lets the reader zoom out to it', () => {
    const picture = { width: 30_000, height: 9000 }
    const scale = wholeScale(picture, view)
    expect(picture.width * scale).toBeLessThanOrEqual(view.width)
    expect(picture.height * scale).toBeLessThanOrEqual(view.height)
    expect(picture.width * scale).toBeGreaterThan(view.width - 30)
    expect(clampScale(0.001, picture, view)).toBe(scale)
    expect(clampScale(0.1, { width: 100, height: 100 }, view)).toBe(0.25)
  })

  it('draws a figure larger when it fills a window', () => {
    for (const picture of [
      { width: 200, height: 300 },
      { width: 500, height: 700 },
      { width: 900, height: 500 },
    ]) {
      const beside = { width: 557, height: 640 }
      const filling = { width: 1440, height: 700 }
      expect(fittingScale(picture, filling)).toBeGreaterThan(fittingScale(picture, beside))
    }
  })

  it('centres what is narrower than the pane', () => {
    const { left, right } = centringMargins({ width: 100, height: 50 }, 2, view)
    expect([left, right]).toEqual([180, 180])
  })
})

describe('holding a point', () => {
  const size = fc.record({
    width: fc.double({ min: 1, max: 4000, noNaN: true }),
    height: fc.double({ min: 1, max: 4000, noNaN: true }),
  })
  const share = fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  const scale = fc.double({ min: 0.25, max: 4, noNaN: true })

  it('keeps it at its place on the screen, whatever the sizes', () => {
    fc.assert(
      fc.property(size, share, share, scale, (picture, at, on, scale) => {
        const point = { x: at.x * picture.width, y: at.y * picture.height }
        const place = { x: on.x * view.width, y: on.y * view.height }
        const { margins, scroll } = holding(point, place, picture, scale, view)
        expect(margins.left + point.x * scale - scroll.x).toBeCloseTo(place.x, 6)
        expect(margins.top + point.y * scale - scroll.y).toBeCloseTo(place.y, 6)
        // The scroll position exists: the content reaches that far.
        expect(scroll.x).toBeGreaterThanOrEqual(0)
        expect(scroll.x + view.width).toBeLessThanOrEqual(margins.left + picture.width * scale + margins.right + 1e-6)
        expect(scroll.y + view.height).toBeLessThanOrEqual(
          margins.top + picture.height * scale + margins.bottom + view.height,
        )
      }),
    )
  })
})

describe('revealing a box', () => {
  it('leaves what is in sight alone', () => {
    expect(revealing({ x: 100, y: 100, width: 50, height: 50 }, { x: 0, y: 0 }, view)).toEqual({ x: 0, y: 0 })
  })

  it('moves no farther than it must', () => {
    expect(revealing({ x: 0, y: 1000, width: 50, height: 50 }, { x: 0, y: 0 }, view)).toEqual({ x: 0, y: 474 })
    expect(revealing({ x: 0, y: 100, width: 50, height: 50 }, { x: 0, y: 400 }, view)).toEqual({ x: 0, y: 76 })
  })
})
