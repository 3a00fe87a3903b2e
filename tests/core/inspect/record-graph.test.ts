import { expect, test } from 'vitest'
import {
  type ArrayLike,
  ShapeDtypeStruct,
  debug,
  grad,
  jit,
  jnp,
  lax,
  makeJaxpr,
  pmap,
  pureCallback,
  vmap,
} from '../../../core/index.ts'
import {
  type RecordedCall,
  graphOfCall,
  graphOfCell,
  outline,
  startRecording,
  summarize,
} from '../../../core/inspect/recording.ts'
import type { GraphBlock, GraphDocument, GraphNode } from '../../../core/inspect/documents.ts'
import type { Array as JaxArray } from '../../../core/index.ts'

type X = JaxArray

function callsOf(body: () => unknown): readonly RecordedCall[] {
  const stop = startRecording(summarize, outline)
  try {
    body()
  } catch {
    // What ran until then is in the record.
  }
  return stop().calls
}

function graphOf(body: () => unknown): GraphDocument {
  const call = callsOf(body).find(({ parent }) => parent === null)
  if (call === undefined) throw new Error('nothing was called')
  return graphOfCall(call)
}

function nodesIn(block: GraphBlock): GraphNode[] {
  return block.nodes.flatMap((node) => [node, ...node.blocks.flatMap(nodesIn)])
}

const shown = (node: GraphNode | undefined) => [node?.outputs[0].value?.aval, node?.outputs[0].value?.text]
const named = (document: GraphDocument, primitive: string) =>
  nodesIn(document.root).find((node) => node.primitive === primitive)

test('values inside of jit are computed when somebody asks', () => {
  const document = graphOf(() => jit((x: ArrayLike) => jnp.add(jnp.sin(x), 1))(0.5))
  expect(shown(named(document, 'sin'))).toEqual(['f32[]', '0.4794'])
})

test('inside of a loop a value has one entry a step', () => {
  const sum = (c: X, x: X): readonly [X, null] => [c.add(x), null]
  const document = graphOf(() => vmap((x: X) => lax.scan(sum, 0, x)[0])(jnp.array([[1, 2, 3]])))
  expect(named(document, 'add')?.outputs[0].value).toMatchObject({ aval: 'f32[1] at 3 steps', values: [1, 3, 6] })
})

test('of a long loop the first steps are shown, and the figure says so', () => {
  const document = graphOf(() =>
    jit((x: X) =>
      lax.whileLoop(
        (v: X) => jnp.less(v, 500),
        (v: X) => v.add(1),
        x,
      ),
    )(jnp.float32(0)),
  )
  expect(named(document, 'add')?.outputs[0].value?.values).toHaveLength(64)
  expect(named(document, 'while')?.outputs[0].value?.text).toBe('500')
  expect(document.notes).toEqual(['Of a loop’s steps the first 64 are shown.'])
})

test('a branch that did not run has no values', () => {
  const branch = (x: X) =>
    lax.cond(
      jnp.greater(x, 0),
      (v: X) => jnp.sin(v),
      (v: X) => jnp.cos(v),
      x,
    )
  const document = graphOf(() => jit(branch)(jnp.float32(0.5)))
  expect(shown(named(document, 'sin'))).toEqual(['f32[]', '0.4794'])
  expect(named(document, 'cos')?.outputs[0].value).toBeUndefined()
})

test('what a function of the host gave inside of a program is not computed again', () => {
  let runs = 0
  const host = (v: X) => (runs++, v)
  const f = (x: X) => jnp.sin(pureCallback(host, new ShapeDtypeStruct([]), x) as X)
  const document = graphOf(() => jit(f)(jnp.float32(0.5)))
  expect(runs).toBe(1)
  expect(named(document, 'sin')?.outputs[0].value).toBeUndefined()
  expect(document.notes?.join()).toContain('calls no function of yours')
})

test('a function of the host in a branch that did not run, or beside what a loop carries, takes nothing away', () => {
  const host = (x: X): X => pureCallback((v: X) => v, new ShapeDtypeStruct([]), x) as X
  const branch = (x: X) =>
    lax.cond(
      jnp.greater(x, 0),
      (v: X) => v.mul(3),
      (v: X) => host(v),
      x,
    )
  const taken = graphOf(() => jit((x: X) => branch(branch(x)).add(1))(jnp.float32(0.5)))
  expect(shown(named(taken, 'add'))).toEqual(['f32[]', '5.5000'])
  expect(taken.notes).toBeUndefined()
  const asked = graphOf(() => jit((x: X) => branch(branch(x)).add(1))(jnp.float32(-0.5)))
  expect(shown(named(asked, 'add'))).toEqual([undefined, undefined])
  expect(asked.notes?.join()).toContain('calls no function of yours')
  const steps = graphOf(() =>
    jit((x: X) => lax.scan((c: X) => [c.mul(2), host(c)], x, null, { length: 3 })[0].sub(1))(jnp.float32(0.5)),
  )
  expect(shown(named(steps, 'sub'))).toEqual(['f32[]', '3'])
  expect(named(steps, 'mul')?.outputs[0].value?.values).toEqual([1, 2, 4])
})

test('operands that were donated are gone, and the figure says why', () => {
  const step = jit((x: X) => x.mul(2).add(1), { donateArgnums: 0 })
  const call = callsOf(() => step(jnp.ones(3)))[0]
  expect(graphOfCall(call).root.inputs[0].value?.text).toBe('[1 1 1]')
})

