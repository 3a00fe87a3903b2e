import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf, shortened } from '../../../renderer/app/outputs/long-text.ts'

describe('long text', () => {
  it('is whole while it is short', () => {
    expect(shortened('one\ntwo')).toEqual({ kind: 'whole' })
    expect(shortened('line\n'.repeat(39))).toEqual({ kind: 'whole' })
  })

  it('shows beginning and end of many lines, and says how many there are', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`)
    const shown = shortened(lines.join('\n'))
    if (shown.kind === 'whole') throw new Error('5,000 lines are shown whole')
    expect(shown.size).toBe('5,000 lines')
    expect(shown.head.split('\n')).toEqual(lines.slice(0, 15))
    expect(shown.tail.split('\n')).toEqual(lines.slice(-15))
  })

  it('bounds a line without end, and many lines without end', () => {
    for (const text of ['x'.repeat(100_000), `${'x'.repeat(3000)}\n`.repeat(100)]) {
      const shown = shortened(text)
      if (shown.kind === 'whole') throw new Error('it is shown whole')
      expect(shown.head.length + shown.tail.length).toBeLessThan(2100)
    }
    expect(shortened('x'.repeat(100_000))).toMatchObject({ size: '100,000 characters' })
  })

  it('is cut into lines and pieces that are the text again, with characters whole', () => {
    const unit = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.oneof(unit, fc.constant('\n')), { minLength: 400, maxLength: 900 }), (parts) => {
        const text = `${parts.join('')}\n${parts.join('').replaceAll('\n', ' ').repeat(3)}`
        const cut = linesOf(text).flatMap((line) => line.pieces)
        expect(cut.join('')).toBe(text)
        expect(cut.every((piece) => piece.isWellFormed())).toBe(true)
        expect(Math.max(...cut.map((piece) => piece.length))).toBeLessThanOrEqual(1000)
      }),
    )
    expect(linesOf('a line\n\n    another\n')).toEqual([
      { indent: 0, pieces: ['a line\n'] },
      { indent: 0, pieces: ['\n'] },
      { indent: 4, pieces: ['    another\n'] },
    ])
  })
})
