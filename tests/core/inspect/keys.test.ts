import { expect, test } from 'vitest'
import {
  type Array as JaxArray,
  checkpoint,
  grad,
  inspect,
  jit,
  jnp,
  lax,
  random,
  setUserFile,
  vmap,
} from '../../../core/index.ts'

const summary = (run: () => unknown) =>
  inspect.keys(run).nodes.map(({ path, uses, reused }) => [path, uses.map((use) => use.operation).join(' '), reused])

test('split keys that are spent once are no reuse', () => {
  expect(
    summary(() => {
      const [a, b] = random.split(random.key(7))
      return [random.normal(a), random.uniform(b)]
    }),
  ).toEqual([
    ['key(7)', 'split', false],
    ['key(7)/0', 'normal', false],
    ['key(7)/1', 'uniform', false],
  ])
})

test('a key that is spent twice says on what', () => {
  const { nodes, reuses } = inspect.keys(() => {
    const key = random.key(0)
    return [random.normal(key), random.uniform(key)]
  })
  expect(reuses).toBe(1)
  expect(nodes[0].reason).toMatch(/^Spent 2 times, on normal.* and uniform/)
})

test('split(key, n)[i] and foldIn(key, i) are one key', () => {
  const { reuses } = inspect.keys(() => {
    const key = random.key(3)
    return [random.normal(random.split(key, 3).slice(1)), random.normal(random.foldIn(key, 1))]
  })
  expect(reuses).toBe(1)
})

test('keys inside jit, scan and vmap are seen', () => {
  expect(
    summary(() =>
      jit((key: ReturnType<typeof random.key>) =>
        lax.scan((k: typeof key) => [random.foldIn(k, 0), random.bits(k)], key, null, { length: 2 }),
      )(random.key(1)),
    ),
  ).toEqual([
    ['key(1)', 'bits', false],
    ['key(1)/0', 'bits', false],
    ['key(1)/0/0', '', false],
  ])
  expect(
    summary(() => vmap((k: ReturnType<typeof random.key>) => random.bits(k))(random.split(random.key(2)))),
  ).toEqual([
    ['key(2)', 'split', false],
    ['key(2)/0', 'bits', false],
    ['key(2)/1', 'bits', false],
  ])
})

test('what a checkpoint computes again on the way back is drawn once', () => {
  const loss = (x: JaxArray) => checkpoint((y: JaxArray) => y.mul(random.normal(random.key(3))))(x)
  expect(summary(() => jit(grad(loss))(jnp.float32(1)))).toEqual([['key(3)', 'normal', false]])
  expect(summary(() => checkpoint(loss)(jnp.float32(1)))).toEqual([['key(3)', 'normal', false]])
})

test('values are the same with and without a witness', () => {
  const draw = () => random.normal(random.split(random.key(5)).slice(0), [4])
  let seen = jnp.zeros(4)
  inspect.keys(() => {
    seen = draw()
  })
  expect(seen.tolist()).toEqual(draw().tolist())
})

test('a function without keys has an empty tree', () => {
  expect(inspect.keys(() => 1)).toMatchObject({ nodes: [], reuses: 0 })
})

test('a seed that another cell uses again makes a tree of its own; one key in two cells is a reuse', () => {
  setUserFile((file) => file.startsWith('cell:'))
  const lineage = new inspect.KeyLineage()
  const stop = lineage.start()
  const cell = (name: string, source: string): unknown =>
    new Function('random', `${source}\n//# sourceURL=cell:${name}`)(random)
  const key = cell('a', 'const key = random.key(9); random.normal(key); return key')
  cell('b', 'random.normal(random.key(9))')
  expect(lineage.document('all')).toMatchObject({ reuses: 0, nodes: [{ path: 'key(9)' }, { path: 'key(9)' }] })
  new Function('random', 'key', 'random.uniform(key)\n//# sourceURL=cell:c')(random, key)
  stop()
  expect(lineage.document('all')?.reuses).toBe(1)
  lineage.forget('cell:c')
  expect(lineage.document('all')?.reuses).toBe(0)
})
