import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityProblems, openLab, picture, pictureOfFailure, type OpenedLab } from './opened-lab.ts'

/** Windows from a projector to 1280 pixels at 400 %. */
const windows = [
  [3840, 2160],
  [1920, 1080],
  [1440, 900],
  [1280, 720],
  [1180, 800],
  [1024, 768],
  [912, 720],
  [860, 720],
  [640, 360],
  [320, 640],
] as const

/** What does not fit: parts wider than their place, and code that is scrolled although a window has room for it. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parts = document.querySelectorAll<HTMLElement>('html, main, header, .cell, .cell *, .exercise, .exercise *')
    const wide = [...parts].flatMap((part) => {
      const { display, overflowX } = getComputedStyle(part)
      const clipped = overflowX === 'hidden' || display === 'inline' || part.clientWidth === 0
      // A table or a formula has two dimensions: it scrolls in itself where it must.
      if (clipped || part.closest('svg, math, [role="region"][aria-label^="Table"]')) return []
      const by = part.scrollWidth - part.clientWidth
      return by > 0 ? [`${part.localName}.${part.className} by ${by}`] : []
    })
    if (innerWidth < 912) return wide
    const scrolled = [...document.querySelectorAll('.editor')].flatMap((editor) => {
      const scroller = editor.shadowRoot?.querySelector('.cm-scroller')
      const by = scroller ? scroller.scrollWidth - scroller.clientWidth : 0
      return by > 0 ? [`the code of ${editor.closest('[data-cell]')?.getAttribute('data-cell')} by ${by}`] : []
    })
    return [...wide, ...scrolled]
  })
}

describe('the screen', () => {
  let opened: OpenedLab
  beforeAll(async () => {
    opened = await openLab()
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  it.each(['L0', 'A1', 'B1', 'C1', 'D1'])('has room for all of %s at every size', async (id) => {
    const { at, page } = opened
    await page.setViewportSize({ width: 1440, height: 900 })
    await at.openLesson(id)
    await at.button('Run all').click()
    const cells = page.locator('main section.cell:not(section.exercise *, section.scratch *)')
    const done = cells.locator('.out[aria-busy="false"] .status').filter({ hasText: /ms| s\b|ended/ })
    await expect.poll(() => done.count(), { timeout: 60_000 }).toBe(await cells.count())
    for (const [width, height] of windows) {
      await page.setViewportSize({ width, height })
      await expect.poll(() => misfits(page), { message: `${width} × ${height}` }).toEqual([])
    }
  })

  it('can be used by everybody at 200 and 400 %, in light and dark, with the figures open', async () => {
    const { page, at } = opened
    for (const [width, height] of [
      [640, 360],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await accessibilityProblems(page), `${width}, ${colorScheme}`).toEqual([])
        await at.button('Figures').click()
        expect(await accessibilityProblems(page), `figures, ${width}, ${colorScheme}`).toEqual([])
        await picture(page, `figures-${width}-${colorScheme}`)
        await at.button('Figures').click()
      }
    }
  })
})
