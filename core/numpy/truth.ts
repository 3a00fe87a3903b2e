import { ne } from '../primitives/elementwise-comparison.ts'
import { constant } from '../primitives/operand.ts'
import type { JaxArray } from '../tracing/array.ts'

/** The truth of every element: whether it differs from zero. */
export function truth(x: JaxArray): JaxArray {
  return x.dtype === 'bool' ? x : ne(x, constant(x, 0))
}
