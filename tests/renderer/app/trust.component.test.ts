import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import App from '../../../renderer/app/App.svelte'
import { Lab } from '../../../renderer/app/lab.svelte.ts'
import { livePages } from '../../../renderer/app/notebook/live-pages.ts'
import { FakeHost } from '../fake-host.ts'
import { cellBlock, exerciseBlock, lessonOf } from '../lessons.ts'

const digest = 'a'.repeat(64)
let host: FakeHost
let lab: Lab

beforeEach(async () => {
  localStorage.clear()
  await page.viewport(1440, 900)
  host = new FakeHost().add(
    lessonOf(
      'd1',
      cellBlock('a', 'const a = 1'),
      exerciseBlock({ id: 'W1', kind: 'write', title: 'Write it', starter: 'const f = 0' }),
    ),
  )
  host.trust = { kind: 'asks', folder: '/home/ada/lessons/d1', digest, changed: false }
  host.onRun = (run) => run.finish()
  lab = new Lab(host.open, localStorage, livePages(navigator.locks))
  await render(App, { lab })
})

const card = page.getByRole('region', { name: 'This lesson did not come with the lab' })
const allow = page.getByRole('button', { name: 'Allow its code to run' })

it('says whose the lesson is and what its code may do, and runs nothing meanwhile', async () => {
  await expect.element(card.getByText(/It lies in .home.ada.lessons.d1/)).toBeVisible()
  await expect.element(page.getByRole('list', { name: 'Its code may not' }).getByText('use the network')).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Run Cell 1' })).toHaveAttribute('aria-disabled', 'true')
  await expect.element(page.getByRole('button', { name: 'Check' })).toHaveAttribute('aria-disabled', 'true')

  const code = page.getByRole('textbox', { name: 'Cell 1, code' })
  await userEvent.click(code)
  await userEvent.keyboard('{Control>}{Enter}{/Control}')
  await userEvent.click(page.getByRole('button', { name: 'Check' }), { force: true })
  expect(host.called('runCell')).toEqual([])
  expect(host.called('checkExercise')).toEqual([])
})

it('says in the cell and under the exercise why they do not run, and stays there', async () => {
  const first = page.getByRole('region', { name: 'Cell 1' })
  const why = 'Allow the code of this lesson first, at its top.'
  await userEvent.click(page.getByRole('textbox', { name: 'Cell 1, code' }))
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  await expect.element(first.getByText(why)).toBeVisible()
  expect(document.activeElement?.closest('[data-cell]')?.getAttribute('data-cell')).toBe('a')
  await expect.element(page.getByRole('region', { name: /^Exercise W1/ }).getByText(why)).toBeVisible()
  await userEvent.click(allow)
  await expect.element(first.getByText(why)).not.toBeInTheDocument()
})

it('runs cells and checks once that is allowed, for the content that was shown, and no longer once it is taken back', async () => {
  await userEvent.click(allow)
  await expect.element(page.getByText(/You allowed its code on 30 November 2026/)).toBeVisible()
  expect(host.called('trustLesson')).toEqual([{ lessonId: 'd1', digest }])
  await userEvent.click(page.getByRole('button', { name: 'Run Cell 1' }))
  await expect.poll(() => host.called('runCell')).toHaveLength(1)

  await userEvent.click(page.getByRole('button', { name: 'No longer allow it' }))
  await expect.element(allow).toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Run Cell 1' }), { force: true })
  expect(host.called('runCell')).toHaveLength(1)
})

it('opens a lesson anew that has changed meanwhile, before anybody allows what they have not seen', async () => {
  await userEvent.click(allow)
  await expect.poll(() => host.called('openLesson')).toHaveLength(1)
  host.trust = { kind: 'asks', folder: '/home/ada/lessons/d1', digest: 'b'.repeat(64), changed: true }
  host.events?.lessonTrust({ lessonId: 'd1', trust: host.trust })
  const changed = page.getByRole('region', { name: 'This lesson has changed since you allowed its code' })
  await expect.element(changed).toBeVisible()
  expect(host.called('openLesson')).toHaveLength(2)
})

it('tells the host which lesson is on the screen', async () => {
  await expect.element(card).toBeVisible()
  expect(host.called('showLesson')).toEqual([{ lessonId: 'd1' }])
})
