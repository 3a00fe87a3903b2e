import { beforeAll, expect, test } from 'vitest'
import { NamedSharding, P, config, devicePut, devices, grad, jnp, jit, makeMesh, pmap } from '../../../core/index.ts'
import type { JaxArray } from '../../../core/tracing/array.ts'

beforeAll(() => config.update('numCpuDevices', 4))

test('an error names the arguments as the function does, with their devices', () => {
  const [, one, two] = devices()
  const given = { w: devicePut(jnp.ones([2]), one), b: devicePut(jnp.ones([3]), two) }
  const f = (params: typeof given, x: JaxArray): unknown => params.w.sum().add(params.b.sum()).add(x)
  expect(() => jit(f)(given, jnp.ones([]))).toThrow(
    'Received incompatible devices for jitted computation. Got argument params.b of f with shape float32[3] and with device ids [2] on platform CPU and argument params.w of f with shape float32[2] and with device ids [1] on platform CPU',
  )
  expect(() => jnp.multiply(given.w, given.b.slice(0))).toThrow('Got argument x of multiply with shape float32[2]')
})

test('shards know their device, their place and their part', () => {
  const x = devicePut(jnp.arange(8).reshape([4, 2]), new NamedSharding(makeMesh([2], ['x']), P('x')))
  const shards = jnp.add(x, 1).addressableShards
  expect(
    shards.map(({ device, index, replicaId, data }) => [
      String(device),
      String(index[0].start),
      replicaId,
      String(data.device),
      data.tolist(),
    ]),
  ).toEqual([
    [
      'cpu:0',
      '0',
      0,
      'cpu:0',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'cpu:1',
      '2',
      0,
      'cpu:1',
      [
        [5, 6],
        [7, 8],
      ],
    ],
  ])
  expect([...x.devices()].map(String)).toEqual(['cpu:0', 'cpu:1'])
  expect(x.device).toBe(x.sharding)
})

test('a part of a program is compared with no other part', () => {
  const [, one, two] = devices()
  const kept = devicePut(jnp.ones([2]), two)
  const sum = jit((x: JaxArray) => x.add(kept))(devicePut(jnp.ones([2]), one))
  expect([String(sum.device), sum.committed, sum.tolist()]).toEqual(['cpu:1', true, [2, 2]])
})

test('sums of cotangents and powers lie as their operands do', () => {
  const x = devicePut(jnp.ones([4, 4]), new NamedSharding(makeMesh([2, 2], ['x', 'y']), P('x', 'y')))
  const spec = (y: JaxArray): string => (y.sharding instanceof NamedSharding ? String(y.sharding.spec) : 'none')
  const squares = (v: JaxArray): JaxArray => v.mul(v).sum()
  expect([grad(squares)(x), jit(grad(squares))(x), x.pow(x), jnp.power(2, x)].map(spec)).toEqual(
    Array.from({ length: 4 }, () => "P('x', 'y')"),
  )
})

test('results of pmap are spread over its devices', () => {
  const doubled = pmap((x: JaxArray) => x.mul(2))(jnp.ones([4, 3]))
  expect(doubled.addressableShards.map((shard) => String(shard.device))).toEqual(devices().map(String))
})

test.each([
  ['a device twice', { devices: [0, 0, 1, 2] }, 'names a device twice'],
  ['no devices', { devices: [] }, 'devices must not be empty'],
  ['too few devices', { devices: [0, 1] }, 'needs 4 devices, and 2 are given'],
])('pmap refuses %s', (_what, given, message) => {
  const chosen = given.devices.map((id) => devices()[id])
  expect(() => pmap((x: JaxArray) => x, { devices: chosen })(jnp.ones([4]))).toThrow(message)
})
