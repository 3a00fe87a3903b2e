import { describe, expect, it } from 'vitest'
import { namesOf } from '../../../renderer/editor/cell-names.ts'
import { staleCells, type DatedCell } from '../../../renderer/app/notebook/stale.ts'

describe('namesOf', () => {
  it('finds what a cell declares at its top level', () => {
    const source = `
      const f = (x, y) => { const inner = 1; return x * y + inner }
      let [a, b] = pair, count = 3
      function loss(w: Array) { var hidden = w; return hidden }
      class Model { step() { let local = 1 } }
      for (const i of [1, 2]) print(i)
    `
    expect([...namesOf(source).declares].sort()).toEqual(['Model', 'a', 'b', 'count', 'f', 'loss'])
  })

  it('finds what a cell reads, also when its end is missing', () => {
    expect(namesOf('grad(f)(jnp.sin(w').reads).toEqual(new Set(['grad', 'f', 'jnp', 'w']))
  })
})

/** Cells that ran in order, each with the texts above it as they were. */
function ranInOrder(...sources: string[]): DatedCell[] {
  const earlier = new Map<string, string>()
  return sources.map((source, at) => {
    const cell = { id: `c${at}`, text: source, ran: { source, earlier: new Map(earlier) } }
    earlier.set(cell.id, source)
    return cell
  })
}

function edited(cells: DatedCell[], id: string, text: string): DatedCell[] {
  return cells.map((cell) => (cell.id === id ? { ...cell, text } : cell))
}

describe('staleCells', () => {
  it('marks nothing after a run from top to bottom', () => {
    expect(staleCells(ranInOrder('const a = 1', 'const b = a', 'b'))).toEqual(new Set())
  })

  it('marks the readers of a changed cell and their readers, and no other', () => {
    const cells = edited(
      ranInOrder('const a = 1', 'const b = a', 'const other = 2', 'print(b)', 'other'),
      'c0',
      'const a = 5',
    )
    expect(staleCells(cells)).toEqual(new Set(['c1', 'c3']))
  })

  it('takes the mark away when the old text is back', () => {
    const cells = ranInOrder('const a = 1', 'a')
    expect(staleCells(edited(edited(cells, 'c0', 'const a = 2'), 'c0', 'const a = 1'))).toEqual(new Set())
  })

  it('keeps the mark when the changed cell ran and its reader did not', () => {
    const [first, second] = ranInOrder('const a = 1', 'a')
    const again = { id: 'c0', text: 'const a = 2', ran: { source: 'const a = 2', earlier: new Map() } }
    expect(staleCells(first && second ? [again, second] : [])).toEqual(new Set(['c1']))
  })

  it('marks a reader of a name that the changed cell no longer declares', () => {
    expect(staleCells(edited(ranInOrder('const a = 1', 'a'), 'c0', 'const z = 1'))).toEqual(new Set(['c1']))
  })

  it('says nothing about cells that never ran', () => {
    const cells: DatedCell[] = [
      { id: 'c0', text: 'const a = 1', ran: null },
      { id: 'c1', text: 'a', ran: null },
    ]
    expect(staleCells(cells)).toEqual(new Set())
  })
})