test('a call that raises shows what ran until then', () => {
  const document = graphOf(() =>
    vmap((x: X) => {
      const y = jnp.sin(x)
      if (jnp.greater(y, 0)) throw new Error('enough')
      return y
    })(jnp.ones(2)),
  )
  expect(document.root.nodes.map(({ primitive }) => primitive)).toEqual(['sin', 'gt'])
  expect(document.notes?.join()).toContain('The call did not finish: enough')
})

test('labels are the names of the arguments, through structures and chosen positions', () => {
  const loss = (params: { w: X; b: X }, [x]: X[], scale: X) => jnp.sum(params.w.mul(x)).add(params.b).mul(scale)
  const document = graphOf(() =>
    grad(loss, { argnums: [0, 2] })({ w: jnp.ones(2), b: jnp.float32(1) }, [jnp.ones(2)], jnp.float32(3)),
  )
  expect(document.root.inputs.map(({ label }) => label)).toEqual(['params.b', 'params.w', 'argument 1[0]', 'scale'])
})

test('what makeJaxpr traced has values when it was given numbers', () => {
  expect(
    shown(
      named(
        graphOf(() => makeJaxpr(jnp.sin)(0.5)),
        'sin',
      ),
    ),
  ).toEqual(['f32[]', '0.4794'])
  expect(
    shown(
      named(
        graphOf(() => makeJaxpr(jnp.sin)(new ShapeDtypeStruct([]))),
        'sin',
      ),
    ),
  ).toEqual([undefined, undefined])
})

test('calls inside of what was traced have the values of the run', () => {
  const inner = (x: X) => grad((y: ArrayLike) => jnp.square(y))(x)
  const calls = callsOf(() => jit((x: X) => jnp.sin(inner(x as never) as never))(jnp.float32(2)))
  const nested = calls.find(({ name }) => name.startsWith('grad'))
  if (nested === undefined) throw new Error('the inner call is not recorded')
  expect(graphOfCall(nested).root.nodes.at(-1)?.outputs[0].value?.text).toBe('4')
})

test('what a function of the host computes is no part of the program that called it', () => {
  const twice = (x: X) => {
    debug.callback((v: X) => v.mul(v).add(1), x)
    return x.mul(2)
  }
  const document = graphOf(() => vmap((x: X) => [twice(x), jit(twice)(x)])(jnp.ones([2])))
  expect(nodesIn(document.root).map(({ primitive }) => primitive)).not.toContain('add')
  const seen: string[] = []
  const stop = startRecording(summarize, outline)
  grad((x: X) => {
    debug.callback((v: X) => seen.push(typeof v.mul(v).tolist()), x)
    return x
  })(jnp.ones([]))
  const cell = graphOfCell(stop(), 'cell')
  expect(seen).toEqual(['number'])
  expect(cell.root.nodes.map(({ primitive }) => primitive)).toContain('mul')
})

test('an array from outside that a call in jit was given is its argument, not something that it captured', () => {
  const data = jnp.ones([3])
  const calls = callsOf(() => jit((w: X) => grad((v: X, x: X) => jnp.sum(v.mul(x)))(w, data).add(data))(jnp.ones([3])))
  const inner = calls.find(({ via }) => via === 'grad')
  if (inner === undefined) throw new Error('nothing was called')
  const { root } = graphOfCall(inner)
  expect(root.consts).toEqual([])
  const [v, x] = root.inputs
  expect([v.label, x.label]).toEqual(['v', 'x'])
  expect(root.nodes[0].inputs).toEqual([
    { kind: 'value', id: v.id },
    { kind: 'value', id: x.id },
  ])
})

test('an error while jit traces leaves what was traced until then, and one sentence of what ended it', () => {
  const wrong = (v: X) => jnp.dot(jnp.sin(v), jnp.ones([4]))
  const { root, notes } = graphOf(() => jit(wrong)(jnp.ones([3])))
  expect(root.inputs.map(({ label, aval, value }) => [label, aval, value?.text])).toEqual([['v', 'f32[3]', '[1 1 1]']])
  expect(root.nodes.map(({ primitive }) => primitive)).toEqual(['sin', 'broadcast_in_dim'])
  expect(shown(root.nodes[0])).toEqual(['f32[3]', '[0.8415 0.8415 0.8415]'])
  expect(notes).toEqual([
    expect.stringMatching(/^The call did not finish: .*shapes \(3,\) and \(4,\)\. What ran [^\n]*$/),
  ])
  expect(graphOf(() => grad((x: X) => x)(jnp.arange(3))).notes).toEqual([
    expect.stringMatching(/^The call did not finish: [^\n]*\.$/),
  ])
})

test('an argument that is taken apart is known by its entries', () => {
  const document = graphOf(() =>
    grad(({ w }: { w: X }, { x }: { x: X }) => w.mul(x))({ w: jnp.ones([]) }, { x: jnp.ones([]) }),
  )
  expect(document.root.inputs.map(({ label }) => label)).toEqual(['w', 'x'])
})

test('where values inside cannot be had, the figure says why', () => {
  const document = graphOf(() => pmap((x: X) => x.mul(2))(jnp.ones([1])))
  expect(document.notes).toEqual(['Values inside shard_map are not shown: each device had its own.'])
})

test('values inside of a jit that was called under a derivative are computed as well', () => {
  const inner = jit((x: X) => jnp.sin(x).mul(2))
  const call = callsOf(() => grad((x: X) => inner(x))(jnp.ones([]))).find(({ via }) => via === 'jit')
  if (call === undefined) throw new Error('nothing was called')
  expect(shown(named(graphOfCall(call), 'sin'))).toEqual(['f32[]', '0.8415'])
})
