import { describe, expect, it, vi } from 'vitest'
import type { PlacedBlock } from '../../../renderer/visuals/graph/boxes.ts'
import { GraphLayouts, initiallyOpen, visibleEquations } from '../../../renderer/visuals/graph/layout.ts'
import { graphScene } from '../../../renderer/visuals/graph/scene.ts'
import { graphTable } from '../../../renderer/visuals/graph/table.ts'
import { directEngine } from '../../../renderer/visuals/layout/direct-engine.ts'
import type { LayoutEngine } from '../../../renderer/visuals/layout/engine.ts'
import { Planner } from '../../../renderer/visuals/plan.ts'
import { itemsOf } from '../../../renderer/visuals/scene.ts'
import { search } from '../../../renderer/visuals/search.ts'
import { themes } from '../../../renderer/visuals/theme.ts'
import { longGraph, networkGraph, productGraph, scanGraph, whileGraph } from './documents/graphs.ts'

const theme = themes.light
const layouts = new GraphLayouts(directEngine())

function leftEdges(placed: PlacedBlock, kind: 'argument' | 'result'): number[] {
  return placed.parts.filter(({ part }) => part.content.kind === kind).map(({ at }) => at.x)
}

describe('the layout of a graph', () => {
  it.each([productGraph, scanGraph, networkGraph])(
    '$title: keeps arguments and results in their order',
    async ({ root }) => {
      const placed = await layouts.layout(root, initiallyOpen(root))
      for (const kind of ['argument', 'result'] as const) {
        const edges = leftEdges(placed, kind)
        expect(edges).toEqual(edges.toSorted((a, b) => a - b))
      }
    },
  )

  it('brings operands to their equation in the order they are written in', async () => {
    const placed = await layouts.layout(productGraph.root, new Set())
    const arriving = placed.wires
      .filter(({ to }) => to === 'f.1')
      .map((wire) => [wire.value, wire.points.at(-1)?.x ?? 0] as const)
    expect(arriving.toSorted(([, a], [, b]) => a - b).map(([value]) => value)).toEqual(['f/a', 'f/c'])
  })

  it('ends every line at the boxes it joins', async () => {
    const placed = await layouts.layout(networkGraph.root, new Set())
    for (const wire of placed.wires) {
      const from = placed.parts.find(({ part }) => part.id === wire.from)
      const to = placed.parts.find(({ part }) => part.id === wire.to)
      const [start, end] = [wire.points[0], wire.points.at(-1)]
      expect(start?.y).toBeCloseTo((from?.at.y ?? 0) + (from?.part.height ?? 0), 1)
      expect(end?.y).toBeCloseTo(to?.at.y ?? -1, 1)
    }
  })

  it('gives the same places every time', async () => {
    const again = await new GraphLayouts(directEngine()).layout(networkGraph.root, new Set())
    expect(again).toEqual(await layouts.layout(networkGraph.root, new Set()))
  })

  it('places what is inside a box once, whatever else opens', async () => {
    const engine = directEngine()
    const layout = vi.spyOn(engine, 'layout')
    const own = new GraphLayouts(engine)
    await own.layout(scanGraph.root, new Set(['r.2']))
    const before = layout.mock.calls.length
    await own.layout(scanGraph.root, new Set(['r.1', 'r.2']))
    // The root and the opened jit, not the scan again.
    expect(layout.mock.calls.length - before).toBe(2)
  })
})

describe('what is open at first', () => {
  it('is loops and branches, not a jit', () => {
    expect([...initiallyOpen(scanGraph.root)]).toEqual(['r.2', 's.4'])
  })

  it('is a lone box: a picture of one closed box shows nothing', () => {
    expect([...initiallyOpen(whileGraph.root)]).toEqual(['t.0'])
  })

  it('counts what is in sight', () => {
    expect(visibleEquations(scanGraph.root, new Set())).toBe(4)
    expect(visibleEquations(scanGraph.root, new Set(['r.2', 's.4']))).toBe(4 + 5 + 2)
  })
})

