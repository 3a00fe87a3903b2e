import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GraphBlock, GraphDocument, InspectionDocument, TapeDocument } from '../../../core/inspect/documents.ts'
import type { FigureKind, InspectableCall } from '../../../electron/protocol.ts'
import { Notebook } from '../notebook.ts'

// Starting a process takes as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

let requests = 0

/** What a cell called, newest first. */
async function callsOf(source: string, cellId = 'cell'): Promise<readonly InspectableCall[]> {
  const { calls } = await notebook.run(source, cellId)
  return calls.filter(({ kind }) => kind === 'call')
}

async function draw(call: InspectableCall | undefined, figure: FigureKind): Promise<InspectionDocument> {
  if (call === undefined) throw new Error('there is no such call')
  const answer = await notebook.kernel.inspect(`figure-${++requests}`, call.callId, figure)
  if ('error' in answer) throw new Error(answer.error.message)
  return answer.document
}

async function graphOf(call: InspectableCall | undefined): Promise<GraphDocument> {
  const document = await draw(call, 'graph')
  if (document.kind !== 'graph') throw new Error(`a ${document.kind} came instead of a graph`)
  return document
}

async function tapeOf(call: InspectableCall | undefined): Promise<TapeDocument> {
  const document = await draw(call, 'tape')
  if (document.kind !== 'tape') throw new Error(`a ${document.kind} came instead of a tape`)
  return document
}

function primitives({ nodes }: GraphBlock): string[] {
  return nodes.map(({ primitive }) => primitive)
}

/** The cotangents that arrive at the inputs: the gradient. */
function gradientIn({ inputs, reverse }: TapeDocument): (string | undefined)[] {
  return inputs.map((id) => {
    const step = reverse.findLast((each) => each.phase === 'cotangent' && each.node === id)
    return step?.phase === 'cotangent' ? step.cotangent?.text : undefined
  })
}

describe('a figure is a record of the run', () => {
  test('of the transformed function, not of the function under it', async () => {
    await notebook.run('const length = (v) => jnp.sqrt(jnp.sum(v ** 2))', 'above')
    const calls = await callsOf('vmap(length)(jnp.ones([3, 4]))')
    expect(calls.map(({ label, avals }) => [label, avals])).toEqual([['vmap(length)', 'f32[3,4]']])
    const { root } = await graphOf(calls[0])
    expect(root.nodes.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^c:f32\[3\] = reduce_sum\[axes=\(1,\)/),
    )
    expect(root.inputs.map(({ label, aval }) => [label, aval])).toEqual([['v', 'f32[3,4]']])
  })

  test('names each call whole, with its line, also inside of other functions', async () => {
    const calls = await callsOf(
      'const f = (x) => x ** 2\nconst g = (x) => grad(f)(x) + 1\nvmap(grad(f))(jnp.ones(2))\njit(vmap(g))(jnp.ones(3))',
    )
    expect(calls.map(({ label, inside, place }) => [label, inside, place?.line])).toEqual([
      ['jit(vmap(g))', null, 4],
      ['grad(f)', 'vmap(g)', 2],
      ['vmap(grad(f))', null, 3],
    ])
    expect((await graphOf(calls[1])).root.nodes.at(-1)?.outputs[0].aval).toBe('f32[]')
  })

  test('with the values of then: what is changed afterwards does not show', async () => {
    await notebook.run('let factor = 2', 'above')
    const calls = await callsOf('grad((x) => x * factor)(5)')
    const frozen = await graphOf(calls[0])
    await notebook.run('factor = 3', 'below')
    expect(await graphOf(calls[0])).toEqual(frozen)
    expect(gradientIn(await tapeOf(calls[0]))).toEqual(['2'])
  })

  test('and looking at it runs nothing of the learner’s', async () => {
    const source = [
      'let traces = 0',
      'const leaked = []',
      'const f = (x) => { traces++; leaked.push(x); print("ran"); return jnp.sin(x) * x }',
      'const rule = customVjp((x) => x * 2)',
      'let backs = 0',
      'rule.defvjp((x) => [x * 2, x], (x, ct) => { backs++; return [ct * 2] })',
      'const back = (x) => pureCallback((v) => { traces++; return v }, new ShapeDtypeStruct([], "float32"), x)',
      'jit(f)(1); vmap(f)(jnp.ones(3)); grad((x) => f(rule(x)))(2); jit(back)(1)',
    ].join('\n')
    const calls = await callsOf(source)
    const counts = '[traces, leaked.length, backs]'
    const before = await notebook.value(counts)
    const printed = notebook.heard(() => true)
    for (const call of calls) {
      for (const figure of call.figures) {
        if (figure !== 'timeline') await notebook.kernel.inspect(`look-${++requests}`, call.callId, figure)
      }
    }
    expect(await Promise.race([printed.then(() => 'printed'), Promise.resolve('silent')])).toBe('silent')
    expect(await notebook.value(counts)).toBe(before)
  })

  test('of what was evaluated where nothing was traced, with the branch that was taken', async () => {
    const calls = await callsOf(
      'const slope = grad((x) => { if (x > 0) { return x * 3 } return -x })\nslope(2)\nslope(-2)\nslope(-2)',
    )
    expect(calls.map(({ place, count }) => [place?.line, count])).toEqual([
      [4, 1],
      [3, 1],
      [2, 1],
    ])
    expect((await tapeOf(calls[2])).nodes.map(({ primitive }) => primitive)).toEqual(['input', 'gt', 'mul'])
    expect((await tapeOf(calls[0])).nodes.map(({ primitive }) => primitive)).toEqual(['input', 'gt', 'neg'])
  })

  test('of plain eager code as well, where each call is one step', async () => {
    const { calls } = await notebook.run(
      'const y = jnp.sin(jnp.ones(3))\nconst d = grad((x) => x * x)(2)\njnp.sum(y) + d',
    )
    const cell = calls.find(({ kind }) => kind === 'cell')
    const { root } = await graphOf(cell)
    expect(primitives(root)).toEqual(['broadcast_in_dim', 'sin', 'call', 'reduce_sum', 'convert_element_type', 'add'])
    expect(root.nodes.at(-1)?.outputs[0].value?.text).toBe('6.5244')
  })

  test('a jitted function has its static arguments as literals', async () => {
    const calls = await callsOf('jit((x, n) => x ** n, { staticArgnums: 1 })(2, 3)')
    expect((await graphOf(calls[0])).jaxpr).toContain('integer_pow[y=3]')
  })

  test('the newest of many calls from one line stands for them', async () => {
    const calls = await callsOf('for (let i = 0; i < 50; i++) grad((x) => x * i)(2)')
    expect(calls.map(({ label, count }) => [label, count])).toEqual([['grad(<lambda>)', 50]])
    expect(gradientIn(await tapeOf(calls[0]))).toEqual(['49'])
  })

  test('calls of every cell can be chosen, until the cell runs again', async () => {
    const first = await callsOf('grad((x) => x * 2)(1)', 'first')
    const second = await callsOf('grad((x) => x * 3)(1)', 'second')
    expect(gradientIn(await tapeOf(first[0]))).toEqual(['2'])
    expect(gradientIn(await tapeOf(second[0]))).toEqual(['3'])
    await notebook.run('grad((x) => x * 4)(1)', 'first')
    await expect(tapeOf(first[0])).rejects.toThrow('Run its cell again')
  })
})

