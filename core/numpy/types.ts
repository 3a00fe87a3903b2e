import { JaxTypeError } from '../errors.ts'
import { wideIntegerRange } from '../ir/element.ts'
import {
  type DType,
  bitWidth,
  integerRange,
  isComplex,
  isFloat,
  isInexact,
  isInteger,
  kindOf,
  realPartOf,
} from '../ir/dtype.ts'
import type { Shape } from '../ir/aval.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { type PromotedType, asArray, joinTypes, promotedType, typeOfScalar } from './promotion.ts'

/** The ratio of a circle's circumference to its diameter. */
export const pi = Math.PI

/** The base of the natural logarithm. */
export const e = Math.E

/** The limit of the harmonic series less the logarithm. */
export const eulerGamma = 0.5772156649015329

/** Positive infinity. NumPy: `inf`. */
export const inf = Infinity
/** Not a number. NumPy: `nan`. */
export const nan = NaN

/** A new axis of length 1, in an index. */
export const newaxis = null

function dtypeOf(name: string, dtype: DTypeLike): DType {
  const found = requestedDType(name, { dtype })
  if (found === null) throw new JaxTypeError(`jnp.${name}: a dtype is needed.`)
  return found
}

/**
 * The dtype that arrays, numbers and dtypes give when they meet.
 *
 * @example
 * jnp.resultType(jnp.arange(3), 2.5) // 'float32'
 */
export function resultType(...values: (ArrayLike | string)[]): DType {
  // A whole number beside the name of an integer dtype is an integer, as it is beside an array.
  const arrays = values.flatMap((value) => {
    if (typeof value === 'string') return [scalar(0, dtypeOf('resultType', value))]
    return value instanceof JaxArray ? [value] : []
  })
  const types = values.map((value): PromotedType => {
    if (typeof value === 'string') return { dtype: dtypeOf('resultType', value), weakType: false }
    return value instanceof JaxArray ? promotedType([value]) : typeOfScalar(value, arrays)
  })
  return types.reduce(joinTypes).dtype
}

/**
 * The dtype that two dtypes give when they meet.
 *
 * @example
 * jnp.promoteTypes('int8', 'uint8') // 'int16'
 */
export function promoteTypes(a: DTypeLike, b: DTypeLike): DType {
  const [left, right] = [dtypeOf('promoteTypes', a), dtypeOf('promoteTypes', b)]
  return joinTypes({ dtype: left, weakType: false }, { dtype: right, weakType: false }).dtype
}

/** Families of dtypes, for `issubdtype`. */
export type DTypeFamily =
  'floating' | 'complexfloating' | 'inexact' | 'integer' | 'signedinteger' | 'unsignedinteger' | 'number' | 'bool'

/**
 * Whether a dtype belongs to a family.
 *
 * @example
 * jnp.issubdtype('float32', 'floating') // true
 */
export function issubdtype(dtype: DTypeLike, family: DTypeFamily): boolean {
  const own = dtypeOf('issubdtype', dtype)
  switch (family) {
    case 'floating':
      return isFloat(own)
    case 'complexfloating':
      return isComplex(own)
    case 'inexact':
      return isInexact(own)
    case 'integer':
      return isInteger(own)
    case 'signedinteger':
      return kindOf(own) === 'int'
    case 'unsignedinteger':
      return kindOf(own) === 'uint'
    case 'number':
      return isInexact(own) || isInteger(own)
    case 'bool':
      return own === 'bool'
  }
}

/** The limits of a float dtype. */
export interface FloatInfo {
  readonly dtype: DType
  readonly bits: number
  /** The distance from 1 to the next number. */
  readonly eps: number
  readonly max: number
  readonly min: number
  /** The smallest positive number with full precision. */
  readonly tiny: number
}

/**
 * The limits of a float dtype.
 *
 * @example
 * jnp.finfo('float32').eps // 2 ** -23
 */
export function finfo(dtype: DTypeLike): FloatInfo {
  const own = realPartOf(dtypeOf('finfo', dtype))
  switch (own) {
    case 'bfloat16': {
      const max = (2 - 2 ** -7) * 2 ** 127
      return { dtype: own, bits: 16, eps: 2 ** -7, max, min: -max, tiny: 2 ** -126 }
    }
    case 'float16':
      return { dtype: own, bits: 16, eps: 2 ** -10, max: 65504, min: -65504, tiny: 2 ** -14 }
    case 'float32': {
      const max = (2 - 2 ** -23) * 2 ** 127
      return { dtype: own, bits: 32, eps: 2 ** -23, max, min: -max, tiny: 2 ** -126 }
    }
    case 'float64':
      return { dtype: own, bits: 64, eps: 2 ** -52, max: Number.MAX_VALUE, min: -Number.MAX_VALUE, tiny: 2 ** -1022 }
    default:
      throw new JaxTypeError(`jnp.finfo is for floats, got ${own}.`, { hint: 'For integers there is jnp.iinfo.' })
  }
}

/** The limits of an integer dtype: BigInts for 64 bits, which JS numbers do not hold. */
export interface IntegerInfo {
  readonly dtype: DType
  readonly bits: number
  readonly min: number | bigint
  readonly max: number | bigint
}

/**
 * The limits of an integer dtype.
 *
 * @example
 * jnp.iinfo('int8').max // 127
 */
export function iinfo(dtype: DTypeLike): IntegerInfo {
  const own = dtypeOf('iinfo', dtype)
  if (!isInteger(own)) {
    throw new JaxTypeError(`jnp.iinfo is for integers, got ${own}.`, { hint: 'For floats there is jnp.finfo.' })
  }
  const limits = own === 'int64' || own === 'uint64' ? wideIntegerRange(own) : integerRange(own)
  return { dtype: own, bits: bitWidth(own), ...limits }
}

/**
 * The lengths of the axes.
 *
 * @example
 * jnp.shape(jnp.ones([2, 3])) // [2, 3]
 */
export function shape(x: ArrayLike): Shape {
  return asArray('shape', x).shape
}

/**
 * The number of axes.
 *
 * @example
 * jnp.ndim(jnp.ones([2, 3])) // 2
 */
export function ndim(x: ArrayLike): number {
  return asArray('ndim', x).ndim
}

/**
 * The number of elements, or the length of one axis.
 *
 * @example
 * jnp.size(jnp.ones([2, 3])) // 6
 */
export function size(x: ArrayLike, axis: number | null = null): number {
  const array = asArray('size', x)
  return axis === null ? array.size : (array.shape.at(axis) ?? 1)
}

/**
 * Whether a value is a number or an array without axes.
 *
 * @example
 * jnp.isscalar(3) // true
 */
export function isscalar(x: unknown): boolean {
  return x instanceof JaxArray ? x.ndim === 0 : ['number', 'boolean', 'bigint'].includes(typeof x)
}
