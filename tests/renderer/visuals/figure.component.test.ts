import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InspectionDocument, SourceSpan } from '../../../core/inspect/documents.ts'
import { figurePng, figureSvg } from '../../../renderer/export/figure-file.ts'
import Figure from '../../../renderer/visuals/Figure.svelte'
import { longGraph, productGraph, scanGraph } from './documents/graphs.ts'
import { reusedKeys } from './documents/keys.ts'
import { productTape } from './documents/tapes.ts'

/** A figure on the page of a real browser, and what it told the dock. */
interface Shown {
  readonly root: HTMLElement
  readonly figure: ReturnType<typeof Figure>
  readonly sources: SourceSpan[]
  readonly inspected: string[][]
  item(id: string): SVGGElement
  button(name: string): HTMLButtonElement
  close(): void
}

const open: Shown[] = []

afterEach(() => {
  for (const shown of open.splice(0)) shown.close()
})

async function show(
  document: InspectionDocument,
  highlight: { file: string; line: number } | null = null,
): Promise<Shown> {
  const root = window.document.createElement('div')
  root.style.cssText = 'display:flex;width:560px;height:680px'
  window.document.body.append(root)
  const sources: SourceSpan[] = []
  const inspected: string[][] = []
  const props = {
    document,
    theme: 'light' as const,
    highlight,
    onsource: (span: SourceSpan) => sources.push(span),
    oninspect: (lines: string[]) => inspected.push(lines),
  }
  const figure = mount(Figure, { target: root, props })
  const find = <T extends Element>(selector: string, kind: new () => T): T => {
    const found = root.querySelector(selector)
    if (!(found instanceof kind)) throw new Error(`nothing at ${selector}`)
    return found
  }
  const shown: Shown = {
    root,
    figure,
    sources,
    inspected,
    item: (id) => find(`[data-item="${id}"]`, SVGGElement),
    button: (name) => find(`button[aria-label="${name}"]`, HTMLButtonElement),
    close: () => {
      void unmount(figure)
      root.remove()
    },
  }
  open.push(shown)
  await vi.waitFor(() => expect(figure.currentScene()).not.toBeNull(), { timeout: 15_000 })
  flushSync()
  return shown
}

function press(target: Element, key: string): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  flushSync()
}

function click(target: Element): void {
  const box = target.getBoundingClientRect()
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }
  target.dispatchEvent(new MouseEvent('click', { ...at, bubbles: true, cancelable: true }))
  flushSync()
}

describe('a graph on the screen', () => {
  it('tells the line and the text of what is clicked', async () => {
    const { item, sources, inspected } = await show(productGraph)
    click(item('f.1'))
    expect(sources).toEqual([{ file: 'cell:1', line: 1, column: 1 }])
    expect(inspected.at(-1)).toEqual(['mul  line 1', 'd:f32[] = mul a c'])
  })

  it('opens a box in place and closes it again', async () => {
    const { item, root } = await show(scanGraph)
    const before = item('r.1').getBoundingClientRect()
    click(item('r.1'))
    await vi.waitFor(() => expect(root.querySelector('[data-item="w.1"]')).not.toBeNull(), { timeout: 15_000 })
    await vi.waitFor(() => {
      const after = item('r.1').getBoundingClientRect()
      expect(after.width).toBeGreaterThan(before.width)
      expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(1)
    })
    press(item('r.1'), ' ')
    // The key goes to the box that has the keyboard: the one clicked last.
    await vi.waitFor(() => expect(root.querySelector('[data-item="w.1"]')).toBeNull(), { timeout: 15_000 })
  })

  it('is walked along its lines with the arrow keys, one tab stop for all', async () => {
    const { item, root } = await show(productGraph)
    expect(root.querySelectorAll('[data-item][tabindex="0"]')).toHaveLength(1)
    item('f/a').focus()
    press(item('f/a'), 'ArrowDown')
    await vi.waitFor(() => expect(document.activeElement).toBe(item('f.1')))
    press(item('f.1'), 'ArrowUp')
    await vi.waitFor(() => expect(document.activeElement).toBe(item('f/a')))
    expect(root.querySelectorAll('[data-item][tabindex="0"]')).toHaveLength(1)
  })

  it('finds what is closed, and counts', async () => {
    const { root, item } = await show(scanGraph)
    const field = root.querySelector<HTMLInputElement>('input[type="search"]')
    if (!field) throw new Error('no search field')
    field.value = 'select_n'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await vi.waitFor(() => expect(item('w.1')).toBeTruthy(), { timeout: 15_000 })
    expect(root.querySelector('[role="search"]')?.textContent).toContain('1 of 1')
  })

  it('stands as a program when it is too large for boxes', async () => {
    const { root, figure } = await show(longGraph(301))
    expect(root.textContent).toContain('301 equations are in sight')
    expect(figure.currentScene()?.caption).toContain('Each arc leads from a line to one that reads it')
  })
})

