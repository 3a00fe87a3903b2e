import { describe, expect, test } from 'vitest'
import { jnp, lax, scipy } from '../../../core/index.ts'

describe('dtypes', () => {
  test('what results when they meet', () => {
    expect(jnp.resultType(jnp.arange(3), 2)).toBe('int32')
    expect(jnp.resultType(jnp.arange(3), 2.5)).toBe('float32')
    expect(jnp.resultType('int8', 'uint8')).toBe('int16')
    expect(jnp.promoteTypes('float16', 'int32')).toBe('float16')
    expect(jnp.issubdtype('uint8', 'integer')).toBe(true)
    expect(jnp.issubdtype('uint8', 'signedinteger')).toBe(false)
  })

  test('limits', () => {
    const { eps, max, tiny } = jnp.finfo('float32')
    expect([eps, max, tiny].map(Math.fround)).toEqual([eps, max, tiny])
    expect(Math.fround(1 + eps)).toBeGreaterThan(1)
    expect(Math.fround(1 + eps / 2)).toBe(1)
    expect(Math.fround(max * (1 + eps))).toBe(Infinity)
    expect(jnp.iinfo('int16')).toEqual({ dtype: 'int16', bits: 16, min: -32768, max: 32767 })
    expect(() => jnp.finfo('int32')).toThrow(/is for floats/)
  })
})

describe('index arrays', () => {
  test('positions to indices and back', () => {
    const positions = jnp.array([0, 5, 11], { dtype: 'int32' })
    const indices = jnp.unravelIndex(positions, [2, 2, 3])
    expect(indices.map((i) => i.tolist())).toEqual([
      [0, 0, 1],
      [0, 1, 1],
      [0, 2, 2],
    ])
    expect(jnp.ravelMultiIndex(indices, [2, 2, 3]).tolist()).toEqual([0, 5, 11])
  })

  test('triangles', () => {
    const [rows, columns] = jnp.triuIndices(3, 1)
    expect([rows.tolist(), columns.tolist()]).toEqual([
      [0, 0, 1],
      [1, 2, 2],
    ])
    expect(jnp.trilIndices(2, { m: 3, k: 1 })[1].tolist()).toEqual([0, 1, 0, 1, 2])
  })
})

test('sets', () => {
  const [a, b] = [jnp.array([3, 1, 2, 3]), jnp.array([2, 4])]
  expect(jnp.intersect1d(a, b).tolist()).toEqual([2])
  expect(jnp.setdiff1d(a, b).tolist()).toEqual([1, 3])
  expect(jnp.union1d(a, b).tolist()).toEqual([1, 2, 3, 4])
})

test('lax.reduce by operators of lax', () => {
  const x = jnp.array([
    [1, 2],
    [3, 4],
  ])
  expect(lax.reduce(x, 1, lax.mul, [0]).tolist()).toEqual([3, 8])
  expect(lax.reduce(x, 3.5, lax.max, [1]).tolist()).toEqual([3.5, 4])
  expect(lax.reduce(x, 0, lax.sub, [0]).tolist()).toEqual([-4, -6])
})

test('gamma and its kin', () => {
  const values = (f: (x: number) => unknown, ...xs: number[]): number[] => xs.map((x) => Number(f(x)))
  expect(values((x) => scipy.special.gamma(x).item(), 5, 0.5, -0.5)).toEqual([
    expect.closeTo(24, 4),
    expect.closeTo(Math.sqrt(Math.PI), 5),
    expect.closeTo(-2 * Math.sqrt(Math.PI), 5),
  ])
  expect(scipy.special.ndtri(scipy.special.ndtr(0.7)).item()).toBeCloseTo(0.7, 5)
})

test('a triangle of a system', () => {
  const a = jnp.array([
    [2, 9],
    [1, 4],
  ])
  expect(scipy.linalg.solveTriangular(a, jnp.array([2, 9]), { lower: true }).tolist()).toEqual([1, 2])
  expect(scipy.linalg.solveTriangular(a, jnp.array([2, 13]), { lower: true, trans: 1 }).tolist()).toEqual([
    -0.625, 3.25,
  ])
})
