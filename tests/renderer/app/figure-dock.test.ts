import { beforeEach, describe, expect, it } from 'vitest'
import type { InspectionDocument } from '../../../core/inspect/documents.ts'
import type { FigureKind, InspectableCall, RunResult } from '../../../electron/protocol.ts'
import { FigureDock } from '../../../renderer/app/dock/figure-dock.svelte.ts'
import { Cell } from '../../../renderer/app/notebook/cell.svelte.ts'
import { FakeHost } from '../fake-host.ts'

function documentOf(kind: 'keys' | 'timeline', title: string): InspectionDocument {
  return kind === 'keys'
    ? { kind, version: 1, title, nodes: [], reuses: 0 }
    : { kind, version: 1, title, lanes: [], bars: [] }
}

function callOf(callId: string, label: string, figures: FigureKind[]): InspectableCall {
  return { callId, kind: 'call', label, inside: null, count: 1, place: null, avals: 'f32[]', figures }
}

function cellFor(figure?: FigureKind): Cell {
  return new Cell({ id: 'a', origin: 'lesson', label: '1', original: '', ...(figure && { figure }) }, '')
}

const ran = (...calls: InspectableCall[]): RunResult => ({ status: 'ok', milliseconds: 1, device: 'cpu:0', calls })

let host: FakeHost
let dock: FigureDock
const said: string[] = []

beforeEach(() => {
  said.length = 0
  host = new FakeHost()
  host.inspect = async ({ callId, figure }) => ({
    document: documentOf(figure === 'timeline' ? 'timeline' : 'keys', `${figure} of ${callId}`),
  })
  dock = new FigureDock({ lessonId: 'd1', host: host.api, announce: (message) => said.push(message) })
})

const shownTitle = () => (dock.view.kind === 'figure' ? dock.view.document.title : dock.view.kind)

describe('after a run', () => {
  it('draws the newest call in the tab that the lesson means the cell for', async () => {
    dock.afterRun(cellFor('keys'), ran(callOf('c2', 'g', ['keys']), callOf('c1', 'f', ['keys'])))
    await expect.poll(shownTitle).toBe('keys of c2')
    expect(dock.tab).toBe('keys')
    expect(said).toEqual(['Keys of g drawn.'])
  })

  it('stays with the function that was being looked at', async () => {
    dock.afterRun(cellFor('keys'), ran(callOf('c2', 'g', ['keys']), callOf('c1', 'f', ['keys'])))
    await dock.draw(callOf('c1', 'f', ['keys']))
    dock.afterRun(cellFor('keys'), ran(callOf('c4', 'g', ['keys']), callOf('c3', 'f', ['keys'])))
    await expect.poll(shownTitle).toBe('keys of c3')
  })

  it('leaves the figure alone when the cell called nothing that can be drawn', async () => {
    dock.afterRun(cellFor('keys'), ran(callOf('c1', 'f', ['keys'])))
    await expect.poll(shownTitle).toBe('keys of c1')
    dock.afterRun(cellFor(), ran())
    expect(shownTitle()).toBe('keys of c1')
  })

  it('offers no call of a cell that has run since and called nothing: the kernel keeps the newest run alone', async () => {
    const other = new Cell({ id: 'b', origin: 'lesson', label: '2', original: '' }, '')
    dock.afterRun(other, ran(callOf('c1', 'g', ['keys'])))
    dock.afterRun(cellFor('keys'), ran(callOf('c2', 'f', ['keys'])))
    await expect.poll(shownTitle).toBe('keys of c2')
    dock.afterRun(cellFor(), ran())
    expect(dock.calls.map((call) => call.callId)).toEqual(['c1'])
    expect(dock.selected).toBeNull()
    expect(dock.view).toMatchObject({ kind: 'figure', callId: 'c2', outdated: true })
  })

  it('says of a picture that was not drawn again that it is of an earlier run', async () => {
    dock.afterRun(cellFor('keys'), ran(callOf('c1', 'f', ['keys'])))
    await expect.poll(shownTitle).toBe('keys of c1')
    dock.afterRun(cellFor('timeline'), ran(callOf('c2', 'f', ['timeline'])))
    await expect.poll(shownTitle).toBe('timeline of c2')
    dock.open('keys')
    expect(dock.view).toMatchObject({ kind: 'figure', outdated: true })
  })

  it('changes the tab for the first picture, and for no later one', async () => {
    dock.afterRun(cellFor(), ran(callOf('c1', 'f', ['timeline'])))
    await expect.poll(shownTitle).toBe('timeline of c1')
    dock.afterRun(cellFor(), ran(callOf('c2', 'f', ['keys'])))
    expect(dock.tab).toBe('timeline')
    expect(host.called('inspect')).toHaveLength(1)
  })

  it('finishes a picture whose tab was left while it was being drawn', async () => {
    const call = callOf('c1', 'f', ['keys', 'timeline'])
    dock.afterRun(cellFor('keys'), ran(call))
    dock.open('timeline')
    await dock.draw(call)
    expect(shownTitle()).toBe('timeline of c1')
    dock.open('keys')
    await expect.poll(shownTitle).toBe('keys of c1')
  })

  it('shows what the cell displayed itself rather than a call', () => {
    dock.beforeRun()
    dock.show(documentOf('keys', 'displayed'))
    dock.afterRun(cellFor('keys'), ran(callOf('c1', 'f', ['keys'])))
    expect(shownTitle()).toBe('displayed')
    expect(host.called('inspect')).toEqual([])
  })
})

describe('drawing', () => {
  it('shows the answer to the last question only', async () => {
    const answers: (() => void)[] = []
    host.inspect = ({ callId }) =>
      new Promise((resolve) => answers.push(() => resolve({ document: documentOf('keys', callId) })))
    const first = dock.draw(callOf('slow', 'f', ['keys']))
    const second = dock.draw(callOf('quick', 'g', ['keys']))
    answers[1]?.()
    await second
    answers[0]?.()
    await first
    expect(shownTitle()).toBe('quick')
  })

  it('keeps the picture before it while the next one is drawn', async () => {
    dock.open('keys')
    await dock.draw(callOf('c1', 'f', ['keys']))
    void dock.draw(callOf('c2', 'g', ['keys']))
    expect(dock.view).toMatchObject({ kind: 'busy', label: 'g', before: { title: 'keys of c1' } })
    await expect.poll(shownTitle).toBe('keys of c2')
  })

  it('says why something cannot be drawn', async () => {
    host.inspect = async () => ({
      error: { name: 'TypeError', message: 'f returns an integer.', place: null, stack: [] },
    })
    await dock.draw(callOf('c1', 'f', ['tape']))
    expect(dock.view).toMatchObject({ kind: 'error', label: 'f', error: { message: 'f returns an integer.' } })
    expect(said).toEqual(['No tape of f: f returns an integer.'])
  })

  it('draws when a tab is opened that can show the chosen call', async () => {
    dock.afterRun(cellFor('keys'), ran(callOf('c1', 'f', ['keys', 'timeline'])))
    await expect.poll(shownTitle).toBe('keys of c1')
    dock.open('timeline')
    await expect.poll(shownTitle).toBe('timeline of c1')
    dock.open('graph')
    expect(dock.view.kind).toBe('empty')
  })
})
