import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { errorDocuments } from '../../../build/error-catalogue.ts'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

/** Entries whose example needs a device that is not everywhere, or only warns. */
const elsewhere = new Set(['device-lost', 'narrowed-dtype'])

const documents = errorDocuments().filter(({ kind }) => !elsewhere.has(kind))

beforeEach(async () => {
  const off = ['debugKeyReuse', 'debugNans'].map((name) => `config.update('${name}', false)`)
  const first = ["config.update('numCpuDevices', 1)", "config.update('platform', 'reference')"]
  await notebook.run([...off, ...first].join('\n'), 'settings')
})

describe('the card of a cell that fails has what its entry says', () => {
  test.each(documents.map((entry) => [entry.kind, entry] as const))('%s', async (_, entry) => {
    const error = await notebook.error(entry.fails)
    expect(error).toMatchObject({ name: entry.class, why: entry.why, place: { cellId: 'cell' } })
    expect(error.message).not.toContain(entry.why)
    expect(error.hint ?? '').not.toBe('')
    expect(error.lessonId ?? null).toBe(entry.lesson)
    const line = entry.fails.split('\n')[(error.place?.line ?? 0) - 1]
    expect(error.lineText).toBe(line?.trim())
  })
})

test('the line is that of the program that failed, when its cell was run anew with another text', async () => {
  await notebook.run('function old(x) {\n  return x.matmul(jnp.ones([5, 5]))\n}', 'first')
  await notebook.run('const kept = old', 'second')
  await notebook.run('function old(x) {\n  return x\n}', 'first')
  const error = await notebook.error('kept(jnp.ones([2, 2]))')
  expect(error).toMatchObject({
    place: { cellId: 'first', line: 2 },
    lineText: 'return x.matmul(jnp.ones([5, 5]))',
  })
})

test('a syntax error and a thrown value show their line too', async () => {
  expect(await notebook.error('const a = 1\n  const b = (')).toMatchObject({ lineText: 'const b = (' })
  expect(await notebook.error("\n  throw 'me'")).toMatchObject({ place: { line: 2 }, lineText: "throw 'me'" })
})
