import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { headlessBrowser } from '../../build/browser.mjs'
import { root } from '../../build/project.mjs'
import { LabPage } from './lab-page.ts'
import { serveLab, type ServedLab } from './served-lab.ts'

/** A served lab, opened in a browser, with a record of everything the page asked for and complained of. */
export interface OpenedLab {
  readonly lab: ServedLab
  readonly page: Page
  readonly at: LabPage
  /** Origins of all requests and sockets so far. */
  readonly origins: ReadonlySet<string>
  /** Errors on the page's console, and exceptions nobody caught. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** Opens a lab of its own, or another window of one that runs. */
export async function openLab(running?: ServedLab): Promise<OpenedLab> {
  const lab = running ?? (await serveLab())
  const browser: Browser = await chromium.launch(await headlessBrowser())
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(10_000)
  const origins = new Set<string>()
  const complaints: string[] = []
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin)
  })
  const page = await context.newPage()
  page.on('websocket', (socket) => origins.add(new URL(socket.url()).origin))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(lab.address)
  await page.getByRole('navigation', { name: 'Lessons' }).waitFor()
  return {
    lab,
    page,
    at: new LabPage(page),
    origins,
    complaints,
    close: async () => {
      await browser.close()
      if (!running) await lab.close()
    },
  }
}

/** What is wrong with the page for someone who cannot see, hear or point; one line a problem. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html).join(' | ')})`)
}

/** Keeps a picture of the page, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(root, 'tests/e2e/screenshots')
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** After a test that failed, keeps a picture of what the page showed then. */
export async function pictureOfFailure({ task }: TestContext, opened: OpenedLab | undefined): Promise<void> {
  if (task.result?.state === 'fail' && opened) await picture(opened.page, `failed ${task.name}`)
}
