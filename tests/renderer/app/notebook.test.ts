import { beforeEach, describe, expect, it } from 'vitest'
import type { Lesson, ProgressEntry } from '../../../electron/protocol.ts'
import { Lab } from '../../../renderer/app/lab.svelte.ts'
import type { Notebook } from '../../../renderer/app/notebook/notebook.svelte.ts'
import { FakeBrowser } from '../browser.ts'
import { FakeHost, idleKernel, type HeldRun } from '../fake-host.ts'
import { cellBlock, exerciseBlock, lessonOf, prediction } from '../lessons.ts'

let host: FakeHost
let browser: FakeBrowser
beforeEach(() => {
  host = new FakeHost()
  browser = new FakeBrowser()
})

/** A lab connected to `host`, with the lesson open. */
async function opened(lesson: Lesson, ...saved: ProgressEntry[]): Promise<{ lab: Lab; notebook: Notebook }> {
  host.add(lesson)
  if (saved.length > 0) host.keep(lesson.summary.id, ...saved)
  const lab = new Lab(host.open, browser.storage, browser.page())
  lab.connect()
  await expect.poll(() => host.called('kernelStatus').length).toBe(1)
  await expect.poll(() => lab.view.kind).toBe('open')
  if (lab.view.kind !== 'open') throw new Error('the lesson did not open')
  return { lab, notebook: lab.view.notebook }
}

function cellOf(notebook: Notebook, id: string) {
  const cell = notebook.cell(id)
  if (!cell) throw new Error(`no cell ${id}`)
  return cell
}

async function nextRun(count: number): Promise<HeldRun> {
  await expect.poll(() => host.runs.length).toBe(count)
  const run = host.runs[count - 1]
  if (!run) throw new Error('nothing runs')
  return run
}

const source = (id: string, value: string): ProgressEntry => ({ kind: 'source', id, value })

