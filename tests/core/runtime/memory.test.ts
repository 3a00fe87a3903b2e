import { afterEach, describe, expect, test } from 'vitest'
import {
  NamedSharding,
  P,
  ShapeDtypeStruct,
  type Array as JaxArray,
  config,
  devicePut,
  grad,
  jit,
  jnp,
  lax,
  makeMesh,
  pureCallback,
  vmap,
} from '../../../core/index.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import { addressOf, collectUnused, limitMemory, memoryUse } from '../../../core/runtime/memory.ts'

const megabyte = 2 ** 20
const inOneMegabyte = megabyte / 4

function address(x: JaxArray): number | null {
  return x instanceof ConcreteArray ? addressOf(x.host.data) : null
}

/** Bytes in use more than before, once nothing unused is left. */
function taken(body: () => unknown): number {
  collectUnused()
  const before = memoryUse().bytesInUse
  const kept = body()
  collectUnused()
  const after = memoryUse().bytesInUse
  // Read here, so that what the body returned lives until now.
  return kept === undefined ? after - before : after - before
}

afterEach(() => {
  limitMemory(Infinity)
})

describe('where values lie', () => {
  test('small ones are plain typed arrays, others have an address', () => {
    expect(address(jnp.ones(16))).toBeNull()
    expect(address(jnp.ones(17))).toBeGreaterThan(0)
  })

  test('a reshaped array shares the memory', () => {
    const x = jnp.arange(100)
    expect(address(x.reshape([10, 10]))).toBe(address(x))
    expect(address(jnp.expandDims(x, 0))).toBe(address(x))
  })

  test('so does the part of a device, where it is one run of the whole', () => {
    config.update('numCpuDevices', 4)
    const mesh = makeMesh([4], ['d'])
    const rows = devicePut(jnp.arange(400).reshape([4, 100]), new NamedSharding(mesh, P('d')))
    const start = address(rows)
    expect(rows.addressableShards.map(({ data }) => (address(data) ?? 0) - (start ?? 0))).toEqual([0, 400, 800, 1200])
    expect(rows.addressableShards.map(({ data }) => data.slice(0, 7).item())).toEqual([7, 107, 207, 307])
    const columns = devicePut(jnp.arange(400).reshape([100, 4]), new NamedSharding(mesh, P(null, 'd')))
    expect(columns.addressableShards.map(({ data }) => data.slice(2, 0).item())).toEqual([8, 9, 10, 11])
  })

  test('what is given to a user is a copy', () => {
    const x = jnp.zeros(100)
    const numbers = x.data()
    if (numbers instanceof Float32Array) numbers.fill(1)
    expect(numbers).toHaveLength(100)
    expect(jnp.sum(x).item()).toBe(0)
  })

  test('a slice of a scan keeps its whole', () => {
    const last = lax.scan((_, row: JaxArray) => [row, null], jnp.zeros(100), jnp.ones([3, 100]).mul(2))[0]
    collectUnused()
    const others = Array.from({ length: 50 }, () => jnp.zeros([3, 100]))
    expect(jnp.sum(last).item()).toBe(200)
    expect(others).toHaveLength(50)
  })
})

describe('what is freed', () => {
  test('delete frees at once', () => {
    const x = jnp.ones(inOneMegabyte)
    const before = memoryUse().bytesInUse
    x.delete()
    expect(before - memoryUse().bytesInUse).toBe(megabyte)
  })

  test('also after a program that ran out of stack', () => {
    const shape = new ShapeDtypeStruct([1000], 'float32')
    const endless = jit((x: JaxArray): unknown => pureCallback((v: JaxArray): unknown => endless(v), shape, x.add(1)))
    const x = jnp.ones(1000)
    expect(() => endless(x)).toThrow(RangeError)
    const before = memoryUse().bytesInUse
    x.delete()
    expect(before - memoryUse().bytesInUse).toBe(4096)
  })

  test('delete frees nothing that another array shares', () => {
    const x = jnp.ones(1000)
    const y = x.reshape([10, 100])
    x.delete()
    const others = Array.from({ length: 50 }, () => jnp.zeros(1000))
    expect(jnp.sum(y).item()).toBe(1000)
    expect(others).toHaveLength(50)
  })

  test('a program that captured an array works after its deletion', () => {
    const w = jnp.ones(1000)
    const f = jit((x: JaxArray) => x.mul(w))
    f(w)
    w.delete()
    const others = Array.from({ length: 50 }, () => jnp.zeros(1000))
    expect(jnp.sum(f(jnp.ones(1000))).item()).toBe(1000)
    expect(others).toHaveLength(50)
  })

  test('garbage is freed within one synchronous loop', () => {
    const { pages } = memoryUse()
    let x = jnp.ones(inOneMegabyte)
    for (let step = 0; step < 1000; step++) x = x.add(1)
    expect(x.at(0).get().item()).toBe(1001)
    expect((memoryUse().pages - pages) * 65_536).toBeLessThan(400 * megabyte)
    expect(memoryUse().collections).toBeGreaterThan(2)
  })

  test('arrays that are held are not', () => {
    const held = Array.from({ length: 300 }, (_, i) => jnp.full(inOneMegabyte, i))
    let x = jnp.ones(inOneMegabyte)
    for (let step = 0; step < 300; step++) x = x.add(1)
    held.forEach((array, i) => {
      expect(array.at(7).get().item()).toBe(i)
    })
  })

  test('nothing stays of grad, vmap and scan', () => {
    const loss = (w: JaxArray, x: JaxArray): JaxArray => jnp.sum(jnp.tanh(x.mul(w)))
    const step = jit(grad(loss))
    const run = (): undefined => {
      const w = jnp.ones(1000)
      step(w, w)
      vmap((row: JaxArray) => row.mul(2).sum())(jnp.ones([20, 100]))
      lax.scan((carry: JaxArray, row: JaxArray) => [carry.add(row), row], jnp.zeros(100), jnp.ones([20, 100]))
      return undefined
    }
    run()
    expect(taken(run)).toBe(0)
  })
})

