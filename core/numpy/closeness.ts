import { isInexact } from '../ir/dtype.ts'
import { sameShape } from '../ir/aval.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { abs, add, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr } from '../primitives/elementwise-bitwise.ts'
import { eq, le, ne } from '../primitives/elementwise-comparison.ts'
import { constant } from '../primitives/operand.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { equal, isfinite } from './logic.ts'
import { asArray, defaultFloatDType, promote } from './promotion.ts'
import { all } from './reductions.ts'

/** How far apart values may be: `atol` plus `rtol` times the magnitude of the second. */
export interface Tolerance {
  readonly rtol?: number
  readonly atol?: number
  readonly equalNan?: boolean
}

/**
 * Where two arrays are nearly equal.
 *
 * @example
 * jnp.isclose(1, 1.000001).item() // true
 */
export function isclose(a: ArrayLike, b: ArrayLike, options: Tolerance = {}): JaxArray {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options
  const [x, y] = promote('isclose', a, b)
  if (!isInexact(x.dtype)) {
    const [p, q] = promote('isclose', asFloat(x), asFloat(y))
    return x.dtype === 'bool' ? eq(x, y) : within(p, q, rtol, atol)
  }
  const bothFinite = bitwiseAnd(isfinite(x), isfinite(y))
  const near = bitwiseOr(bitwiseAnd(bothFinite, within(x, y, rtol, atol)), eq(x, y))
  return equalNan ? bitwiseOr(near, bitwiseAnd(ne(x, x), ne(y, y))) : near
}

function asFloat(x: JaxArray): JaxArray {
  return convertElementType(x, defaultFloatDType())
}

function within(x: JaxArray, y: JaxArray, rtol: number, atol: number): JaxArray {
  const size = abs(y)
  return le(abs(sub(x, y)), add(constant(size, atol), mul(constant(size, rtol), size)))
}

/**
 * Whether two arrays are nearly equal everywhere.
 *
 * @example
 * jnp.allclose(jnp.ones(3), 1.000001).item() // true
 */
export function allclose(a: ArrayLike, b: ArrayLike, options: Tolerance = {}): JaxArray {
  return all(isclose(a, b, options))
}

/**
 * Whether two arrays have the same shape and the same elements.
 *
 * @example
 * jnp.arrayEqual(jnp.arange(3), jnp.arange(3)).item() // true
 */
export function arrayEqual(a: ArrayLike, b: ArrayLike, options: { readonly equalNan?: boolean } = {}): JaxArray {
  const [x, y] = [asArray('arrayEqual', a), asArray('arrayEqual', b)]
  if (!sameShape(x.shape, y.shape)) return scalar(false, 'bool')
  const [p, q] = promote('arrayEqual', x, y)
  const same = equal(p, q)
  return all(options.equalNan ? bitwiseOr(same, bitwiseAnd(ne(p, p), ne(q, q))) : same)
}

/**
 * Whether two arrays have the same elements after broadcasting.
 *
 * @example
 * jnp.arrayEquiv(jnp.ones(3), 1).item() // true
 */
export function arrayEquiv(a: ArrayLike, b: ArrayLike): JaxArray {
  return all(equal(a, b))
}
