import { beforeEach, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { createCellEditor, type CellEditor } from '../../../renderer/editor/cell-editor.ts'

const heard = { onChange: vi.fn(), onRun: vi.fn(), onRunAndMove: vi.fn(), onLine: vi.fn() }
let place: HTMLElement
let editor: CellEditor
let stylesBefore: number

beforeEach(() => {
  document.body.replaceChildren()
  place = document.createElement('div')
  document.body.append(place)
  for (const listener of Object.values(heard)) listener.mockReset()
  stylesBefore = document.querySelectorAll('style').length
  editor = createCellEditor(place, {
    text: 'const f = (x) => {\n  if (x > 0) return x\n}\n',
    label: 'Cell 1, code',
    hint: '',
    textAbove: () => ['const fromAbove = 1'],
    ...heard,
  })
  return () => editor.destroy()
})

const inside = (selector: string) =>
  [...(place.shadowRoot?.querySelectorAll(selector) ?? [])].map((found) => found.textContent)

it('marks the line and the place of an error, and keeps the mark with the text', async () => {
  editor.setMarks({ error: { line: 2, column: 7, endColumn: 12 }, linked: null })
  expect(inside('.cm-error-line')).toEqual(['  if (x > 0) return x'])
  expect(inside('.cm-error-place')).toEqual(['x > 0'])
  editor.focus(1)
  await userEvent.keyboard('{Home}// above{Enter}')
  expect(inside('.cm-error-place')).toEqual(['x > 0'])
  editor.setMarks({ error: null, linked: null })
  expect(inside('.cm-error-line')).toEqual([])
})

it('lights up the line that a figure points at, and ignores one that is not there', () => {
  editor.setMarks({ error: null, linked: 1 })
  expect(inside('.cm-linked-line')).toEqual(['const f = (x) => {'])
  editor.setMarks({ error: null, linked: 99 })
  expect(inside('.cm-linked-line')).toEqual([])
})

it('runs on Ctrl-Enter and runs and moves on with Shift-Enter, without a change of the text', async () => {
  editor.focus()
  await userEvent.keyboard('{Control>}{Enter}{/Control}')
  expect(heard.onRun).toHaveBeenCalledTimes(1)
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  expect(heard.onRunAndMove).toHaveBeenCalledTimes(1)
  expect(heard.onChange).not.toHaveBeenCalled()
})

it('reports the line of the cursor, and that it has left', async () => {
  editor.focus(2)
  await expect.poll(() => heard.onLine.mock.lastCall).toEqual([2])
  const other = document.createElement('button')
  document.body.append(other)
  other.focus()
  await expect.poll(() => heard.onLine.mock.lastCall).toEqual([null])
})

it('indents with Tab, and lets go of the focus after Escape', async () => {
  const other = document.createElement('button')
  document.body.append(other)
  editor.focus(1)
  await userEvent.keyboard('{Tab}')
  expect(heard.onChange.mock.lastCall?.[0]).toMatch(/^ {2}const f/)
  await userEvent.keyboard('{Escape}{Tab}')
  expect(document.activeElement).toBe(other)
})

it('completes names of the lab and of the cells above', async () => {
  editor.setText('')
  editor.focus()
  await userEvent.keyboard('jnp.lins')
  await expect.poll(() => inside('.cm-completionLabel')).toContain('linspace')
  await userEvent.keyboard('{Escape}{Enter}fromA')
  await expect.poll(() => inside('.cm-completionLabel')).toContain('fromAbove')
  await userEvent.keyboard('{Escape}{Enter}jnp.ones(3).resh')
  await expect.poll(() => inside('.cm-completionLabel')[0]).toBe('reshape')
})

it('styles itself without a style element in the page, which the content security policy would refuse', () => {
  expect(document.querySelectorAll('style').length).toBe(stylesBefore)
  expect(place.shadowRoot?.adoptedStyleSheets.length).toBeGreaterThan(0)
})
