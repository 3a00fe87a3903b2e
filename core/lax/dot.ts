import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type DotDimensionNumbers, dotGeneral as bindDot } from '../primitives/dot-general.ts'
import { upTo } from '../primitives/axes.ts'
import { formatShape } from '../ir/aval.ts'
import { JaxTypeError } from '../errors.ts'
import { arrayArgument, dtypeArgument } from './arguments.ts'
import { type PrecisionLike, precisionArgument } from './precision.ts'

/** How a product is computed, and the dtype in which it is accumulated and returned. */
export interface DotOptions {
  readonly precision?: PrecisionLike
  readonly preferredElementType?: string | null
}

/**
 * Products summed over the contracting axes, one for every index of the batch axes. The dimension numbers are
 * `[[lhs contracting, rhs contracting], [lhs batch, rhs batch]]`.
 *
 * @example
 * lax.dotGeneral(jnp.ones([2, 3]), jnp.ones([3, 2]), [[[1], [0]], [[], []]]).tolist() // [[3, 3], [3, 3]]
 */
export function dotGeneral(
  lhs: ArrayLike,
  rhs: ArrayLike,
  dimensionNumbers: DotDimensionNumbers,
  options: DotOptions = {},
): JaxArray {
  const { precision, preferredElementType = null } = options
  return bindDot(arrayArgument(lhs), arrayArgument(rhs), {
    dimension_numbers: dimensionNumbers,
    precision: precisionArgument('dotGeneral', precision),
    preferred_element_type: preferredElementType === null ? null : dtypeArgument('dotGeneral', preferredElementType),
  })
}

/**
 * Vector and matrix products of two arrays of one or two dimensions.
 *
 * @example
 * lax.dot(jnp.arange(3), jnp.arange(3)).item() // 5
 */
export function dot(lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): JaxArray {
  const [a, b] = [arrayArgument(lhs), arrayArgument(rhs)]
  const fits = a.ndim >= 1 && a.ndim <= 2 && b.ndim >= 1 && b.ndim <= 2 && a.shape[a.ndim - 1] === b.shape[0]
  if (!fits) {
    throw new JaxTypeError(
      `lax.dot takes vectors and matrices that fit, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    )
  }
  return dotGeneral(
    a,
    b,
    [
      [[a.ndim - 1], [0]],
      [[], []],
    ],
    options,
  )
}

/**
 * Products of the matrices of two stacks.
 *
 * @example
 * lax.batchMatmul(jnp.ones([5, 2, 3]), jnp.ones([5, 3, 4])).shape // [5, 2, 4]
 */
export function batchMatmul(lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): JaxArray {
  const [a, b] = [arrayArgument(lhs), arrayArgument(rhs)]
  if (a.ndim < 2 || a.ndim !== b.ndim) {
    throw new JaxTypeError(
      `lax.batchMatmul takes stacks of one rank, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    )
  }
  const stack = upTo(a.ndim - 2)
  return dotGeneral(
    a,
    b,
    [
      [[a.ndim - 1], [a.ndim - 2]],
      [stack, stack],
    ],
    options,
  )
}
