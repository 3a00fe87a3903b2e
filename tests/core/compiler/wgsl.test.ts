import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, type ArrayLike, config, grad, jit, jnp, lax } from '../../../core/index.ts'
import { GpuDevice } from '../../../core/devices/gpu-device.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'
import { installGpu } from '../../../core/runtime/gpu.ts'

/** The test command brings a software GPU to Linux; elsewhere a real one would be needed. */
const hasGpu = process.env.VK_ICD_FILENAMES !== undefined

const a = jnp.linspace(-2, 2, 12).reshape([3, 4])
const b = jnp.linspace(0.5, 1.5, 8).reshape([4, 2])

type Program = (x: JaxArray, y: JaxArray) => ArrayLike

const programs: Record<string, Program> = {
  'a chain of element-wise equations': (x) => jnp.tanh(jnp.sin(x).mul(2).add(1)).mul(x),
  'values that are used twice': (x) => jnp.exp(x).add(jnp.exp(x).mul(jnp.exp(x))),
  'a scalar beside an array': (x) => x.mul(jnp.sum(x)).add(0.5),
  'a sum over one axis': (x) => jnp.sum(x, { axis: 0 }),
  'a sum over all': (x) => jnp.sum(x),
  'the largest of each row': (x) => jnp.max(x, { axis: 1 }),
  'the smallest': (x) => jnp.min(x),
  'a matrix product': (x, y) => jnp.matmul(x, y),
  'a product of transposes': (x, y) =>
    lax.dotGeneral(y, x, [
      [[0], [1]],
      [[], []],
    ]),
  'a batch of products': (x) => jnp.einsum('ij,ik->ijk', x, x),
  transposition: (x) => jnp.transpose(x).mul(2),
  broadcasting: (x) => jnp.broadcastTo(jnp.sum(x, { axis: 0 }), [3, 4]).add(x),
  'a gradient': (x, y) => grad((w: JaxArray) => jnp.sum(jnp.tanh(jnp.matmul(w, y))))(x),
  'large powers and infinities': (x) => lax.integerPow(x, 5).div(jnp.abs(x).sub(2)),
}

const devices = new GpuDevice(new WorkerThreads())

describe.runIf(hasGpu)('programs on the GPU agree with the reference kernels', () => {
  beforeAll(() => installGpu(devices))
  afterAll(() => {
    config.update('platform', 'reference')
    devices.stop()
  })

  test.each(Object.entries(programs))('%s', (_, program) => {
    config.update('platform', 'reference')
    const expected = [...jnp.ravel(jit(program)(a, b)).data()].map(Number)
    config.update('platform', 'gpu')
    const onGpu = jit(program)(a, b)
    config.update('platform', 'reference')
    const got = [...jnp.ravel(onGpu).data()].map(Number)
    expect(got).toHaveLength(expected.length)
    got.forEach((value, i) => {
      const wanted = expected[i]
      if (!Number.isFinite(wanted)) return expect(value).toBe(wanted)
      // WGSL lets sin, exp and tanh be off by about 2⁻¹¹ of the value's scale.
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2e-3 * (1 + Math.abs(wanted)))
    })
  })

  test('what it cannot do is named', () => {
    config.update('platform', 'gpu')
    expect(() => jit((x: JaxArray) => jnp.sort(x))(a)).toThrow("'sort'")
    config.update('platform', 'reference')
  })
})
