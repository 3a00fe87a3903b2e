import { type Shape, ShapedArray } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { moves } from './costs.ts'
import { broadcastInDim } from './movement.ts'

type EmptyParams = { readonly dtype: DType; readonly memory_space: string }

/** A number that nothing looks at. JAX: `empty2`. */
const emptyPrimitive: Primitive<EmptyParams> = definePrimitive<EmptyParams>({
  name: 'empty2',
  cost: moves,
  abstractEval: (_avals, { dtype }) => [new ShapedArray([], dtype)],
  // JAX leaves open which number it is; here it is always zero.
  impl: (_args, { dtype }) => [hostArray([], dtype)],

  // No rules for derivatives or batching: with no operands, no tracer of theirs ever reaches it.
})

/** An array whose numbers nothing looks at: it only stands where an array must. */
export function emptyArray(shape: Shape, dtype: DType): JaxArray {
  const number = bindOne(emptyPrimitive, [], { dtype, memory_space: 'MemorySpace.Device' })
  return shape.length === 0 ? number : broadcastInDim(number, { shape, broadcast_dimensions: [] })
}

export const emptyPrimitives: readonly Primitive[] = [emptyPrimitive]
