import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import '../../../renderer/styles/prose.css'
import '@fontsource-variable/inter'
import '@fontsource/jetbrains-mono'
import { beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import App from '../../../renderer/app/App.svelte'
import { Lab } from '../../../renderer/app/lab.svelte.ts'
import { livePages } from '../../../renderer/app/notebook/live-pages.ts'
import { FakeHost, type HeldRun } from '../fake-host.ts'
import { cellBlock, exerciseBlock, lessonOf } from '../lessons.ts'

/** As wide as the windows that the lab is made for, and those that zoom makes of them. */
const widths = [3840, 1920, 1440, 1280, 1180, 1024, 900, 860, 640, 480, 320]
const word = 'w'.repeat(300)
const line66 = `const answer = ${'1 + '.repeat(12)}23`.padEnd(66, '0')
const tall = Array.from({ length: 80 }, (_, at) => `const line${at} = ${at}`).join('\n')
let host: FakeHost

beforeEach(async () => {
  localStorage.clear()
  await page.viewport(1280, 720)
  host = new FakeHost().add(
    lessonOf(
      'd1',
      cellBlock('a', line66),
      cellBlock('b', `const long = '${word}'`),
      exerciseBlock({ id: 'W1', kind: 'write', title: word, starter: line66, html: `<p><code>${word}</code></p>` }),
      exerciseBlock({ id: 'P1', kind: 'predict', title: 'Say', options: [{ id: 'o', html: `<code>${word}</code>` }] }),
      exerciseBlock({ id: 'O1', kind: 'order', title: 'Order', lines: [{ id: 'l', code: word }] }),
      cellBlock('c', tall),
      cellBlock('d', 'd = 4'),
    ),
  )
  const { container } = await render(App, { lab: new Lab(host.open, localStorage, livePages(navigator.locks)) })
  container.style.height = '100vh'
  await expect.element(page.getByRole('heading', { name: 'Lesson d1', level: 1 })).toBeVisible()
  await document.fonts.ready
})

function part(selector: string, within: ParentNode = document): HTMLElement {
  const found = within.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`there is no ${selector}`)
  return found
}

/** A scratch cell has a name of its own behind its number. */
const cell = (id: string): HTMLElement => part(`[data-cell="${id}"], [data-cell^="${id}-"]`)
const inEditor = (id: string, selector: string): HTMLElement => {
  const root = part('.editor', cell(id)).shadowRoot
  if (!root) throw new Error('the editor has no shadow root')
  return part(selector, root)
}
const lines = (count: number): string => 'a printed line\n'.repeat(count)

async function runAll(onRun: (run: HeldRun) => void): Promise<void> {
  host.onRun = onRun
  await page.getByRole('button', { name: 'Run all' }).click()
  await expect.poll(() => document.querySelectorAll('.out[aria-busy="false"]').length).toBe(4)
}

/** Cells, exercises and what lies in them, where they are wider than the place they have. */
function overflowing(): string[] {
  const parts = document.querySelectorAll<HTMLElement>('html, main, header, .cell, .cell *, .exercise, .exercise *')
  return [...parts].flatMap((found) => {
    const { display, overflowX } = getComputedStyle(found)
    const clipped = overflowX === 'hidden' || display === 'inline' || found.clientWidth === 0
    // A table has two dimensions: it scrolls in itself where it must.
    if (clipped || found.closest('svg, [role="region"][aria-label^="Table"]')) return []
    return found.scrollWidth > found.clientWidth ? [`${found.tagName}.${found.className}`] : []
  })
}

