import { afterAll, expect, test } from 'vitest'
import {
  type ArrayLike,
  P,
  config,
  grad,
  installParallelDevices,
  jnp,
  lax,
  makeMesh,
  pmap,
  shardMap,
} from '../../../core/index.ts'
import { CpuDevices } from '../../../core/devices/cpu-devices.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'

const devices = new CpuDevices(new WorkerThreads(), () => config.numCpuDevices)
installParallelDevices(devices)
config.update('numCpuDevices', 4)
afterAll(() => devices.stop())

const x = jnp.arange(16, { dtype: 'float32' }).reshape([4, 4])
const mesh = makeMesh([4], ['i'])
const rows = { mesh, inSpecs: P('i'), outSpecs: P('i') }

test('every collective gives on threads what it gives over a mesh of lanes', () => {
  const square = makeMesh([2, 2], ['i', 'j'])
  const along = { mesh: square, inSpecs: P(null, 'i'), outSpecs: P('i') }
  const narrow = { ...along, mesh: makeMesh([2], ['i']) }
  const programs: readonly ((a: ArrayLike) => ArrayLike)[] = [
    (a) => lax.psum(a, 'i'),
    (a) => lax.pmax(a, 'i'),
    (a) => lax.allGather(a, 'i', { tiled: true }),
    (a) => lax.psumScatter(a, 'i', { tiled: true }),
    (a) => lax.allToAll(a, 'i', 0, 1, { tiled: true }),
    (a) => lax.ppermute(a, 'i', [[0, 1]]),
    (a) => lax.pbroadcast(a, 'i', 1),
    (a) => jnp.add(a, lax.axisIndex('i')),
  ]
  for (const program of programs) {
    // A mesh with two axes runs in lanes, a mesh with one on threads.
    const lanes = shardMap(program, along)(x)
    const threads = shardMap(program, narrow)(x)
    expect(jnp.asarray(threads).tolist()).toEqual(jnp.asarray(lanes).tolist())
  }
})

test('shardMap differentiates across threads', () => {
  const total = (a: ArrayLike): ArrayLike =>
    shardMap((part: ArrayLike) => lax.psum(jnp.sum(jnp.multiply(part, part)), 'i'), { ...rows, outSpecs: P() })(a)
  expect(jnp.asarray(grad(total)(x)).tolist()).toEqual(x.mul(2).tolist())
})

test('pmap transposes across devices', () => {
  const swapped = pmap((a: ArrayLike) => lax.allToAll(a, 'i', 0, 0), { axisName: 'i' })(x)
  expect(jnp.asarray(swapped).tolist()).toEqual(x.T.tolist())
})
