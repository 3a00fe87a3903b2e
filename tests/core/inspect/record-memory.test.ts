import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type ArrayLike, grad, jit, jnp, vmap } from '../../../core/index.ts'
import { outline, startRecording, summarize } from '../../../core/inspect/recording.ts'
import type { Recording } from '../../../core/tracing/record.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** A run whose record nobody keeps, only its results. */
function run(results: unknown[]): WeakRef<Recording> {
  const stop = startRecording(summarize, outline)
  const x = jnp.arange(2000).astype('float32')
  const loss = (v: ArrayLike) => jnp.sum(jnp.sin(jnp.multiply(v, x)))
  results.push(grad(loss)(x), vmap((v: ArrayLike) => jnp.multiply(v, 2))(x), jit(loss)(x), x)
  return new WeakRef(stop().recording)
}

test('arrays that a run made do not keep its record', async () => {
  const results: unknown[] = []
  const records = Array.from({ length: 5 }, () => run(results))
  // What was made in this turn is kept until it ends.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(results).toHaveLength(20)
  expect(records.filter((record) => record.deref() !== undefined)).toEqual([])
})

test('a run keeps no array past 64 elements but the operands that figures compute from', () => {
  const stop = startRecording(summarize, outline)
  let y = jnp.ones(5000)
  for (let i = 0; i < 100; i++) y = y.add(1)
  const { recording } = stop()
  const held = recording.root.entries.flatMap((entry) => (entry.kind === 'eqn' ? entry.outputs : []))
  expect(held).toHaveLength(101)
  expect(held.every(({ host, summary }) => host === null && summary !== null)).toBe(true)
  expect(recording.keptBytes).toBe(0)
})

test('what all operands of a run take is bounded, and can be given up', () => {
  const stop = startRecording(summarize, outline)
  const f = jit((x: ArrayLike) => jnp.sum(x))
  // 40 MB in all, 4 MB each.
  for (let i = 0; i < 10; i++) f(jnp.ones(1 << 20))
  vmap((x: ArrayLike) => jnp.sum(x))(jnp.ones([4, 1 << 20]))
  const { recording } = stop()
  expect(recording.keptBytes).toBeLessThanOrEqual(1 << 25)
  recording.forgetOperands()
  expect(recording.keptBytes).toBe(0)
})