describe('what a cell shows', () => {
  it('fits its column at every width: printed, raised, tabled, drawn and asked', async () => {
    await runAll((run) => {
      run.print({ kind: 'text', stream: 'stdout', text: `${word}\n${'many words '.repeat(60)}\n` })
      run.print({
        kind: 'value',
        text: `{ lambda ; a:f32[3]. let ${'b:f32[3] = sin a '.repeat(20)} }`,
        truncated: false,
      })
      run.print({ kind: 'table', columns: ['name', word], rows: [[word, 1]], truncated: false })
      run.print({ kind: 'plot', plot: { title: word, series: [{ label: word, kind: 'line', x: [0, 1], y: [0, 1] }] } })
      const place = { cellId: run.cellId, line: 1, column: 1, functionName: word }
      const error = { name: word, message: `${word} in ${'a long sentence '.repeat(30)}`, place, lineText: word }
      run.print({ kind: 'error', error: { ...error, why: word, hint: `\`${word}\``, stack: [place, place] } })
      run.finish()
    })
    for (const summary of document.querySelectorAll<HTMLDetailsElement>('details')) summary.open = true
    for (const width of widths) {
      await page.viewport(width, 720)
      await expect.poll(overflowing, { message: `at ${width}` }).toEqual([])
    }
  })

  it('wraps what is printed, and copies it as it was printed', async () => {
    const text = `first ${'word '.repeat(40)}\n\n    indented ${'word '.repeat(40)}\n${'x'.repeat(1500)}`
    await runAll((run) => {
      run.print({ kind: 'text', stream: 'stdout', text: `${text}\n` })
      run.finish()
    })
    const printed = part('.output pre', cell('a'))
    expect(printed.scrollWidth).toBe(printed.clientWidth)
    getSelection()?.selectAllChildren(printed)
    expect(getSelection()?.toString()).toBe(text)
    // What is wrapped hangs two columns behind the first word of its line, which has four blanks before it.
    const line = part('.line:nth-child(3)', printed)
    const range = document.createRange()
    range.selectNodeContents(line)
    const rows = [...Map.groupBy(range.getClientRects(), ({ top }) => Math.round(top)).values()]
    const lefts = rows.map((row) => Math.min(...row.map((box) => box.left)))
    const content = line.firstChild
    if (!content) throw new Error('the line has no text')
    range.setStart(content, 0)
    range.setEnd(content, 4)
    const column = range.getBoundingClientRect().width / 4
    const hung = lefts.map((left) => Math.round((left - printed.getBoundingClientRect().left) / column))
    expect(hung).toEqual([0, ...lefts.slice(1).map(() => 6)])
    expect(rows.length).toBeGreaterThan(2)
  })

  it.each([1e10, -1e10, 12_345_678, 3e-8, 1])('shows the axes of a plot whole: up to %d', async (most) => {
    const series = [{ label: 'y', kind: 'line', x: [0, most], y: [0, most] } as const]
    const plot = { title: 'Loss', xLabel: 'many steps '.repeat(20), yLabel: 'a long label '.repeat(9), series }
    await runAll((run) => {
      run.print({ kind: 'plot', plot })
      run.finish()
    })
    const drawing = part('svg[role="img"]', cell('a'))
    const frame = drawing.getBoundingClientRect()
    const boxes = [...drawing.querySelectorAll('text')].map((text) => text.getBoundingClientRect())
    const cut = boxes.filter(
      ({ left, right, top, bottom }) =>
        left < frame.left || right > frame.right || top < frame.top - 1 || bottom > frame.bottom,
    )
    expect(cut).toEqual([])
    const touching = boxes.flatMap((one, at) =>
      boxes
        .slice(at + 1)
        .filter(
          (other) =>
            one.left < other.right &&
            other.left < one.right &&
            one.top + 3 < other.bottom &&
            other.top + 3 < one.bottom,
        ),
    )
    expect(touching).toEqual([])
  })

  it('keeps the numbers of a table whole', async () => {
    const columns = Array.from({ length: 30 }, (_, at) => String(at + 100))
    await runAll((run) => {
      run.print({ kind: 'table', columns, rows: [columns.map(Number)], truncated: false })
      run.finish()
    })
    const heights = [...cell('a').querySelectorAll('th, td')].map((found) => found.clientHeight)
    expect(Math.max(...heights)).toBeLessThan(32)
  })

  it('calls cells by the names that stand beside them', async () => {
    await runAll((run) => {
      run.print({ kind: 'text', stream: 'stdout', text: 'At line 1 of cell:b, in f. Of cell:nobody, too.\n' })
      run.finish()
    })
    expect(part('.output pre', cell('a')).textContent).toBe('At line 1 of Cell 2, in f. Of cell:nobody, too.')
    expect(part('.controls', cell('b')).textContent).toContain('Cell 2')
  })

  it('bounds what a loop prints, and shows all of it on demand', async () => {
    await runAll((run) => {
      run.print({ kind: 'text', stream: 'stdout', text: lines(5000) })
      run.finish()
    })
    expect(cell('a').clientHeight).toBeLessThan(900)
    await page.getByRole('button', { name: 'Show all 5,000 lines' }).first().click()
    const all = part('[role="region"][aria-label="Output, 5,000 lines"]', cell('a'))
    expect(all.textContent).toBe(lines(5000).trimEnd())
    expect(all.clientHeight).toBeLessThanOrEqual(480)
    expect(all.tabIndex).toBe(0)
  })
})

