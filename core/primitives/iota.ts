import { JaxTypeError, ValueError } from '../errors.ts'
import { ShapedArray, type Shape, formatShape } from '../ir/aval.ts'
import { type DType, isDType, isInexact, isInteger } from '../ir/dtype.ts'
import { iotaKernel } from '../compiler/reference/movement.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { moves } from './costs.ts'

type IotaParams = { readonly dtype: DType; readonly shape: Shape; readonly dimension: number; readonly sharding: null }

export const iotaPrimitive: Primitive<IotaParams> = definePrimitive<IotaParams>({
  name: 'iota',
  cost: moves,

  abstractEval(_avals, { dtype, shape, dimension }) {
    if (!isDType(dtype) || !(isInexact(dtype) || isInteger(dtype))) {
      throw new JaxTypeError(`iota makes integers or floats, got dtype ${dtype}.`)
    }
    if (!(dimension >= 0 && dimension < shape.length)) {
      throw new ValueError(
        `iota: dimension must be an axis of the shape, got ${dimension} for shape ${formatShape(shape)}.`,
      )
    }
    return [new ShapedArray(shape, dtype)]
  },

  impl(_args, { dtype, shape, dimension }) {
    return [iotaKernel(shape, dtype, dimension)]
  },

  // No rules for derivatives or batching: with no operands, no tracer of theirs ever reaches it.
})

/** Counts 0, 1, 2, … along one axis of `shape`. */
export function iota(params: { dtype: DType; shape: Shape; dimension: number }): JaxArray {
  return bindOne(iotaPrimitive, [], { ...params, sharding: null })
}

export const iotaPrimitives: readonly Primitive[] = [iotaPrimitive]
