import { type DType, bitWidth, realPartOf } from '../../../core/ir/dtype.ts'
import {
  type Case,
  type Model,
  anything,
  arithmeticOf,
  com,
  compare,
  complexes,
  floats,
  inexact,
  integers,
  num,
  numbers,
  ordered,
  reals,
  signed,
  wholes,
} from './case.ts'
import {
  type Elementwise,
  type Op,
  byKind,
  elementwise,
  inDouble,
  ofFloats,
  ofWholes,
  one,
  two,
  toBool,
  unchanged,
  withComplex,
  bool,
} from './elementwise-cases.ts'
import { type Value, isComplexValue, roundFloat } from './values.ts'

const roundEven = (x: number): number => {
  const below = Math.floor(x)
  const rest = x - below
  const whole = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
  return whole === 0 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : whole
}
const roundAway = (x: number): number =>
  Number.isNaN(x) ? NaN : Math.sign(x) * Math.floor(Math.abs(x) + 0.5) || (x < 0 ? -0 : x === 0 ? x : 0)

/** The number after `x` towards `y`, by counting through the bit patterns of the format. */
function nextAfter(dtype: DType, x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  if (x === y) return y
  const width = bitWidth(dtype)
  const view = new DataView(new ArrayBuffer(8))
  const pattern = (value: number): bigint => {
    if (dtype === 'float64') view.setFloat64(0, value)
    else if (dtype === 'float16') view.setFloat16(0, value)
    else view.setFloat32(0, value)
    return view.getBigUint64(0) >> BigInt(64 - width)
  }
  const magnitude = pattern(Math.abs(x))
  const from = x < 0 ? -magnitude : magnitude
  const to = from + (x < y ? 1n : -1n)
  view.setBigUint64(0, (to < 0n ? -to : to) << BigInt(64 - width))
  const size = dtype === 'float64' ? view.getFloat64(0) : dtype === 'float16' ? view.getFloat16(0) : view.getFloat32(0)
  return to < 0n || (to === 0n && x < 0) ? -size : size
}

const shifted = (dtype: DType, y: bigint, inside: (by: bigint) => bigint, beyond: bigint): bigint =>
  y >= 0n && y < BigInt(bitWidth(dtype)) ? inside(y) : beyond
const unsigned = (dtype: DType, x: bigint): bigint => BigInt.asUintN(bitWidth(dtype), x)
const asSigned = (dtype: DType, x: bigint): bigint => BigInt.asIntN(bitWidth(dtype), x)

const add: Op = (dtype, x, y = x) => arithmeticOf(dtype).add(x, y)
const comparison = (test: (order: number) => boolean): Elementwise => ({
  accepts: ordered,
  result: toBool,
  op: (_dtype, x, y = x) => bool(![x, y].some((value) => Number.isNaN(value)) && test(compare(x, y))),
})
const same = (x: Value, y: Value): boolean => (isComplexValue(x) ? x.re === com(y).re && x.im === com(y).im : x === y)

const mathFunction = (name: string, op: (x: number) => number): [string, Model] => [
  name,
  withComplex(name, one(ofFloats(op), floats, { ulps: 1 })),
]

