import { isComplex, realPartOf } from '../ir/dtype.ts'
import * as primitives from '../primitives/complex.ts'
import { ne } from '../primitives/elementwise-comparison.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { type ArrayLike, type JaxArray } from '../tracing/array.ts'
import { arctan2, rad2deg } from './transcendental.ts'
import { logicalNot } from './logic.ts'
import { asArray, defaultFloatDType, promoteToDefaultFloat, promoteToFloat } from './promotion.ts'
import { sort } from './sorting.ts'

/**
 * The real parts; a real array is its own.
 *
 * @example
 * jnp.real(jnp.array([{ re: 1, im: 2 }])).tolist() // [1]
 */
export function real(x: ArrayLike): JaxArray {
  const value = asArray('real', x)
  return isComplex(value.dtype) ? primitives.real(value) : value
}

/**
 * The imaginary parts; zeros for a real array.
 *
 * @example
 * jnp.imag(jnp.array([{ re: 1, im: 2 }])).tolist() // [2]
 */
export function imag(x: ArrayLike): JaxArray {
  const value = asArray('imag', x)
  return isComplex(value.dtype) ? primitives.imag(value) : fullLike(value, 0)
}

/**
 * The complex conjugates; a real array is its own.
 *
 * @example
 * jnp.conj(jnp.array([{ re: 1, im: 2 }])).tolist() // [{ re: 1, im: -2 }]
 */
export function conj(x: ArrayLike): JaxArray {
  const value = asArray('conj', x)
  return isComplex(value.dtype) ? primitives.conj(value) : value
}

export { conj as conjugate }

/**
 * The angle of a number in the complex plane, in radians or degrees.
 *
 * @example
 * jnp.angle(jnp.array([2, -2]), { deg: true }).tolist() // [0, 180]
 */
export function angle(x: ArrayLike, options: { readonly deg?: boolean } = {}): JaxArray {
  const given = promoteToDefaultFloat('angle', x)
  // JAX gives the default float to a scalar, as to whole numbers, whatever float it is.
  const value = given.ndim === 0 && !isComplex(given.dtype) ? convertElementType(given, defaultFloatDType()) : given
  const [y, along] = isComplex(value.dtype)
    ? [primitives.imag(value), primitives.real(value)]
    : [fullLike(value, 0), value]
  const result = arctan2(y, along)
  return options.deg === true ? rad2deg(result) : result
}

/**
 * Which elements have no imaginary part.
 *
 * @example
 * jnp.isreal(jnp.array([1, 2])).tolist() // [true, true]
 */
export function isreal(x: ArrayLike): JaxArray {
  const value = asArray('isreal', x)
  if (isComplex(value.dtype)) return logicalNot(iscomplex(value))
  return fullLike(convertElementType(value, 'bool'), 1)
}

/**
 * Which elements have an imaginary part.
 *
 * @example
 * jnp.iscomplex(jnp.array([1, 2])).tolist() // [false, false]
 */
export function iscomplex(x: ArrayLike): JaxArray {
  const value = asArray('iscomplex', x)
  if (!isComplex(value.dtype)) return fullLike(convertElementType(value, 'bool'), 0)
  const part = primitives.imag(value)
  return ne(part, constant(part, 0))
}

/**
 * Whether the array's dtype is real.
 *
 * @example
 * jnp.isrealobj(jnp.ones(2)) // true
 */
export function isrealobj(x: ArrayLike): boolean {
  return !iscomplexobj(x)
}

/**
 * Whether the array's dtype is complex.
 *
 * @example
 * jnp.iscomplexobj(jnp.ones(2)) // false
 */
export function iscomplexobj(x: ArrayLike): boolean {
  return isComplex(asArray('iscomplexobj', x).dtype)
}

/**
 * The elements as complex numbers, by real part, then by imaginary part.
 *
 * @example
 * jnp.sortComplex(jnp.array([2, 1])).dtype // 'complex64'
 */
export function sortComplex(x: ArrayLike): JaxArray {
  const sorted = sort(asArray('sortComplex', x), { axis: 0 })
  if (isComplex(sorted.dtype)) return sorted
  const [part] = promoteToFloat('sortComplex', sorted)
  return convertElementType(part, realPartOf(part.dtype) === 'float64' ? 'complex128' : 'complex64')
}
