import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { batchAtFront } from '../../primitives/batch-axis.ts'
import { iota } from '../../primitives/iota.ts'
import { triangularSolve } from '../../primitives/linear-algebra.ts'
import { expandDims, squeeze } from '../../primitives/movement.ts'
import { sort } from '../../primitives/sort.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { calledAs } from '../called-as.ts'
import { slice } from '../index-expression.ts'
import { getItem } from '../indexing.ts'
import { checkBroadcast } from '../promotion.ts'
import { broadcastTo } from '../shape.ts'

/** Whether the factored matrix is meant (0), its transpose (1) or its conjugate transpose (2). */
export type Transposition = 0 | 1 | 2

/**
 * Solves with the packed factors of a matrix and the order of its rows. `b` holds vectors when it has one
 * axis less than the factors, otherwise matrices, whose columns are solved for.
 */
export function luSolve(lu: JaxArray, permutation: JaxArray, b: JaxArray, trans: Transposition): JaxArray {
  return calledAs('_lu_solve', (...arrays) => solveStack(arrays, trans), lu, permutation, b)
}

function solveStack([lu, permutation, b]: readonly JaxArray[], trans: Transposition): JaxArray {
  const n = lu.shape[lu.ndim - 1]
  if (lu.ndim < 2 || lu.shape[lu.ndim - 2] !== n) {
    throw new ValueError(`luSolve: the factors must be those of square matrices, got shape ${formatShape(lu.shape)}.`)
  }
  if (b.ndim < 1) throw new ValueError('luSolve: the right-hand side must be at least a vector, got a scalar.')
  const isVector = lu.ndim === b.ndim + 1
  if (b.shape[b.ndim - (isVector ? 1 : 2)] !== n) {
    throw new ValueError(
      `luSolve: factors of shape ${formatShape(lu.shape)} do not fit a right-hand side of shape ${formatShape(b.shape)}.`,
    )
  }
  const columns = isVector ? expandDims(b, [b.ndim]) : b
  const stack = checkBroadcast('luSolve', [
    lu.shape.slice(0, -2),
    permutation.shape.slice(0, -1),
    columns.shape.slice(0, -2),
  ])
  const x = mapped(
    [
      broadcastTo(lu, [...stack, n, n]),
      broadcastTo(permutation, [...stack, n]),
      broadcastTo(columns, [...stack, ...columns.shape.slice(-2)]),
    ],
    stack,
    trans,
  )
  return isVector ? squeeze(x, { dimensions: [x.ndim - 1] }) : x
}

function mapped(arrays: readonly JaxArray[], [size, ...rest]: readonly number[], trans: Transposition): JaxArray {
  if (size === undefined) return solveOne(arrays, trans)
  const { outputs, dims } = batchFlat(
    (...lanes) => [mapped(lanes, rest, trans)],
    arrays,
    arrays.map(() => 0),
    { size, name: null },
  )
  return batchAtFront(outputs[0], dims[0], size)
}

function solveOne([lu, permutation, b]: readonly JaxArray[], trans: Transposition): JaxArray {
  const lower = { leftSide: true, lower: true, unitDiagonal: true }
  const upper = { leftSide: true, lower: false }
  if (trans === 0) {
    const inner = triangularSolve(lu, getItem(b, [permutation, slice(null)]), lower)
    return triangularSolve(lu, inner, upper)
  }
  const inner = triangularSolve(lu, b, { ...upper, transposeA: true })
  const permuted = triangularSolve(lu, inner, { ...lower, transposeA: true })
  const place = iota({ dtype: 'int32', shape: permutation.shape, dimension: 0 })
  const [, inverse] = sort([permutation, place], { dimension: 0, is_stable: true, num_keys: 1 })
  return getItem(permuted, [inverse, slice(null)])
}
