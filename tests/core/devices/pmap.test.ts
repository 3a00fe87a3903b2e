import { afterAll, expect, test } from 'vitest'
import {
  type ArrayLike,
  ShapeDtypeStruct,
  config,
  grad,
  installParallelDevices,
  jit,
  jnp,
  lax,
  pmap,
  pureCallback,
  random,
  vmap,
} from '../../../core/index.ts'
import type { JaxArray } from '../../../core/tracing/array.ts'
import { CpuDevices } from '../../../core/devices/cpu-devices.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'

const devices = new CpuDevices(new WorkerThreads(), () => config.numCpuDevices)
installParallelDevices(devices)
config.update('numCpuDevices', 4)
afterAll(() => devices.stop())

test('pmap computes what vmap over the same axis name computes', () => {
  const normalise = (x: ArrayLike) => jnp.divide(x, lax.psum(x, 'i'))
  const x = jnp.array([1, 2, 3, 4])
  expect(pmap(normalise, { axisName: 'i' })(x).tolist()).toEqual(vmap(normalise, { axisName: 'i' })(x).tolist())
})

test.each([1, 2, 4])('samples by folded keys do not depend on the number of devices (%i)', (count) => {
  config.update('numCpuDevices', count)
  const key = random.key(0)
  const draw = (id: ArrayLike) => random.normal(random.foldIn(key, id), [3])
  const ids = jnp.arange(4).reshape([count, 4 / count])
  const spread = pmap(vmap(draw))(ids).reshape([4, 3])
  expect(spread.tolist()).toEqual(vmap(draw)(jnp.arange(4)).tolist())
  config.update('numCpuDevices', 4)
})

test('a ring of ppermutes adds up to psum', () => {
  const ring = [0, 1, 2, 3].map((i) => [i, (i + 1) % 4] as const)
  const total = (x: ArrayLike) => {
    let sum = jnp.asarray(x)
    let moving = sum
    for (let hop = 0; hop < 3; hop++) {
      moving = lax.ppermute(moving, 'i', ring)
      sum = jnp.add(sum, moving)
    }
    return sum
  }
  expect(pmap(total, { axisName: 'i' })(jnp.array([1, 2, 3, 4])).tolist()).toEqual([10, 10, 10, 10])
})

test('pmap differentiates, also with an argument that all devices share', () => {
  const loss = (w: ArrayLike, x: ArrayLike) =>
    jnp.sum(pmap((w: ArrayLike, x: ArrayLike) => jnp.multiply(w, x), { inAxes: [null, 0] })(w, x))
  expect(
    grad(loss, { argnums: [0, 1] })(jnp.array([2, 3]), jnp.ones([4, 2])).map((g) => jnp.asarray(g).tolist()),
  ).toEqual([
    [4, 4],
    [
      [2, 3],
      [2, 3],
      [2, 3],
      [2, 3],
    ],
  ])
})

test('the devices say what they did', () => {
  pmap((x: ArrayLike) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.ones(4))
  const kinds = devices.lastRun?.lanes.map((lane) => lane.map((interval) => interval.kind))
  expect(kinds).toEqual(Array.from({ length: 4 }, () => ['compute', 'collective', 'compute']))
})

test('a loop of many collectives is summed up at its end', () => {
  const hops = (x: JaxArray): JaxArray => lax.foriLoop(0, 2500, (_, v: JaxArray) => lax.pmax(v, 'i'), x)
  expect(pmap(hops, { axisName: 'i' })(jnp.arange(4)).tolist()).toEqual([3, 3, 3, 3])
  for (const lane of devices.lastRun?.lanes ?? []) {
    expect(lane.length).toBe(4001)
    expect(lane.at(-1)).toMatchObject({ kind: 'compute', label: 'compute, with 500 more collectives' })
  }
})

test('a function is traced once for its shapes, and devices that forgot a program get it again', () => {
  let traces = 0
  const counted = pmap((x: ArrayLike) => {
    traces++
    return jnp.add(x, 1)
  })
  const run = () => counted(jnp.arange(4)).tolist()
  expect([run(), run()]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ])
  for (let i = 0; i < 70; i++) pmap((x: ArrayLike) => jnp.multiply(x, i))(jnp.ones(4))
  expect(run()).toEqual([1, 2, 3, 4])
  expect(traces).toBe(1)
})

test.each(['🙂i', '\ud800', '', 'a'.repeat(5000)])('an axis may have any name (%#)', (axisName) => {
  const total = pmap((x: JaxArray) => jnp.asarray(lax.psum(x, axisName)), { axisName })
  expect(total(jnp.arange(4)).tolist()).toEqual([6, 6, 6, 6])
})

test('a callback that donates what devices read leaves it to them as it was', () => {
  const x = jnp.ones([4, 100])
  let donated = false
  const scale = jit((v: JaxArray) => v.mul(50), { donateArgnums: 0 })
  const f = pmap((v: JaxArray) => {
    const shown = pureCallback(
      (w: JaxArray) => {
        if (!donated) scale(x)
        donated = true
        return w
      },
      new ShapeDtypeStruct([100], 'float32'),
      v,
    ) as JaxArray
    return shown.add(v)
  })
  expect(jnp.sum(f(x)).item()).toBe(800)
})