export const elementwiseModels: { readonly [name: string]: Model } = {
  neg: one(
    byKind(
      (x) => -x,
      (x) => -x,
      (z) => ({ re: -z.re, im: -z.im }),
    ),
    numbers,
  ),
  add: two(add, numbers),
  add_any: two(add, numbers),
  sub: two(
    byKind(
      (x, y) => x - y,
      (x, y) => x - y,
      (z, w) => ({ re: z.re - w.re, im: z.im - w.im }),
    ),
    numbers,
  ),
  mul: withComplex(
    'mul',
    two((dtype, x, y = x) => arithmeticOf(dtype).mul(x, y), reals),
    { arity: 2 },
  ),
  div: withComplex(
    'div',
    two(
      byKind(
        (x, y) => (y === 0n ? -1n : x / y),
        (x, y) => x / y,
      ),
      reals,
    ),
    { arity: 2 },
  ),
  rem: two(
    byKind(
      (x, y) => (y === 0n ? x : x % y),
      (x, y) => x % y,
    ),
    reals,
  ),
  max: withComplex(
    'max',
    two((dtype, x, y = x) => arithmeticOf(dtype).max(x, y), ordered),
    { arity: 2 },
  ),
  min: withComplex(
    'min',
    two((dtype, x, y = x) => arithmeticOf(dtype).min(x, y), ordered),
    { arity: 2 },
  ),
  abs: one(
    byKind(
      (x) => (x < 0n ? -x : x),
      Math.abs,
      (z) => Math.hypot(z.re, z.im),
    ),
    signed,
    { result: realPartOf, ulps: 1 },
  ),
  sign: withComplex(
    'sign',
    one(
      byKind((x) => (x > 0n ? 1n : x < 0n ? -1n : 0n), Math.sign),
      reals,
    ),
  ),
  square: withComplex(
    'square',
    one((dtype, x) => arithmeticOf(dtype).mul(x, x), reals),
  ),
  integer_pow: withComplex(
    'integer_pow',
    one(
      byKind(
        (x) => x ** 5n,
        (x) => x ** 5,
      ),
      reals,
      { params: () => ({ y: 5 }), ulps: 2 },
    ),
    { params: () => ({ y: 5 }) },
  ),
  pow: withComplex(
    'pow',
    two(
      ofFloats((x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y)),
      floats,
      { ulps: 1 },
    ),
    { arity: 2 },
  ),
  ...Object.fromEntries([
    mathFunction('sqrt', Math.sqrt),
    mathFunction('rsqrt', (x) => 1 / Math.sqrt(x)),

    mathFunction('exp', Math.exp),
    mathFunction('exp2', (x) => 2 ** x),
    mathFunction('expm1', Math.expm1),
    mathFunction('log', Math.log),
    mathFunction('log1p', Math.log1p),
    mathFunction('sin', Math.sin),
    mathFunction('cos', Math.cos),
    mathFunction('tan', Math.tan),
    mathFunction('asin', Math.asin),
    mathFunction('acos', Math.acos),
    mathFunction('atan', Math.atan),
    mathFunction('sinh', Math.sinh),
    mathFunction('cosh', Math.cosh),
    mathFunction('tanh', Math.tanh),
    mathFunction('asinh', Math.asinh),
    mathFunction('acosh', Math.acosh),
    mathFunction('atanh', Math.atanh),
    mathFunction('logistic', (x) => 1 / (1 + Math.exp(-x))),
  ]),
  cbrt: one(ofFloats(Math.cbrt), floats, { ulps: 1 }),
  atan2: two(ofFloats(Math.atan2), floats, { ulps: 1 }),
  ...Object.fromEntries(
    ['erf', 'erfc', 'erf_inv', 'lgamma', 'digamma', 'bessel_i0e', 'bessel_i1e'].map((name) => [
      name,
      inDouble(name, floats),
    ]),
  ),
  ...Object.fromEntries(
    ['polygamma', 'zeta', 'igamma', 'igammac', 'igamma_grad_a', 'random_gamma_grad'].map((name) => [
      name,
      inDouble(name, floats, { arity: 2 }),
    ]),
  ),
  regularized_incomplete_beta: inDouble('regularized_incomplete_beta', floats, { arity: 3 as 2 }),
  floor: one(ofFloats(Math.floor), floats),
  ceil: one(ofFloats(Math.ceil), floats),
  round: {
    cases: (dtype) => (floats(dtype) ? [0, 1].flatMap((method) => rounding(method, dtype)) : []),
    refuses: (dtype) => (floats(dtype) ? [] : rounding(0, dtype)),
  },
  nextafter: two((dtype, x, y = x) => nextAfter(dtype, num(x), num(y)), floats),
  reduce_precision: one(
    (_dtype, x) => {
      const value = num(x)
      return Math.abs(value) < 2 ** -14
        ? Object.is(Math.sign(value), -0) || value < 0
          ? -0
          : Number.isNaN(value)
            ? NaN
            : 0
        : roundFloat('float16', value)
    },
    floats,
    { params: () => ({ exponent_bits: 5, mantissa_bits: 10 }) },
  ),
  eq: two((_dtype, x, y = x) => bool(same(x, y)), anything, { result: toBool }),
  ne: two((_dtype, x, y = x) => bool(!same(x, y)), anything, { result: toBool }),
  lt: elementwise(comparison((order) => order < 0)),
  le: elementwise(comparison((order) => order <= 0)),
  gt: elementwise(comparison((order) => order > 0)),
  ge: elementwise(comparison((order) => order >= 0)),
  is_finite: one((_dtype, x) => bool(Number.isFinite(num(x))), floats, { result: toBool }),
  not: one(
    ofWholes((x, _y, dtype) => (dtype === 'bool' ? 1n - x : ~x)),
    wholes,
  ),
  and: two(
    ofWholes((x, y) => x & y),
    wholes,
  ),
  or: two(
    ofWholes((x, y) => x | y),
    wholes,
  ),
  xor: two(
    ofWholes((x, y) => x ^ y),
    wholes,
  ),
  mulhi: two(
    ofWholes((x, y, dtype) => (x * y) >> BigInt(bitWidth(dtype))),
    integers,
  ),
  shift_left: two(
    ofWholes((x, y, dtype) => shifted(dtype, y, (by) => x << by, 0n)),
    integers,
  ),
  shift_right_logical: two(
    ofWholes((x, y, dtype) => shifted(dtype, y, (by) => unsigned(dtype, x) >> by, 0n)),
    integers,
  ),
  shift_right_arithmetic: two(
    ofWholes((x, y, dtype) => asSigned(dtype, x) >> shifted(dtype, y, (by) => by, BigInt(bitWidth(dtype) - 1))),
    integers,
  ),
  population_count: one(
    ofWholes((x, _y, dtype) => BigInt([...unsigned(dtype, x).toString(2)].filter((digit) => digit === '1').length)),
    integers,
  ),
  clz: one(
    ofWholes((x, _y, dtype) => {
      const word = unsigned(dtype, x)
      return BigInt(bitWidth(dtype) - (word === 0n ? 0 : word.toString(2).length))
    }),
    integers,
  ),
  complex: two(
    (_dtype, x, y = x) => ({ re: num(x), im: num(y) }),
    (dtype) => dtype === 'float32' || dtype === 'float64',
    {
      result: (dtype) => (dtype === 'float32' ? 'complex64' : 'complex128'),
    },
  ),
  real: one((_dtype, z) => com(z).re, complexes, { result: realPartOf }),
  imag: one((_dtype, z) => com(z).im, complexes, { result: realPartOf }),
  conj: one(
    (_dtype, z) => (isComplexValue(z) ? { re: z.re, im: -z.im } : { re: num(z), im: -0 }),
    (dtype) => inexact(dtype) && bitWidth(dtype) >= 32,
    {
      params: (dtype) => ({ input_dtype: dtype }),
      result: (dtype) => (dtype === 'float32' ? 'complex64' : dtype === 'float64' ? 'complex128' : dtype),
    },
  ),
  copy: unchanged(),
  stop_gradient: unchanged(),
  name: unchanged({ name: 'x' }),
}

function rounding(method: number, dtype: DType): readonly Case[] {
  const model = one(ofFloats(method === 0 ? roundAway : roundEven), floats, {
    params: () => ({ rounding_method: method }),
  })
  return 'exempt' in model ? [] : [...model.cases(dtype), ...model.refuses(dtype)]
}
