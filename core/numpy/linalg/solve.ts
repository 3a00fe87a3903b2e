import { ValueError } from '../../errors.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { formatShape } from '../../ir/aval.ts'
import { linearSolve } from '../../lax/linear-solve.ts'
import { upTo } from '../../primitives/axes.ts'
import { moveBatchAxis } from '../../primitives/batch-axis.ts'
import { stopGradient } from '../../primitives/conversion.ts'
import { dotGeneral } from '../../primitives/dot-general.ts'
import { lu } from '../../primitives/linear-algebra.ts'
import { repeatLike } from '../../primitives/matrix.ts'
import { broadcastInDimPrimitive } from '../../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { bindOne } from '../../tracing/trace.ts'
import { calledAs } from '../called-as.ts'
import { eye } from '../matrices.ts'
import { checkArrayLike, floatType, promoteToFloat, promotedType, toType } from '../promotion.ts'
import { vectorize } from '../vectorize.ts'
import { luSolve } from './lu-solve.ts'

/** A float matrix or stack of them, square unless told otherwise. */
export function matrixArgument(name: string, a: ArrayLike, square = true): JaxArray {
  const [value] = promoteToFloat(`linalg.${name}`, a)
  checkMatrix(name, value, square)
  return value
}

function checkMatrix(name: string, a: JaxArray, square: boolean): void {
  if (a.ndim >= 2 && (!square || a.shape[a.ndim - 1] === a.shape[a.ndim - 2])) return
  throw new ValueError(
    `jnp.linalg.${name} takes ${square ? 'square matrices' : 'matrices'}, got shape ${formatShape(a.shape)}.`,
  )
}

/**
 * The `x` for which `a x = b`; `b` is a vector, or a matrix (or stack of them) whose columns are solved for.
 * A singular `a` gives NaN or infinities. JAX: `jax.numpy.linalg.solve`.
 *
 * @example
 * jnp.linalg.solve(jnp.array([[2, 0], [0, 4]]), jnp.array([2, 4])).tolist() // [1, 1]
 */
export function solve(a: ArrayLike, b: ArrayLike): JaxArray {
  // Ranks are not lined up: a vector on the right is a column, not a row.
  checkArrayLike('linalg.solve', a, b)
  const type = floatType(promotedType([a, b]))
  const [matrix, right] = [toType(a, type), toType(b, type)]
  if (matrix.ndim < 2) {
    throw new ValueError(`jnp.linalg.solve takes square matrices, got shape ${formatShape(matrix.shape)}.`)
  }
  checkNotStackOfVectors(matrix, right)
  const signature = right.ndim === 1 ? '(m,m),(m)->(m)' : '(m,m),(m,n)->(m,n)'
  return calledAs('solve', vectorize(solveOne, { signature }), matrix, right)
}

/** What was once a stack of vectors would now be one matrix. */
function checkNotStackOfVectors(a: JaxArray, b: JaxArray): void {
  const n = a.shape[a.ndim - 1]
  if (b.ndim < 2 || a.ndim !== b.ndim + 1 || b.shape[b.ndim - 1] !== n || b.shape[b.ndim - 2] === n) return
  throw new ValueError(
    `jnp.linalg.solve: ${formatShape(a.shape)} times what should be ${formatShape(b.shape)}? ` +
      `The right-hand side must have ${n} rows.`,
    { hint: 'For a stack of vectors give each an axis of length 1 at the end, and squeeze it from the result.' },
  )
}

/** Solves with every matrix of a stack, for stacks of one shape: vectors or matrices of columns. */
export function solveStack(a: JaxArray, b: JaxArray): JaxArray {
  const [factors, , permutation] = lu(stopGradient(a))
  const solveFor = (right: JaxArray): JaxArray =>
    linearSolve(right, {
      matvec: (x) => [matrixVector(a, x)],
      transposable: (x) => [matrixVector(a, repeated(x))],
      solve: (x) => [luSolve(factors, permutation, x, 0)],
      transposeSolve: (x) => [luSolve(factors, permutation, x, 1)],
    })
  if (a.ndim === b.ndim + 1) return solveFor(b)
  const last = b.ndim - 1
  const size = b.shape[last]
  const { outputs, dims } = batchFlat((column) => [solveFor(column)], [b], [last], { size, name: null })
  return moveBatchAxis(outputs[0], dims[0], last, size)
}

function solveOne(a: JaxArray, b: JaxArray): JaxArray {
  const fits = a.shape[a.ndim - 1] === a.shape[a.ndim - 2] && b.shape[0] === a.shape[0]
  if (fits) return solveStack(a, b)
  throw new ValueError(
    `jnp.linalg.solve takes matrices [..., m, m] and right-hand sides [..., m, k] or [m], got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
  )
}

/** Products of the matrices of a stack with vectors. */
export function matrixVector(a: JaxArray, x: JaxArray): JaxArray {
  const stack = upTo(a.ndim - 2)
  return dotGeneral(a, x, {
    dimension_numbers: [
      [[a.ndim - 1], [x.ndim - 1]],
      [stack, stack],
    ],
    precision: ['Precision.HIGHEST', 'Precision.HIGHEST'],
  })
}

/** The broadcast to the shape it has, which a transposition meets as a sum over no axes. */
export function repeated(x: JaxArray): JaxArray {
  return bindOne(broadcastInDimPrimitive, [x], { shape: x.shape, broadcast_dimensions: upTo(x.ndim) })
}

/**
 * The inverse of a matrix. To solve equations, `solve` is faster and more accurate.
 *
 * @example
 * jnp.linalg.inv(jnp.array([[2, 0], [0, 4]])).tolist() // [[0.5, 0], [0, 0.25]]
 */
export function inv(a: ArrayLike): JaxArray {
  return calledAs(
    'inv',
    (matrix) => {
      const identity = eye(matrix.shape[matrix.ndim - 1], { dtype: matrix.dtype })
      return solve(matrix, repeatLike(identity, matrix))
    },
    matrixArgument('inv', a),
  )
}
