import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import { describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { catalogue } from '../../../core/errors/catalogue.ts'
import type { CellError } from '../../../electron/protocol.ts'
import ErrorCard from '../../../renderer/app/outputs/ErrorCard.svelte'

const place = { cellId: 'a', line: 2, column: 3 }

async function show(error: CellError) {
  const ongoto = vi.fn()
  const onlesson = vi.fn()
  const nameOf = (cellId: string): string => `Cell ${cellId.toUpperCase()}`
  const lessonTitle = (lessonId: string): string => `The lesson ${lessonId}`
  await render(ErrorCard, { error, nameOf, lessonTitle, ongoto, onlesson })
  return { ongoto, onlesson }
}

/** What a sentence looks like on the card, where code has no backticks. */
const shown = (text: string): string => text.replaceAll('`', '')

describe('the error card', () => {
  it.each(catalogue.map((entry) => [entry.kind, entry] as const))('shows all parts of %s', async (_, entry) => {
    const { class: name, why, fix: hint, lesson } = entry
    const summary = 'jnp.add got (2,) and (3,).'
    const { ongoto, onlesson } = await show({
      name,
      message: summary,
      place,
      lineText: 'x + y',
      stack: [],
      why,
      hint,
      ...(lesson === null ? {} : { lessonId: lesson }),
    })
    for (const text of [name, summary, 'x + y']) {
      await expect.element(page.getByText(text, { exact: true })).toBeVisible()
    }
    const all = document.body.textContent
    expect(all).toContain(shown(why))
    expect(all).toContain(shown(hint))
    await page.getByRole('button', { name: 'Cell A, line 2' }).click()
    expect(ongoto).toHaveBeenCalledWith(place)
    const link = page.getByRole('button', { name: /^The lesson/ })
    if (lesson === null) {
      expect(link.query()).toBeNull()
      return
    }
    await link.click()
    expect(onlesson).toHaveBeenCalledWith(lesson)
  })

  it('calls cells by the names that are on the page', async () => {
    await show({ name: 'KeyReuseError', message: 'spent at line 3 of cell:b-1, and again.', place, stack: [] })
    await expect.element(page.getByText('spent at line 3 of Cell B-1, and again.')).toBeVisible()
  })

  it('sets code in type of its own', async () => {
    await show({ name: 'TypeError', message: 'no', place: null, stack: [], hint: 'Use `lax.cond` or `jnp.where`.' })
    const codes = [...document.querySelectorAll('.hint code')].map((code) => code.textContent)
    expect(codes).toEqual(['lax.cond', 'jnp.where'])
    await expect.element(page.getByText('Use lax.cond or jnp.where.')).toBeVisible()
  })

  it('stays within its width, whatever it is given', async () => {
    await page.viewport(320, 600)
    const long = 'x'.repeat(400)
    await show({ name: 'TypeError', message: long, place, lineText: long, stack: [], why: long, hint: long })
    const card = document.querySelector('.error')
    expect(card?.scrollWidth).toBeLessThanOrEqual(card?.clientWidth ?? 0)
  })
})
