import { expect, it } from 'vitest'
import { placeIn } from '../../../renderer/editor/marks.ts'

it('underlines from the column to the end column', () => {
  expect(placeIn('  if (x > 0) return', { line: 1, column: 7, endColumn: 12 })).toEqual({ from: 6, to: 11 })
})

it('underlines the word or sign that begins at the column when no end is known', () => {
  expect(placeIn('const a = jnp.sin(x)', { line: 1, column: 11 })).toEqual({ from: 10, to: 17 })
  expect(placeIn('a + (b', { line: 1, column: 5 })).toEqual({ from: 4, to: 5 })
})

it('stays within the line', () => {
  expect(placeIn('ab', { line: 1, column: 9 })).toEqual({ from: 2, to: 2 })
  expect(placeIn('ab', { line: 1, column: 1, endColumn: 40 })).toEqual({ from: 0, to: 2 })
})
