import { JaxTypeError, ValueError } from '../errors.ts'
import { isComplex, isFloat } from '../ir/dtype.ts'
import { complex, imag, real } from '../primitives/complex.ts'
import { abs, neg } from '../primitives/elementwise-arithmetic.ts'
import { eq, lt } from '../primitives/elementwise-comparison.ts'
import { constant, strongConstant } from '../primitives/operand.ts'
import * as lax from '../primitives/selection.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { isnan, signbit } from './logic.ts'
import {
  asArray,
  checkArrayLike,
  checkBroadcast,
  floatType,
  promoteToFloat,
  promotedType,
  toType,
} from './promotion.ts'
import { broadcastTo } from './shape.ts'
import { finfo } from './types.ts'
import { truth } from './truth.ts'
import { userCode } from '../tracing/source.ts'

/**
 * `x` where the condition holds, else `y`. Both sides are computed, and a derivative flows into the
 * chosen one only.
 *
 * @example
 * jnp.where(jnp.equal(jnp.arange(4).mod(2), 0), 1, -1).tolist() // [1, -1, 1, -1]
 */
export function where(condition: ArrayLike, x: ArrayLike, y: ArrayLike): JaxArray {
  checkArrayLike('where', condition, x, y)
  const type = promotedType([x, y])
  const test = asArray('where', condition)
  const [first, second] = [x, y].map((value) =>
    value instanceof JaxArray ? value : toType(value, { dtype: type.dtype, weakType: true }),
  )
  return calledAs('_where', (c, a, b) => choose(c, toType(a, type), toType(b, type)), test, first, second)
}

function choose(condition: JaxArray, x: JaxArray, y: JaxArray): JaxArray {
  const test = truth(condition)
  const shape = checkBroadcast('where', [test.shape, x.shape, y.shape])
  const selector = test.ndim === 0 ? test : broadcastTo(test, shape)
  return lax.select(selector, broadcastTo(x, shape), broadcastTo(y, shape))
}

/**
 * For every element the choice that goes with the first condition that holds.
 *
 * @example
 * const x = jnp.array([-1, 0.5, 2])
 * jnp.select([jnp.less(x, 0), jnp.greater(x, 1)], [0, 1], x).tolist() // [0, 0.5, 1]
 */
export function select(
  conditions: readonly ArrayLike[],
  choices: readonly ArrayLike[],
  otherwise: ArrayLike | { readonly default?: ArrayLike } = 0,
): JaxArray {
  if (conditions.length !== choices.length || conditions.length === 0) {
    throw new ValueError(
      `jnp.select needs one choice for every condition, got ${conditions.length} conditions and ${choices.length} choices.`,
    )
  }
  const fallback = otherwise instanceof JaxArray || typeof otherwise !== 'object' ? otherwise : (otherwise.default ?? 0)
  const type = promotedType([...choices, fallback])
  return conditions.reduceRight<JaxArray>(
    (rest, condition, i) => where(condition, toType(choices[i], type), rest),
    toType(fallback, type),
  )
}

/** What `nanToNum` puts in place of what is not a finite number. */
export interface NanToNumOptions {
  readonly nan?: number
  readonly posinf?: number | null
  readonly neginf?: number | null
}

/**
 * Replaces NaN by 0 and infinities by the largest finite numbers.
 *
 * @example
 * jnp.nanToNum(jnp.array([NaN, 1])).tolist() // [0, 1]
 */
export function nanToNum(x: ArrayLike, options: NanToNumOptions = {}): JaxArray {
  const value = asArray('nanToNum', x)
  if (isComplex(value.dtype)) return complex(nanToNum(real(value), options), nanToNum(imag(value), options))
  if (!isFloat(value.dtype)) return value
  const limit = finfo(value.dtype).max
  const replace = (array: JaxArray, at: JaxArray, by: number): JaxArray => where(at, strongConstant(array, by), array)
  const numbers = replace(value, isnan(value), options.nan ?? 0)
  const below = replace(numbers, eq(numbers, constant(numbers, Infinity)), options.posinf ?? limit)
  return replace(below, eq(below, constant(below, -Infinity)), options.neginf ?? -limit)
}

/**
 * 0 for negative elements, 1 for positive ones, `atZero` at 0.
 *
 * @example
 * jnp.heaviside(jnp.array([-1, 0, 1]), 0.5).tolist() // [0, 0.5, 1]
 */
export function heaviside(x: ArrayLike, atZero: ArrayLike): JaxArray {
  const type = floatType(promotedType([x, atZero]))
  const value = toType(x, type)
  const step = where(
    eq(value, constant(value, 0)),
    toType(atZero, type),
    where(greaterThanZero(value), constant(value, 1), constant(value, 0)),
  )
  return where(isnan(value), value, step)
}

function greaterThanZero(x: JaxArray): JaxArray {
  return lt(constant(x, 0), x)
}

/**
 * The magnitude of `x` with the sign of `y`.
 *
 * @example
 * jnp.copysign(3, -0).item() // -3
 */
export function copysign(x: ArrayLike, y: ArrayLike): JaxArray {
  const [magnitudes, signs] = promoteToFloat('copysign', x, y)
  if (isComplex(magnitudes.dtype)) throw new JaxTypeError('jnp.copysign is not defined on complex numbers.')
  return calledAs(
    'copysign',
    (magnitude, signed) => where(signbit(signed), neg(abs(magnitude)), abs(magnitude)),
    magnitudes,
    signs,
  )
}

/**
 * A function in pieces: for every element the value, or function of the array, that goes with the last
 * condition that holds; one more piece than conditions is for where none does, else 0.
 *
 * @example
 * const x = jnp.array([-2, 0.5, 2])
 * jnp.piecewise(x, [jnp.less(x, 0), jnp.greater(x, 1)], [(x) => x.neg(), 1, 0.5]).tolist() // [2, 0.5, 1]
 */
export function piecewise(
  x: ArrayLike,
  conditions: readonly ArrayLike[],
  pieces: readonly (ArrayLike | ((x: JaxArray) => ArrayLike))[],
): JaxArray {
  const count = conditions.length
  if (pieces.length !== count && pieces.length !== count + 1) {
    throw new ValueError(
      `jnp.piecewise: ${count} conditions need ${count} or ${count + 1} pieces, got ${pieces.length}.`,
    )
  }
  const value = asArray('piecewise', x)
  const pieceOf = (piece: ArrayLike | ((x: JaxArray) => ArrayLike)): JaxArray =>
    toType(typeof piece === 'function' ? userCode(piece)(value) : piece, { dtype: value.dtype, weakType: false })
  const otherwise = pieces.length > count ? pieceOf(pieces[count]) : constant(value, 0)
  return conditions.reduce<JaxArray>(
    (rest, condition, i) => where(condition, pieceOf(pieces[i]), rest),
    broadcastTo(otherwise, value.shape),
  )
}
