import type { Shape } from '../ir/aval.ts'
import type { DType, TypedArray } from '../ir/dtype.ts'
import { resultData } from '../ir/host-array.ts'
import { onInterruption } from '../tracing/restore.ts'

/** Memory of an operand that nobody reads after the operation at hand, for its result to be written into. */
interface Destination {
  readonly dtype: DType
  readonly data: TypedArray
}

let destination: Destination | null = null

onInterruption(() => {
  destination = null
})

/** Offers memory to the element-wise kernel that runs next; null takes the offer back. */
export function offerDestination(offer: Destination | null): void {
  destination = offer
}

/**
 * Memory for a result whose kernel reads each element before it writes the same one: that of a dying operand where
 * one was offered, otherwise new memory that holds anything.
 */
export function elementwiseResult(shape: Shape, dtype: DType): TypedArray {
  const data = resultDataInPlace(dtype, shape)
  destination = null
  return data ?? resultData(shape, dtype)
}

function resultDataInPlace(dtype: DType, shape: Shape): TypedArray | null {
  if (destination === null || destination.dtype !== dtype) return null
  const size = shape.reduce((product, length) => product * length, 1)
  return destination.data.length === size ? destination.data : null
}
