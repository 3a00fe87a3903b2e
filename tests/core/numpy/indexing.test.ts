import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { type Array as JaxArray, errors, jit, jnp, slice } from '../../../core/index.ts'
import type { Index } from '../../../core/numpy/index-expression.ts'

const x = jnp.arange(24).reshape(2, 3, 4)
const int = (list: number[] | number[][]): JaxArray => jnp.array(list, { dtype: 'int32' })

describe('reading', () => {
  const cases: [string, Index[], readonly number[], unknown][] = [
    [
      'an integer',
      [1],
      [3, 4],
      [
        [12, 13, 14, 15],
        [16, 17, 18, 19],
        [20, 21, 22, 23],
      ],
    ],
    ['a negative integer', [-1, -1, -1], [], 23],
    ['an integer out of range', [7, 0, 9], [], 15],
    ['a range', [0, 0, slice(1, 3)], [2], [1, 2]],
    ['a range from the back', [0, 0, slice(-2, null)], [2], [2, 3]],
    ['every other', [0, 0, slice(null, null, 2)], [2], [0, 2]],
    ['backwards', [0, 0, slice(null, null, -1)], [4], [3, 2, 1, 0]],
    ['nothing', [0, 0, slice(3, 1)], [0], []],
    ['a new axis', [0, null, 0, slice(2)], [1, 2], [[0, 1]]],
    [
      'the last axis',
      ['...', 0],
      [2, 3],
      [
        [0, 4, 8],
        [12, 16, 20],
      ],
    ],
    [
      'an array',
      [0, int([2, 0])],
      [2, 4],
      [
        [8, 9, 10, 11],
        [0, 1, 2, 3],
      ],
    ],
    [
      'arrays that broadcast',
      [int([[0], [1]]), int([0, 2]), 1],
      [2, 2],
      [
        [1, 9],
        [13, 21],
      ],
    ],
    [
      'arrays apart go in front',
      [int([0, 1]), slice(null, 2), int([3, 0])],
      [2, 2],
      [
        [3, 7],
        [12, 16],
      ],
    ],
  ]

  test.each(cases)('%s', (_name, index, shape, values) => {
    const read = x.slice(...index)
    expect(read.shape).toEqual(shape)
    expect(read.tolist()).toEqual(values)
    expect(jit((y: JaxArray) => y.slice(...index))(x).tolist()).toEqual(values)
  })

  test('a mask selects outside of programs only', () => {
    const mask = jnp.greater(x, 20)
    expect(x.slice(mask).tolist()).toEqual([21, 22, 23])
    expect(() => jit((y: JaxArray) => y.slice(jnp.greater(y, 20)))(x)).toThrow(errors.NonConcreteBooleanIndexError)
  })

  test('ranges agree with those of JavaScript and of Python', () => {
    const bound = fc.option(fc.integer({ min: -7, max: 7 }))
    const step = fc.constantFrom(-3, -2, -1, 1, 2, 3)
    fc.assert(
      fc.property(bound, bound, step, (start, stop, by) => {
        const expected: number[] = []
        const clamp = (value: number): number => {
          const at = value < 0 ? value + 5 : value
          return by > 0 ? Math.max(0, Math.min(5, at)) : Math.max(-1, Math.min(4, at))
        }
        const first = start === null ? (by > 0 ? 0 : 4) : clamp(start)
        const end = stop === null ? (by > 0 ? 5 : -1) : clamp(stop)
        for (let i = first; by > 0 ? i < end : i > end; i += by) expected.push(i)
        expect(
          jnp
            .arange(5)
            .slice(slice(start, stop, by))
            .tolist(),
        ).toEqual(expected)
      }),
    )
  })

  test.each([
    ['too many indices', () => x.slice(0, 0, 0, 0), /3 axes, 4 were indexed/],
    ['two ellipses', () => x.slice('...', '...'), /only once/],
    ['floats', () => x.slice(jnp.array([0, 1])), /got f32\[2\]/],
    ['a fraction', () => x.slice(0.5), /got 0.5/],
    ['a mask of another shape', () => x.slice(jnp.array([true, false, true])), /\(3,\) does not fit.*\(2, 3, 4\)/],
  ])('refuses %s', (_name, attempt, message) => {
    expect(attempt).toThrow(message)
  })
})

describe('updating', () => {
  const zeros = jnp.zeros([4])

  test('gives a new array and leaves the old one', () => {
    expect(zeros.at(1).set(5).tolist()).toEqual([0, 5, 0, 0])
    expect(zeros.tolist()).toEqual([0, 0, 0, 0])
  })

  test('each operation', () => {
    const y = jnp.array([8, 8])
    const place = y.at(1)
    expect(
      [place.add(2), place.subtract(2), place.mul(2), place.divide(2), place.power(2), place.min(3), place.max(9)].map(
        (z) => z.slice(1).item(),
      ),
    ).toEqual([10, 6, 16, 4, 64, 3, 9])
    expect(place.get().item()).toBe(8)
    expect(place.apply((z) => z.mul(3)).tolist()).toEqual([8, 24])
  })

  test('places named twice: sums add up, applications repeat', () => {
    const twice = int([2, 0, 2])
    expect(zeros.at(twice).add(1).tolist()).toEqual([1, 0, 2, 0])
    expect(
      jnp
        .ones([4])
        .at(twice)
        .apply((z) => z.mul(3))
        .tolist(),
    ).toEqual([3, 1, 9, 1])
  })

  test('places out of range are dropped, or clipped', () => {
    expect(zeros.at(9).set(5).tolist()).toEqual([0, 0, 0, 0])
    expect(zeros.at(9).set(5, { mode: 'clip' }).tolist()).toEqual([0, 0, 0, 5])
    expect(zeros.at(9).get({ mode: 'fill', fillValue: 7 }).item()).toBe(7)
  })

  test('ranges, masks and broadcasting', () => {
    expect(
      zeros
        .at(slice(1, 3))
        .set(jnp.array([5, 6]))
        .tolist(),
    ).toEqual([0, 5, 6, 0])
    expect(
      zeros
        .at(slice(null, null, -1))
        .set(jnp.arange(4))
        .tolist(),
    ).toEqual([3, 2, 1, 0])
    expect(x.at(jnp.less(x, 22)).set(0).sum().item()).toBe(45)
    expect(jnp.zeros([2, 2]).at(slice(null), 0).set(1).tolist()).toEqual([
      [1, 0],
      [1, 0],
    ])
  })

  test('keeps the dtype of the array', () => {
    expect(jnp.arange(2).at(0).set(2.5).tolist()).toEqual([2, 1])
  })
})

describe('take', () => {
  test('fills, clips or wraps', () => {
    const y = jnp.array([10, 20, 30])
    const at = int([2, 5, -1])
    expect(jnp.take(y, at).tolist()).toEqual([30, NaN, 30])
    expect(jnp.take(y, at, { mode: 'clip' }).tolist()).toEqual([30, 30, 10])
    expect(jnp.take(y, at, { mode: 'wrap' }).tolist()).toEqual([30, 30, 30])
    expect(jnp.take(y, at, { fillValue: 0 }).tolist()).toEqual([30, 0, 30])
  })

  test('takeAlongAxis undoes a sort', () => {
    const y = jnp.array([
      [3, 1, 2],
      [9, 8, 7],
    ])
    expect(jnp.takeAlongAxis(y, jnp.argsort(y), -1).tolist()).toEqual(jnp.sort(y).tolist())
  })
})
