import { ValueError } from '../../errors.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { formatShape } from '../../ir/aval.ts'
import { linearSolve } from '../../lax/linear-solve.ts'
import { luPivotsToPermutation } from '../../lax/linalg.ts'
import { luSolve as solveWithFactors, type Transposition } from '../../numpy/linalg/lu-solve.ts'
import { matrixVector, repeated, solve as solveGeneral } from '../../numpy/linalg/solve.ts'
import { asArray, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import { moveBatchAxis } from '../../primitives/batch-axis.ts'
import { stopGradient } from '../../primitives/conversion.ts'
import { triangularSolve } from '../../primitives/linear-algebra.ts'
import { expandDims, squeeze } from '../../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { choFactor } from './factorisations.ts'

/** What is known of the matrix of `solve`. */
export interface SolveOptions {
  /** Which triangle is read of a positive definite matrix. */
  readonly lower?: boolean
  /** Nothing ('gen'), symmetric, Hermitian, or positive definite, which is solved by Cholesky's factors. */
  readonly assumeA?: 'gen' | 'sym' | 'her' | 'pos'
}

function floats(...values: readonly ArrayLike[]): JaxArray[] {
  const type = floatType(promotedType(values))
  return values.map((value) => toType(value, type))
}

/**
 * The `x` for which `a x = b`. JAX: `jax.scipy.linalg.solve`.
 *
 * @example
 * scipy.linalg.solve(jnp.array([[2, 0], [0, 4]]), jnp.array([2, 4]), { assumeA: 'pos' }).tolist() // [1, 1]
 */
export function solve(a: ArrayLike, b: ArrayLike, options: SolveOptions = {}): JaxArray {
  const { lower = false, assumeA = 'gen' } = options
  if (!['gen', 'sym', 'her', 'pos'].includes(assumeA)) {
    throw new ValueError(`scipy.linalg.solve: assumeA is 'gen', 'sym', 'her' or 'pos', got '${assumeA}'.`)
  }
  if (assumeA !== 'pos') return solveGeneral(a, b)
  const [matrix, right] = floats(a, b)
  const n = matrix.shape[matrix.ndim - 1]
  const isVector = matrix.ndim === right.ndim + 1
  if (
    matrix.shape[matrix.ndim - 2] !== n ||
    !(isVector || matrix.ndim === right.ndim) ||
    right.shape[matrix.ndim - 2] !== n
  ) {
    throw new ValueError(
      `scipy.linalg.solve takes matrices [..., m, m] and right-hand sides [..., m, k] or [..., m], got ${formatShape(matrix.shape)} and ${formatShape(right.shape)}.`,
    )
  }
  const factors = choFactor(stopGradient(matrix), { lower })
  const withFactors = (x: JaxArray): JaxArray[] => [choSolve(factors, x)]
  const solveFor = (x: JaxArray): JaxArray =>
    linearSolve(x, {
      matvec: (y) => [matrixVector(matrix, y)],
      transposable: (y) => [matrixVector(matrix, repeated(y))],
      solve: withFactors,
      transposeSolve: withFactors,
    })
  if (isVector) return solveFor(right)
  const last = right.ndim - 1
  const { outputs, dims } = batchFlat((column) => [solveFor(column)], [right], [last], {
    size: right.shape[last],
    name: null,
  })
  return moveBatchAxis(outputs[0], dims[0], last, right.shape[last])
}

/** Maps a solver of one system, for a vector or the columns of a matrix, over stacks. */
function mapped(solveOne: (a: JaxArray, b: JaxArray) => JaxArray, a: JaxArray, b: JaxArray): JaxArray {
  const isVector = b.ndim === 1 || (a.ndim === b.ndim + 1 && a.shape[a.ndim - 1] === b.shape[b.ndim - 1])
  if (!isVector) return vectorize(solveOne, { signature: '(n,n),(n,k)->(n,k)' })(a, b)
  const onVector = (matrix: JaxArray, vector: JaxArray): JaxArray =>
    squeeze(solveOne(matrix, expandDims(vector, [1])), { dimensions: [1] })
  return vectorize(onVector, { signature: '(n,n),(n)->(n)' })(a, b)
}

/**
 * The `x` for which `a x = b`, from the factors that `choFactor` gave. JAX: `jax.scipy.linalg.cho_solve`.
 *
 * @example
 * scipy.linalg.choSolve([jnp.array([[2, 0], [0, 2]]), false], jnp.array([4, 8])).tolist() // [1, 2]
 */
export function choSolve([c, lower]: readonly [c: ArrayLike, lower: boolean], b: ArrayLike): JaxArray {
  const [factor, right] = floats(c, b)
  const step = (transposeA: boolean, x: JaxArray): JaxArray =>
    mapped((one, columns) => triangularSolve(one, columns, { leftSide: true, lower, transposeA }), factor, x)
  return step(lower, step(!lower, right))
}

/** Which triangle of the matrix is meant, and how it is read. */
export interface SolveTriangularOptions {
  readonly trans?: 0 | 1 | 2 | 'N' | 'T' | 'C'
  readonly lower?: boolean
  readonly unitDiagonal?: boolean
}

/**
 * The `x` for which `a x = b`, where only a triangle of `a` counts, the upper one unless told otherwise.
 *
 * @example
 * scipy.linalg.solveTriangular(jnp.array([[2, 0], [1, 1]]), jnp.array([2, 3]), { lower: true }).tolist() // [1, 2]
 */
export function solveTriangular(a: ArrayLike, b: ArrayLike, options: SolveTriangularOptions = {}): JaxArray {
  const { trans = 0, lower = false, unitDiagonal = false } = options
  if (![0, 1, 2, 'N', 'T', 'C'].includes(trans)) {
    throw new ValueError(`scipy.linalg.solveTriangular: trans is 0, 1 or 2, got ${trans}.`)
  }
  const transposeA = trans !== 0 && trans !== 'N'
  const [matrix, right] = floats(a, b)
  return mapped(
    (one, columns) => triangularSolve(one, columns, { leftSide: true, lower, transposeA, unitDiagonal }),
    matrix,
    right,
  )
}

/**
 * The `x` for which `a x = b`, from the factors that `luFactor` gave; `trans` 1 solves with the transpose.
 * JAX: `jax.scipy.linalg.lu_solve`.
 *
 * @example
 * scipy.linalg.luSolve(scipy.linalg.luFactor(jnp.eye(2)), jnp.array([3, 4])).tolist() // [3, 4]
 */
export function luSolve(
  [lu, pivots]: readonly [lu: ArrayLike, pivots: ArrayLike],
  b: ArrayLike,
  trans: Transposition | { readonly trans?: Transposition } = 0,
): JaxArray {
  const how = typeof trans === 'number' ? trans : (trans.trans ?? 0)
  const [factors, right] = floats(lu, b)
  const permutation = luPivotsToPermutation(asArray('linalg.luSolve', pivots), factors.shape[factors.ndim - 1])
  const isVector =
    right.ndim === 1 ||
    (factors.ndim === right.ndim + 1 && factors.shape[factors.ndim - 1] === right.shape[right.ndim - 1])
  const signature = isVector ? '(n,n),(n),(n)->(n)' : '(n,n),(n),(n,k)->(n,k)'
  return vectorize((one: JaxArray, order: JaxArray, x: JaxArray) => solveWithFactors(one, order, x, how), {
    signature,
  })(factors, permutation, right)
}
