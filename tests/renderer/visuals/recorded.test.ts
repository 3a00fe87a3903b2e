import { describe, expect, it } from 'vitest'
import { grad, inspect, jnp, lax, random } from '../../../core/index.ts'
import type { InspectionDocument } from '../../../core/inspect/documents.ts'
import { sceneToSvg } from '../../../renderer/export/svg.ts'
import { itemsOf } from '../../../renderer/visuals/scene.ts'
import { flatSvgFaults } from '../export/flat-svg.ts'
import { drawSample } from './figures.ts'

/** Documents that the engine records of real programs are drawn, not only those written by hand. */
const f = (x: number, y: number) => jnp.add(jnp.multiply(x, jnp.sin(y)), jnp.cos(x))

const scanned = (xs: ReturnType<typeof jnp.arange>) =>
  lax.scan((carry, x) => [jnp.add(carry, x), jnp.sin(carry)], jnp.array(0.0), xs)

const recorded: readonly (readonly [name: string, record: () => InspectionDocument])[] = [
  ['the graph of a product', () => inspect.graph(f, 0.5, 0.75)],
  ['the graph of a gradient', () => inspect.graph(grad(f, { argnums: [0, 1] }), 0.5, 0.75)],
  ['the graph of a scan', () => inspect.graph(scanned, jnp.arange(4.0))],
  ['the tapes of a product', () => inspect.tape(f, 0.5, 0.75)],
  ['the keys of a reuse', () => inspect.keys(() => [random.normal(random.key(0)), random.uniform(random.key(0))])],
]

describe.each(recorded)('%s', (name, record) => {
  it('is drawn, and its file breaks no rule', async () => {
    const document = record()
    const scene = await drawSample({ name, document })
    expect(itemsOf(scene.body).length).toBeGreaterThan(1)
    expect(flatSvgFaults(sceneToSvg(scene))).toEqual([])
  })
})

it('says that equations ran where there is no result', async () => {
  const { root, ...document } = inspect.graph(f, 0.5, 0.75)
  const captionOf = async (changed: object) =>
    (await drawSample({ name: 'graph', document: { ...document, root: { ...root, ...changed } } })).caption
  expect(await captionOf({})).toBe('4 equations make 1 result from 2 arguments.')
  expect(await captionOf({ outputs: [] })).toBe('4 equations ran on 2 arguments.')
  expect(await captionOf({ outputs: [], inputs: [] })).toBe('4 equations ran.')
  expect(await captionOf({ outputs: [], nodes: [] })).toBe('No equation ran.')
})

it('shows where the two cotangents of x meet', async () => {
  const scene = await drawSample({ name: 'tape', document: inspect.tape(f, 0.5, 0.75) })
  expect(scene.caption).toContain('x receives −0.4794 by cos and 0.6816 by mul: they add to 0.2022.')
})

it('says which key is reused', async () => {
  const draw = () => {
    const key = random.key(0)
    return [random.normal(key), random.uniform(key)]
  }
  const scene = await drawSample({ name: 'keys', document: inspect.keys(draw) })
  expect(scene.caption).toContain('key(0) is reused')
})
