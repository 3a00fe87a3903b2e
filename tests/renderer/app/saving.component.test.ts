import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { longestRunText, revisionOf } from '../../../electron/protocol.ts'
import App from '../../../renderer/app/App.svelte'
import { Lab } from '../../../renderer/app/lab.svelte.ts'
import { livePages } from '../../../renderer/app/notebook/live-pages.ts'
import { FakeHost } from '../fake-host.ts'
import { cellBlock, exerciseBlock, lessonOf } from '../lessons.ts'

let host: FakeHost
let lab: Lab

async function open(): Promise<void> {
  lab = new Lab(host.open, localStorage, livePages(navigator.locks))
  await render(App, { lab })
  await expect.element(page.getByRole('heading', { name: 'Lesson d1', level: 1 })).toBeVisible()
}

beforeEach(async () => {
  localStorage.clear()
  await page.viewport(1440, 900)
  host = new FakeHost().add(
    lessonOf(
      'd1',
      cellBlock('a', 'const a = 1\nconst b = 2\nconst c = 3'),
      cellBlock('constructor', 'a + b'),
      exerciseBlock({ id: 'valueOf', kind: 'write', starter: 'const f = 0' }),
    ),
  )
})

const first = () => page.getByRole('textbox', { name: 'Cell 1, code' })
const textIn = (id: string): string =>
  [...(document.querySelector(`[data-cell="${id}"] .editor`)?.shadowRoot?.querySelectorAll('.cm-line') ?? [])]
    .map((line) => line.textContent)
    .join('\n')

describe('a cell that another window changed', () => {
  const others = 'const a = 1\nconst b = 20\nconst c = 3'

  it('shows the other text where nothing was typed, and the cursor stays', async () => {
    await open()
    await first().click()
    await userEvent.keyboard('{Control>}{End}{/Control}')
    host.changeElsewhere('d1', { kind: 'source', id: 'a', value: others, base: null })
    await expect.poll(() => textIn('a')).toBe(others)
    await userEvent.keyboard(' // here')
    await expect.poll(() => textIn('a')).toBe(`${others} // here`)
    await expect.poll(() => host.saved('d1')).toEqual([{ kind: 'source', id: 'a', value: `${others} // here` }])
  })

  it.each([
    ['Keep this window’s text', 'const a = 1\nconst b = 2\nconst c = 3 // mine', others],
    ['Keep the other text', others, 'const a = 1\nconst b = 2\nconst c = 3 // mine'],
  ])('and that was changed here asks which text stays: “%s”', async (button, stays, kept) => {
    await open()
    await first().click()
    await userEvent.keyboard('{Control>}{End}{/Control} // mine')
    host.changeElsewhere('d1', { kind: 'source', id: 'a', value: others, base: null })
    const panel = page.getByRole('region', { name: 'Cell 1 was changed in two windows' })
    await expect.element(panel).toBeVisible()
    const changed = [...document.querySelectorAll('.conflict .changed')].map((line) => line.textContent)
    expect(changed.map((line) => line.replace('•', ''))).toEqual([
      'const b = 2',
      'const c = 3 // mine',
      'const b = 20',
      'const c = 3',
    ])
    await expect.element(page.getByRole('button', { name: 'Two texts' })).toBeVisible()
    await panel.getByRole('button', { name: button }).click()
    await expect.poll(() => textIn('a')).toBe(stays)
    await expect.element(page.getByRole('textbox', { name: 'Scratch cell 1, code' })).toBeVisible()
    await expect
      .poll(() => host.saved('d1'))
      .toEqual([
        { kind: 'source', id: 'a', value: stays },
        { kind: 'source', id: expect.stringMatching(/^scratch-/), value: kept },
      ])
    await expect.element(page.getByText('Saved', { exact: true })).toBeVisible()
    await expect.element(panel).not.toBeInTheDocument()
  })

  it('appears and goes when it is one of the other window’s own', async () => {
    await open()
    const own = { kind: 'source', id: 'scratch-1-x' } as const
    host.changeElsewhere('d1', { ...own, value: 'from there', base: null })
    await expect.poll(() => textIn('scratch-1-x')).toBe('from there')
    host.changeElsewhere('d1', { ...own, value: null, base: revisionOf('from there') })
    await expect.poll(() => document.querySelector('[data-cell="scratch-1-x"]')).toBeNull()
  })

  it('may go while it is being written in, without an error', async () => {
    const errors: string[] = []
    const note = ({ message }: ErrorEvent): void => void errors.push(message)
    window.addEventListener('error', note)
    await open()
    const own = { kind: 'source', id: 'scratch-1-x' } as const
    host.changeElsewhere('d1', { ...own, value: 'from there', base: null })
    await page.getByRole('textbox', { name: 'Scratch cell 1, code' }).click()
    host.changeElsewhere('d1', { ...own, value: null, base: revisionOf('from there') })
    await expect.poll(() => document.querySelector('[data-cell="scratch-1-x"]')).toBeNull()
    // What follows a change of the page's height is over after two frames.
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
    window.removeEventListener('error', note)
    expect(errors).toEqual([])
  })
})

