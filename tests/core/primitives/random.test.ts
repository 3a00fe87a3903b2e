import { afterEach, describe, expect, test } from 'vitest'
import { config, grad, jit, jnp, makeJaxpr, random, vmap } from '../../../core/index.ts'

afterEach(() => config.update('threefryPartitionable', true))

const words = (keys: Parameters<typeof random.keyData>[0]): unknown => random.keyData(keys).tolist()

describe('keys under transformations', () => {
  test('a batch of keys draws what each key draws by itself', () => {
    const keys = random.split(random.key(3), 4)
    for (const layout of [true, false]) {
      config.update('threefryPartitionable', layout)
      const batched = vmap((key: typeof keys) => random.bits(key, [5]))(keys).tolist()
      expect(batched).toEqual([0, 1, 2, 3].map((i) => random.bits(keys.slice(i), [5]).tolist()))
      const split = vmap((key: typeof keys) => random.split(key, 3))(keys)
      expect(words(split)).toEqual([0, 1, 2, 3].map((i) => words(random.split(keys.slice(i), 3))))
    }
  })

  test('folding in a batch of numbers', () => {
    const key = random.key(3)
    const folded = vmap((step: typeof key) => random.foldIn(key, step))(jnp.arange(3))
    expect(words(folded)).toEqual([0, 1, 2].map((step) => words(random.foldIn(key, step))))
  })

  test('a seed may be traced', () => {
    expect(words(jit((seed: number) => random.key(seed))(7))).toEqual([0, 7])
    expect(words(vmap((seed: ReturnType<typeof jnp.arange>) => random.key(seed))(jnp.arange(2)))).toEqual([
      [0, 0],
      [0, 1],
    ])
  })

  test('moving keys about keeps their words together', () => {
    const keys = random.split(random.key(1), 4)
    const all = random.keyData(keys)
    expect(words(jnp.flip(keys))).toEqual(jnp.flip(all, 0).tolist())
    expect(words(keys.reshape(2, 2).T)).toEqual(all.reshape(2, 2, 2).transpose(1, 0, 2).tolist())
    expect(words(jnp.concatenate([keys, keys]))).toEqual(jnp.concatenate([all, all]).tolist())
    const picked = jnp.array([3, 0, 3], { dtype: 'int32' })
    expect(words(keys.slice(picked))).toEqual(all.slice(picked).tolist())
    expect(words(keys.at(1).set(keys.slice(0)))).toEqual(all.at(1).set(all.slice(0)).tolist())
  })

  test('the layout is fixed when the program is traced', () => {
    const draw = jit((key: ReturnType<typeof random.key>) => random.bits(key, [3]))
    const key = random.key(0)
    const modern = draw(key).tolist()
    config.update('threefryPartitionable', false)
    const original = draw(key).tolist()
    expect(original).toEqual(random.bits(key, [3]).tolist())
    expect(original).not.toEqual(modern)
  })

  test('draws are constants to derivatives in their keys, and differentiable in their parameters', () => {
    const key = random.key(5)
    const stretched = (high: ReturnType<typeof jnp.array>) => random.uniform(key, [], { minval: 0, maxval: high })
    expect(grad(stretched)(jnp.array(2)).item()).toBeCloseTo(Number(random.uniform(key).item()), 6)
  })

  test('programs carry the equations by the names of JAX', () => {
    const text = makeJaxpr((key: ReturnType<typeof random.key>) => random.split(key))(random.key(0)).toString()
    expect(text).toContain('key<fry>[2] = random_split[shape=(2,)] a')
  })
})

describe('what is not a key is refused', () => {
  test('a seed in place of a key', () => {
    // @ts-expect-error a number is no key
    expect(() => random.normal(0)).toThrow(/needs a key as its first argument, got number 0/)
  })

  test('several keys in place of one', () => {
    expect(() => random.normal(random.split(random.key(0)))).toThrow(/single key.*\(2,\)/)
  })

  test('words of the wrong kind', () => {
    expect(() => random.wrapKeyData(jnp.zeros([2]))).toThrow(/uint32 array with last axis 2, got f32\[2\]/)
  })

  test('a seed with a fraction', () => {
    expect(() => random.key(1.5)).toThrow(/integer, got 1.5/)
  })

  test('keys do not mix with numbers', () => {
    expect(() => jnp.add(random.key(0), 1)).toThrow(/key<fry>/)
  })
})
