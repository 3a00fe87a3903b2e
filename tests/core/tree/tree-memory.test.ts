import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type Array as JaxArray, jit, jnp, tree } from '../../../core/index.ts'
import { flatten } from '../../../core/tree/pytree.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** After everything that only this turn held is gone. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  collect()
}

/** A node whose static data is an object. */
class Configured {
  readonly child: unknown
  readonly settings: object
  constructor(child: unknown, settings: object) {
    this.child = child
    this.settings = settings
  }
}
tree.registerPytreeNode(
  Configured,
  ({ child, settings }) => ({ children: [child], aux: settings }),
  (settings, [child]) => new Configured(child, Object(settings)),
)

test('a structure that was met does not keep the objects that are its static data', async () => {
  const met = Array.from({ length: 5 }, (_, i) => {
    const settings = { i, table: new Float64Array(1000) }
    flatten({ layers: [new Configured(1, settings)], node: new Configured([2], settings) })
    return new WeakRef(settings)
  })
  await settled()
  expect(met.filter((reference) => reference.deref() !== undefined)).toEqual([])
})

test('a program that is kept for later calls keeps no argument of earlier ones', async () => {
  const f = jit((given: { w: JaxArray }) => given.w.add(1))
  const given = Array.from({ length: 5 }, (_, i) => {
    const w = jnp.ones([i + 1])
    f({ w })
    return new WeakRef(w)
  })
  await settled()
  expect(f.cacheSize()).toBe(5)
  expect(given.filter((reference) => reference.deref() !== undefined)).toEqual([])
})

test('ever so many structures take no more memory than a table of fixed size', () => {
  const meetMany = (from: number): void => {
    for (let i = from; i < from + 8000; i++) {
      flatten(Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`entry ${k} of structure ${i}`, [k, k]])))
    }
    collect()
  }
  meetMany(0)
  const before = process.memoryUsage().heapUsed
  meetMany(8000)
  meetMany(16_000)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 2 ** 20)
})
