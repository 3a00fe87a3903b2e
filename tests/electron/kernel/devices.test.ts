import { afterAll, describe, expect, test, vi } from 'vitest'
import { Notebook } from '../notebook.ts'

vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
afterAll(() => notebook.kernel.close())

/** Linux machines get a software GPU from the test command; elsewhere only a real one counts. */
const hasGpu = process.env.VK_ICD_FILENAMES !== undefined

describe('devices of a kernel', () => {
  test('a pmapped function runs on worker threads with a real psum', async () => {
    await notebook.run("config.update('numCpuDevices', 4)")
    expect(await notebook.value("pmap((x) => x / lax.psum(x, 'i'), { axisName: 'i' })(jnp.array([1, 2, 3, 4]))")).toBe(
      '[0.1 0.2 0.3 0.4]',
    )
    const shards = await notebook.value("pmap((x) => lax.axisIndex('i') + x, { axisName: 'i' })(jnp.zeros(4))")
    expect(shards).toBe('[0. 1. 2. 3.]')
  })

  test('a gradient through devices is the gradient', async () => {
    const source =
      "grad((x) => jnp.sum(pmap((v) => v * lax.psum(v, 'i'), { axisName: 'i' })(x)))(jnp.array([1, 2, 3, 4]))"
    // d/dx_i (Σx)² = 2 Σx
    expect(await notebook.value(source)).toBe('[20. 20. 20. 20.]')
  })

  test('too few devices is an error that says how to get more', async () => {
    const result = await notebook.run('pmap((x) => x)(jnp.zeros(7))')
    expect(result.status).toBe('error')
    expect(await notebook.error('pmap((x) => x)(jnp.zeros(7))')).toMatchObject({
      message: expect.stringContaining('7 devices'),
    })
  })

  test('the run of a pmapped function has a timeline with a lane a device', async () => {
    const { calls } = await notebook.run("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.ones(4))")
    const call = calls.find((candidate) => candidate.figures.includes('timeline'))
    expect(call?.figures).toContain('timeline')
    const document = await notebook.kernel.inspect('inspect-1', call?.callId ?? '', 'timeline')
    expect(document).toMatchObject({
      document: { kind: 'timeline', lanes: [{ id: 'cpu:0' }, { id: 'cpu:1' }, { id: 'cpu:2' }, { id: 'cpu:3' }] },
    })
  })

  test('the timeline is of the devices that there were, though a callback or the next line changes their number', async () => {
    const fewer =
      "pureCallback((v) => { config.update('numCpuDevices', 2); return v }, new ShapeDtypeStruct([], 'float32'), x)"
    const source = `config.update('numCpuDevices', 4)
      const times = pmap((x) => ${fewer})(jnp.ones(4))
      config.update('numCpuDevices', 1)
      times`
    const { calls, outputs } = await notebook.run(source)
    await notebook.run("config.update('numCpuDevices', 4)", 'other')
    expect(outputs).toMatchObject([{ kind: 'value', text: '[1. 1. 1. 1.]' }])
    const call = calls.find((candidate) => candidate.figures.includes('timeline'))
    const answer = await notebook.kernel.inspect('inspect-2', call?.callId ?? '', 'timeline')
    expect(answer).toMatchObject({
      document: { lanes: [{ id: 'cpu:0' }, { id: 'cpu:1' }, { id: 'cpu:2' }, { id: 'cpu:3' }] },
    })
  })

  test('a device program that fails leaves the devices usable', async () => {
    const failing = 'pmap((x) => jnp.sum(jnp.zeros([2 ** 20, 2 ** 20]) + x))(jnp.ones(4))'
    expect(await notebook.error(failing)).toMatchObject({
      name: 'DeviceLostError',
      message: expect.stringContaining('cpu:'),
    })
    expect(await notebook.value("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.ones(4))")).toBe('[4. 4. 4. 4.]')
  })

  test('Stop ends a program on the devices, and the next one runs', async () => {
    const endless = "pmap((x) => lax.whileLoop(() => true, (v) => v + 1, x), { axisName: 'i' })(jnp.ones(4))"
    expect(await notebook.stopped(endless)).toMatchObject({ status: 'interrupted' })
    expect(await notebook.value("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.ones(4))")).toBe('[4. 4. 4. 4.]')
  })

  test('debug.print on a device arrives in the cell', async () => {
    const printed = await notebook.printed(
      "pmap((x) => { debug.print('x = {}', x); return x }, { axisName: 'i' })(jnp.array([1, 2, 3, 4]))",
    )
    expect(printed.trim().split('\n').sort()).toEqual(['x = 1.0', 'x = 2.0', 'x = 3.0', 'x = 4.0'])
  })

  test.runIf(hasGpu)('jitted programs run on the GPU and their values are read in the cell', async () => {
    await notebook.run("config.update('platform', 'gpu')")
    expect(await notebook.value('jit((x, w) => jnp.dot(x, w) * 2)(jnp.ones([2, 3]), jnp.ones([3, 2]))')).toBe(
      '[[6. 6.]\n [6. 6.]]',
    )
    expect(await notebook.value('jit((x) => jnp.sum(jnp.sqrt(x)))(jnp.array([1, 4, 9]))')).toBe('6.0')
    await notebook.run("config.update('platform', 'reference')")
  })

  test('the WebAssembly target runs element-wise programs and names what it lacks', async () => {
    await notebook.run("config.update('platform', 'cpu')")
    expect(await notebook.value('jit((x) => jnp.sqrt(x) * 2 + 1)(jnp.array([1, 4, 9]))')).toBe('[3. 5. 7.]')
    expect(await notebook.error('jit((x) => jnp.sin(x))(jnp.array([1, 2]))')).toMatchObject({
      message: expect.stringContaining("'sin'"),
    })
    await notebook.run("config.update('platform', 'reference')")
  })
})

describe.runIf(hasGpu)('a kernel that has used the GPU ends cleanly', () => {
  const onGpu = "config.update('platform', 'gpu'); jit((x) => x + 1)(jnp.array([1, 2]))"

  test.each([
    ['when it is closed', null],
    [
      'when the memory is used up',
      "config.update('platform', 'reference'); const all = []; for (;;) all.push(new Array(1e6).fill(1.5))",
    ],
  ])('%s', async (_, source) => {
    const used = new Notebook({ memoryLimit: 256 })
    expect(await used.value(onGpu)).toBe('[2. 3.]')
    if (source !== null) {
      expect((await used.run(source)).status).toBe('kernel-died')
      expect(await used.value('1 + 1')).toBe('2')
    }
    await used.kernel.close()
    expect(used.statuses.flatMap((status) => status.message ?? []).join()).not.toMatch(/SIGABRT|SIGSEGV/)
  })
})
