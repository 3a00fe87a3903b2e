import { describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, jnp } from '../../../core/index.ts'

const one = (dtype: string): JaxArray => jnp.ones([1], { dtype })

/** What JAX's lattice gives for two arrays, with 64-bit integers cut to 32 bits. */
const lattice: [string, string, string][] = [
  ['bool', 'bool', 'bool'],
  ['bool', 'int8', 'int8'],
  ['bool', 'float16', 'float16'],
  ['int8', 'uint8', 'int16'],
  ['int8', 'uint16', 'int32'],
  ['int16', 'uint8', 'int16'],
  ['int32', 'uint32', 'int32'],
  ['uint8', 'uint32', 'uint32'],
  ['int32', 'float16', 'float16'],
  ['float16', 'float32', 'float32'],
  ['uint32', 'float32', 'float32'],
]

describe('arrays', () => {
  test.each(lattice)('%s with %s gives %s', (a, b, result) => {
    expect(jnp.add(one(a), one(b)).dtype).toBe(result)
    expect(jnp.add(one(b), one(a)).dtype).toBe(result)
  })

  test('float64 is above float32 once it is enabled', () => {
    config.update('enableX64', true)
    try {
      expect(jnp.add(one('float32'), one('float64')).dtype).toBe('float64')
      expect(jnp.multiply(one('float32'), 0.1).dtype).toBe('float32')
    } finally {
      config.update('enableX64', false)
    }
  })
})

describe('JS numbers', () => {
  test('a whole number beside integers is an integer, another is a float', () => {
    expect(jnp.add(one('int8'), 2).dtype).toBe('int8')
    expect(jnp.add(one('uint32'), 2).dtype).toBe('uint32')
    expect(jnp.add(one('int32'), 2.5).dtype).toBe('float32')
    expect(jnp.add(one('bool'), 1).dtype).toBe('int32')
  })

  test('any number beside floats takes their dtype', () => {
    expect(jnp.multiply(one('float16'), 2.5).dtype).toBe('float16')
  })

  test('a number by itself is a weak float', () => {
    const x = jnp.sin(2)
    expect([x.dtype, x.weakType]).toEqual(['float32', true])
    expect(jnp.add(x, one('float16')).dtype).toBe('float16')
  })

  test('BigInts are integers, booleans are booleans', () => {
    expect(jnp.add(1n, 2n).dtype).toBe('int32')
    expect(jnp.add(true, false).dtype).toBe('bool')
  })

  test('a weak result stays weak among weak operands only', () => {
    expect(jnp.multiply(jnp.sin(1), 3).weakType).toBe(true)
    expect(jnp.multiply(one('float32'), 3).weakType).toBe(false)
  })
})

describe('division', () => {
  test('of integers gives floats, and floors with floorDivide', () => {
    expect(jnp.divide(jnp.arange(3), 2).tolist()).toEqual([0, 0.5, 1])
    expect(jnp.floorDivide(jnp.array([-7, 7], { dtype: 'int32' }), 2).tolist()).toEqual([-4, 3])
  })

  test('leaves remainders with the sign of the divisor', () => {
    const x = jnp.array([-7, 7, -7, 7])
    const y = jnp.array([3, 3, -3, -3])
    expect(jnp.remainder(x, y).tolist()).toEqual([2, 1, -1, -2])
    expect(jnp.fmod(x, y).tolist()).toEqual([-1, 1, -1, 1])
    expect(jnp.floorDivide(x, y).tolist()).toEqual([-3, 2, 2, -3])
  })
})

describe('powers', () => {
  test('of integers by integers stay integers', () => {
    const base = jnp.array([2, 3, 0, -1], { dtype: 'int32' })
    expect(jnp.power(base, jnp.array([5, 3, 0, 7], { dtype: 'int32' })).tolist()).toEqual([32, 27, 1, -1])
    expect(() => jnp.power(base, -1)).toThrow(/negative powers/)
  })
})

describe('what is refused', () => {
  test('lists, with the way out', () => {
    // @ts-expect-error a list is no array
    expect(() => jnp.add([1], 2)).toThrow(/got a list at position 0/)
  })

  test('shapes that do not line up', () => {
    expect(() => jnp.add(jnp.ones([2, 3]), jnp.ones([2]))).toThrow(
      /incompatible shapes for broadcasting: \(2, 3\), \(2,\)/,
    )
  })

  test('options that do not exist', () => {
    // @ts-expect-error the option is called axis
    expect(() => jnp.sum(jnp.ones(3), { axes: 0 })).toThrow(/jnp.sum has no option 'axes'/)
    expect(() => jnp.sum(jnp.ones(3), { axis: 1 })).toThrow(/axis 1 is out of bounds/)
  })
})
