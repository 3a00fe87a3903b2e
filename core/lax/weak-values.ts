import { type DType, type DTypeKind, isInteger, kindOf } from '../ir/dtype.ts'
import { numberOf } from '../ir/element.ts'
import type { Atom } from '../ir/jaxpr.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'

const rank: Readonly<Record<DTypeKind, number>> = { bool: 0, int: 1, uint: 1, float: 2, complex: 3, key: 4, void: 5 }

/**
 * The dtype that a weakly typed value takes beside `dtype`: that one, unless its kind is the lower one. A bare whole
 * number is as good an integer as a float, since JavaScript does not tell 2 from 2.0.
 */
export function beside(value: JaxArray, dtype: DType): DType {
  if (rank[kindOf(dtype)] >= rank[kindOf(value.dtype)]) return dtype
  return isInteger(dtype) && isWhole(value) ? dtype : value.dtype
}

function isWhole(value: JaxArray): boolean {
  return value instanceof ConcreteArray && value.ndim === 0 && Number.isInteger(numberOf(value.host))
}

/** Whether what a program returns is a bare whole number. */
export function isWholeLiteral(atom: Atom): boolean {
  return 'value' in atom && atom.aval.weakType && typeof atom.value === 'number' && Number.isInteger(atom.value)
}
