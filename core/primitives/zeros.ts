import type { ShapedArray } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import { float0Of } from '../tracing/float0.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { isInexact } from '../ir/dtype.ts'
import { addAny } from './elementwise-arithmetic.ts'
import { broadcastInDim } from './movement.ts'

/** An array of zeros, staged as a broadcast when something is being traced. */
export function zerosOf(aval: ShapedArray): JaxArray {
  const zero = scalar(0, aval.dtype, aval.weakType)
  return aval.ndim === 0 ? zero : broadcastInDim(zero, { shape: aval.shape, broadcast_dimensions: [] })
}

/** Turns a symbolic zero into an array of zeros; other tangents pass. */
export function instantiate(tangent: Tangent): JaxArray {
  return tangent instanceof Zero ? zerosOf(tangent.aval) : tangent
}

/** The same for whoever reads tangents: those of integers, booleans and keys are float0, as their type says. */
export function shownTangent(tangent: Tangent): JaxArray {
  return isDifferentiable(tangent.aval) ? instantiate(tangent) : float0Of(tangent.aval.shape)
}

/** Sum of two tangents or cotangents of one value; symbolic zeros cost nothing. */
export function addTangents(a: Tangent, b: Tangent): Tangent {
  if (a instanceof Zero) return b
  if (b instanceof Zero) return a
  return addAny(a, b)
}

/** Whether values of this aval have tangents: floats do, integers, booleans and keys do not. */
export function isDifferentiable(aval: ShapedArray): boolean {
  return isInexact(aval.dtype)
}