describe('the scene of a graph', () => {
  it('lights up what was made at the line of the editor', async () => {
    const placed = await layouts.layout(networkGraph.root, new Set())
    const scene = graphScene(networkGraph, placed, { theme, open: new Set(), highlight: { file: 'cell:1', line: 3 } })
    const lit = itemsOf(scene.body).filter(({ children }) =>
      children.some((shape) => shape.kind === 'rect' && shape.fill === theme.accentWeak),
    )
    const made = networkGraph.root.nodes.filter(({ source }) => source?.line === 3).map(({ id }) => id)
    expect(lit.map(({ id }) => id)).toEqual(made)
  })

  it('names in its legend exactly the marks that are there', async () => {
    const words = async (root: typeof productGraph) => {
      const placed = await layouts.layout(root.root, new Set())
      return graphScene(root, placed, { theme, open: new Set() }).legend.map(({ text }) => text)
    }
    expect(await words(productGraph)).toEqual(['argument', 'equation', 'a value, its type beside it', 'result'])
    expect(await words(scanGraph)).toContain('carries a program: open, close')
  })

  it('leads from a box up to its operands in their order and down to its readers', async () => {
    const placed = await layouts.layout(productGraph.root, new Set())
    const items = itemsOf(graphScene(productGraph, placed, { theme, open: new Set() }).body)
    const links = (id: string) => items.find((item) => item.id === id)?.links
    expect(links('f.1')?.up).toEqual(['f/a', 'f.0'])
    expect(links('f/a')?.down).toEqual(['f.1', 'f.2'])
  })
})

describe('searching', () => {
  const ids = (query: string) => search(scanGraph, null, query).map(({ id }) => id)

  it('finds by primitive, by shape, by name and by line, also inside what is closed', () => {
    expect(ids('reduce_sum')).toEqual(['s.1'])
    expect(ids('bool[10,3]')).toEqual(['r.0', 'w/a'])
    expect(ids('start')).toEqual(['r/a'])
    expect(ids('line 8')).toEqual(['r.3'])
    expect(ids('  ')).toEqual([])
  })

  it('tells what must be opened to see a hit', () => {
    expect(search(scanGraph, null, 'neg')).toEqual([{ id: 'n.0', inside: ['r.2', 's.4'] }])
  })
})

describe('a graph that is too large', () => {
  it('is shown as its program', async () => {
    const plan = await new Planner(directEngine()).plan(longGraph(301), new Set())
    expect(plan).toEqual({ kind: 'program', reason: '301 equations are in sight: this is the program, line by line.' })
  })

  it('is shown as its program when the layout does not end, and the layout is stopped', async () => {
    vi.useFakeTimers()
    const stuck: LayoutEngine = { ready: async () => {}, layout: () => new Promise(() => {}), cancel: vi.fn() }
    const planning = new Planner(stuck).plan(productGraph, new Set(), 1000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await planning).toEqual({
      kind: 'program',
      reason: 'No layout within 1 seconds. This is the program, line by line.',
    })
    expect(stuck.cancel).toHaveBeenCalledOnce()
    vi.useRealTimers()
  })

  it('is shown as its program when the engine does not load', async () => {
    vi.useFakeTimers()
    const absent: LayoutEngine = { ready: () => new Promise(() => {}), layout: vi.fn(), cancel() {} }
    const planning = new Planner(absent).plan(productGraph, new Set())
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await planning).toMatchObject({
      kind: 'program',
      reason: expect.stringContaining('did not load within 15 seconds'),
    })
    expect(absent.layout).not.toHaveBeenCalled()
    vi.useRealTimers()
  })

  it('is shown as its program when the engine fails', async () => {
    const broken: LayoutEngine = {
      ready: async () => {},
      layout: () => Promise.reject(new Error('out of memory')),
      cancel() {},
    }
    const plan = await new Planner(broken).plan(productGraph, new Set())
    expect(plan).toMatchObject({ kind: 'program', reason: 'out of memory. This is the program, line by line.' })
  })
})

it('has a table with every equation at every depth', () => {
  const { rows } = graphTable(scanGraph)
  expect(rows.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['r.0', 'r.1', 'w.1', 'r.2', 's.3', 'n.0', 'p.0', 'r.3']),
  )
  expect(rows.find(({ id }) => id === 's.3')?.cells).toEqual([
    '\u2003g:i32[] = convert_element_type[new_dtype=int32 weak_type=False] e',
    'i32[]',
    '',
    '3',
  ])
})
