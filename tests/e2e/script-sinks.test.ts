import { afterAll, beforeAll, expect, it } from 'vitest'
import { openLab, type OpenedLab } from './opened-lab.ts'

let opened: OpenedLab
beforeAll(async () => {
  opened = await openLab()
})
afterAll(() => opened?.close())

it.each([
  ['markup', () => void (document.body.innerHTML = '<b>text</b>')],
  ['a document of a frame', () => void (document.createElement('iframe').srcdoc = '<b>text</b>')],
  ['a worker from elsewhere', () => void new Worker('https://example.org/worker.js')],
  ['a worker from a text', () => void new Worker('data:text/javascript,1')],
])('no text becomes %s in the page', async (_, become) => {
  await expect(opened.page.evaluate(become)).rejects.toThrow(/TypeError|EvalError|SecurityError/)
})
