import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { bitWidth, realPartOf } from '../ir/dtype.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { bitwiseAnd, bitwiseNot } from '../primitives/elementwise-bitwise.ts'
import { abs, add, div, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { eq, gt, lt } from '../primitives/elementwise-comparison.ts'
import { rsqrt, sqrt } from '../primitives/elementwise-power.ts'
import { qr } from '../primitives/factorisations.ts'
import { concatenate } from '../primitives/joining.ts'
import { cholesky, triangularSolve } from '../primitives/linear-algebra.ts'
import { identityMatrix, matrixProduct, adjoint } from '../primitives/matrix.ts'
import { constant } from '../primitives/operand.ts'
import { reduceMax, reduceSum } from '../primitives/reductions.ts'
import { select } from '../primitives/selection.ts'
import { slice } from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { arrayArgument } from './arguments.ts'
import { whileLoop } from './loops.ts'

/** What `qdwh` may be told. */
export interface QdwhOptions {
  /** Makes no difference; JAX has it for old programs. */
  readonly isHermitian?: boolean
  /** 10 unless told otherwise. */
  readonly maxIterations?: number | null
  /** The rounding unit of the dtype unless told otherwise. */
  readonly eps?: number | null
}

/** A Halley step weighs U and its correction by numbers that a lower bound of the singular values fixes. */
interface Weights {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** Beyond this weight a step by Cholesky's factors would lose too many digits. */
const largestForCholesky = 100

function weightsUntilConvergence(lowerBound: number, tolerance: number, limit: number): Weights[] {
  const weights: Weights[] = []
  for (let l = lowerBound; l + tolerance < 1 && weights.length < limit;) {
    const square = l * l
    const d = Math.cbrt((4 * (1 / square - 1)) / square)
    const root = Math.sqrt(1 + d)
    const a = root + Math.sqrt(2 - d + (2 * (2 - square)) / (square * root))
    const b = (a - 1) ** 2 / 4
    const c = a + b - 1
    weights.push({ a, b, c })
    l = (l * (a + b * square)) / (1 + c * square)
  }
  return weights
}

function scaled(x: JaxArray, factor: number): JaxArray {
  return mul(x, constant(x, factor))
}

function stepByQr(u: JaxArray, { a, b, c }: Weights): JaxArray {
  const [rows, columns] = u.shape
  const e = b / c
  const stacked = concatenate([scaled(u, Math.sqrt(c)), identityMatrix(columns, u.dtype)], { dimension: 0 })
  const [q] = qr(stacked, { fullMatrices: false })
  const top = slice(q, { start_indices: [0, 0], limit_indices: [rows, columns] })
  const bottom = slice(q, { start_indices: [rows, 0], limit_indices: [rows + columns, columns] })
  const correction = matrixProduct(top, adjoint(bottom))
  return add(scaled(u, e), scaled(correction, (a - e) / Math.sqrt(c)))
}

function stepByCholesky(u: JaxArray, { a, b, c }: Weights): JaxArray {
  const e = b / c
  const transposed = adjoint(u)
  const gram = add(scaled(matrixProduct(transposed, u), c), identityMatrix(u.shape[1], u.dtype))
  const factor = cholesky(gram)
  const inner = triangularSolve(factor, transposed, { leftSide: true, lower: true })
  const solved = triangularSolve(factor, inner, { leftSide: true, lower: true, transposeA: true, conjugateA: true })
  return add(scaled(u, e), scaled(adjoint(solved), a - e))
}

function moved(u: JaxArray, before: JaxArray, tolerance: number): JaxArray {
  const change = sub(u, before)
  const sizes = abs(change)
  const length = sqrt(reduceSum(mul(sizes, sizes), { axes: [0, 1] }))
  return gt(length, constant(length, tolerance))
}

/**
 * The polar decomposition X = U H by dynamically weighted Halley iterations through QR factorisations
 * (Nakatsukasa, Bai and Gygi 2010): [U, H, number of iterations, whether they converged]. X has at least as
 * many rows as columns and full rank. JAX: `jax.lax.linalg.qdwh`, without padded shapes.
 *
 * @example
 * const [u, h] = lax.linalg.qdwh(jnp.array([[0, -2], [3, 0]])) // u turns by 90°
 */
export function qdwh(
  x: ArrayLike,
  options: QdwhOptions = {},
): [u: JaxArray, h: JaxArray, iterations: JaxArray, converged: JaxArray] {
  checkOptions('lax.linalg.qdwh', options, ['isHermitian', 'maxIterations', 'eps'])
  const array = arrayArgument(x)
  if (array.ndim !== 2 || array.shape[0] < array.shape[1]) {
    throw new ValueError(`lax.linalg.qdwh takes a matrix with rows ≥ columns, got shape ${formatShape(array.shape)}.`)
  }
  const limit = options.maxIterations ?? 10
  const eps = options.eps ?? (bitWidth(realPartOf(array.dtype)) === 64 ? 2 ** -52 : 2 ** -23)
  const [toleranceOfBound, toleranceOfStep] = [5 * eps, Math.cbrt(5 * eps)]
  const weights = weightsUntilConvergence(eps, toleranceOfBound, limit)
  let u = mul(array, convertElementType(inverseSize(array), array.dtype))
  let isMoving: JaxArray = scalar(true, 'bool')
  for (const weight of weights) {
    const before = u
    const byQr = weight.c > largestForCholesky
    u = byQr ? stepByQr(u, weight) : stepByCholesky(u, weight)
    if (!byQr) isMoving = moved(u, before, toleranceOfStep)
  }
  const [count, refined, stillMoving] = untilStill(weights.length, u, isMoving, limit, toleranceOfStep)
  const gram = matrixProduct(adjoint(refined), refined)
  const polished = sub(scaled(refined, 1.5), scaled(matrixProduct(refined, gram), 0.5))
  const h = matrixProduct(adjoint(polished), array)
  return [polished, div(add(h, adjoint(h)), constant(h, 2)), count, bitwiseNot(stillMoving)]
}

/** One over an upper bound of the largest singular value, or 1 for a matrix of zeros. */
function inverseSize(x: JaxArray): JaxArray {
  const one = reduceMax(reduceSum(abs(x), { axes: [0] }), { axes: [0] })
  const infinity = reduceMax(reduceSum(abs(x), { axes: [1] }), { axes: [0] })
  return select(eq(one, constant(one, 0)), constant(one, 1), mul(rsqrt(one), rsqrt(infinity)))
}

/** Halley's own weights, until the iterate stands still. */
function untilStill(
  done: number,
  u: JaxArray,
  isMoving: JaxArray,
  limit: number,
  tolerance: number,
): readonly [count: JaxArray, u: JaxArray, isMoving: JaxArray] {
  const result = whileLoop(
    ([count, , moving]: readonly [JaxArray, JaxArray, JaxArray]) => bitwiseAnd(moving, lt(count, limit)),
    ([count, iterate]: readonly [JaxArray, JaxArray, JaxArray]) => {
      const next = stepByCholesky(iterate, { a: 3, b: 1, c: 3 })
      return [add(count, 1), next, moved(next, iterate, tolerance)]
    },
    [scalar(done, 'int32', true), u, isMoving],
  )
  const values: unknown[] = Array.isArray(result) ? result : []
  const [count, iterate, moving] = values
  if (count instanceof JaxArray && iterate instanceof JaxArray && moving instanceof JaxArray) {
    return [count, iterate, moving]
  }
  throw new Error('internal: a loop lost its carry')
}
