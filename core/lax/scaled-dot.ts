import { JaxTypeError } from '../errors.ts'
import { upTo } from '../primitives/axes.ts'
import type { DotDimensionNumbers } from '../primitives/dot-general.ts'
import { broadcastInDim } from '../primitives/movement.ts'
import { scaledDot as bindScaledDot } from '../primitives/scaled-dot.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, dtypeArgument } from './arguments.ts'

/** Scales and axes of a scaled product. */
export interface ScaledDotOptions {
  /** As `lhs` in shape, but shorter along contracting axes: one factor for each block. Ones unless given. */
  readonly lhsScale?: ArrayLike | null
  readonly rhsScale?: ArrayLike | null
  /** Those of stacks of matrices unless given. */
  readonly dimensionNumbers?: DotDimensionNumbers | null
  /** The dtype of the result, bfloat16 unless given. */
  readonly preferredElementType?: string | null
}

/** A scale of ones, one block an axis. JAX takes float8 for it, whose ones are the same. */
function ones(x: JaxArray, contracting: readonly number[]): JaxArray {
  const shape = x.shape.map((length, axis) => (contracting.includes(axis) ? 1 : length))
  return broadcastInDim(scalar(1, 'bfloat16'), { shape, broadcast_dimensions: [] })
}

/**
 * The product of `lhs × lhsScale` and `rhs × rhsScale`, all four taken as bfloat16. A scale is as long as its operand but
 * along contracting axes, where each element stands for a block of at least two. Not differentiable. Axes that do not
 * fit are a TypeError. JAX: `jax.lax.scaled_dot`.
 *
 * @example
 * lax.scaledDot(jnp.ones([2, 4]), jnp.ones([4, 3]), { preferredElementType: 'float32' }).shape // [2, 3]
 */
export function scaledDot(lhs: ArrayLike, rhs: ArrayLike, options: ScaledDotOptions = {}): JaxArray {
  const [x, y] = [arrayArgument(lhs), arrayArgument(rhs)]
  const numbers = options.dimensionNumbers ?? matrixNumbers(x.ndim)
  const [[lhsContract, rhsContract]] = numbers
  const scaleOf = (given: ArrayLike | null | undefined, side: JaxArray, contracting: readonly number[]): JaxArray =>
    given === undefined || given === null ? ones(side, contracting) : arrayArgument(given)
  return bindScaledDot([x, y, scaleOf(options.lhsScale, x, lhsContract), scaleOf(options.rhsScale, y, rhsContract)], {
    dimension_numbers: numbers,
    preferred_element_type: dtypeArgument('lax.scaledDot', options.preferredElementType ?? 'bfloat16'),
  })
}

function matrixNumbers(ndim: number): DotDimensionNumbers {
  if (ndim < 2) throw new JaxTypeError('lax.scaledDot takes matrices and stacks of them; name the axes of others.')
  const stack = upTo(ndim - 2)
  return [
    [[ndim - 1], [ndim - 2]],
    [stack, stack],
  ]
}
