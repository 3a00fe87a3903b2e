import { describe, expect, it } from 'vitest'
import { leastDock, windowLayout } from '../../../renderer/app/shell/window-layout.ts'

/** What is left for code in the text column: margins, borders, line numbers and the scrollbar taken off. */
function columnsOfCode(window: number, wanted: number | null = null): number {
  const list = window >= 1180 ? 256 : 0
  const side = window >= 1180 ? 20 : 12
  const text = window - list - windowLayout(window, wanted).dock
  const cell = Math.min(910, text - 2 * side - 8)
  return Math.floor((cell - 52) / 7.8)
}

describe('the columns of the window', () => {
  it('show 66 to 110 columns of code wherever the window has a dock, and more of them in a wider one', () => {
    const widths = Array.from({ length: 2941 }, (_, i) => 900 + i)
    for (const width of widths) {
      expect(columnsOfCode(width), `at ${width}`).toBeGreaterThanOrEqual(width < 912 ? 65 : 66)
      expect(columnsOfCode(width), `at ${width}`).toBeLessThanOrEqual(110)
    }
    expect(columnsOfCode(1280)).toBe(66)
    expect(columnsOfCode(1920)).toBeGreaterThan(90)
    expect(columnsOfCode(2560)).toBe(110)
  })

  it('leave the figures as much as the text at the usual sizes, and never less than their least', () => {
    expect(windowLayout(1440, null).dock).toBeGreaterThan(540)
    for (let width = 900; width <= 3840; width++) {
      expect(windowLayout(width, null).dock).toBeGreaterThanOrEqual(leastDock)
    }
  })

  it('follow what was chosen, as far as a line of code stays whole', () => {
    expect(windowLayout(1920, 400).dock).toBe(400)
    expect(windowLayout(1920, 1).dock).toBe(leastDock)
    expect(columnsOfCode(1920, 5000)).toBe(66)
  })
})
