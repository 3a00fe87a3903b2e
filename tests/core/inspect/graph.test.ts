import { expect, test } from 'vitest'
import { type ArrayLike, ShapeDtypeStruct, inspect, jit, jnp, lax, makeJaxpr } from '../../../core/index.ts'
import type { GraphBlock } from '../../../core/inspect/documents.ts'

const loop = (x: ArrayLike) =>
  lax.scan(
    (c: ArrayLike, a: ArrayLike) => [
      lax.cond(
        jnp.greater(a, 0),
        (v: ArrayLike) => jnp.multiply(v, 2),
        (v: ArrayLike) => v,
        c,
      ),
      null,
    ],
    0,
    x,
  )[0]

function blocksOf(block: GraphBlock): GraphBlock[] {
  return [block, ...block.nodes.flatMap((node) => node.blocks.flatMap(blocksOf))]
}

test('inner programs are blocks: the body of a scan, the branches of a cond', () => {
  const { root } = inspect.graph(loop, jnp.ones(3))
  expect(blocksOf(root).map((block) => block.label)).toEqual([
    'loop',
    'body',
    'branch 0, which did not run',
    'branch 1, which ran',
  ])
})

test('the text is what makeJaxpr prints, and names agree with it', () => {
  const document = inspect.graph(loop, jnp.ones(3))
  expect(document.jaxpr).toBe(String(makeJaxpr(loop)(jnp.ones(3))))
  expect(document.root.inputs.map(({ name, label }) => [name, label])).toEqual([['a', 'x']])
})

test('a literal is what was written, and the text has the double that JAX prints', () => {
  const { root, jaxpr } = inspect.graph((x: ArrayLike) => jnp.multiply(-0.1, jnp.multiply(x, 1e-7)), 1)
  const shown = root.nodes.flatMap(({ inputs }) => inputs.flatMap((one) => (one.kind === 'literal' ? [one.text] : [])))
  expect(shown.toSorted()).toEqual(['-0.1', '1e-07'])
  expect(jaxpr).toContain('-0.10000000149011612:f32[]')
})

test('values are those of the run, also inside jit', () => {
  const { root } = inspect.graph(
    jit((x: ArrayLike) => jnp.add(jnp.sin(x), 1)),
    0.5,
  )
  const inner = blocksOf(root)[1]
  expect(inner.nodes.map((node) => node.outputs[0].value?.text)).toEqual(['0.4794', '1.4794'])
})

test('a shape is enough for a graph without values', () => {
  const { root } = inspect.graph((x: ArrayLike) => jnp.sin(x), new ShapeDtypeStruct([2]))
  expect(root.nodes.map((node) => [node.text, node.outputs[0].value])).toEqual([['b:f32[2] = sin a', undefined]])
})

test('every id is one value, and every operand exists', () => {
  const { root } = inspect.graph(loop, jnp.ones(3))
  for (const block of blocksOf(root)) {
    const defined = [...block.consts, ...block.inputs, ...block.nodes.flatMap((node) => node.outputs)].map(
      ({ id }) => id,
    )
    expect(new Set(defined).size).toBe(defined.length)
    const read = [...block.nodes.flatMap((node) => node.inputs), ...block.outputs]
    for (const operand of read) if (operand.kind === 'value') expect(defined).toContain(operand.id)
  }
})

test('a document is plain JSON', () => {
  const document = inspect.graph(loop, jnp.array([1, NaN, Infinity]))
  expect(JSON.parse(JSON.stringify(document))).toEqual(JSON.parse(JSON.stringify(structuredClone(document))))
})
