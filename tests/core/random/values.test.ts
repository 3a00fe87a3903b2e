import { afterEach, describe, expect, test } from 'vitest'
import { config, jnp, random } from '../../../core/index.ts'

afterEach(() => config.update('threefryPartitionable', true))

/** What JAX 0.10.2 gives for key 42, in its present layout and in its original one. */
const expected = {
  partitionable: {
    bits: [2098992034, 2919706841, 2646866425, 2409546199, 1935504149],
    bytes: [162, 217, 249, 215, 21],
    shorts: [5026, 12505, 63993],
    split: [
      [1832780943, 270669613],
      [64467757, 2916123636],
      [2465931498, 255383827],
    ],
    uniform: [0.48870956897735596, 0.6797971725463867, 0.6162714958190918],
    between: [0.19774192571640015, 0.23595945537090302, 0.22325430810451508],
    randint: [407, 669, 173, 288, 412],
    permutation: [4, 2, 5, 3, 6, 0, 1],
    choice: [7, 4, 2, 5],
    categorical: [1, 1, 1, 1, 1, 1],
    bernoulli: [false, false, false, false, false, false],
    normal: [-0.02830461598932743, 0.4671318531036377, 0.2957029640674591],
  },
  original: {
    bits: [3134548294, 3733159049, 843694964, 894150801, 801545058],
    bytes: [45, 179, 215, 3, 244],
    shorts: [45869, 983, 33780],
    split: [
      [3134548294, 3733159049],
      [3746501087, 894150801],
      [801545058, 2363201431],
    ],
    uniform: [0.5741443634033203, 0.1001582145690918, 0.059461116790771484],
    between: [0.21482887864112854, 0.12003164738416672, 0.1118922233581543],
    randint: [547, 749, 451, 969, 629],
    permutation: [6, 0, 2, 5, 4, 3, 1],
    choice: [0, 4, 2, 6],
    categorical: [0, 1, 1, 1, 1, 1],
    bernoulli: [false, false, false, true, true, false],
    normal: [0.18693546950817108, -1.2806504964828491, -1.559313178062439],
  },
}

describe.each(['partitionable', 'original'] as const)('the %s layout', (layout) => {
  const want = expected[layout]
  const key = (): ReturnType<typeof random.key> => {
    config.update('threefryPartitionable', layout === 'partitionable')
    return random.key(42)
  }

  test('words', () => {
    expect(random.bits(key(), [5]).tolist()).toEqual(want.bits)
    expect(random.bits(key(), [5], 'uint8').tolist()).toEqual(want.bytes)
    expect(random.bits(key(), [3], { dtype: 'uint16' }).tolist()).toEqual(want.shorts)
    expect(random.keyData(random.split(key(), 3)).tolist()).toEqual(want.split)
    expect(random.keyData(random.foldIn(key(), 7)).tolist()).toEqual([2547012911, 1371500959])
  })

  test('uniform floats, bit for bit', () => {
    expect(random.uniform(key(), [3]).tolist()).toEqual(want.uniform)
    expect(random.uniform(key(), [3], { minval: 0.1, maxval: 0.3 }).tolist()).toEqual(want.between)
    expect(random.uniform(key(), [3], 'float32', 0.1, 0.3).tolist()).toEqual(want.between)
  })

  test('integers and choices', () => {
    expect(random.randint(key(), [5], -3, 1000).tolist()).toEqual(want.randint)
    expect(random.permutation(key(), 7).tolist()).toEqual(want.permutation)
    expect(random.choice(key(), 9, [4], { replace: false }).tolist()).toEqual(want.choice)
    const logits = jnp.log(jnp.array([0.2, 0.8]))
    expect(random.categorical(key(), logits, { shape: [6] }).tolist()).toEqual(want.categorical)
    expect(random.bernoulli(key(), 0.3, [6]).tolist()).toEqual(want.bernoulli)
  })

  test('normal floats, within a few units in the last place', () => {
    const got = random.normal(key(), [3]).data()
    want.normal.forEach((value, i) =>
      expect(Math.abs(Number(got[i]) - value)).toBeLessThan(4 * Math.abs(value) * 2 ** -23),
    )
  })

  test('raw words work wherever keys do and come back as raw words', () => {
    key()
    const words = random.PRNGKey(42)
    expect(words.tolist()).toEqual([0, 42])
    expect(random.bits(words, [5]).tolist()).toEqual(want.bits)
    expect(random.split(words, 3).tolist()).toEqual(want.split)
  })
})

test('draws of several dimensions agree with JAX', () => {
  const key = random.key(1)
  const covariance = jnp.array([
    [2, 0.5],
    [0.5, 1],
  ])
  const vectors = random
    .multivariateNormal(key, jnp.array([1, 2]), covariance, [2])
    .ravel()
    .data()
  const wanted = [0.781592845916748, 2.024634599685669, 0.8076945543289185, 1.8069005012512207]
  vectors.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5))
  expect(random.maxwell(key).shape).toEqual([])
  const [first] = random.doubleSidedMaxwell(key, 1, 2, [3]).data()
  expect(first).toBeCloseTo(3.5525095462799072, 5)
})

describe('odd arguments', () => {
  const key = random.key(0)

  test('a span that fills the dtype', () => {
    const bytes = Array.from(random.randint(key, [2000], 0, 256, 'uint8').data(), Number)
    expect(Math.min(...bytes)).toBe(0)
    expect(Math.max(...bytes)).toBe(255)
  })

  test('an empty span gives its lower bound', () => {
    expect(random.randint(key, [2], 5, 5).tolist()).toEqual([5, 5])
  })

  test('shapes of nothing', () => {
    expect(random.uniform(key, [0]).shape).toEqual([0])
    expect(random.split(key, 0).shape).toEqual([0])
    expect(random.permutation(key, 0).tolist()).toEqual([])
  })

  test('more draws without replacement than there are elements', () => {
    expect(() => random.choice(key, 3, [4], { replace: false })).toThrow(/cannot draw 4 elements from 3/)
  })

  test('a dtype that is no float', () => {
    expect(() => random.normal(key, [2], 'int32')).toThrow(/draws floats, got dtype int32/)
  })
})
