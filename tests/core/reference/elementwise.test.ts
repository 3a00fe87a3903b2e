import { describe, expect, test } from 'vitest'
import { jnp, lax } from '../../../core/index.ts'
import { convertHost } from '../../../core/compiler/reference/convert.ts'
import { erf, erfInverse, erfc } from '../../../core/compiler/reference/error-function.ts'
import { digamma, hurwitzZeta, logGamma, polygamma } from '../../../core/compiler/reference/gamma-function.ts'
import { hostArray } from '../../../core/ir/host-array.ts'

const ints = (list: number[], dtype = 'int32') => jnp.array(list, { dtype })

describe('integer arithmetic', () => {
  test('wraps around', () => {
    expect(lax.add(ints([2 ** 31 - 1]), ints([1])).tolist()).toEqual([-(2 ** 31)])
    expect(lax.mul(ints([65537]), ints([65537])).tolist()).toEqual([131073])
    expect(lax.mul(ints([2 ** 32 - 1], 'uint32'), ints([2], 'uint32')).tolist()).toEqual([2 ** 32 - 2])
    expect(lax.neg(ints([-128], 'int8')).tolist()).toEqual([-128])
    expect(lax.integerPow(ints([3]), 21).tolist()).toEqual([Number(BigInt.asIntN(32, 3n ** 21n))])
  })

  test('division truncates, and has answers for zero', () => {
    expect(lax.div(ints([-7, 7, 5]), ints([2, -2, 0])).tolist()).toEqual([-3, -3, -1])
    expect(lax.rem(ints([-7, 7, 5]), ints([2, -2, 0])).tolist()).toEqual([-1, 1, 5])
    expect(lax.div(ints([7], 'uint32'), ints([0], 'uint32')).tolist()).toEqual([2 ** 32 - 1])
  })

  test('shifts by the width or more empty the word', () => {
    expect(lax.shiftLeft(ints([1, 1, 1]), ints([31, 32, -1])).tolist()).toEqual([-(2 ** 31), 0, 0])
    expect(lax.shiftRightLogical(ints([-1, -1]), ints([28, 32])).tolist()).toEqual([15, 0])
    expect(lax.shiftRightArithmetic(ints([-8, -8]), ints([1, 40])).tolist()).toEqual([-4, -1])
    expect(lax.shiftRightLogical(ints([-1], 'int8'), ints([4], 'int8')).tolist()).toEqual([15])
  })

  test('bits are counted in the width of the dtype', () => {
    expect(lax.populationCount(ints([-1, 5], 'int8')).tolist()).toEqual([8, 2])
    expect(lax.clz(ints([1, 0], 'uint16')).tolist()).toEqual([15, 16])
  })
})

describe('conversions', () => {
  const convert = (list: number[], to: 'int32' | 'uint8' | 'int8' | 'bool' | 'float16') =>
    Array.from(convertHost(hostArray([list.length], 'float32', Float32Array.from(list)), to).data)

  test('floats are truncated and clamped, NaN gives zero', () => {
    expect(convert([1.9, -1.9, 1e20, -Infinity, NaN], 'int32')).toEqual([1, -1, 2 ** 31 - 1, -(2 ** 31), 0])
    expect(convert([300, -5], 'uint8')).toEqual([255, 0])
  })

  test('integers keep their low bits', () => {
    expect(lax.convertElementType(ints([300]), 'int8').tolist()).toEqual([44])
  })

  test('anything but zero is true, also NaN', () => {
    expect(convert([0, -0, 0.1, NaN], 'bool')).toEqual([0, 0, 1, 1])
  })

  test('float16 rounds once, from the float32', () => {
    expect(convert([65519, 65520, 1e-8], 'float16')).toEqual([65504, Infinity, 0])
  })

  test('bits read as another dtype', () => {
    expect(lax.bitcastConvertType(jnp.array([1, -2]), 'uint32').tolist()).toEqual([0x3f800000, 0xc0000000])
    expect(lax.bitcastConvertType(ints([0x01020304]), 'uint8').tolist()).toEqual([[4, 3, 2, 1]])
    expect(lax.bitcastConvertType(ints([4, 3, 2, 1], 'uint8'), 'int32').item()).toBe(0x01020304)
  })
})

describe('floats', () => {
  test('halves', () => {
    const x = jnp.array([0.5, 1.5, 2.5, -0.5, -1.5])
    expect(lax.round(x).tolist()).toEqual([1, 2, 3, -1, -2])
    expect(lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN).tolist()).toEqual([0, 2, 2, -0, -2])
  })

  test('powers of one and minus one, as in C', () => {
    expect(lax.pow(jnp.array([1, -1]), jnp.array([NaN, Infinity])).tolist()).toEqual([1, 1])
  })

  test('max and min pass NaN on from either side', () => {
    expect(lax.max(jnp.array([NaN, 1]), jnp.array([1, NaN])).tolist()).toEqual([NaN, NaN])
    expect(lax.min(jnp.array([NaN, 1]), jnp.array([1, NaN])).tolist()).toEqual([NaN, NaN])
  })

  test('neighbours', () => {
    expect(lax.nextafter(jnp.array([1, 0, -0, 1]), jnp.array([2, 1, -1, 1])).tolist()).toEqual([
      1 + 2 ** -23,
      2 ** -149,
      -(2 ** -149),
      1,
    ])
  })

  test('comparisons with NaN are false', () => {
    const nan = jnp.array([NaN])
    expect([lax.eq(nan, nan), lax.lt(nan, nan), lax.ge(nan, nan)].map((x) => x.item())).toEqual([false, false, false])
    expect(lax.ne(nan, nan).item()).toBe(true)
  })

  test('denormals are kept', () => {
    expect(lax.mul(jnp.array([2 ** -149]), jnp.array([1])).tolist()).toEqual([2 ** -149])
  })
})

describe('special functions', () => {
  /** Values with 17 digits, from arithmetic of 60 digits. */
  const table: [(x: number) => number, number, number][] = [
    [erf, 0.3, 0.3286267594591274],
    [erf, -1.7, -0.9837904585907745],
    [erfc, 0.7, 0.3221988061625815],
    [erfc, 5, 1.537459794428035e-12],
    [erfc, 26, 5.663192408856143e-296],
    [erfInverse, 0.5, 0.4769362762044699],
    [erfInverse, -0.999, -2.3267537655135246],
    [logGamma, 0.5, 0.5723649429247001],
    [logGamma, 1.25, -0.09827183642181316],
    [logGamma, 7.5, 7.534364236758733],
    [logGamma, 100.25, 360.28455963776423],
    [logGamma, -0.5, 1.2655121234846456],
    [digamma, 1, -0.5772156649015329],
    [digamma, 0.25, -4.2274535333762655],
    [digamma, -1.5, 0.7031566406452432],
    [(x) => polygamma(1, x), 1, 1.6449340668482264],
    [(x) => polygamma(2, x), 2.5, -0.2362040516417274],
    [(x) => hurwitzZeta(3, x), 1, 1.2020569031595942],
  ]
  for (const [f, x, expected] of table) {
    test(`${f.name || 'function'} at ${x}`, () => {
      expect(Math.abs(f(x) / expected - 1)).toBeLessThan(2e-15)
    })
  }

  test('at the ends of their domains', () => {
    expect([erfInverse(1), erfInverse(-1), erfInverse(2)]).toEqual([Infinity, -Infinity, NaN])
    expect([erf(Infinity), erfc(-Infinity), erfc(40)]).toEqual([1, 2, 0])
    expect([logGamma(0), logGamma(-3), digamma(-2)]).toEqual([Infinity, Infinity, NaN])
  })
})
