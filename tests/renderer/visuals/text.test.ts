import { describe, expect, it } from 'vitest'
import { advanceWidths } from '../../../build/font-widths.ts'
import { drawable, fitText, measure, wrapText } from '../../../renderer/visuals/text/measure.ts'
import { widthTables } from '../../../renderer/visuals/text/widths.ts'

describe('text without a browser', () => {
  it('has the widths of the bundled fonts', () => {
    expect(widthTables).toEqual(advanceWidths())
  })

  it('measures lines', () => {
    expect(measure('0.6816', 'mono', 10)).toBeCloseTo(36)
    expect(measure('', 'sans', 12)).toBe(0)
    expect(measure('WW', 'sans', 12, 600)).toBeGreaterThan(measure('ii', 'sans', 12, 600) * 2)
  })

  it('shortens to what there is room for', () => {
    expect(fitText('abcdef', 36, 'mono', 10)).toBe('abcdef')
    expect(fitText('abcdefg', 36, 'mono', 10)).toBe('abcde…')
    expect(fitText('abcdefg', 1, 'mono', 10)).toBe('…')
  })

  it('breaks lines at spaces', () => {
    expect(wrapText('one two three', 42, 'mono', 10)).toEqual(['one two', 'three'])
    expect(wrapText('indivisible', 10, 'mono', 10)).toEqual(['indivisible'])
  })

  it('spells what the fonts lack', () => {
    expect(drawable('f32[3]→f32[]\n')).toBe('f32[3]->f32[] ')
  })
})
