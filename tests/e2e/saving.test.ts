import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityProblems, openLab, picture, pictureOfFailure, type OpenedLab } from './opened-lab.ts'
import { serveLab, type ServedLab } from './served-lab.ts'
import { LabPage } from './lab-page.ts'

/** What is on the disk of lesson L0: the text of each cell. Fails when the file is not whole. */
async function savedTexts(lab: ServedLab): Promise<Map<string, string>> {
  const text = await readFile(join(lab.dataFolder, 'progress', 'L0.json'), 'utf8').catch(() => '{"entries":[]}')
  const { entries }: { entries: { kind: string; id: string; value: string }[] } = JSON.parse(text)
  return new Map(entries.flatMap(({ kind, id, value }) => (kind === 'source' ? [[id, value] as const] : [])))
}

async function editorText(page: Page, id: string): Promise<string> {
  const cell = new LabPage(page).cell(id)
  return (await cell.root.locator('.cm-line').allTextContents()).join('\n')
}

/** A further window of the same browser. */
async function anotherWindow({ page, lab }: OpenedLab, address = lab.address, line?: HeldLine): Promise<Page> {
  const other = await page.context().newPage()
  await line?.hold(other)
  await other.goto(address)
  await other.locator('section.cell').first().waitFor()
  return other
}

/** The line between a window and the lab, on which a test can keep everything waiting. */
class HeldLine {
  #waiting: (() => void)[] | null = null

  async hold(page: Page): Promise<void> {
    await page.routeWebSocket(/./, (window) => {
      const lab = window.connectToServer()
      window.onMessage((message) => this.#pass(() => lab.send(message)))
      lab.onMessage((message) => this.#pass(() => window.send(message)))
    })
  }

  stop(): void {
    this.#waiting = []
  }

  release(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const send of waiting) send()
  }

  #pass(send: () => void): void {
    if (this.#waiting) this.#waiting.push(send)
    else send()
  }
}

const isSaved = (page: Page) => page.getByText('Saved', { exact: true }).waitFor({ timeout: 30_000 })

describe('two windows of one lesson', () => {
  let opened: OpenedLab
  let other: Page
  const line = new HeldLine()
  beforeAll(async () => {
    opened = await openLab()
    await opened.at.openLesson('L0')
    other = await anotherWindow(opened, opened.lab.address, line)
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  it('keep what is written in both, and show it in both', async () => {
    const { at, page, lab } = opened
    const there = new LabPage(other)
    for (let round = 1; round <= 10; round++) {
      await at.cell('record').write(`const record = ${round}`)
      await there.cell('frozen').write(`const frozen = ${round}`)
      await expect.poll(() => editorText(other, 'record')).toBe(`const record = ${round}`)
      await expect.poll(() => editorText(page, 'frozen')).toBe(`const frozen = ${round}`)
    }
    for (const each of [page, other]) await isSaved(each)
    const saved = await savedTexts(lab)
    expect([saved.get('record'), saved.get('frozen')]).toEqual(['const record = 10', 'const frozen = 10'])
  })

  it('ask which text stays where both changed one cell, and lose neither', async () => {
    const { at, page, lab } = opened
    line.stop()
    await at.cell('record').write('of the one')
    await isSaved(page)
    await new LabPage(other).cell('record').write('of the other')
    line.release()
    const panel = other.getByRole('region', { name: /was changed in two windows/ })
    await panel.waitFor()
    await other.getByRole('button', { name: 'Two texts' }).click()
    expect(await accessibilityProblems(other)).toEqual([])
    await picture(other, 'two texts')
    await other.getByRole('button', { name: 'Keep this window’s text' }).click()
    for (const each of [page, other]) {
      await expect.poll(() => editorText(each, 'record')).toBe('of the other')
      await each.getByRole('textbox', { name: 'Scratch cell 1, code' }).waitFor()
      await isSaved(each)
    }
    const saved = await savedTexts(lab)
    expect(saved.get('record')).toBe('of the other')
    expect([...saved].filter(([id]) => id.startsWith('scratch-')).map(([, text]) => text)).toEqual(['of the one'])
  })

  it('had nothing to complain of', () => {
    expect(opened.complaints).toEqual([])
  })
})

describe('a disk that takes nothing', () => {
  it('is said, the text is kept, and saved by itself when the disk is back', async () => {
    const opened = await openLab()
    const { at, page, lab } = opened
    try {
      await at.openLesson('L0')
      await at.cell('record').write('const before = 1')
      await isSaved(page)
      const folder = join(lab.dataFolder, 'progress')
      // A file where the folder was: nothing can be written, by nobody.
      await rename(folder, `${folder}.away`)
      await writeFile(folder, 'in the way')
      await at.cell('record').write('const during = 2')
      await page.getByRole('button', { name: 'Not saved' }).click()
      const sheet = page.getByRole('dialog', { name: 'Not saved' })
      await sheet.getByText('The progress of lesson L0 cannot be saved').waitFor()
      await picture(page, 'not saved')
      await rm(folder)
      await rename(`${folder}.away`, folder)
      await isSaved(page)
      expect((await savedTexts(lab)).get('record')).toBe('const during = 2')
    } finally {
      await opened.close()
    }
  })
})

describe('typing', () => {
  it('without a pause is on the disk while it goes on', async () => {
    const opened = await openLab()
    const { at, page, lab } = opened
    try {
      await at.openLesson('L0')
      await at.cell('record').write('')
      const text = `// ${'0123456789'.repeat(12)}`
      const typed = page.keyboard.type(text, { delay: 40 })
      let during = 0
      const ended = typed.then(() => true)
      while (!(await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve(false), 100))]))) {
        during = Math.max(during, (await savedTexts(lab)).get('record')?.length ?? 0)
      }
      expect(during).toBeGreaterThan(20)
      await isSaved(page)
      expect((await savedTexts(lab)).get('record')).toBe(text)
    } finally {
      await opened.close()
    }
  })

