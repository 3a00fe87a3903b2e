import { convertElementType } from '../../primitives/conversion.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { bitWidth } from '../../ir/dtype.ts'

/** Computes in 32 bits what is given in 16, since the coefficients of approximations do not fit in fewer. */
export function inSinglePrecision(x: JaxArray, f: (x: JaxArray) => JaxArray): JaxArray {
  return bitWidth(x.dtype) >= 32 ? f(x) : convertElementType(f(convertElementType(x, 'float32')), x.dtype)
}