describe('a picture is never in the way', () => {
  // A loop of so many steps takes the tape far longer than anything that a cell here does.
  const long = 'grad((x) => lax.scan((c, a) => [c * a, c], x, jnp.ones(400000))[0])(1)'

  test('of the next cell: it is broken off, and drawn afterwards', async () => {
    const calls = await callsOf(long, 'long')
    const order: string[] = []
    const figure = tapeOf(calls[0]).then((document) => {
      order.push('figure')
      return document
    })
    const cell = notebook.value('1 + 1').then((value) => {
      order.push('cell')
      return value
    })
    expect(await cell).toBe('2')
    expect((await figure).nodes.map(({ primitive }) => primitive)).toContain('scan')
    expect(order).toEqual(['cell', 'figure'])
  })

  test('of Stop, which ends it for good', async () => {
    const calls = await callsOf(long, 'long')
    const figure = tapeOf(calls[0])
    await vi.waitFor(() => expect(notebook.statuses.at(-1)?.state).toBe('busy'))
    notebook.kernel.interrupt()
    await expect(figure).rejects.toThrow()
    expect(await notebook.value('2 + 2')).toBe('4')
  })

  test('of a cell after a jit over ten million numbers, of which it says why it shows no values', async () => {
    const calls = await callsOf('const big = jnp.ones(1e7)\njit((x) => jnp.sum(jnp.sin(x)))(big)', 'big')
    const figure = notebook.kernel.inspect('big', calls[0]?.callId ?? '', 'tape')
    expect(await notebook.value('1 + 1')).toBe('2')
    expect(await figure).toMatchObject({ error: { message: expect.stringContaining('too large to be kept') } })
    const graph = await graphOf(calls[0])
    expect(graph.notes?.join()).toContain('too large to be kept')
    expect(JSON.stringify(graph).length).toBeLessThan(20_000)
  })
})

describe('a record stays small', () => {
  beforeEach(() => notebook.run('const xs = jnp.ones(100000)', 'above'))

  test('after two thousand equations it only counts', async () => {
    const calls = await callsOf('vmap((x) => { for (let i = 0; i < 2500; i++) x = x + 1; return x })(jnp.ones(2))')
    const { root, notes } = await graphOf(calls[0])
    expect(root.nodes).toHaveLength(2000)
    expect(notes).toEqual(['The first 2,000 equations are shown; 500 more ran.'])
    await expect(tapeOf(calls[0])).rejects.toThrow('the first 2000 equations only')
  })

  test('and what it keeps of large arrays is a summary', async () => {
    const calls = await callsOf('vmap((x) => { for (let i = 0; i < 30; i++) x = x + 1; return x })(xs)')
    const { root } = await graphOf(calls[0])
    expect(root.nodes.at(-1)?.outputs[0].value?.text).toBe('31 31 31 … (100,000 values)')
  })
})
