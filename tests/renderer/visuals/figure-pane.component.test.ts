import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import type { InspectionDocument } from '../../../core/inspect/documents.ts'
import Figure from '../../../renderer/visuals/Figure.svelte'
import { longGraph, networkGraph, productGraph } from './documents/graphs.ts'
import { productTape } from './documents/tapes.ts'

/** A figure in a dock of some size, on the page of a real browser. */
interface Docked {
  readonly pane: HTMLElement
  readonly picture: SVGElement
  size(width: number, height: number): void
  button(name: string): HTMLButtonElement
}

let close = (): void => undefined
afterEach(() => close())

async function dock(document: InspectionDocument, width: number, height: number): Promise<Docked> {
  await page.viewport(1600, 1000)
  const root = window.document.createElement('div')
  window.document.body.append(root)
  const size = (wide: number, high: number): void => {
    root.style.cssText = `display:flex;width:${wide}px;height:${high}px`
  }
  size(width, height)
  const figure = mount(Figure, { target: root, props: { document, theme: 'light' } })
  close = () => {
    void unmount(figure)
    root.remove()
  }
  await vi.waitFor(() => expect(root.querySelector('.pane svg')).not.toBeNull(), { timeout: 15_000 })
  flushSync()
  const find = <T extends Element>(selector: string, kind: new () => T): T => {
    const found = root.querySelector(selector)
    if (!(found instanceof kind)) throw new Error(`nothing at ${selector}`)
    return found
  }
  return {
    pane: find('.pane', HTMLElement),
    picture: find('.pane svg', SVGElement),
    size,
    button: (name) => find(`button[aria-label="${name}"]`, HTMLButtonElement),
  }
}

const overflow = ({ pane }: Docked): [number, number] => [
  pane.scrollWidth - pane.clientWidth,
  pane.scrollHeight - pane.clientHeight,
]
/** Pixels of the screen for a unit of the picture. */
function scaleOf({ picture }: Docked): number {
  const width = Number(picture.getAttribute('viewBox')?.split(' ')[2])
  return Number(picture.getAttribute('width')) / width
}

it('fits a graph of three hundred equations into the pane when asked', async () => {
  const docked = await dock(longGraph(301), 560, 680)
  expect(Math.max(...overflow(docked))).toBeGreaterThan(0)
  docked.button('Fit').click()
  await vi.waitFor(() => expect(overflow(docked)).toEqual([0, 0]))
  const drawn = docked.picture.getBoundingClientRect()
  const pane = docked.pane.getBoundingClientRect()
  expect(drawn.bottom).toBeLessThanOrEqual(pane.bottom)
  // And again after the pane has changed, since all of it was asked for.
  docked.size(900, 500)
  await vi.waitFor(() => expect(docked.pane.clientWidth).toBe(900))
  await vi.waitFor(() => expect(overflow(docked)).toEqual([0, 0]))
})

it('has no scrollbar for a misfit of a few pixels, at any size of the dock', async () => {
  for (const document of [productGraph, networkGraph, productTape]) {
    const docked = await dock(document, 560, 680)
    for (let width = 300; width <= 1300; width += 37) {
      docked.size(width, 420 + (width % 500))
      await vi.waitFor(() => expect(docked.pane.clientWidth + 8).toBeGreaterThanOrEqual(width))
      await new Promise(requestAnimationFrame)
      flushSync()
      for (const misfit of overflow(docked)) {
        if (misfit > 0) expect(misfit, `${document.title} at ${width}`).toBeGreaterThan(12)
      }
    }
    close()
  }
  close = () => undefined
})

it('grows with the pane when it fills the window, also after the reader has zoomed', async () => {
  const docked = await dock(networkGraph, 420, 560)
  const beside = scaleOf(docked)
  docked.size(1500, 900)
  await vi.waitFor(() => expect(scaleOf(docked)).toBeGreaterThan(beside * 1.2))
  docked.size(420, 560)
  await vi.waitFor(() => expect(scaleOf(docked)).toBeCloseTo(beside, 2))
  docked.button('Larger').click()
  flushSync()
  const chosen = scaleOf(docked)
  docked.size(1500, 900)
  await vi.waitFor(() => expect(scaleOf(docked)).toBeGreaterThan(chosen * 1.2))
})

it('is moved by dragging, and no text is selected then', async () => {
  const docked = await dock(longGraph(301), 560, 680)
  const { left, top, width, height } = docked.pane.getBoundingClientRect()
  expect(getComputedStyle(docked.pane).cursor).toBe('grab')
  expect(getComputedStyle(docked.picture.querySelector('text') ?? docked.picture).userSelect).toBe('none')
  const at = (type: string, x: number, y: number): void => {
    const target = document.elementFromPoint(left + width / 2, top + height / 2) ?? docked.pane
    const place = { clientX: left + x, clientY: top + y, button: 0, pointerId: 1, pointerType: 'mouse' }
    target.dispatchEvent(new PointerEvent(type, { ...place, bubbles: true, cancelable: true }))
  }
  docked.pane.setPointerCapture = () => undefined
  const before = docked.pane.scrollTop
  at('pointerdown', width / 2, height / 2)
  at('pointermove', width / 2, height / 2 - 120)
  at('pointerup', width / 2, height / 2 - 120)
  expect(docked.pane.scrollTop - before).toBe(120)
})
