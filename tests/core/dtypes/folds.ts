import { type DType, isComplex } from '../../../core/ir/dtype.ts'
import { arithmeticOf, big, num } from './case.ts'
import { type Value, edgesOf, plainValues, roundFloat, settle, wrappingValues } from './values.ts'

/** The sum of floats in 64 bits, rounded at the end; bfloat16 through float32, as XLA does on CPUs. */
export function folded(dtype: DType, value: Value): Value {
  return dtype === 'bfloat16' ? roundFloat(dtype, Math.fround(num(value))) : settle(dtype, value)
}

export type Fold = (x: Value, y: Value) => Value

export function foldOf(
  kind: 'sum' | 'product' | 'max' | 'min' | 'and' | 'or' | 'xor',
  dtype: DType,
): { start: Value | null; fold: Fold } {
  const { zero, one, add, mul, max, min } = arithmeticOf(dtype)
  switch (kind) {
    case 'sum':
      return { start: zero, fold: add }
    case 'product':
      return { start: one, fold: mul }
    case 'max':
      return { start: null, fold: max }
    case 'min':
      return { start: null, fold: min }
    case 'and':
      return { start: null, fold: (x, y) => big(x) & big(y) }
    case 'or':
      return { start: 0n, fold: (x, y) => big(x) | big(y) }
    case 'xor':
      return { start: 0n, fold: (x, y) => big(x) ^ big(y) }
  }
}

/** Values folded one after the other, without wrapping or rounding on the way. */
export function total(kind: Parameters<typeof foldOf>[0], dtype: DType, values: readonly Value[]): Value {
  const { start, fold } = foldOf(kind, dtype)
  const rest = start === null ? values.slice(1) : values
  return folded(dtype, rest.reduce(fold, start ?? values[0] ?? 0n))
}

/** Rows of values that wrap, and of the edges of the dtype; complex numbers keep to finite ones. */
export function rowsOf(dtype: DType): Value[][] {
  const edges = isComplex(dtype) ? plainValues(dtype, 8) : edgesOf(dtype)
  return [wrappingValues(dtype, 6), plainValues(dtype, 6), edges.slice(0, 6), edges.slice(-6)].map((row) =>
    row.length < 6 ? [...row, ...row, ...row].slice(0, 6) : row,
  )
}
