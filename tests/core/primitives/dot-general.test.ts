import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config, jnp, lax } from '../../../core/index.ts'
import { checkRules, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

type Numbers = Parameters<typeof lax.dotGeneral>[2]

const products: [string, Numbers, number[], number[]][] = [
  [
    'matrix product',
    [
      [[1], [0]],
      [[], []],
    ],
    [2, 3],
    [3, 4],
  ],
  [
    'vectors',
    [
      [[0], [0]],
      [[], []],
    ],
    [3],
    [3],
  ],
  [
    'no axis summed',
    [
      [[], []],
      [[], []],
    ],
    [2],
    [3],
  ],
  [
    'batch axes in other places',
    [
      [[2], [0]],
      [[0], [1]],
    ],
    [5, 2, 3],
    [3, 5, 4],
  ],
  [
    'several axes summed, in another order',
    [
      [
        [1, 2],
        [1, 0],
      ],
      [[], []],
    ],
    [2, 3, 4],
    [4, 3, 5],
  ],
  [
    'batch and two summed axes',
    [
      [
        [0, 3],
        [2, 1],
      ],
      [[1], [0]],
    ],
    [3, 2, 6, 4],
    [2, 4, 3, 5],
  ],
]

describe('dot_general', () => {
  for (const [name, numbers, left, right] of products) {
    test(name, () => checkRules((x, y) => lax.dotGeneral(x, y, numbers), values(...left), values(...right)))
  }

  test('integers wrap around', () => {
    const x = jnp.array([2 ** 30, 2 ** 30], { dtype: 'int32' })
    expect(lax.dot(x, jnp.array([2, 2], { dtype: 'int32' })).item()).toBe(0)
  })

  test('16-bit floats may be accumulated in 32 bits', () => {
    const x = jnp.ones([3], 'float16')
    expect(lax.dot(x, x, { preferredElementType: 'float32' }).dtype).toBe('float32')
  })

  test('axes that do not fit', () => {
    expect(() => lax.dot(jnp.ones([2, 3]), jnp.ones([2, 3]))).toThrow(/got shapes \(2, 3\) and \(2, 3\)/)
    expect(() =>
      lax.dotGeneral(jnp.ones([2, 3]), jnp.ones([2, 3]), [
        [[1], [0]],
        [[], []],
      ]),
    ).toThrow(/contracting dimensions to have the same shape, got \(3,\) and \(2,\)/)
  })
})
