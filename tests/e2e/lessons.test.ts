import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityProblems, openLab, picture, pictureOfFailure, type OpenedLab } from './opened-lab.ts'

describe('every lesson', () => {
  let opened: OpenedLab
  beforeAll(async () => {
    opened = await openLab()
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  it.each(['L0', 'A1', 'B1', 'C1', 'D1'])(
    '%s opens, runs from top to bottom, and can be used by everybody',
    async (id) => {
      const { at, page, complaints } = opened
      await at.openLesson(id)
      await at.button('Run all').click()
      const cells = page.locator('main section.cell:not(section.exercise *, section.scratch *)')
      const count = await cells.count()
      expect(count).toBeGreaterThan(1)
      const done = cells.locator('.out[aria-busy="false"] .status').filter({ hasText: /ms| s\b|ended/ })
      await expect.poll(() => done.count(), { timeout: 60_000 }).toBe(count)
      await at.idle()
      expect(await cells.locator('.output.error').allInnerTexts()).toEqual([])
      expect(await cells.locator('.output').count()).toBeGreaterThan(0)
      expect(await accessibilityProblems(page)).toEqual([])
      expect(complaints).toEqual([])
      await picture(page, `lesson-${id}`)
    },
  )
})