describe('running', () => {
  const three = lessonOf('d1', cellBlock('a', 'const a = 1'), cellBlock('b', 'const b = a'), cellBlock('c', 'b'))

  it('runs all cells in reading order, each after the one before', async () => {
    const { notebook } = await opened(three)
    notebook.runAll()
    expect(notebook.cells.map((cell) => cell.run.kind)).toEqual(['running', 'queued', 'queued'])
    for (const [at, id] of ['a', 'b', 'c'].entries()) {
      const run = await nextRun(at + 1)
      expect(run.cellId).toBe(id)
      run.finish()
    }
    await expect.poll(() => cellOf(notebook, 'c').run.kind).toBe('finished')
    expect(notebook.stale).toEqual(new Set())
  })

  it('stops at the first error and shows it at its line', async () => {
    const { notebook, lab } = await opened(three)
    notebook.runAll()
    const run = await nextRun(1)
    const place = { cellId: 'a', line: 1, column: 11 }
    run.print({ kind: 'error', error: { name: 'ReferenceError', message: 'x is not defined', place, stack: [] } })
    run.finish({ status: 'error' })
    await expect.poll(() => notebook.cells.map((cell) => cell.run.kind)).toEqual(['finished', 'idle', 'idle'])
    expect(cellOf(notebook, 'a').error?.place).toEqual(place)
    expect(lab.announcement).toBe('Cell 1: ReferenceError on line 1. x is not defined')
    expect(host.runs).toHaveLength(1)
  })

  it('stops: nothing that waits begins, and the host is told', async () => {
    const { notebook } = await opened(three)
    notebook.runAll()
    const run = await nextRun(1)
    await notebook.stop()
    expect(host.called('interrupt')).toEqual([{ lessonId: 'd1' }])
    run.finish({ status: 'interrupted' })
    await expect.poll(() => notebook.cells.map((cell) => cell.run.kind)).toEqual(['finished', 'idle', 'idle'])
  })

  it('shows the earlier result until the new run says something', async () => {
    const { notebook } = await opened(three)
    const cell = cellOf(notebook, 'a')
    notebook.run(cell)
    const first = await nextRun(1)
    first.print({ kind: 'value', text: '1', truncated: false })
    first.finish()
    await expect.poll(() => cell.run.kind).toBe('finished')
    notebook.run(cell)
    const second = await nextRun(2)
    expect(cell.outputs).toEqual([{ kind: 'value', text: '1', truncated: false }])
    expect(cell.outdated).toBe(true)
    second.print({ kind: 'text', stream: 'stdout', text: 'a' })
    second.print({ kind: 'text', stream: 'stdout', text: 'b\n' })
    second.finish()
    await expect.poll(() => cell.outputs).toEqual([{ kind: 'text', stream: 'stdout', text: 'ab\n' }])
    expect(cell.outdated).toBe(false)
  })

  it('marks a result stale when a cell above changes, and fresh after it ran again', async () => {
    const { notebook } = await opened(three)
    notebook.runAll()
    for (const at of [1, 2, 3]) (await nextRun(at)).finish()
    await expect.poll(() => cellOf(notebook, 'c').run.kind).toBe('finished')
    notebook.edit(cellOf(notebook, 'a'), 'const a = 2')
    expect(notebook.stale).toEqual(new Set(['b', 'c']))
    notebook.runAll()
    for (const at of [4, 5, 6]) (await nextRun(at)).finish()
    await expect.poll(() => notebook.queue.busy).toBe(false)
    expect(notebook.stale).toEqual(new Set())
  })

  it('offers the lost cells after a kernel death and runs them again in reading order', async () => {
    const { notebook } = await opened(three)
    notebook.runAll()
    for (const at of [1, 2, 3]) (await nextRun(at)).finish()
    await expect.poll(() => cellOf(notebook, 'c').run.kind).toBe('finished')
    host.events?.kernelStatus({ ...idleKernel('d1'), message: 'Out of memory.', lostCellIds: ['b', 'a'] })
    await expect.poll(() => notebook.loss).toEqual({ message: 'Out of memory.', cellIds: ['b', 'a'] })
    expect(cellOf(notebook, 'a').lost).toBe(true)
    void notebook.replay()
    const first = await nextRun(4)
    expect(first.cellId).toBe('a')
    host.events?.kernelStatus({ ...idleKernel('d1'), message: 'Out of memory.', lostCellIds: ['b'] })
    first.finish()
    expect((await nextRun(5)).cellId).toBe('b')
    expect(notebook.loss).toBeNull()
  })

  it('gives a cell back when the host goes away while it runs', async () => {
    const { notebook } = await opened(three)
    const cell = cellOf(notebook, 'a')
    notebook.run(cell)
    await nextRun(1)
    host.cut('The lab stopped answering.', true)
    await expect.poll(() => cell.run.kind).toBe('finished')
    expect(cell.outputs).toEqual([{ kind: 'text', stream: 'stderr', text: 'The lab stopped answering.\n' }])
    expect(cell.text).toBe('const a = 1')
  })
})

describe('progress', () => {
  const lesson = lessonOf('d1', cellBlock('a', 'const a = 1'), cellBlock('b', 'a'))

  it('saves edits and scratch cells, and leaves the lesson text out', async () => {
    const { notebook } = await opened(lesson)
    notebook.edit(cellOf(notebook, 'a'), 'const a = 2')
    notebook.edit(notebook.addScratch(), 'a * 10')
    await notebook.saver.flush()
    const own = expect.stringMatching(/^scratch-1-/)
    expect(host.saved('d1')).toEqual([source('a', 'const a = 2'), { kind: 'source', id: own, value: 'a * 10' }])
  })

  it('opens a lesson as it was left', async () => {
    const { notebook } = await opened(lesson, source('b', 'a + 1'), source('scratch-2', 'x'), source('scratch-1', 'y'))
    expect(notebook.cells.map(({ id, text }) => [id, text])).toEqual([
      ['a', 'const a = 1'],
      ['b', 'a + 1'],
      ['scratch-1', 'y'],
      ['scratch-2', 'x'],
    ])
  })

  it('puts back the text of the lesson', async () => {
    const { notebook } = await opened(lesson, source('a', 'broken('))
    notebook.reset(cellOf(notebook, 'a'))
    await notebook.saver.flush()
    expect(cellOf(notebook, 'a').text).toBe('const a = 1')
    expect(host.saved('d1')).toEqual([])
  })

  it('saves what was typed while the host was away, once it is back', async () => {
    const { lab, notebook } = await opened(lesson)
    host.cut('The lab stopped answering.', true)
    notebook.edit(cellOf(notebook, 'a'), 'const a = 3')
    await notebook.saver.flush()
    expect(notebook.saver.state.kind).toBe('failed')
    expect(lab.unsaved).toBe(true)
    lab.connect()
    await expect.poll(() => notebook.saver.state.kind).toBe('saved')
    expect(host.saved('d1')).toEqual([source('a', 'const a = 3')])
  })
})

