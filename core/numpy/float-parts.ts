import { JaxTypeError } from '../errors.ts'
import { isFloat } from '../ir/dtype.ts'
import { bitcastConvertType, convertElementType } from '../primitives/conversion.ts'
import { abs, add, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { eq, lt } from '../primitives/elementwise-comparison.ts'
import { nextafter } from '../primitives/elementwise-rounding.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { clip, floorDivide } from './arithmetic.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { isfinite, logicalNot, logicalOr } from './logic.ts'
import { asArray, promote, promoteToFloat } from './promotion.ts'
import { ceil, floor } from './rounding.ts'
import { copysign, where } from './selection.ts'
import { finfo } from './types.ts'

/**
 * The part after the point and the whole part, both with the sign of the number.
 *
 * @example
 * const [part, whole] = jnp.modf(jnp.array([2.5, -1.25]))
 * whole.tolist() // [2, -1]
 */
export function modf(x: ArrayLike): [part: JaxArray, whole: JaxArray] {
  const [value] = promoteToFloat('modf', x)
  const whole = where(logicalOr(eq(value, constant(value, 0)), positive(value)), floor(value), ceil(value))
  return [sub(value, whole), whole]
}

function positive(x: JaxArray): JaxArray {
  return eq(copysign(fullLike(x, 1), x), constant(x, 1))
}

/** The numbers as float32, whose bits the functions below take apart. */
function single(name: string, x: ArrayLike): JaxArray {
  const [value] = promoteToFloat(name, x)
  if (value.dtype !== 'float32') throw new JaxTypeError(`jnp.${name} takes float32, got ${value.dtype}.`)
  return value
}

/**
 * Mantissas from 0.5 to 1 and exponents: `x` is `mantissa · 2 ** exponent`.
 *
 * @example
 * const [mantissa, exponent] = jnp.frexp(jnp.array([8]))
 * exponent.tolist() // [4]
 */
export function frexp(x: ArrayLike): [mantissa: JaxArray, exponent: JaxArray] {
  const [value] = promoteToFloat('frexp', x)
  const { dtype, words, digits, fieldBits } = layoutOf('frexp', value)
  const small = lt(abs(value), constant(value, finfo(dtype).tiny))
  const bits = bitcastConvertType(where(small, mul(value, constant(value, 2 ** digits)), value), words)
  const shift = fullLike(bits, digits)
  const biased = bitwiseAnd(shiftRightLogical(bits, shift), fullLike(bits, 2 ** fieldBits - 1))
  const bias = 2 ** (fieldBits - 1) - 2
  const half = bitwiseOr(bitwiseXor(bits, shiftLeft(biased, shift)), fullLike(bits, bias * 2 ** digits))
  const special = logicalOr(eq(value, constant(value, 0)), logicalNot(isfinite(value)))
  const found = sub(biased, where(small, fullLike(biased, bias + digits), fullLike(biased, bias)))
  const exponent = where(special, fullLike(biased, 0), found)
  return [where(special, value, bitcastConvertType(half, dtype)), convertElementType(exponent, 'int32')]
}

/** How a float is laid out: the integer of its size, the bits of its fraction and those of its exponent. */
function layoutOf(name: string, value: JaxArray) {
  const { dtype } = value
  switch (dtype) {
    case 'float16':
      return { dtype, words: 'int16', digits: 10, fieldBits: 5 } as const
    case 'bfloat16':
      return { dtype, words: 'int16', digits: 7, fieldBits: 8 } as const
    case 'float32':
      return { dtype, words: 'int32', digits: 23, fieldBits: 8 } as const
    case 'float64':
      return { dtype, words: 'int64', digits: 52, fieldBits: 11 } as const
    default:
      throw new JaxTypeError(`jnp.${name} does not take ${dtype}. Take real and imaginary parts on their own.`)
  }
}

/**
 * `x · 2 ** exponent`.
 *
 * @example
 * jnp.ldexp(3, jnp.array([2], { dtype: 'int32' })).tolist() // [12]
 */
export function ldexp(x: ArrayLike, exponent: JaxArray): JaxArray {
  const value = single('ldexp', x)
  const limited = clip(exponent, -300, 300)
  const first = floorDivide(limited, 3)
  const second = floorDivide(sub(limited, first), 2)
  const rest = sub(sub(limited, first), second)
  return [first, second, rest].reduce<JaxArray>((product, power) => {
    const [a, b] = promote('ldexp', product, powerOfTwo(power))
    return mul(a, b)
  }, value)
}

function powerOfTwo(exponent: JaxArray): JaxArray {
  const biased = add(convertElementType(exponent, 'int32'), fullLike(convertElementType(exponent, 'int32'), 127))
  return bitcastConvertType(shiftLeft(biased, fullLike(biased, 23)), 'float32')
}

/**
 * The distance to the next number away from zero.
 *
 * @example
 * jnp.spacing(jnp.array([1])).tolist() // [2 ** -23]
 */
export function spacing(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('spacing', x)
  // NumPy, which JAX follows, always looks upwards from a float16.
  if (value.dtype === 'float16') return sub(nextafter(value, fullLike(value, Infinity)), value)
  const infinite = fullLike(value, Infinity, value.weakType && value.ndim === 0)
  const gap = sub(nextafter(value, copysign(infinite, value)), value)
  const { dtype, digits } = layoutOf('spacing', value)
  const smallest = fullLike(value, finfo(dtype).tiny * 2 ** -digits, false)
  return where(eq(gap, constant(gap, 0)), copysign(smallest, value), gap)
}

/**
 * The same values in another dtype.
 *
 * @example
 * jnp.astype(jnp.array([1.7, -1.7]), 'int32').tolist() // [1, -1]
 */
export function astype(x: ArrayLike, dtype: DTypeLike): JaxArray {
  const value = asArray('astype', x)
  const wanted = requestedDType('astype', { dtype }) ?? value.dtype
  return convertElementType(
    isFloat(value.dtype) && wanted === 'bool' ? logicalNot(eq(value, constant(value, 0))) : value,
    wanted,
  )
}