  it('survives 30 deaths of the lab at any moment, and goes on in the same tab with the new address', async () => {
    const first = await serveLab()
    const port = Number(new URL(first.address).port)
    const opened = await openLab(first)
    const { at, page } = opened
    let lab = first
    try {
      await at.openLesson('L0')
      await at.cell('record').write('')
      let expected = ''
      for (let death = 1; death <= 30; death++) {
        const words = `// ${death} ${'abcdefgh '.repeat(6)}\n`
        // From a different moment of typing, saving and writing each time.
        const killed = new Promise((resolve) => setTimeout(resolve, (death * 137) % 1300)).then(() =>
          lab.program.end('SIGKILL'),
        )
        await page.keyboard.type(words, { delay: 12 })
        await killed
        expected += words
        await savedTexts(lab)
        lab = await serveLab(first.dataFolder, port)
        // As if it were pasted into the address bar.
        await page.evaluate((hash) => {
          window.location.hash = hash
        }, new URL(lab.address).hash)
        await isSaved(page)
        await expect.poll(async () => (await savedTexts(lab)).get('record')).toBe(await editorText(page, 'record'))
      }
      expect((await editorText(page, 'record')).replaceAll(/\s+/g, ' ')).toBe(expected.replaceAll(/\s+/g, ' '))
    } finally {
      await opened.close()
      await lab.close()
      await rm(first.dataFolder, { recursive: true, force: true })
    }
  }, 300_000)

  it('goes on in a tab that was left behind when the new address is opened in another', async () => {
    const first = await serveLab()
    const opened = await openLab(first)
    const { at, page } = opened
    let lab = first
    try {
      await at.openLesson('L0')
      await at.cell('record').write('const before = 1')
      await isSaved(page)
      await first.program.end('SIGKILL')
      await at.cell('record').write('typed while the lab was away')
      await page.getByRole('alert').getByText('What is typed stays on this page').waitFor()
      await picture(page, 'lab away')
      lab = await serveLab(first.dataFolder, Number(new URL(first.address).port))
      const other = await anotherWindow(opened, lab.address)
      await isSaved(page)
      await expect.poll(() => editorText(other, 'record')).toBe('typed while the lab was away')
      expect((await savedTexts(lab)).get('record')).toBe('typed while the lab was away')
    } finally {
      await opened.close()
      await lab.close()
      await rm(first.dataFolder, { recursive: true, force: true })
    }
  })

  it('survives 10 crashes of the page, each together with the lab', async () => {
    const first = await serveLab()
    const port = Number(new URL(first.address).port)
    const opened = await openLab(first)
    let { page } = opened
    let lab = first
    try {
      await opened.at.openLesson('L0')
      await opened.at.cell('record').write('')
      await isSaved(page)
      for (let crash = 1; crash <= 10; crash++) {
        const cell = new LabPage(page).cell('record')
        const text = `const crash${crash} = '${'abcdefgh '.repeat(crash)}'`
        await cell.write('')
        await page.keyboard.type(text, { delay: 5 })
        const typed = await editorText(page, 'record')
        const gone = page.waitForEvent('crash')
        page.goto('chrome://crash').catch(() => undefined)
        await Promise.all([gone, lab.program.end('SIGKILL')])
        await page.close()
        lab = await serveLab(first.dataFolder, port)
        page = await anotherWindow(opened, lab.address)
        await expect.poll(() => editorText(page, 'record')).toBe(typed)
        await isSaved(page)
        expect((await savedTexts(lab)).get('record')).toBe(typed)
      }
    } finally {
      await opened.close()
      await lab.close()
      await rm(first.dataFolder, { recursive: true, force: true })
    }
  }, 300_000)
})