it('a lesson that is started over stays empty, also where text of it could not be saved', async () => {
  const { lab, notebook } = await opened(lessonOf('d1', cellBlock('a', 'const a = 1')), source('a', 'const a = 2'))
  host.save = async () => {
    throw new Error('the disk is full')
  }
  notebook.edit(cellOf(notebook, 'a'), 'const a = 3')
  await notebook.saver.flush()
  expect(notebook.saver.state.kind).toBe('failed')
  await lab.resetLesson()
  host.save = async () => undefined
  // The retry of the text that was given up.
  await notebook.saver.flush()
  expect(host.saved('d1')).toEqual([])
  expect(browser.kept.size).toBe(0)
  expect(lab.view.kind === 'open' && lab.view.notebook.cells.map(({ text }) => text)).toEqual(['const a = 1'])
})

describe('work that could not be saved', () => {
  const lesson = lessonOf('d1', cellBlock('a', 'const a = 1'))

  it('is put back and saved when the lab was stopped and is opened anew', async () => {
    const { notebook } = await opened(lesson)
    host.cut('The lab was closed.', true)
    notebook.edit(cellOf(notebook, 'a'), 'const a = 7')
    await notebook.saver.flush()
    host = new FakeHost()
    browser.endPages()
    const { notebook: later, lab } = await opened(lesson)
    expect(cellOf(later, 'a').text).toBe('const a = 7')
    expect(lab.notices).toEqual(['Text that could not be saved when the lab stopped has been put back.'])
    await later.saver.flush()
    expect(host.saved('d1')).toEqual([source('a', 'const a = 7')])
    expect(browser.kept.size).toBe(0)
  })

  it('in a window that was closed meanwhile is put back in one that is open, once the lab answers again', async () => {
    const { notebook, lab } = await opened(lesson)
    const closed = browser.page()
    const change = { kind: 'source', id: 'a', value: 'const a = 9', base: null, sent: [] }
    browser.kept.set(`jax-workshop-lab.draft/${closed.own}/d1`, JSON.stringify({ version: 2, changes: [change] }))
    host.cut('The lab stopped answering.', true)
    browser.endPage(closed)
    lab.connect()
    await expect.poll(() => cellOf(notebook, 'a').text).toBe('const a = 9')
    await expect.poll(() => host.saved('d1')).toEqual([source('a', 'const a = 9')])
    await expect.poll(() => browser.kept.size).toBe(0)
  })

  it('is opened once, however often the lesson is asked for', async () => {
    const { lab } = await opened(lessonOf('d1'))
    host.add(lessonOf('d2', cellBlock('b', '1')))
    const asked = [lab.openLesson('d2'), lab.openLesson('d2')]
    await asked[0]
    const first = lab.view.kind === 'open' ? lab.view.notebook : null
    await asked[1]
    expect(lab.view.kind === 'open' && lab.view.notebook).toBe(first)
    expect(first?.id).toBe('d2')
  })

  it('is passed over when it cannot be read', async () => {
    browser.kept.set('jax-workshop-lab.unsaved.d1', '{"sources": 7')
    const { notebook, lab } = await opened(lesson)
    expect(cellOf(notebook, 'a').text).toBe('const a = 1')
    expect(lab.notices).toEqual([])
  })
})

