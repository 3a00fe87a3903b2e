import { type ShapedArray, sameShape } from '../ir/aval.ts'
import { isComplex } from '../ir/dtype.ts'
import { promotedType } from '../numpy/promotion.ts'
import { real } from '../primitives/complex.ts'
import { convertElementType, convertElementTypePrimitive } from '../primitives/conversion.ts'
import { add } from '../primitives/elementwise-arithmetic.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { split } from '../primitives/joining.ts'
import { reshape } from '../primitives/movement.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { bindOne } from '../tracing/trace.ts'

/** Cuts the axis that runs over all elements of `leaves`, gives each part its leaf's shape, and then what `finish` does. */
function cutAxis(
  array: JaxArray,
  axis: number,
  leaves: readonly JaxArray[],
  finish: (part: JaxArray, leaf: JaxArray) => JaxArray,
): JaxArray[] {
  if (leaves.length === 0) return []
  return split(array, { sizes: leaves.map(({ size }) => size), axis }).map((piece, i) => {
    const new_sizes = array.shape.toSpliced(axis, 1, ...leaves[i].shape)
    return finish(sameShape(piece.shape, new_sizes) ? piece : reshape(piece, { new_sizes }), leaves[i])
  })
}

/** The part of `x` that the dtype of `like` has room for. */
function realWhere(x: JaxArray, like: ShapedArray): JaxArray {
  return isComplex(x.dtype) && !isComplex(like.dtype) ? real(x) : x
}

/**
 * One array a leaf, of shape [total, ...leaf shape]: row i is the i-th unit vector of all leaves together. It is
 * computed as JAX computes it, so that a program holds no large constant.
 */
export function standardBasis(leaves: readonly JaxArray[]): JaxArray[] {
  const total = leaves.reduce((count, leaf) => count + leaf.size, 0)
  const { dtype } = promotedType(leaves)
  const place = (dimension: number): JaxArray => iota({ dtype: 'int32', shape: [total, total], dimension })
  const [rows, columns] = [place(0), place(1)]
  const identity = convertElementType(eq(add(rows, scalar(0, 'int32')), columns), dtype)
  return cutAxis(identity, 1, leaves, (part, { aval }) =>
    bindOne(convertElementTypePrimitive, [realWhere(part, aval)], {
      new_dtype: aval.dtype,
      weak_type: aval.weakType,
      sharding: null,
    }),
  )
}

/** The blocks of a Jacobian of one leaf: `axis` of `array` runs over the elements of `leaves`. */
export function blocksOf(array: JaxArray, axis: number, leaves: readonly JaxArray[], like: ShapedArray): JaxArray[] {
  return cutAxis(array, axis, leaves, (part) => convertElementType(realWhere(part, like), like.dtype, like.weakType))
}
