import { describe, expect, test, vi } from 'vitest'
import { config, jit, jnp, makeJaxpr } from '../../../core/index.ts'

describe('dtypes of what JavaScript writes', () => {
  test.each([
    ['a number', () => jnp.array(2), 'float32', true],
    ['whole numbers', () => jnp.array([1, 2]), 'float32', false],
    ['booleans', () => jnp.array([true]), 'bool', false],
    ['BigInts', () => jnp.array([1n]), 'int32', false],
    ['numbers with a dtype', () => jnp.array([1, 2], { dtype: 'int32' }), 'int32', false],
    ['a dtype by its constructor', () => jnp.array([1, 2], { dtype: jnp.uint8 }), 'uint8', false],
    ['a typed array', () => jnp.array(Int16Array.of(1)), 'int16', false],
    ['doubles', () => jnp.array(Float64Array.of(1)), 'float32', false],
    ['a list with arrays in it', () => jnp.array([jnp.arange(2), jnp.arange(2)]), 'int32', false],
    ['a count', () => jnp.arange(3), 'int32', false],
    ['a count by fractions', () => jnp.arange(0, 1, 0.5), 'float32', false],
    ['zeros', () => jnp.zeros(2), 'float32', false],
    ['zeros like integers', () => jnp.zerosLike(jnp.arange(2)), 'int32', false],
    ['a constructor', () => jnp.int8(3.7), 'int8', false],
  ])('%s', (_name, make, dtype, weakType) => {
    const made = make()
    expect([made.dtype, made.weakType]).toEqual([dtype, weakType])
  })

  test('float64 is float32 with a warning unless 64 bits are on', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    expect(jnp.zeros(2, 'float64').dtype).toBe('float32')
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('enableX64'))
    config.update('enableX64', true)
    expect(jnp.array(1).dtype).toBe('float64')
    config.update('enableX64', false)
  })
})

describe('values', () => {
  test('nested lists and their shape', () => {
    const x = jnp.array([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(x.shape).toEqual([2, 3])
    expect(x.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  test('ragged lists are refused', () => {
    expect(() => jnp.array([[1, 2], [3]])).toThrow(/\[2\].*\[1\]/)
  })

  test('numbers that do not fit are refused', () => {
    expect(() => jnp.array([300], 'uint8')).toThrow(/300 does not fit uint8/)
  })

  test('functions of arrays take no lists', () => {
    // @ts-expect-error lists are not arrays
    expect(() => jnp.reshape([1, 2], [2, 1])).toThrow(/list/)
  })

  test('an unknown dtype is answered with the known ones', () => {
    expect(() => jnp.zeros(2, 'float31')).toThrow(/no dtype 'float31'.*float32/)
  })

  test('sequences', () => {
    expect(jnp.arange(5, 0, -2).tolist()).toEqual([5, 3, 1])
    expect(jnp.linspace(0, 1, 5).tolist()).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(jnp.linspace(0, 1, { num: 2, endpoint: false }).tolist()).toEqual([0, 0.5])
    expect(jnp.logspace(0, 3, 4, { base: 2 }).tolist()).toEqual([1, 2, 4, 8])
  })

  test('matrices', () => {
    expect(jnp.eye(2, 3, { k: 1 }).tolist()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(jnp.tril(jnp.ones([2, 3])).tolist()).toEqual([
      [1, 0, 0],
      [1, 1, 0],
    ])
    expect(jnp.diag(jnp.array([1, 2]), -1).tolist()).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 2, 0],
    ])
    expect(jnp.diag(jnp.arange(6).reshape(2, 3), 1).tolist()).toEqual([1, 5])
    expect(jnp.meshgrid(jnp.arange(2), jnp.arange(3))[1].tolist()).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })
})

describe('inside a program', () => {
  test('parts that are traced stay traced', () => {
    const f = jit((x: number) => jnp.array([x, 1, [2].length]))
    expect(f(5).tolist()).toEqual([5, 1, 1])
  })

  test('constants of known shape are equations', () => {
    const text = makeJaxpr(() => jnp.zeros([2]))().toString()
    expect(text).toContain('broadcast_in_dim 0.0:f32[]')
  })

  test('a shape cannot be traced', () => {
    expect(() => jit((n: number) => jnp.zeros(n))(3)).toThrow(/known while tracing/)
  })
})
