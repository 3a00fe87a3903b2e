import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { mul, neg, sub } from '../primitives/elementwise-arithmetic.ts'
import { iota } from '../primitives/iota.ts'
import { concatenate } from '../primitives/joining.ts'
import { expandDims } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { divide, power } from './arithmetic.ts'
import { fromScalars } from './array-input.ts'
import { IndexedUpdate } from './at.ts'
import { ones, zeros } from './creation.ts'
import { slice } from './index-expression.ts'
import { getItem } from './indexing.ts'
import { asArray, floatType, promoteToFloat, promoteValues, promotedType, toType } from './promotion.ts'
import { convolve } from './signals.ts'

function vectors(name: string, ...values: JaxArray[]): JaxArray[] {
  for (const value of values) {
    if (value.ndim === 1) continue
    throw new ValueError(`jnp.${name} takes vectors of coefficients, got shape ${formatShape(value.shape)}.`)
  }
  return values
}

/**
 * Sum of two polynomials, by their coefficients from the highest power down.
 *
 * @example
 * jnp.polyadd(jnp.array([1, 0, 2]), jnp.array([3, 4])).tolist() // [1, 3, 6]
 */
export function polyadd(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = vectors('polyadd', ...promoteValues([asArray('polyadd', a), asArray('polyadd', b)]))
  const [longer, shorter] = y.size <= x.size ? [x, y] : [y, x]
  return shorter.size === 0 ? longer : new IndexedUpdate(longer, [slice(-shorter.size, null)]).add(shorter)
}

/**
 * Difference of two polynomials.
 *
 * @example
 * jnp.polysub(jnp.array([1, 0, 2]), jnp.array([3, 4])).tolist() // [1, -3, -2]
 */
export function polysub(a: ArrayLike, b: ArrayLike): JaxArray {
  return polyadd(a, neg(asArray('polysub', b)))
}

/**
 * Product of two polynomials.
 *
 * @example
 * jnp.polymul(jnp.array([1, 2]), jnp.array([1, -2])).tolist() // [1, 0, -4]
 */
export function polymul(a: ArrayLike, b: ArrayLike): JaxArray {
  const type = floatType(promotedType([a, b]))
  const [x, y] = vectors('polymul', toType(a, type), toType(b, type))
  return x.size === 0 || y.size === 0 ? zeros(1, { dtype: type.dtype }) : convolve(x, y)
}

/**
 * Quotient and rest of a division of polynomials.
 *
 * @example
 * const [quotient, rest] = jnp.polydiv(jnp.array([1, 0, -3]), jnp.array([1, 2]))
 * quotient.tolist() // [1, -2]
 */
export function polydiv(a: ArrayLike, b: ArrayLike): [quotient: JaxArray, rest: JaxArray] {
  const type = floatType(promotedType([a, b]))
  const [dividend, divisor] = vectors('polydiv', toType(a, type), toType(b, type))
  if (divisor.size === 0) throw new ValueError('jnp.polydiv: the divisor has no coefficients.')
  const steps = dividend.size - divisor.size + 1
  const scale = divide(constant(divisor, 1), getItem(divisor, [0]))
  let quotient = zeros(Math.max(1, steps), { dtype: type.dtype })
  let rest = dividend
  for (let k = 0; k < steps; k++) {
    const factor = mul(scale, getItem(rest, [k]))
    quotient = new IndexedUpdate(quotient, [k]).set(factor)
    rest = new IndexedUpdate(rest, [slice(k, k + divisor.size)]).add(mul(neg(factor), divisor))
  }
  return [quotient, rest]
}

function order(name: string, m: number): void {
  if (!Number.isInteger(m) || m < 0) throw new ValueError(`jnp.${name}: the order must be 0, 1, 2, …, got ${m}.`)
}

function coefficients(values: readonly number[], like: JaxArray): JaxArray {
  return fromHost(fromScalars(values, [values.length], like.dtype))
}

/**
 * The `m`-th derivative of a polynomial.
 *
 * @example
 * jnp.polyder(jnp.array([1, 2, 3])).tolist() // [2, 2]
 */
export function polyder(p: ArrayLike, m = 1): JaxArray {
  order('polyder', m)
  const [x] = vectors('polyder', ...promoteToFloat('polyder', p))
  if (m === 0) return x
  const kept = Math.max(0, x.size - m)
  const falling = Array.from({ length: kept }, (_, i) => {
    let product = 1
    for (let j = 0; j < m; j++) product *= x.size - 1 - i - j
    return product
  })
  return mul(getItem(x, [slice(0, kept)]), coefficients(falling, x))
}

/**
 * The `m`-th integral of a polynomial, with the constants of integration `k`, 0 unless given.
 *
 * @example
 * jnp.polyint(jnp.array([2, 2])).tolist() // [1, 2, 0]
 */
export function polyint(p: ArrayLike, m = 1, k: JaxArray | number | null = null): JaxArray {
  order('polyint', m)
  const [x] = vectors('polyint', ...promoteToFloat('polyint', p))
  if (m === 0) return x
  const given = k === null ? zeros(m, { dtype: x.dtype }) : convertElementType(asArray('polyint', k), x.dtype)
  const constants = given.ndim === 0 && m === 1 ? expandDims(given, [0]) : given
  if (constants.size !== m) {
    throw new ValueError(`jnp.polyint: ${m} integrations have ${m} constants, got ${constants.size}.`)
  }
  const length = x.size + m
  const divisors = Array.from({ length }, (_, i) => {
    let product = 1
    for (let j = 0; j < m; j++) product *= Math.max(1, length - 1 - i - j)
    return product
  })
  return divide(concatenate([x, constants], { dimension: 0 }), coefficients(divisors, x))
}

/**
 * The polynomial with the given roots, led by 1.
 *
 * @example
 * jnp.poly(jnp.array([1, 2])).tolist() // [1, -3, 2]
 */
export function poly(roots: ArrayLike): JaxArray {
  const [x] = promoteToFloat('poly', roots)
  if (x.ndim !== 1) throw new JaxTypeError(`jnp.poly takes a vector of roots, got shape ${formatShape(x.shape)}.`)
  let product = ones(1, { dtype: x.dtype })
  for (let i = 0; i < x.size; i++) {
    const root = getItem(x, [slice(i, i + 1)])
    product = convolve(product, concatenate([ones(1, { dtype: x.dtype }), neg(root)], { dimension: 0 }))
  }
  return product
}

/** What `vander` may be told. */
export interface VanderOptions {
  /** How many columns, as many as rows unless given. */
  readonly N?: number | null
  readonly increasing?: boolean
}

/**
 * Powers of each element in a row, the highest first unless `increasing`.
 *
 * @example
 * jnp.vander(jnp.array([2, 3]), 3).tolist() // [[4, 2, 1], [9, 3, 1]]
 */
export function vander(x: ArrayLike, columns: number | null | VanderOptions = null, increasing = false): JaxArray {
  const options = typeof columns === 'object' && columns !== null ? columns : { N: columns, increasing }
  const [value] = vectors('vander', asArray('vander', x))
  const count = options.N ?? value.size
  const rising = iota({ dtype: value.dtype, shape: [count], dimension: 0 })
  const exponents = options.increasing === true ? rising : sub(constant(rising, count - 1), rising)
  return power(expandDims(value, [1]), expandDims(exponents, [0]))
}
