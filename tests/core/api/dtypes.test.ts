import { afterEach, describe, expect, test } from 'vitest'
import { config, debug, dtypes, errors, jit, jnp, lax, vmap } from '../../../core/index.ts'

afterEach(() => config.update('enableX64', false))

describe('dtypes', () => {
  test('64-bit requests become 32-bit ones unless enabled', () => {
    expect(['int64', 'uint64', 'float64', 'complex128', 'bfloat16'].map(dtypes.canonicalizeDtype)).toEqual([
      'int32',
      'uint32',
      'float32',
      'complex64',
      'bfloat16',
    ])
    config.update('enableX64', true)
    expect(dtypes.canonicalizeDtype('int64')).toBe('int64')
  })

  test('limits of 64-bit integers are exact', () => {
    config.update('enableX64', true)
    expect(dtypes.iinfo('int64').max).toBe(9223372036854775807n)
    expect(dtypes.iinfo('uint64').max).toBe(18446744073709551615n)
    expect(jnp.array([dtypes.iinfo('int64').min], 'int64').tolist()).toEqual([-(2n ** 63n)])
  })

  test('families and sizes', () => {
    expect(dtypes.issubdtype('complex64', 'complexfloating')).toBe(true)
    expect(dtypes.issubdtype('complex64', 'inexact')).toBe(true)
    expect(dtypes.issubdtype('complex64', 'floating')).toBe(false)
    expect(dtypes.itemsizeBits('bfloat16')).toBe(16)
  })
})

describe('debug.nansCheck', () => {
  test('names the leaf, also in compiled and batched programs', () => {
    const f = (x: ReturnType<typeof jnp.ones>) => debug.nansCheck({ root: jnp.sqrt(x) }).root
    expect(f(jnp.ones(2)).tolist()).toEqual([1, 1])
    expect(() => jit(f)(jnp.array([1, -1]))).toThrow(errors.FloatingPointError)
    expect(() => vmap(f)(jnp.array([1, -1]))).toThrow(/root, which is f32\[\]/)
  })
})

test('arrays of complex numbers and wide integers print as NumPy prints them', () => {
  expect(
    String(
      jnp.array([
        { re: 1, im: 2 },
        { re: -0.5, im: 0 },
      ]),
    ),
  ).toBe('[ 1. +2.j -0.5+0.j]')
  expect(
    String(
      jnp.array([
        { re: 1e-5, im: 2 },
        { re: -0.5, im: 100 },
      ]),
    ),
  ).toBe('[ 1.e-05  +2.j -5.e-01+100.j]')
  expect(String(jnp.array([1.1, 2, -3.5, 1e-5, 1e6, NaN, -0, 1e-4], 'bfloat16'))).toBe(
    '[1.10156 2 -3.5 1.00136e-05 999424 nan -0 0.000100136]',
  )
  config.update('enableX64', true)
  expect(String(jnp.array([2n ** 62n, -5n], 'int64'))).toBe('[4611686018427387904                  -5]')
})

test('a reduction from any initial value counts it whole', () => {
  config.update('enableX64', true)
  const x = jnp.array([1n, 2n, 3n], 'int64')
  expect(lax.reduce(x, jnp.int64(2n ** 32n), lax.add, [0]).item()).toBe(2 ** 32 + 6)
  const z = jnp.array([{ re: 1, im: 1 }])
  expect(lax.reduce(z, jnp.array({ re: 0, im: 5 }, 'complex128'), lax.add, [0]).item()).toEqual({ re: 1, im: 6 })
})
