import { afterAll, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  config,
  inspect,
  installParallelDevices,
  jnp,
  lax,
  pmap,
  random,
  setUserFile,
} from '../../../core/index.ts'
import { CpuDevices } from '../../../core/devices/cpu-devices.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'

const devices = new CpuDevices(new WorkerThreads(), () => config.numCpuDevices)
config.update('numCpuDevices', 2)
afterAll(() => devices.stop())

const draw = (key: JaxArray): JaxArray =>
  lax.scan((c: JaxArray, k: JaxArray) => [c.add(random.normal(k)), null], jnp.float32(0), random.split(key, 2))[0]

const spent = (run: () => unknown) =>
  inspect
    .keys(run)
    .nodes.map(({ path, uses }) => [path, uses.map(({ operation, source }) => [operation, source?.line])])

test('devices that are threads show the keys that they spend, as devices that are lanes do', () => {
  setUserFile((file) => file.endsWith('key-taps.test.ts'))
  const run = () => pmap(draw)(random.split(random.key(0)))
  const inLanes = spent(run)
  installParallelDevices(devices)
  const onThreads = spent(run)
  setUserFile(() => false)
  const sorted = (keys: unknown[]) => keys.map((key) => JSON.stringify(key)).sort()
  expect(sorted(onThreads)).toEqual(sorted(inLanes))
  expect(onThreads).toHaveLength(7)
  expect(onThreads).toContainEqual(['key(0)/1/0', [['normal', 21]]])
})

test('a key that all devices share is spent by each', () => {
  const { nodes } = inspect.keys(() => {
    const key = random.key(5)
    return pmap((x: JaxArray) => draw(key).add(x))(jnp.zeros(2))
  })
  expect(nodes.map(({ uses }) => uses.length)).toEqual([2, 2, 2])
})
