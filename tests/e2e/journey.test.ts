import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityProblems, openLab, picture, pictureOfFailure, type OpenedLab } from './opened-lab.ts'

/** One sitting with the lab, from the first lesson to a picture for a slide; each test goes on where the last ended. */
describe('a sitting with the lab', () => {
  let opened: OpenedLab
  beforeAll(async () => {
    opened = await openLab()
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  it('opens a lesson', async () => {
    const { at, page } = opened
    await at.openLesson('D1')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('One chain rule, two directions')
    expect(await page.locator('math').count()).toBeGreaterThan(0)
  })

  it('edits a cell, runs it, and reads the numbers that JAX gives', async () => {
    const cell = opened.at.cell('two-directions')
    await cell.write(
      [
        'const f = (x: number, y: number) => x * jnp.sin(y) + jnp.cos(x)',
        "print('slope', grad(f)(0.5, 0.75))",
        'jvp(f, [0.5, 0.75], [1, 1])[1]',
      ].join('\n'),
    )
    expect(await cell.run()).toMatch(/ms · /)
    expect(await cell.output()).toContain('slope 0.20221323')
    expect(await cell.value()).toBe('0.56805766')
  })

  it('draws the graph of the function that was written', async () => {
    const { at, page } = opened
    await at.tab('Graph').click()
    await page.getByRole('combobox', { name: 'Draw' }).selectOption({ index: 0 })
    const { boxes } = at
    await boxes.first().waitFor()
    const labels = (await boxes.evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')))).join('\n')
    for (const primitive of ['sin', 'mul', 'cos', 'add']) expect(labels).toContain(primitive)
    await picture(page, 'graph')
  })

  it('lights up the line that a box comes from', async () => {
    const { at, page } = opened
    await at.figure.locator('[role="graphics-symbol"][aria-label*="sin"]').first().click()
    await page.getByRole('region', { name: 'Inspector' }).getByText(/sin/).first().waitFor()
    await at.cell('two-directions').root.locator('.cm-linked-line').waitFor()
  })

  it('exports what is on the screen as an SVG file that stands alone', async () => {
    const { at, page } = opened
    await at.button('Export').click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^SVG/ }).first().click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.svg$/)
    const text = await readFile(await download.path(), 'utf8')
    // The lab's own page takes no markup from a text.
    const blank = await page.context().newPage()
    const svg = await blank.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, 'image/svg+xml')
      const all = [...parsed.querySelectorAll('*')]
      return {
        root: parsed.documentElement.localName,
        errors: parsed.querySelectorAll('parsererror').length,
        words: parsed.documentElement.textContent ?? '',
        shapes: parsed.querySelectorAll('rect, path, circle').length,
        foreign: all.filter((element) => ['foreignObject', 'script', 'image'].includes(element.localName)).length,
        references: all.filter((element) => element.hasAttribute('href')).length,
      }
    }, text)
    await blank.close()
    expect(svg).toMatchObject({ root: 'svg', errors: 0, foreign: 0, references: 0 })
    expect(svg.shapes).toBeGreaterThan(8)
    expect(svg.words).toContain('sin')
  })

  it('steps through both tapes, by button and by key', async () => {
    const { at, page } = opened
    await at.tab('Tape').click()
    const step = page.getByRole('slider', { name: 'Step', exact: true })
    await step.waitFor()
    // The whole of both tapes is there at first, so the picture tells something before anything is touched.
    expect(await at.figure.textContent()).toContain('0.2022')
    await picture(page, 'tape')
    const last = await step.inputValue()
    expect(last).toBe(await step.getAttribute('max'))
    await step.focus()
    await step.press('Home')
    await expect.poll(() => at.figure.textContent()).not.toContain('0.2022')
    await at.button('On one step').click()
    await expect.poll(() => step.inputValue()).toBe('1')
    await step.focus()
    await step.press('End')
    await expect.poll(() => step.inputValue()).toBe(last)
    await expect.poll(() => at.figure.textContent()).toContain('0.2022')
  })

  it('says what is wrong with an answer, and marks the right one as solved', async () => {
    const { at } = opened
    await at.openLesson('L0')
    const exercise = at.exercise('L0.4')
    const cell = at.cell('L0.4')
    const check = exercise.getByRole('button', { name: 'Check' })
    await check.click()
    await exercise.getByText('x.at(i).set(0) makes a new array instead').waitFor()
    await exercise.getByRole('button', { name: /^Hint/ }).click()
    await exercise.getByText('What has to be in the brackets?').waitFor()
    await cell.write('const zeroEven = (x) => x.at(slice(0, null, 2)).set(0)')
    await check.click()
    await exercise.getByText('Solved', { exact: true }).waitFor()
  })

  it('stops an endless loop and keeps what earlier cells have made', async () => {
    const { at, page } = opened
    const [kept, loop] = [at.cell('record'), at.cell('frozen')]
    await kept.write('const kept = jnp.arange(4)')
    await kept.run()
    await loop.write('while (true) {}')
    await loop.start()
    await loop.root.locator('.status .running').waitFor()
    await page.keyboard.press('Control+.')
    expect(await loop.finished()).toMatch(/^stopped/)
    await loop.write('kept.sum()')
    await loop.run()
    expect(await loop.value()).toBe('6')
  })

  it('finds the text and the solved exercise again after the page is loaded anew', async () => {
    const { at, page } = opened
    await page.keyboard.press('Control+s')
    await page.reload()
    await at.openLesson('L0')
    expect(await at.cell('frozen').code.innerText()).toContain('kept.sum()')
    await at.exercise('L0.4').getByText('Solved', { exact: true }).waitFor()
  })

  it('can be used by everybody: no violation in light or dark', async () => {
    const { page } = opened
    expect(await accessibilityProblems(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await accessibilityProblems(page)).toEqual([])
    await picture(page, 'dark')
  })

  it('asked for nothing but the lab, and had nothing to complain of', () => {
    const { host } = new URL(opened.lab.address)
    expect([...opened.origins].toSorted()).toEqual([`http://${host}`, `ws://${host}`])
    expect(opened.complaints).toEqual([])
  })
})
