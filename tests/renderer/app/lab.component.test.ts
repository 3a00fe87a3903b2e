import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import { beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import App from '../../../renderer/app/App.svelte'
import { Lab } from '../../../renderer/app/lab.svelte.ts'
import { livePages } from '../../../renderer/app/notebook/live-pages.ts'
import { FakeHost, idleKernel } from '../fake-host.ts'
import { cellBlock, exerciseBlock, lessonOf, prediction } from '../lessons.ts'

const lines = ['a = 1', 'b = a', 'c = b'].map((code, at) => ({ id: `line-${at + 1}`, code }))
let host: FakeHost
let lab: Lab

beforeEach(async () => {
  localStorage.clear()
  await page.viewport(1440, 900)
  host = new FakeHost()
    .add(
      lessonOf(
        'd1',
        { kind: 'prose', html: '<p>Some prose, and <a href="https://example.org/x">a link</a>.</p>' },
        cellBlock('a', 'const a = 1\na.b.c'),
        cellBlock('b', 'a + 1'),
        prediction,
        exerciseBlock({ id: 'O1', kind: 'order', title: 'In order', lines: lines.toReversed() }),
        exerciseBlock({
          id: 'W1',
          kind: 'write',
          title: 'Write it',
          starter: 'const f = 0',
          hintCount: 2,
          hasSolution: true,
        }),
      ),
    )
    .add(lessonOf('d2'))
  lab = new Lab(host.open, localStorage, livePages(navigator.locks))
  await render(App, { lab })
  await expect.element(page.getByRole('heading', { name: 'Lesson d1', level: 1 })).toBeVisible()
})

const inCell = (id: string, selector: string) =>
  [...(document.querySelector(`[data-cell="${id}"] .editor`)?.shadowRoot?.querySelectorAll(selector) ?? [])].map(
    (found) => found.textContent,
  )

describe('a cell', () => {
  it('shows the error at its line in the editor until the text changes', async () => {
    host.onRun = (run) => {
      const place = { cellId: 'a', line: 2, column: 1 }
      run.print({
        kind: 'error',
        error: { name: 'TypeError', message: 'a.b is undefined', place, stack: [], hint: 'Give a a b.' },
      })
      run.finish({ status: 'error' })
    }
    await page.getByRole('button', { name: 'Run Cell 1' }).click()
    const cell = page.getByRole('region', { name: 'Cell 1', exact: true })
    await expect.element(cell.getByText('TypeError')).toBeVisible()
    await expect.element(cell.getByText('Give a a b.')).toBeVisible()
    await expect.poll(() => inCell('a', '.cm-error-line')).toEqual(['a.b.c'])
    await cell.getByRole('button', { name: 'Cell 1, line 2' }).click()
    await userEvent.keyboard('// ')
    await expect.poll(() => inCell('a', '.cm-error-line')).toEqual([])
    await expect.element(cell.getByText('edited')).toBeVisible()
  })

  it('moves on with Shift-Enter, and Run all stands in the bar', async () => {
    host.onRun = (run) => run.finish()
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
    await expect.poll(() => host.runs.map((run) => run.cellId)).toEqual(['a'])
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
    await expect.poll(() => host.runs.map((run) => run.cellId)).toEqual(['a', 'b'])
    await page.getByRole('button', { name: 'Run all' }).click()
    await expect.poll(() => host.runs.map((run) => run.cellId)).toEqual(['a', 'b', 'a', 'b'])
  })

  it('says how it went, and that it is stale after a change above', async () => {
    host.onRun = (run) => {
      run.print({ kind: 'value', text: 'Array(2., float32)', truncated: false })
      run.finish({ milliseconds: 12.4 })
    }
    await page.getByRole('button', { name: 'Run all' }).click()
    const second = page.getByRole('region', { name: 'Cell 2', exact: true })
    await expect.element(second.getByText('12 ms · cpu:0')).toBeVisible()
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    await userEvent.keyboard('{Control>}{Home}{/Control}// changed{Enter}')
    await expect.element(second.getByText('stale')).toBeVisible()
  })

  it('stops what runs from the bar', async () => {
    await page.getByRole('button', { name: 'Run Cell 1' }).click()
    await expect.element(page.getByText('running', { exact: false }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect.poll(() => host.called('interrupt')).toEqual([{ lessonId: 'd1' }])
  })

  it('adds a cell of one’s own at the end and saves it', async () => {
    await page.getByRole('button', { name: 'Add a scratch cell' }).click()
    await userEvent.keyboard('1 + 1')
    await expect
      .poll(() => host.saved('d1'))
      .toEqual([{ kind: 'source', id: expect.stringMatching(/^scratch-1-/), value: '1 + 1' }])
  })
})

describe('an exercise', () => {
  it('asks for a prediction before its code runs', async () => {
    host.check = async ({ answer }) => {
      const passed = answer.kind === 'option' && answer.optionId === 'option-2'
      return { passed, items: [], message: passed ? 'Right.' : 'Two arrows arrive.', status: 'ok' }
    }
    const exercise = page.getByRole('region', { name: 'Exercise P1, An exercise' })
    await expect.element(exercise.getByRole('button', { name: 'Run Exercise P1' })).toBeDisabled()
    await expect.element(exercise.getByRole('button', { name: 'Commit the prediction' })).toBeDisabled()
    await exercise.getByText('the last one wins').click()
    await exercise.getByRole('button', { name: 'Commit the prediction' }).click()
    expect(document.activeElement?.textContent).toContain('Commit')
    await expect.element(exercise.getByText('Two arrows arrive.')).toBeVisible()
    await expect.element(exercise.getByRole('button', { name: 'Run Exercise P1' })).toBeEnabled()
    await exercise.getByText('they are added').click()
    await exercise.getByRole('button', { name: 'Commit another answer' }).click()
    await expect.element(exercise.getByText('Solved')).toBeVisible()
    await expect.element(page.getByText('1 of 3 solved')).toBeVisible()
  })

  it('is put in order with the keyboard alone', async () => {
    const exercise = page.getByRole('region', { name: 'Exercise O1, In order' })
    const order = () => [...document.querySelectorAll('[data-line]')].map((line) => line.textContent)
    expect(order()).toEqual(['c = b', 'b = a', 'a = 1'])
    document.querySelector<HTMLElement>('[data-line="line-3"]')?.focus()
    await userEvent.keyboard('{Alt>}{ArrowDown}{ArrowDown}{/Alt}')
    await expect.poll(order).toEqual(['b = a', 'a = 1', 'c = b'])
    await userEvent.keyboard('{ArrowUp}{Alt>}{ArrowUp}{/Alt}')
    await expect.poll(order).toEqual(['a = 1', 'b = a', 'c = b'])
    await exercise.getByRole('button', { name: 'Check the order' }).click()
    await expect
      .poll(() => host.called('checkExercise').at(-1))
      .toMatchObject({ answer: { kind: 'order', lineIds: ['line-1', 'line-2', 'line-3'] } })
  })

  it('ticks what is right, gives hints one by one, and asks before it shows the solution', async () => {
    host.check = async () => ({
      passed: false,
      items: [
        { label: 'value', passed: true },
        { label: 'derivative at 0', passed: false, message: 'expected 0, got NaN' },
      ],
      message: 'The value is right.',
      status: 'ok',
    })
    const exercise = page.getByRole('region', { name: 'Exercise W1, Write it' })
    await exercise.getByRole('button', { name: 'Check', exact: true }).click()
    await expect.element(exercise.getByText('expected 0, got NaN')).toBeVisible()
    await exercise.getByRole('button', { name: 'Hint 1 of 2' }).click()
    await expect.element(exercise.getByRole('paragraph').filter({ hasText: 'Hint 1' })).toBeVisible()
    expect(host.called('hint')).toHaveLength(1)
    await exercise.getByRole('button', { name: 'Solution' }).click()
    expect(host.called('solution')).toEqual([])
    await exercise.getByRole('button', { name: 'Show it' }).click()
    await expect.element(exercise.getByText('const answer = 42')).toBeVisible()
  })
})

describe('the window', () => {
  it('keeps what is typed while the host is away', async () => {
    host.cut('The lab stopped answering.', true)
    await expect.element(page.getByText('What is typed stays on this page', { exact: false })).toBeVisible()
    // The browser gives what was typed to nobody on another port.
    await expect.element(page.getByText(`--port ${location.port}`, { exact: true })).toBeVisible()
    await page.getByRole('textbox', { name: 'Cell 2, code' }).click()
    await userEvent.keyboard('{Control>}{End}{/Control} + 5')
    await page.getByRole('button', { name: 'Try now' }).click()
    await expect.poll(() => host.saved('d1')).toEqual([{ kind: 'source', id: 'b', value: 'a + 1 + 5' }])
    await expect.poll(() => document.body.textContent?.includes('What is typed stays')).toBe(false)
  })

  it('offers to run lost cells again', async () => {
    host.onRun = (run) => run.finish()
    await page.getByRole('button', { name: 'Run Cell 1' }).click()
    await expect.poll(() => host.runs.length).toBe(1)
    host.events?.kernelStatus({ ...idleKernel('d1'), message: 'The kernel ran out of memory.', lostCellIds: ['a'] })
    await expect.element(page.getByText('The kernel ran out of memory.').first()).toBeVisible()
    await page.getByRole('button', { name: 'Run the cells above again' }).click()
    await expect.poll(() => host.runs.map((run) => run.cellId)).toEqual(['a', 'a'])
  })

  it('moves in the lesson list with the arrow keys and opens with Enter', async () => {
    document.querySelector<HTMLElement>('[data-lesson="d1"]')?.focus()
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement?.getAttribute('data-lesson')).toBe('d2')
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByRole('heading', { name: 'Lesson d2', level: 1 })).toBeVisible()
    await expect.poll(() => host.called('saveSettings').at(-1)).toEqual({ changes: { lastLessonId: 'd2' } })
  })

  it('changes the theme and keeps it', async () => {
    await page.getByRole('button', { name: 'Theme: light' }).click()
    await expect.poll(() => document.documentElement.dataset['theme']).toBe('dark')
    await expect.poll(() => host.called('saveSettings').at(-1)).toEqual({ changes: { theme: 'dark' } })
  })

  it('sets the number of devices', async () => {
    await page.getByRole('button', { name: 'Devices: cpu × 4' }).click()
    await page.getByRole('radio', { name: '2', exact: true }).click()
    await expect.poll(() => host.called('setDevices')).toEqual([{ lessonId: 'd1', count: 2 }])
    await page.getByRole('radio', { name: '16', exact: true }).click()
    await expect.poll(() => host.called('setDevices').at(-1)).toEqual({ lessonId: 'd1', count: 16 })
  })

  it('follows no link out of the lab', async () => {
    await page.getByRole('link', { name: 'a link' }).click()
    await expect.element(page.getByText('https://example.org/x', { exact: false }).first()).toBeVisible()
  })

  it('opens the sheet of shortcuts with ?, but not while typing', async () => {
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    await userEvent.keyboard('?')
    expect(document.querySelector('dialog')?.open).toBe(false)
    document.querySelector<HTMLElement>('[data-lesson="d1"]')?.focus()
    await userEvent.keyboard('?')
    await expect.poll(() => document.querySelector('dialog')?.open).toBe(true)
  })

  it('folds the list below 1180 and the dock below 900', async () => {
    await page.viewport(1100, 800)
    await expect.element(page.getByRole('button', { name: 'Lessons' })).toBeVisible()
    expect(document.querySelector('nav')?.checkVisibility()).toBe(false)
    await page.getByRole('button', { name: 'Lessons' }).click()
    await expect.poll(() => document.querySelector('nav')?.checkVisibility()).toBe(true)
    await page.viewport(800, 800)
    expect(document.querySelector('aside')?.checkVisibility()).toBe(false)
    await page.getByRole('button', { name: 'Figures' }).click()
    await expect.poll(() => document.querySelector('aside')?.checkVisibility()).toBe(true)
  })
})