describe('code', () => {
  it('of 66 columns is never scrolled from 912 pixels on, in exercises neither', async () => {
    for (const width of widths.filter((each) => each >= 912)) {
      await page.viewport(width, 720)
      for (const id of ['a', 'W1']) {
        const scroller = inEditor(id, '.cm-scroller')
        await expect.poll(() => scroller.scrollWidth - scroller.clientWidth, { message: `${id} at ${width}` }).toBe(0)
      }
    }
  })

  it('passes under the line numbers when it is scrolled, and its scrollbar is the lab’s own', async () => {
    const scroller = inEditor('b', '.cm-scroller')
    expect(scroller.scrollWidth).toBeGreaterThan(scroller.clientWidth)
    scroller.scrollLeft = 200
    const gutter = inEditor('b', '.cm-gutters')
    const box = gutter.getBoundingClientRect()
    expect(box.left).toBe(scroller.getBoundingClientRect().left)
    const root = gutter.getRootNode()
    if (!(root instanceof ShadowRoot)) throw new Error('the gutter is in no shadow root')
    const above = root.elementsFromPoint(box.left + 4, box.top + box.height / 2)
    expect(gutter.contains(above[0] ?? null)).toBe(true)
    expect(getComputedStyle(gutter).backgroundColor).toBe(getComputedStyle(part('.code', cell('b'))).backgroundColor)
    expect(getComputedStyle(gutter).backgroundColor).toMatch(/^rgb\(/)
    expect(getComputedStyle(scroller, '::-webkit-scrollbar').height).toBe('8px')
  })

  it('is covered by no button', () => {
    for (const id of ['a', 'b', 'W1']) {
      const controls = part('.controls', cell(id)).getBoundingClientRect()
      expect(controls.bottom).toBeLessThanOrEqual(inEditor(id, '.cm-line').getBoundingClientRect().top + 4)
    }
  })
})

describe('Shift-Enter', () => {
  const shiftEnter = () => userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  /** The cell that is written in, and where its code and caret are in the window of the text. */
  function written(): { id: string; codeInside: boolean; caretInside: boolean } {
    const host = document.activeElement
    const found = host?.closest<HTMLElement>('[data-cell]')
    if (!host || !found) return { id: '', codeInside: false, caretInside: false }
    const view = part('main').getBoundingClientRect()
    const inside = (element: Element): boolean => {
      const { top, bottom } = element.getBoundingClientRect()
      return top >= view.top && bottom <= view.bottom
    }
    const caret = host.shadowRoot?.querySelector('.cm-activeLineGutter')
    return {
      id: (found.dataset['cell'] ?? '').replace(/^(scratch-\d+)-.*/, '$1'),
      codeInside: inside(host),
      caretInside: !!caret && inside(caret),
    }
  }

  it('keeps the cell that it goes to in the window, with outputs that come later, too, and makes one at the end', async () => {
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    for (const [run, next] of [
      ['a', 'b'],
      ['b', 'W1'],
      ['W1', 'c'],
      ['c', 'd'],
      ['d', 'scratch-1'],
      ['scratch-1', 'scratch-2'],
    ]) {
      await shiftEnter()
      const fits = next !== 'c'
      const there = { id: next, codeInside: fits, caretInside: true }
      await expect.poll(written, { message: `from ${run}` }).toEqual(there)
      await expect.poll(() => host.runs.at(-1)?.cellId.startsWith(run)).toBe(true)
      host.runs.at(-1)?.print({ kind: 'text', stream: 'stdout', text: lines(40) })
      await expect.poll(() => cell(run).querySelector('.output pre')?.textContent).toBe(lines(40).trimEnd())
      expect(written(), `after the output of ${run}`).toEqual(there)
      host.runs.at(-1)?.finish()
      await expect.poll(written, { message: `at the end of ${run}` }).toEqual(there)
    }
  })

  it('leaves the window to the reader who scrolls', async () => {
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    await shiftEnter()
    await expect.poll(() => host.runs.length).toBe(1)
    const main = part('main')
    main.dispatchEvent(new WheelEvent('wheel', { deltaY: 400 }))
    main.scrollTop = 400
    host.runs[0]?.print({ kind: 'text', stream: 'stdout', text: lines(10) })
    await expect.poll(() => cell('a').querySelector('.output pre')?.textContent).toBe(lines(10).trimEnd())
    expect(written().codeInside).toBe(false)
  })
})

describe('the bar', () => {
  it('has all its controls in the window at 200 and 400 % of 1280 pixels', async () => {
    const reachable = (name: string): boolean => {
      const button = page.getByRole('button', { name, exact: true }).element()
      const { left, right, top, bottom } = button.getBoundingClientRect()
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
      return left >= 0 && right <= innerWidth && bottom <= innerHeight && button.contains(hit)
    }
    for (const [width, height] of [
      [640, 360],
      [320, 180],
      [320, 640],
    ] as const) {
      await page.viewport(width, height)
      await expect.poll(() => ['Stop', 'Run all', 'Figures', 'Lessons'].filter((name) => !reachable(name))).toEqual([])
      if (width < 520) await page.getByRole('button', { name: 'More controls' }).click()
      const rest = ['Restart', 'Devices: cpu × 4', 'Keyboard shortcuts', 'Theme: light']
      await expect.poll(() => rest.filter((name) => !reachable(name)), { message: `at ${width}` }).toEqual([])
      if (width < 520) await page.getByRole('button', { name: 'More controls' }).click()
    }
  })

  it('opens its sheets inside of the window', async () => {
    host.save = async () => {
      throw new Error('The progress of lesson d1 cannot be saved: the disk is full.')
    }
    await page.viewport(1280, 720)
    await page.getByRole('textbox', { name: 'Cell 1, code' }).click()
    await userEvent.keyboard('x')
    const unsaved = page.getByRole('button', { name: 'Not saved' })
    await expect.element(unsaved).toBeVisible()
    for (const [width, height] of [
      [1280, 720],
      [912, 720],
      [860, 720],
      [640, 360],
      [540, 400],
      [320, 640],
    ] as const) {
      await page.viewport(width, height)
      for (const button of [page.getByRole('button', { name: /^Devices/ }), unsaved]) {
        const more = page.getByRole('button', { name: 'More controls' })
        if (button !== unsaved && width < 520) await more.click()
        await button.click()
        const { left, right, bottom } = part('.sheet[role="dialog"]').getBoundingClientRect()
        expect([left >= 0, right <= width, bottom <= height], `${width} × ${height}`).toEqual([true, true, true])
        await userEvent.keyboard('{Escape}')
        if (button !== unsaved && width < 520) await more.click()
      }
    }
  })

  it('leaves the text uncovered by notices where there is a column beside it', async () => {
    const message =
      'The progress of lesson d1 was damaged. The file was kept as /home/ada/lab/progress/d1.json.damaged.'
    host.events?.notice({ message })
    const notices = page.getByRole('list', { name: 'Notices' })
    await expect.element(notices.getByText(message)).toBeVisible()
    for (const width of [1180, 1280, 1440, 1920]) {
      await page.viewport(width, 720)
      const { right } = part('ul[aria-label="Notices"]').getBoundingClientRect()
      expect(right).toBeLessThanOrEqual(part('main').getBoundingClientRect().left)
    }
  })

  it('opens the figures in place of the text where the window is low', async () => {
    await page.viewport(640, 360)
    await page.getByRole('button', { name: 'Figures', exact: true }).click()
    const dock = part('aside').getBoundingClientRect()
    expect([dock.top, dock.bottom, dock.width]).toEqual([48, 360, 640])
    await page.getByRole('button', { name: 'Figures', exact: true }).click()
    await expect.poll(() => part('aside').getBoundingClientRect().height).toBe(0)
  })

  it('closes the figures with Escape, and leaves the focus where they are opened again', async () => {
    await page.viewport(640, 360)
    const figures = page.getByRole('button', { name: 'Figures', exact: true })
    for (const inside of [false, true]) {
      await figures.click()
      await expect.element(figures).toHaveAttribute('aria-expanded', 'true')
      if (inside) part('[role="tab"][aria-selected="true"]').focus()
      await userEvent.keyboard('{Escape}')
      await expect.element(figures).toHaveAttribute('aria-expanded', 'false')
      await expect.element(figures).toHaveFocus()
    }
  })

  it('closes the list of lessons, and leaves the focus where the reader goes on', async () => {
    await page.viewport(860, 720)
    const lessons = page.getByRole('button', { name: 'Lessons', exact: true })
    await lessons.click()
    part('[data-lesson="d1"]').focus()
    await userEvent.keyboard('{Escape}')
    await expect.element(lessons).toHaveAttribute('aria-expanded', 'false')
    await expect.element(lessons).toHaveFocus()

    await lessons.click()
    part('[data-lesson="d1"]').focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(lessons).toHaveAttribute('aria-expanded', 'false')
    await expect.element(page.getByRole('main')).toHaveFocus()
  })

  it('closes a menu with Escape, and the figures with the next one', async () => {
    await page.viewport(640, 360)
    const figures = page.getByRole('button', { name: 'Figures', exact: true })
    await figures.click()
    const devices = page.getByRole('button', { name: /^Devices/ })
    await devices.click()
    await userEvent.keyboard('{Escape}')
    await expect.element(devices).toHaveAttribute('aria-expanded', 'false')
    await expect.element(figures).toHaveAttribute('aria-expanded', 'true')
    await userEvent.keyboard('{Escape}')
    await expect.element(figures).toHaveAttribute('aria-expanded', 'false')
  })
})
