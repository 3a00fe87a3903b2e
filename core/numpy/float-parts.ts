import { JaxTypeError } from '../errors.ts'
import { isFloat } from '../ir/dtype.ts'
import { bitcastConvertType, convertElementType } from '../primitives/conversion.ts'
import { add, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, shiftLeft, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { nextafter } from '../primitives/elementwise-rounding.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { clip, floorDivide } from './arithmetic.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { isfinite, logicalNot, logicalOr } from './logic.ts'
import { asArray, promote, promoteToFloat } from './promotion.ts'
import { ceil, floor } from './rounding.ts'
import { copysign, where } from './selection.ts'

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
  const value = single('frexp', x)
  const bits = bitcastConvertType(value, 'int32')
  const biased = bitwiseAnd(shiftRightLogical(bits, fullLike(bits, 23)), fullLike(bits, 0xff))
  const half = bitwiseOr(bitwiseAnd(bits, fullLike(bits, -0x7f800001)), fullLike(bits, 126 << 23))
  const special = logicalOr(eq(value, constant(value, 0)), logicalNot(isfinite(value)))
  const exponent = where(special, fullLike(biased, 0), sub(biased, fullLike(biased, 126)))
  return [where(special, value, bitcastConvertType(half, 'float32')), exponent]
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
  return sub(nextafter(value, copysign(fullLike(value, Infinity), value)), value)
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
