import { describe, expect, test } from 'vitest'
import { jnp, random } from '../../../core/index.ts'
import { formatArrayRepr } from '../../../core/numpy/format.ts'
import { hostArray } from '../../../core/ir/host-array.ts'

const floats = (...values: number[]): string => String(jnp.array(values))

describe('floats print with the digits NumPy prints', () => {
  test.each([
    [[1, 2, 3], '[1. 2. 3.]'],
    [[0.1, 0.25], '[0.1  0.25]'],
    [[1 / 3, 2 / 3], '[0.33333334 0.6666667 ]'],
    [[-1.5, 10], '[-1.5 10. ]'],
    [[1, 1001], '[1.000e+00 1.001e+03]'],
    [[1, 1000], '[   1. 1000.]'],
    [[1e-5, 1], '[1.e-05 1.e+00]'],
    [[1234567], '[1.234567e+06]'],
    [[0.158203125, -0], '[ 0.15820312 -0.        ]'],
    [[NaN, Infinity, -Infinity, 1], '[ nan  inf -inf   1.]'],
    [[], '[]'],
  ])('%j', (values, text) => {
    expect(floats(...values)).toBe(text)
  })

  test.each([
    [2, '2.0'],
    [0.1, '0.1'],
    [1e-5, '1e-05'],
    [123456, '123456.0'],
    [1234567, '1.234567e+06'],
    [16777216, '1.6777216e+07'],
    [-0, '-0.0'],
    [NaN, 'nan'],
  ])('the scalar %d', (value, text) => {
    expect(String(jnp.array(value))).toBe(text)
  })

  test('float64 keeps its own digits', () => {
    const host = hostArray([2], 'float64', Float64Array.of(1 / 3, 2))
    expect(formatArrayRepr(host, false)).toBe('Array([0.33333333, 2.        ], dtype=float64)')
  })
})

describe('the layout of many elements', () => {
  test('integers line up and rows nest', () => {
    expect(
      String(
        jnp.array(
          [
            [1, -20],
            [300, 4],
          ],
          'int32',
        ),
      ),
    ).toBe('[[  1 -20]\n [300   4]]')
  })

  test('booleans line up', () => {
    expect(String(jnp.array([true, false]))).toBe('[ True False]')
  })

  test('a long row breaks at 75 columns', () => {
    expect(String(jnp.arange(30))).toBe(
      '[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29]',
    )
  })

  test('blocks of three axes are set apart', () => {
    expect(String(jnp.arange(8).reshape(2, 2, 2))).toBe('[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]')
  })

  test('more than a thousand elements are summarised', () => {
    expect(String(jnp.arange(1001))).toBe('[   0    1    2 ...  998  999 1000]')
    expect(String(jnp.zeros([1000])).split('\n')).toHaveLength(42)
    expect(String(jnp.zeros([40, 50]))).toBe(
      `[${new Array(3).fill('[0. 0. 0. ... 0. 0. 0.]').join('\n ')}\n ...\n ${new Array(3).fill('[0. 0. 0. ... 0. 0. 0.]').join('\n ')}]`,
    )
  })

  test('an interactive session sees the dtype', () => {
    const x = jnp.array([1, 2])
    expect(formatArrayRepr(hostArray(x.shape, x.dtype, Float32Array.of(1, 2)), false)).toBe(
      'Array([1., 2.], dtype=float32)',
    )
    expect(formatArrayRepr(hostArray([2, 0], 'int32'), false)).toBe('Array([], shape=(2, 0), dtype=int32)')
    expect(formatArrayRepr(hostArray([], 'float32', Float32Array.of(2)), true)).toBe(
      'Array(2., dtype=float32, weak_type=True)',
    )
  })

  test('a key shows its words', () => {
    expect(String(random.key(7))).toBe('Array((), dtype=key<fry>) overlaying:\n[0 7]')
  })
})