describe('exercises', () => {
  it('keeps the code of a prediction from running until one is committed', async () => {
    const { notebook } = await opened(lessonOf('d1', prediction))
    const [exercise] = notebook.exercises
    if (!exercise?.cell) throw new Error('no exercise')
    notebook.run(exercise.cell)
    expect(exercise.cell.run.kind).toBe('idle')
    host.check = async () => ({ passed: false, items: [], message: 'Both arrive.', status: 'ok' })
    exercise.choice = 'option-1'
    await notebook.commit(exercise)
    expect(host.called('checkExercise')).toMatchObject([
      { exerciseId: 'P1', answer: { kind: 'option', optionId: 'option-1' } },
    ])
    expect(exercise.result?.message).toBe('Both arrive.')
    expect(exercise.solvedAt).toBeNull()
    await notebook.saver.flush()
    expect(host.saved('d1')).toEqual([{ kind: 'prediction', id: 'P1', value: 'option-1' }])
    notebook.run(exercise.cell)
    expect((await nextRun(1)).source).toBe('predictedValue()')
  })

  it('shows the judgement of an earlier prediction again', async () => {
    host.check = async () => ({ passed: true, items: [], message: 'Right.', status: 'ok' })
    const { notebook } = await opened(lessonOf('d1', prediction), { kind: 'prediction', id: 'P1', value: 'option-2' })
    await expect.poll(() => notebook.exercises[0]?.result?.message).toBe('Right.')
    expect(notebook.exercises[0]?.mustPredict).toBe(false)
  })

  it('checks code after what runs, and keeps the time of the first pass', async () => {
    const write = exerciseBlock({ id: 'W1', kind: 'write', starter: 'const f = 0' })
    const { notebook, lab } = await opened(lessonOf('d1', cellBlock('a', 'const a = 1'), write))
    const [exercise] = notebook.exercises
    if (!exercise?.cell) throw new Error('no exercise')
    notebook.run(cellOf(notebook, 'a'))
    const run = await nextRun(1)
    notebook.edit(exercise.cell, 'const f = a')
    notebook.check(exercise)
    expect(host.called('checkExercise')).toEqual([])
    run.finish()
    await expect.poll(() => exercise.solvedAt).not.toBeNull()
    expect(host.called('checkExercise')).toMatchObject([
      { exerciseId: 'W1', answer: { kind: 'code', source: 'const f = a' } },
    ])
    const first = exercise.solvedAt
    notebook.check(exercise)
    await expect.poll(() => host.called('checkExercise').length).toBe(2)
    await expect.poll(() => exercise.checking).toBe(false)
    expect(exercise.solvedAt).toBe(first)
    expect(lab.solved(notebook.lesson.summary)).toBe(1)
  })

  it('remembers an arrangement, and forgets one that no longer fits', async () => {
    const lines = ['x', 'y', 'z'].map((code, at) => ({ id: `line-${at + 1}`, code }))
    const order = exerciseBlock({ id: 'O1', kind: 'order', lines })
    const { notebook } = await opened(lessonOf('d1', order), source('O1', 'line-2\nline-9\nline-1'))
    const [exercise] = notebook.exercises
    if (!exercise) throw new Error('no exercise')
    expect(exercise.order).toEqual(['line-1', 'line-2', 'line-3'])
    exercise.move('line-3', -2)
    exercise.move('line-2', 5)
    expect(exercise.order).toEqual(['line-3', 'line-1', 'line-2'])
    notebook.changed()
    await notebook.saver.flush()
    expect(host.saved('d1')).toEqual([source('O1', 'line-3\nline-1\nline-2')])
  })

  it('opens as many hints as were open', async () => {
    const write = exerciseBlock({ id: 'W1', kind: 'write', starter: '', hintCount: 3 })
    const { notebook } = await opened(lessonOf('d1', write), { kind: 'hints', id: 'W1', value: 2 })
    await expect.poll(() => notebook.exercises[0]?.hints.length).toBe(2)
  })
})

it('says why a lesson cannot be opened, and opens it at the next try', async () => {
  const { lab } = await opened(lessonOf('d1'))
  await lab.openLesson('nowhere')
  expect(lab.view).toEqual({ kind: 'failed', lessonId: 'nowhere', message: 'There is no lesson nowhere.' })
  host.add(lessonOf('nowhere'))
  await lab.openLesson('nowhere')
  expect(lab.view.kind).toBe('open')
})

it('a problem of a lesson is told once, among all lessons and when it is opened', async () => {
  const problem = 'd1/lesson.md:16: cannot typeset $x$'
  host.hello = { ...host.hello, notices: [problem] }
  const { lab } = await opened({ ...lessonOf('d1', cellBlock('a', '1')), problems: [problem] })
  expect(lab.notices).toEqual([problem])
})
