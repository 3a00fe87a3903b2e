import { JaxTypeError, NotImplementedError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { upTo } from '../primitives/axes.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { cumsum } from '../primitives/cumulative.ts'
import type { DotDimensionNumbers } from '../primitives/dot-general.ts'
import { sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../primitives/elementwise-bitwise.ts'
import { le, lt } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { broadcastInDim } from '../primitives/movement.ts'
import { operand } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import { zerosOf } from '../primitives/zeros.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument } from './arguments.ts'
import { type DotOptions, dotGeneral } from './dot.ts'

/** The axes of a product whose left operand falls into groups along one axis. */
export interface RaggedDotDimensionNumbers {
  readonly dotDimensionNumbers: DotDimensionNumbers
  /** The one axis of the left operand that the groups divide. */
  readonly lhsRaggedDimensions: readonly number[]
  /** The axis of the right operand that counts the groups; none where the groups divide a contracting or batch axis. */
  readonly rhsGroupDimensions: readonly number[]
}

/** How a ragged product is computed. */
export interface RaggedDotOptions extends DotOptions {
  /** Always the first group here. */
  readonly groupOffset?: null
}

/** Copies of `x` along a new first axis, each with the elements of one group along `axis` and zeros elsewhere. */
function apart(x: JaxArray, axis: number, groupSizes: JaxArray, prefix: readonly number[]): JaxArray {
  const ends = cumsum(groupSizes, { axis: groupSizes.ndim - 1, reverse: false })
  const shape = [groupSizes.shape[groupSizes.ndim - 1], ...x.shape]
  const spread = (bounds: JaxArray): JaxArray => {
    const axes = bounds.ndim === 1 ? [] : prefix.map((place) => place + 1)
    return broadcastInDim(moveAxis(bounds, bounds.ndim - 1, 0), { shape, broadcast_dimensions: [0, ...axes] })
  }
  const place = iota({ dtype: groupSizes.dtype, shape, dimension: axis + 1 })
  const inside = bitwiseAnd(le(spread(sub(ends, groupSizes)), place), lt(place, spread(ends)))
  const copies = broadcastInDim(x, { shape, broadcast_dimensions: upTo(x.ndim).map((i) => i + 1) })
  return select(inside, copies, zerosOf(copies.aval))
}

const shifted = (axes: readonly number[]): number[] => axes.map((axis) => axis + 1)

/**
 * A product whose left operand falls into groups along one axis. Along an axis of the result every group meets a part
 * of its own of `rhs`; along a contracting axis every group has a product of its own; along a batch axis the groups
 * change nothing. JAX: `jax.lax.ragged_dot_general`.
 *
 * @example
 * const numbers = { dotDimensionNumbers: [[[1], [1]], [[], []]], lhsRaggedDimensions: [0], rhsGroupDimensions: [0] }
 * const sizes = jnp.array([1, 2], { dtype: 'int32' })
 * lax.raggedDotGeneral(jnp.ones([3, 4]), jnp.ones([2, 4, 5]), sizes, numbers).shape // [3, 5]
 */
export function raggedDotGeneral(
  lhs: ArrayLike,
  rhs: ArrayLike,
  groupSizes: ArrayLike,
  numbers: RaggedDotDimensionNumbers,
  options: RaggedDotOptions = {},
): JaxArray {
  const [x, y, given] = [arrayArgument(lhs), arrayArgument(rhs), operand(groupSizes, 'int32')]
  const sizes = given.dtype === 'int32' ? given : convertElementType(given, 'int32')
  const [[contract, rhsContract], [batch, rhsBatch]] = numbers.dotDimensionNumbers
  if (numbers.lhsRaggedDimensions.length !== 1) {
    throw new JaxTypeError(
      `lax.raggedDotGeneral: groups divide one axis of lhs, got ${formatShape(numbers.lhsRaggedDimensions)}.`,
    )
  }
  if (options.groupOffset !== undefined && options.groupOffset !== null) {
    throw new NotImplementedError('lax.raggedDotGeneral starts at the first group; groupOffset is not supported.')
  }
  const [ragged] = numbers.lhsRaggedDimensions
  if (batch.includes(ragged)) return dotGeneral(x, y, numbers.dotDimensionNumbers, options)
  if (contract.includes(ragged)) {
    const position = contract.indexOf(ragged)
    const other = rhsContract[position]
    const axes = [contract, rhsContract].map(shifted)
    return dotGeneral(
      apart(x, ragged, sizes, [...batch, ...contract.slice(0, position)]),
      apart(y, other, sizes, [...rhsBatch, ...rhsContract.slice(0, position)]),
      [
        [axes[0], axes[1]],
        [
          [0, ...shifted(batch)],
          [0, ...shifted(rhsBatch)],
        ],
      ],
      options,
    )
  }
  const [group] = numbers.rhsGroupDimensions
  if (group === undefined || y.shape[group] !== sizes.shape[sizes.ndim - 1]) {
    throw new JaxTypeError(
      `lax.raggedDotGeneral: rhs needs an axis with one part for each of ${sizes.shape[sizes.ndim - 1]} groups, ` +
        `got shape ${formatShape(y.shape)}.`,
    )
  }
  const before = upTo(ragged).filter((axis) => !batch.includes(axis) && !contract.includes(axis))
  return dotGeneral(
    apart(x, ragged, sizes, [...batch, ...before]),
    y,
    [
      [
        [...shifted(contract), 0],
        [...rhsContract, group],
      ],
      [shifted(batch), rhsBatch],
    ],
    options,
  )
}

/**
 * The product of groups of rows with a matrix of their own each: `lhs` of shape `[m, k]`, `rhs` of shape `[g, k, n]`,
 * and the `g` numbers of rows. Rows past the last group give zeros. JAX: `jax.lax.ragged_dot`.
 *
 * @example
 * const sizes = jnp.array([1, 2], { dtype: 'int32' })
 * lax.raggedDot(jnp.ones([3, 4]), jnp.ones([2, 4, 5]), sizes).shape // [3, 5]
 */
export function raggedDot(
  lhs: ArrayLike,
  rhs: ArrayLike,
  groupSizes: ArrayLike,
  options: RaggedDotOptions = {},
): JaxArray {
  return raggedDotGeneral(
    lhs,
    rhs,
    groupSizes,
    {
      dotDimensionNumbers: [
        [[1], [1]],
        [[], []],
      ],
      lhsRaggedDimensions: [0],
      rhsGroupDimensions: [0],
    },
    options,
  )
}
