import { type DType, bitWidth } from '../ir/dtype.ts'

/** The distance from 1 to the next larger number of a float dtype. */
export function machineEpsilon(dtype: DType): number {
  if (bitWidth(dtype) === 64) return 2 ** -52
  if (bitWidth(dtype) === 32) return 2 ** -23
  return dtype === 'float16' ? 2 ** -10 : 2 ** -7
}

/** The least positive number of a float dtype that is not denormal. */
export function smallestNormal(dtype: DType): number {
  if (bitWidth(dtype) === 64) return 2 ** -1022
  return dtype === 'float16' ? 2 ** -14 : 2 ** -126
}
