import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Array as JaxArray, inspect, jit, jnp, lax } from '../../../core/index.ts'
import type { GraphBlock, GraphNode } from '../../../core/inspect/documents.ts'
import { poisonReleased } from '../../../core/runtime/memory.ts'

// Released memory is overwritten at once: a figure that reads it shows other numbers.
beforeAll(() => poisonReleased(0xee))
afterAll(() => poisonReleased(null))

const nodesIn = (block: GraphBlock): GraphNode[] =>
  block.nodes.flatMap((node) => [node, ...node.blocks.flatMap(nodesIn)])

test('values of a figure are those of then, though the program reuses its memory', () => {
  const step = (c: JaxArray, x: JaxArray): readonly [JaxArray, JaxArray] => {
    const moved = c.add(x)
    const doubled = moved.mul(2)
    return [doubled.sub(1), jnp.sum(doubled)]
  }
  const f = (x: JaxArray) => lax.scan(step, x.add(1).mul(1).sub(1), jnp.arange(3).astype('float32'))[0]
  const { root } = inspect.graph(jit(f), jnp.full(40, 1))
  const values = (primitive: string) =>
    nodesIn(root)
      .filter((node) => node.primitive === primitive)
      .map((node) => node.outputs[0].value?.values?.slice(0, 1))
  expect(values('mul')).toEqual([[2], [2]])
  expect(values('sub')).toEqual([[1], [1]])
  const body = nodesIn(root).find((node) => node.primitive === 'add' && node.outputs[0].value?.aval.includes('steps'))
  expect(body?.outputs[0].value?.text).toMatch(/^mean .*, 1 … /)
  expect(nodesIn(root).find((node) => node.primitive === 'reduce_sum')?.outputs[0].value?.values).toEqual([
    80, 160, 400,
  ])
})
