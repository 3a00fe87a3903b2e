import { ValueError } from '../../errors.ts'
import { formatShape, sizeOf } from '../../ir/aval.ts'
import { upTo } from '../../primitives/axes.ts'
import { reshape } from '../../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { asArray } from '../promotion.ts'
import { moveaxis, ravel } from '../shape.ts'
import { type MatrixOrder, norm } from './norm.ts'
import { inv, solve } from './solve.ts'

/** Which vectors have their length taken, and by which norm. */
export interface VectorNormOptions {
  readonly axis?: number | null
  readonly keepdims?: boolean
  readonly ord?: number
}

/**
 * The length of vectors along an axis, or of all elements as one vector.
 *
 * @example
 * jnp.linalg.vectorNorm(jnp.array([[3, 4], [6, 8]]), { axis: 1 }).tolist() // [5, 10]
 */
export function vectorNorm(x: ArrayLike, options: VectorNormOptions = {}): JaxArray {
  checkOptions('jnp.linalg.vectorNorm', options, ['axis', 'keepdims', 'ord'])
  const value = asArray('linalg.vectorNorm', x)
  const { axis = null, keepdims = false, ord = 2 } = options
  if (axis !== null) return norm(value, { ord, axis, keepdims })
  const length = norm(ravel(value), { ord, axis: 0 })
  return keepdims ? reshape(length, { new_sizes: value.shape.map(() => 1) }) : length
}

/** By which norm the size of matrices is taken. */
export interface MatrixNormOptions {
  readonly keepdims?: boolean
  readonly ord?: MatrixOrder
}

/**
 * The size of the matrices of a stack.
 *
 * @example
 * jnp.linalg.matrixNorm(jnp.array([[3, 0], [0, 4]])).item() // 5
 */
export function matrixNorm(x: ArrayLike, options: MatrixNormOptions = {}): JaxArray {
  checkOptions('jnp.linalg.matrixNorm', options, ['keepdims', 'ord'])
  return norm(x, { ord: options.ord ?? 'fro', axis: [-2, -1], keepdims: options.keepdims ?? false })
}

/**
 * The inverse of a tensor as a map from its last axes to its first `ind`.
 *
 * @example
 * jnp.linalg.tensorinv(jnp.eye(4).reshape([2, 2, 4])).shape // [4, 2, 2]
 */
export function tensorinv(x: ArrayLike, ind = 2): JaxArray {
  const value = asArray('linalg.tensorinv', x)
  const [out, into] = [value.shape.slice(0, ind), value.shape.slice(ind)]
  if (!Number.isInteger(ind) || ind < 1 || sizeOf(out) !== sizeOf(into)) {
    throw new ValueError(
      `jnp.linalg.tensorinv: shape ${formatShape(value.shape)} cut after ${ind} axes is not as large on both sides.`,
    )
  }
  const matrix = reshape(value, { new_sizes: [sizeOf(out), sizeOf(into)] })
  return reshape(inv(matrix), { new_sizes: [...into, ...out] })
}

/**
 * The tensor `x` with `tensordot(a, x, x.ndim)` equal to `b`; the given axes of `a` are moved to its end first.
 *
 * @example
 * jnp.linalg.tensorsolve(jnp.eye(4).reshape([2, 2, 4]), jnp.ones([2, 2])).tolist() // [1, 1, 1, 1]
 */
export function tensorsolve(a: ArrayLike, b: ArrayLike, axes: readonly number[] | null = null): JaxArray {
  const given = asArray('linalg.tensorsolve', a)
  const right = asArray('linalg.tensorsolve', b)
  const value =
    axes === null
      ? given
      : moveaxis(
          given,
          axes,
          upTo(axes.length).map((i) => given.ndim - axes.length + i),
        )
  const shape = value.shape.slice(right.ndim)
  if (sizeOf(shape) !== right.size || value.size !== right.size ** 2) {
    throw new ValueError(
      `jnp.linalg.tensorsolve: shapes ${formatShape(given.shape)} and ${formatShape(right.shape)} are no square system.`,
    )
  }
  const matrix = reshape(value, { new_sizes: [right.size, right.size] })
  return reshape(solve(matrix, ravel(right)), { new_sizes: shape })
}