describe('the tapes on the screen', () => {
  const captionOf = ({ root }: Shown) => root.querySelector('p[aria-live]')?.textContent

  it('are complete at first, and step with buttons, scrubber and keys', async () => {
    const shown = await show(productTape)
    const { root, button, item } = shown
    const scrubber = root.querySelector<HTMLInputElement>('input[type="range"]')
    expect(scrubber?.value).toBe('10')
    expect(captionOf(shown)).toContain('they add to 0.2022')
    button('Back one step').click()
    flushSync()
    expect(captionOf(shown)).toContain('mul has cotangent 1')
    press(item('reverse:x'), 'Home')
    expect(captionOf(shown)).toContain('no equation has run yet')
    press(item('reverse:x'), 'ArrowRight')
    expect(scrubber?.getAttribute('aria-valuetext')).toContain('step 1 of 10')
    if (scrubber) {
      scrubber.value = '8'
      scrubber.dispatchEvent(new Event('input', { bubbles: true }))
      flushSync()
    }
    expect(captionOf(shown)).toContain('cos has cotangent 1')
  })

  it('keep telling about the chosen box as steps go by', async () => {
    const { item, button, inspected } = await show(productTape)
    click(item('reverse:x'))
    expect(inspected.at(-1)).toContain('cotangent 0.2022, from −0.4794 by cos, 0.6816 by mul')
    button('Back one step').click()
    button('Back one step').click()
    flushSync()
    expect(inspected.at(-1)).toContain('cotangent −0.4794, from −0.4794 by cos')
  })
})

it('is also a table', async () => {
  const { root, button, sources } = await show(reusedKeys)
  button('As a table').click()
  flushSync()
  expect([...root.querySelectorAll('th[scope="col"]')].map((cell) => cell.textContent)).toEqual([
    'Key',
    'Made by',
    'Words',
    'Spent on',
    'Verdict',
    'Line',
  ])
  expect(root.querySelector('tr.bad')?.textContent).toContain('reused')
  root.querySelector<HTMLButtonElement>('tr.bad button')?.click()
  expect(sources).toEqual([{ file: 'cell:1', line: 2, column: 1 }])
})

it('draws words as wide as the layout measured them', async () => {
  const { root } = await show(productTape)
  await document.fonts.ready
  const scene = [...root.querySelectorAll<SVGTextElement>('.pane svg text')]
  const { measure } = await import('../../../renderer/visuals/text/measure.ts')
  for (const text of scene) {
    const family = text.getAttribute('font-family')?.includes('Mono') ? 'mono' : 'sans'
    const weight = text.getAttribute('font-weight') === '600' ? 600 : 400
    const expected = measure(text.textContent, family, Number(text.getAttribute('font-size')), weight)
    expect(Math.abs(text.getComputedTextLength() - expected), text.textContent).toBeLessThan(
      Math.max(1, expected * 0.04),
    )
  }
})

describe('the file of a figure', () => {
  it('is an SVG that a browser draws', async () => {
    const scene = (await show(productTape)).figure.currentScene()
    if (!scene) throw new Error('no scene')
    for (const text of ['outlines', 'editable'] as const) {
      const svg = await (await figureSvg(scene, text)).text()
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml')
      expect(parsed.querySelector('parsererror')).toBeNull()
      expect(parsed.querySelectorAll('text').length > 0).toBe(text === 'editable')
    }
  })

  it.each([1, 2, 4] as const)('is a PNG at %i×', async (scale) => {
    const scene = (await show(reusedKeys)).figure.currentScene()
    if (!scene) throw new Error('no scene')
    const file = await figurePng(scene, scale)
    const bitmap = await createImageBitmap(file.blob)
    const svg = await (await figureSvg(scene)).text()
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? []
    expect([file.scale, bitmap.width, bitmap.height]).toEqual([scale, Number(width) * scale, Number(height) * scale])
    // Something is on it besides the background.
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context?.drawImage(bitmap, 0, 0)
    const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray()
    expect(new Set(new Uint32Array(pixels.buffer)).size).toBeGreaterThan(20)
  })
})

describe('every golden file', () => {
  const files = import.meta.glob<string>('./golden/*.svg', { query: '?raw', import: 'default', eager: true })

  it.each(Object.entries(files))('%s is XML that a browser draws at its size', async (_, svg) => {
    expect(new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')).toBeNull()
    const image = new Image()
    image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
    await image.decode()
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? []
    expect([image.naturalWidth, image.naturalHeight]).toEqual([Number(width), Number(height)])
  })
})
