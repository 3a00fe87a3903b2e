import { isComplex, isFloat } from '../ir/dtype.ts'
import { complex, imag, real } from '../primitives/complex.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { div, mul } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import * as lax from '../primitives/elementwise-rounding.ts'
import { constant } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { asArray, promoteToDefaultFloat, promoteToFloat } from './promotion.ts'

/** Rounds floats; integers and booleans are whole already, and complex numbers are refused by the rounding. */
function whole(name: string, x: ArrayLike, round: (x: JaxArray) => JaxArray): JaxArray {
  const value = asArray(name, x)
  return isFloat(value.dtype) || isComplex(value.dtype) ? round(value) : value
}

/**
 * The largest whole number not above each element.
 *
 * @example
 * jnp.floor(-1.5).item() // -2
 */
export function floor(x: ArrayLike): JaxArray {
  return whole('floor', x, lax.floor)
}

/**
 * The smallest whole number not below each element.
 *
 * @example
 * jnp.ceil(-1.5).item() // -1
 */
export function ceil(x: ArrayLike): JaxArray {
  return whole('ceil', x, lax.ceil)
}

/**
 * The whole part of each element.
 *
 * @example
 * jnp.trunc(-1.5).item() // -1
 */
export function trunc(x: ArrayLike): JaxArray {
  return whole('trunc', x, (value) => select(lt(value, constant(value, 0)), lax.ceil(value), lax.floor(value)))
}

/** The nearest whole number, halves to the even neighbour. */
function toEven(x: JaxArray): JaxArray {
  return lax.round(x, { rounding_method: lax.RoundingMethod.TO_NEAREST_EVEN })
}

/** A complex number is rounded part by part. */
function byParts(
  x: JaxArray,
  roundPart: (part: JaxArray) => JaxArray,
  roundReal: (x: JaxArray) => JaxArray = roundPart,
): JaxArray {
  return isComplex(x.dtype) ? complex(roundPart(real(x)), roundPart(imag(x))) : roundReal(x)
}

/**
 * The nearest whole number as a float, halves to the even neighbour.
 *
 * @example
 * jnp.rint(2.5).item() // 2
 */
export function rint(x: ArrayLike): JaxArray {
  return calledAs('rint', (value) => byParts(value, rint, toEven), promoteToDefaultFloat('rint', x))
}

/**
 * Rounds to a number of decimals, halves to the even neighbour.
 *
 * @example
 * jnp.round(2.567, 1).item() // 2.6
 */
export function round(x: ArrayLike, decimals: number | { readonly decimals?: number } = 0): JaxArray {
  const places = typeof decimals === 'number' ? decimals : (decimals.decimals ?? 0)
  const value = asArray('round', x)
  if (!isFloat(value.dtype) && !isComplex(value.dtype)) return value
  const roundPart = (part: JaxArray): JaxArray => {
    if (places === 0) return toEven(part)
    // A float16 times a power of ten may overflow.
    const wide = part.dtype === 'float16' ? convertElementType(part, 'float32') : part
    const factor = constant(wide, 10 ** places)
    return convertElementType(div(toEven(mul(wide, factor)), factor), part.dtype)
  }
  return calledAs('round', (array) => byParts(array, roundPart), value)
}

/**
 * The next number after `x` that the dtype can represent, towards `y`.
 *
 * @example
 * jnp.nextafter(1, 2).item() // 1.0000001
 */
export function nextafter(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = promoteToFloat('nextafter', x, y)
  return lax.nextafter(a, b)
}

export { round as around, trunc as fix }
