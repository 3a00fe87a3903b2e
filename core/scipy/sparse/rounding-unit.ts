import type { DType } from '../../ir/dtype.ts'

/** The distance from 1 to the next number. */
export function epsilonOf(dtype: DType): number {
  switch (dtype) {
    case 'float64':
    case 'complex128':
      return 2 ** -52
    case 'float16':
      return 2 ** -10
    case 'bfloat16':
      return 2 ** -7
    default:
      return 2 ** -23
  }
}