describe('within a program', () => {
  test('intermediate values are freed, or written over, as it runs', () => {
    const f = jit((x: JaxArray) => {
      let y = x
      for (let i = 0; i < 40; i++) y = jnp.sin(y).add(jnp.cos(y))
      return y
    })
    const x = jnp.ones(4 * inOneMegabyte)
    f(x)
    collectUnused()
    const { pages } = memoryUse()
    f(x)
    expect((memoryUse().pages - pages) * 65_536).toBeLessThan(5 * 4 * megabyte)
  })

  test('its arguments stay as they were', () => {
    const x = jnp.arange(1000).astype('float32')
    const before = x.tolist()
    jit((v: JaxArray) => v.add(1).mul(2).reshape([10, 100]).sub(3))(x)
    jit((v: JaxArray) => lax.foriLoop(0, 5, (_, c: JaxArray) => c.mul(2), v))(x)
    expect(x.tolist()).toEqual(before)
  })

  test('a value that is read again is not written over', () => {
    const f = jit((x: JaxArray) => {
      const a = x.add(1)
      const b = a.mul(2)
      const c = a.reshape([10, 100]).mul(3)
      return [b.add(a), c]
    })
    const [sum, c] = f(jnp.ones(1000))
    expect([sum.at(5).get().item(), c.slice(3, 3).item()]).toEqual([6, 6])
  })
})

describe('donation', () => {
  test('the result has the memory of the argument', () => {
    const x = jnp.ones(1000)
    const before = address(x)
    const y = jit((v: JaxArray) => v.add(1), { donateArgnums: 0 })(x)
    expect(before).not.toBeNull()
    expect(address(y)).toBe(before)
    expect(x.isDeleted()).toBe(true)
    expect(jnp.sum(y).item()).toBe(2000)
  })

  test('a loop of donated steps takes no memory', () => {
    const step = jit((v: JaxArray) => v.mul(0.5).add(1), { donateArgnums: 0 })
    let x = step(jnp.ones(inOneMegabyte))
    const { bytesInUse } = memoryUse()
    for (let i = 0; i < 50; i++) x = step(x)
    expect(memoryUse().bytesInUse).toBe(bytesInUse)
    expect(x.at(0).get().item()).toBe(2)
  })

  test('memory that another array shares is not taken', () => {
    const x = jnp.ones(1000)
    const shared = x.reshape([10, 100])
    const y = jit((v: JaxArray) => v.add(1), { donateArgnums: 0 })(x)
    expect(jnp.sum(shared).item()).toBe(1000)
    expect(jnp.sum(y).item()).toBe(2000)
  })

  test('what a running program has in its variables is not taken by its callback', () => {
    const triple = jit((v: JaxArray) => v.mul(3), { donateArgnums: 0 })
    const x = jnp.ones(1000)
    const f = jit((v: JaxArray) => {
      const y = v.add(1)
      const z = pureCallback((w: JaxArray) => triple(w).add(triple(x)), new ShapeDtypeStruct([1000], 'float32'), y)
      return [y.mul(1), v.mul(1), z as JaxArray]
    })
    expect(f(x).map((array) => array.at(5).get().item())).toEqual([2, 1, 9])
    expect(x.isDeleted()).toBe(true)
  })

  test.each(['reference', 'cpu'])('arguments that overlap are both read as they were (%s)', (platform) => {
    const whole = jnp.arange(200).astype('float32')
    const [a, b] = [lax.sliceInDim(whole, 0, 150), lax.sliceInDim(whole, 50, 200)]
    whole.delete()
    const f = jit((x: JaxArray, y: JaxArray) => [x.add(y), x.sub(y)], { donateArgnums: [0, 1] })
    config.update('platform', platform)
    try {
      const [sum, difference] = f(a, b).map((array) => array.tolist())
      expect(sum).toEqual(Array.from({ length: 150 }, (_, i) => 2 * i + 50))
      expect(difference).toEqual(new Array(150).fill(-50))
    } finally {
      config.update('platform', 'reference')
    }
  })

  test('an argument that is read after the result is written is not overwritten', () => {
    const f = jit((v: JaxArray) => [v.add(1), v.mul(3)], { donateArgnums: 0 })
    const [a, b] = f(jnp.ones(1000))
    expect([jnp.sum(a).item(), jnp.sum(b).item()]).toEqual([2000, 3000])
  })
})

describe('out of memory', () => {
  test('the error names the array and the largest others, and the next one fits', () => {
    collectUnused()
    limitMemory(memoryUse().bytesInUse + 8 * megabyte)
    const held = jnp.ones([5, inOneMegabyte])
    expect(() => jnp.ones([4, inOneMegabyte])).toThrow(
      /RESOURCE_EXHAUSTED: Out of memory allocating 4194304 bytes for float32\[4,262144\]\. Arrays take .* The largest are float32\[5,262144\] \(5 MB\)/,
    )
    expect(jnp.ones([2, inOneMegabyte]).size + held.size).toBe(7 * inOneMegabyte)
  })

  test('unused arrays make room first', () => {
    collectUnused()
    limitMemory(memoryUse().bytesInUse + 8 * megabyte)
    for (let i = 0; i < 20; i++) expect(jnp.ones([3, inOneMegabyte]).ndim).toBe(2)
  })

  test('an array larger than any memory is refused at once', () => {
    expect(() => jnp.zeros([100_000, 100_000])).toThrow('Out of memory allocating 40000000000 bytes')
  })
})
