import { type DType, allDTypes, bitWidth, isComplex, isInteger, kindOf, realPartOf } from '../../../core/ir/dtype.ts'
import { type Case, type Model, array, notKeys, num } from './case.ts'
import { type Value, edgesOf, isComplexValue, roundFloat, settle, wrap } from './values.ts'

const bool = (test: boolean): bigint => (test ? 1n : 0n)

export const conversionModels: { readonly [name: string]: Model } = {
  convert_element_type: {
    cases: (from) => (kindOf(from) === 'key' ? [] : allDTypes.filter(notKeys).map((to) => conversion(from, to))),
    refuses: (from) => (kindOf(from) === 'key' ? [conversion(from, 'float32')] : []),
  },
}

function conversion(from: DType, to: DType): Case {
  const operands = edgesOf(from)
  const values = operands.map((value) => converted(value, to))
  const params = { new_dtype: to, weak_type: false, sharding: null }
  return { args: [array([operands.length], from, operands)], params, wanted: [{ dtype: to, values }] }
}

/** Integers wrap; floats are cut off and held inside the range of integers, where NaN is zero. */
function converted(value: Value, to: DType): Value {
  if (isComplexValue(value)) {
    if (isComplex(to)) return settle(to, value)
    return to === 'bool' ? bool(value.re !== 0 || value.im !== 0) : converted(value.re, to)
  }
  if (isComplex(to)) return { re: num(converted(value, realPartOf(to))), im: 0 }
  if (to === 'bool') return bool(typeof value === 'bigint' ? value !== 0n : value !== 0)
  if (isInteger(to)) return typeof value === 'bigint' ? wrap(to, value) : clamped(value, to)
  return roundFloat(to, typeof value === 'bigint' ? nearest(value, to) : value)
}

function clamped(value: number, to: DType): bigint {
  const width = BigInt(bitWidth(to))
  const [min, max] =
    kindOf(to) === 'int' ? [-(1n << (width - 1n)), (1n << (width - 1n)) - 1n] : [0n, (1n << width) - 1n]
  if (Number.isNaN(value)) return 0n
  if (value === Infinity) return max
  if (value === -Infinity) return min
  const whole = BigInt(Math.trunc(value))
  return whole < min ? min : whole > max ? max : whole
}

/** An integer as a number from which rounding to `to` is rounding it: its last bits folded into one that is set or not. */
function nearest(value: bigint, to: DType): number {
  const size = value < 0n ? -value : value
  const spare = BigInt(Math.max(0, size.toString(2).length - 40))
  if (to === 'float64' || spare === 0n) return Number(value)
  const sticky = (size >> spare) << spare === size ? 0n : 1n
  return Number((((size >> spare) << 1n) | sticky) * (value < 0n ? -1n : 1n)) * 2 ** (Number(spare) - 1)
}
