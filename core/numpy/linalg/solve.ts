import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { sub } from '../../primitives/elementwise-arithmetic.ts'
import { lu, permuteRows, triangularSolve } from '../../primitives/linear-algebra.ts'
import { identityMatrix, matrixProduct, repeatLike } from '../../primitives/matrix.ts'
import { expandDims, squeeze } from '../../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { currentTrace } from '../../tracing/trace.ts'
import { calledAs } from '../called-as.ts'
import { checkArrayLike, checkBroadcast, floatType, promoteToFloat, promotedType, toType } from '../promotion.ts'
import { broadcastTo } from '../shape.ts'

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
 *
 * @example
 * jnp.linalg.solve(jnp.array([[2, 0], [0, 4]]), jnp.array([2, 4])).tolist() // [1, 1]
 */
export function solve(a: ArrayLike, b: ArrayLike): JaxArray {
  // Ranks are not lined up: a vector on the right is a column, not a row.
  checkArrayLike('linalg.solve', a, b)
  const type = floatType(promotedType([a, b]))
  const [matrix, right] = [toType(a, type), toType(b, type)]
  checkMatrix('solve', matrix, true)
  const columns = right.ndim === 1 ? expandDims(right, [1]) : right
  const n = matrix.shape[matrix.ndim - 1]
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== n) {
    throw new ValueError(
      `jnp.linalg.solve: ${formatShape(matrix.shape)} times what should be ${formatShape(right.shape)}? ` +
        `The right-hand side must have ${n} rows.`,
    )
  }
  const stack = checkBroadcast('linalg.solve', [matrix.shape.slice(0, -2), columns.shape.slice(0, -2)])
  const x = calledAs(
    'solve',
    solveStack,
    broadcastTo(matrix, [...stack, n, n]),
    broadcastTo(columns, [...stack, ...columns.shape.slice(-2)]),
  )
  return right.ndim === 1 ? squeeze(x, { dimensions: [x.ndim - 1] }) : x
}

/** From a x = b follows a x' = b' - a' x: the derivative is one more solve with the same factors. */
export function solveStack(a: JaxArray, b: JaxArray): JaxArray {
  const [x] = currentTrace().processCustomJvp(
    {
      name: 'solve',
      fun: (matrix, right) => [factored(matrix)(right)],
      jvp: (matrix, right, dMatrix, dRight) => {
        const solveWith = factored(matrix)
        const solution = solveWith(right)
        return [solution, solveWith(sub(dRight, matrixProduct(dMatrix, solution)))]
      },
    },
    [a, b],
  )
  return x
}

/** Factors a matrix once and gives the function that solves with the factors. */
function factored(a: JaxArray): (b: JaxArray) => JaxArray {
  const [factors, , permutation] = lu(a)
  return (b) => {
    const inner = triangularSolve(factors, permuteRows(b, permutation), {
      leftSide: true,
      lower: true,
      unitDiagonal: true,
    })
    return triangularSolve(factors, inner, { leftSide: true, lower: false })
  }
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
      const identity = identityMatrix(matrix.shape[matrix.ndim - 1], matrix.dtype)
      return solveStack(matrix, repeatLike(identity, matrix))
    },
    matrixArgument('inv', a),
  )
}
