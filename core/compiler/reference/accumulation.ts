import { type DType, isInexact, isWideInteger } from '../../ir/dtype.ts'
import type { HostArray } from '../../ir/host-array.ts'
import { widened } from './bfloat16.ts'
import { convertHost } from './convert.ts'
import { isPair } from './pair-arithmetic.ts'

// Sums of products (contractions, convolutions) may have a result of another dtype than their operands.

/** The dtype to sum products in before they become `result`: bfloat16 has no arithmetic, and a float is cut off last. */
export function computedIn(operand: DType, result: DType): DType {
  if (result === 'bfloat16') return 'float32'
  if (!isInexact(operand) || isInexact(result)) return result
  return operand === 'bfloat16' ? 'float32' : operand
}

/** An operand whose storage is numbers that arithmetic in `dtype` may read as they stand. */
export function asOperand(x: HostArray, dtype: DType): HostArray {
  if (isPair(dtype)) return convertHost(x, dtype)
  if (isWideInteger(x.dtype)) return convertHost(x, isInexact(dtype) ? 'float64' : dtype)
  return widened(x)
}
