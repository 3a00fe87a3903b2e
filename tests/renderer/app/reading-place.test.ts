import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Span, scrollToShow } from '../../../renderer/app/notebook/reading-place.ts'

const window: Span = { top: 48, bottom: 720 }
const moved = (span: Span, by: number): Span => ({ top: span.top - by, bottom: span.bottom - by })
const within = (span: Span): boolean => span.top >= window.top && span.bottom <= window.bottom

const cell = fc
  .record({ top: fc.integer({ min: -3000, max: 3000 }), height: fc.integer({ min: 45, max: 4000 }), at: fc.double() })
  .map(({ top, height, at }) => {
    const line = Math.floor((Number.isFinite(at) ? Math.abs(at % 1) : 0) * (height - 21))
    return { code: { top, bottom: top + height }, caret: { top: top + line, bottom: top + line + 21 } }
  })

describe('the place where a cell is read', () => {
  it('always has the caret in the window, and all of the code where it fits', () => {
    fc.assert(
      fc.property(cell, fc.boolean(), ({ code, caret }, arriving) => {
        const by = scrollToShow(code, caret, window, arriving)
        expect(within(moved(caret, by))).toBe(true)
        if (code.bottom - code.top <= 600) expect(within(moved(code, by))).toBe(true)
        expect(Math.abs(scrollToShow(moved(code, by), moved(caret, by), window, arriving))).toBe(0)
      }),
    )
  })

  it('shows the beginning of a cell taller than the window on arrival, and then stays', () => {
    const code = { top: 500, bottom: 2500 }
    const caret = { top: 512, bottom: 533 }
    expect(moved(code, scrollToShow(code, caret, window, true)).top).toBe(72)
    expect(scrollToShow(code, caret, window, false)).toBe(0)
  })
})