describe('what cannot be saved', () => {
  it('is said plainly, is kept, can be had as a file, and is saved when that is possible', async () => {
    await open()
    host.save = async () => {
      throw new Error('The progress of lesson d1 cannot be saved: the disk is full.')
    }
    await first().click()
    await userEvent.keyboard('{Control>}{End}{/Control} // typed')
    await page.getByRole('button', { name: 'Not saved' }).click()
    const sheet = page.getByRole('dialog', { name: 'Not saved' })
    await expect.element(sheet.getByText('the disk is full.', { exact: false })).toBeVisible()
    await expect.element(sheet.getByText('A copy is kept in this browser', { exact: false })).toBeVisible()
    const made = vi.spyOn(URL, 'createObjectURL')
    await sheet.getByRole('button', { name: 'Save as a file' }).click()
    const file = made.mock.calls[0]?.[0]
    if (!(file instanceof Blob)) throw new Error('no file was made')
    expect(await file.text()).toContain('const c = 3 // typed\n```')
    expect(Object.values(localStorage).join('')).toContain('const c = 3 // typed')
    host.save = async () => undefined
    await sheet.getByRole('button', { name: 'Try again' }).click()
    await expect.element(page.getByText('Saved', { exact: true })).toBeVisible()
    expect(host.saved('d1')).toHaveLength(1)
    expect(Object.values(localStorage).join('')).not.toContain('// typed')
  })

  it('is said on the page of every lesson, until it is saved', async () => {
    host.add(lessonOf('d2', cellBlock('x', '1')))
    await open()
    host.save = async () => {
      throw new Error('the disk is full')
    }
    await first().click()
    await userEvent.keyboard('{Control>}{End}{/Control} // typed')
    await expect.element(page.getByRole('button', { name: 'Not saved' })).toBeVisible()
    document.querySelector<HTMLElement>('[data-lesson="d2"]')?.click()
    await expect.element(page.getByRole('heading', { name: 'Lesson d2', level: 1 })).toBeVisible()
    await page.getByRole('button', { name: 'Not saved' }).click()
    await expect.element(page.getByText('What you typed in “Lesson d1” is not on the disk yet')).toBeVisible()
    host.save = async () => undefined
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.element(page.getByText('Saved', { exact: true })).toBeVisible()
  })

  it('is a draft with the very keystroke, before anything is sent', async () => {
    await open()
    await first().click()
    await userEvent.keyboard('{Control>}{End}{/Control}!')
    expect(Object.values(localStorage).join('')).toContain('const c = 3!')
    expect(host.called('saveProgress')).toEqual([])
  })
})

it('says while typing that a cell is too long to run, and saves it and all others', async () => {
  await open()
  if (lab.view.kind !== 'open') throw new Error('no lesson is open')
  const { notebook } = lab.view
  const [cell] = notebook.cells
  if (!cell) throw new Error('no cell')
  notebook.edit(cell, 'x'.repeat(longestRunText + 1))
  await expect.element(page.getByText('200,001 characters: more than the 200,000', { exact: false })).toBeVisible()
  await expect.poll(() => host.saved('d1').map(({ value }) => String(value).length)).toEqual([longestRunText + 1])
})

it('says what to do with a cell that is too long to run, and not that it is saved when it is not', async () => {
  host.save = async () => {
    throw new Error('the disk is full')
  }
  await open()
  if (lab.view.kind !== 'open') throw new Error('no lesson is open')
  const { notebook } = lab.view
  const [cell] = notebook.cells
  if (!cell) throw new Error('no cell')
  notebook.edit(cell, 'x'.repeat(longestRunText + 1))
  await expect.element(page.getByText('Put it into several cells.', { exact: false })).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Not saved' })).toBeVisible()
  await expect.element(page.getByText('saved all the same', { exact: false })).not.toBeInTheDocument()
  notebook.runAll()
  const answer =
    'This cell has 200,001 characters, and a cell runs with at most 200,000. Put its text into several cells.'
  await expect.element(page.getByText(answer)).toBeVisible()
  expect(host.called('runCell')).toEqual([])
})

it('takes ids that every object has for ids like any other', async () => {
  await open()
  expect(textIn('constructor')).toBe('a + b')
  await expect.element(page.getByText('0 of 1 solved')).toBeVisible()
  expect(lab.lessons.map((lesson) => lab.solved(lesson))).toEqual([0])
  await page.getByRole('textbox', { name: 'Cell 2, code' }).click()
  await userEvent.keyboard('{Control>}{End}{/Control} + c')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect.element(page.getByText('1 of 1 solved')).toBeVisible()
  await expect
    .poll(() => host.saved('d1').map(({ kind, id }) => `${kind} ${id}`))
    .toEqual(['source constructor', 'solved valueOf'])
})

it('keeps settings that were chosen while the host was away', async () => {
  await open()
  host.cut('The lab stopped answering.', true)
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect.poll(() => host.called('saveSettings').at(-1)).toEqual({ changes: { theme: 'dark' } })
})
