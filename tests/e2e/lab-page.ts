import type { Locator, Page } from 'playwright-core'

/** The lab as a user meets it: by the names that are on the screen or read aloud. */
export class LabPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Opens a lesson from the list and waits for its cells. */
  async openLesson(id: string): Promise<void> {
    await this.page.locator(`[data-lesson="${id}"]`).click()
    await this.page.locator(`[data-lesson="${id}"][aria-current="page"]`).waitFor()
    await this.page.locator('section.cell').first().waitFor()
  }

  /** A cell of the lesson by its id. */
  cell(id: string): CellOnPage {
    return new CellOnPage(this.page.locator(`section.cell[data-cell="${id}"]`))
  }

  /** The lesson's cells in reading order. */
  get cells(): { first(): CellOnPage } {
    return { first: () => new CellOnPage(this.page.locator('section.cell').first()) }
  }

  exercise(id: string): Locator {
    return this.page.locator(`section.exercise[aria-label^="Exercise ${id},"]`)
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name, exact: true })
  }

  get figure(): Locator {
    return this.page.locator('#figure-panel')
  }

  /** The boxes of the figure: everything in it that can be chosen. */
  get boxes(): Locator {
    return this.figure.locator('[role="graphics-symbol"]')
  }

  /** Waits until the kernel has nothing left to do. */
  async idle(): Promise<void> {
    await this.page.getByRole('status', { name: 'Kernel: idle' }).waitFor()
  }
}

/** How long a cell may take on a busy machine. */
const patience = 60_000

/** A cell: what is written in it, and what came of it. */
export class CellOnPage {
  readonly root: Locator
  readonly code: Locator

  constructor(root: Locator) {
    this.root = root
    this.code = root.getByRole('textbox')
  }

  /** Replaces the whole text, through the keyboard as a user would. */
  async write(source: string): Promise<void> {
    await this.code.click()
    await this.code.press('ControlOrMeta+a')
    await this.code.page().keyboard.insertText(source)
  }

  async start(): Promise<void> {
    await this.root.getByRole('button', { name: /^Run / }).click()
  }

  /** Runs it to its end and returns how it went: `12 ms · reference`, `error · 3 ms`, … */
  async run(): Promise<string> {
    await this.start()
    return await this.finished()
  }

  async finished(): Promise<string> {
    const status = this.root.locator('.out[aria-busy="false"] .status').filter({ hasText: /ms| s\b|ended/ })
    await status.waitFor({ timeout: patience })
    return (await status.innerText()).trim()
  }

  /** Everything it has printed, returned or raised. */
  async output(): Promise<string> {
    return (await this.root.locator('.what').innerText()).trim()
  }

  /** The value of the last expression. */
  async value(): Promise<string> {
    return (await this.root.locator('.output.value pre').last().innerText()).trim()
  }
}
