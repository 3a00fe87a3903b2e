import type { Shape } from '../../../core/ir/aval.ts'
import { type DType, kindOf } from '../../../core/ir/dtype.ts'
import type { HostArray } from '../../../core/ir/host-array.ts'
import type { ParamValue } from '../../../core/tracing/primitive.ts'
import { type Complex, type Value, encode, isComplexValue } from './values.ts'

/** One use of a primitive, and what arithmetic that knows nothing of storage says it gives. */
export interface Case {
  readonly args: readonly HostArray[]
  readonly params: { readonly [name: string]: ParamValue }
  readonly wanted: readonly Wanted[]
}

export interface Wanted {
  readonly dtype: DType
  readonly values: readonly Value[]
  /** By how many units in the last place a float may be off. */
  readonly ulps?: number
  /** By how much a float may be off whatever its size: where an iteration ends as soon as its dtype cannot tell. */
  readonly within?: number
}

/** What a primitive is held against on arrays of one dtype. */
export type Model =
  | { readonly cases: (dtype: DType) => readonly Case[]; readonly refuses: (dtype: DType) => readonly Case[] }
  | { readonly exempt: string }

/** A model for the dtypes that `accepts` holds for; every other one has to be refused. */
export function modelOf(accepts: (dtype: DType) => boolean, cases: (dtype: DType) => readonly Case[]): Model {
  return {
    cases: (dtype) => (accepts(dtype) ? cases(dtype) : []),
    refuses: (dtype) => (accepts(dtype) ? [] : cases(dtype)),
  }
}

type Kind = 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'key' | 'void'

const ofKinds =
  (...kinds: readonly Kind[]) =>
  (dtype: DType): boolean =>
    kinds.includes(kindOf(dtype))

export const anything = ofKinds('bool', 'int', 'uint', 'float', 'complex', 'key')
export const notKeys = ofKinds('bool', 'int', 'uint', 'float', 'complex')
export const numbers = ofKinds('int', 'uint', 'float', 'complex')
export const reals = ofKinds('int', 'uint', 'float')
export const ordered = ofKinds('bool', 'int', 'uint', 'float')
export const signed = ofKinds('int', 'float', 'complex')
export const floats = ofKinds('float')
export const inexact = ofKinds('float', 'complex')
export const complexes = ofKinds('complex')
export const integers = ofKinds('int', 'uint')
export const wholes = ofKinds('bool', 'int', 'uint')

export function array(shape: Shape, dtype: DType, values: readonly Value[]): HostArray {
  return encode(shape, dtype, values)
}

/** Sum, product, larger and smaller of two values of one kind, without wrapping or rounding. */
export interface Arithmetic {
  readonly zero: Value
  readonly one: Value
  add(x: Value, y: Value): Value
  mul(x: Value, y: Value): Value
  max(x: Value, y: Value): Value
  min(x: Value, y: Value): Value
}

const big = (x: Value): bigint => {
  if (typeof x === 'bigint') return x
  throw new Error('an integer was expected')
}
const num = (x: Value): number => {
  if (typeof x === 'number') return x
  throw new Error('a float was expected')
}
const com = (x: Value): Complex => {
  if (isComplexValue(x)) return x
  throw new Error('a complex number was expected')
}
export { big, com, num }

/** -1, 0 or 1; NaN is above everything and the zeros are equal. Complex numbers by real, then by imaginary part. */
export function compare(x: Value, y: Value): number {
  if (isComplexValue(x)) return compare(x.re, com(y).re) || compare(x.im, com(y).im)
  if (typeof x === 'bigint') return x < big(y) ? -1 : x > big(y) ? 1 : 0
  const other = num(y)
  if (Number.isNaN(x) || Number.isNaN(other)) return Number(Number.isNaN(x)) - Number(Number.isNaN(other))
  return x < other ? -1 : x > other ? 1 : 0
}

/** The larger float: NaN wins, and 0 is larger than -0. */
function larger(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  if (x === 0 && y === 0) return Object.is(x, -0) ? y : x
  return x > y ? x : y
}

export function arithmeticOf(dtype: DType): Arithmetic {
  switch (kindOf(dtype)) {
    case 'float':
      return {
        zero: 0,
        one: 1,
        add: (x, y) => num(x) + num(y),
        mul: (x, y) => num(x) * num(y),
        max: (x, y) => larger(num(x), num(y)),
        min: (x, y) => -larger(-num(x), -num(y)),
      }
    case 'complex':
      return {
        zero: { re: 0, im: 0 },
        one: { re: 1, im: 0 },
        add: (x, y) => ({ re: com(x).re + com(y).re, im: com(x).im + com(y).im }),
        mul: (x, y) => ({
          re: com(x).re * com(y).re - com(x).im * com(y).im,
          im: com(x).re * com(y).im + com(x).im * com(y).re,
        }),
        max: (x, y) => (compare(x, y) >= 0 ? x : y),
        min: (x, y) => (compare(x, y) <= 0 ? x : y),
      }
    default:
      return {
        zero: 0n,
        one: 1n,
        add: (x, y) => big(x) + big(y),
        mul: (x, y) => big(x) * big(y),
        max: (x, y) => (big(x) > big(y) ? x : y),
        min: (x, y) => (big(x) < big(y) ? x : y),
      }
  }
}
