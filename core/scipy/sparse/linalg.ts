import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape, sameShape } from '../../ir/aval.ts'
import { type LinearMap, customLinearSolve } from '../../lax/linear-solve.ts'
import * as jnp from '../../numpy/index.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { callable, flattenArgs } from '../../tree/leaves.ts'
import { type TreeDef, formatTree, sameTree, unflatten } from '../../tree/pytree.ts'
import { biconjugateGradients } from './biconjugate-gradients.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import { type SolveMethod, minimalResiduals } from './minimal-residual.ts'
import { type Solver, type Vector, type VectorMap, norm } from './vectors.ts'

/** A matrix, or the product with one as a function of containers of arrays. */
export type LinearOperator = ArrayLike | LinearMap

/** When an iteration ends, where it starts and what makes it faster. */
export interface IterativeOptions {
  /** Where to start; zeros unless given. */
  readonly x0?: unknown
  /** The residual may be this times the right-hand side, or `atol`, whichever is more. */
  readonly tol?: ArrayLike
  readonly atol?: ArrayLike
  /** How many steps are taken at most. */
  readonly maxiter?: number | null
  /** Approximately the inverse of the matrix. */
  readonly M?: LinearOperator | null
}

/** What `gmres` may be told besides. */
export interface GmresOptions extends IterativeOptions {
  /** After how many steps the space that is searched is built anew. */
  readonly restart?: number
  readonly solveMethod?: SolveMethod
}

/**
 * Solves `A x = b` by conjugate gradients, for a symmetric positive definite `A`. `b` is an array or a
 * container of arrays. The derivative is that of the solution, by one more solve.
 * JAX: `jax.scipy.sparse.linalg.cg`.
 *
 * @example
 * const [x] = scipy.sparse.linalg.cg((x) => x.mul(2), jnp.array([2, 4])) // [1, 2]
 */
export function cg(A: LinearOperator, b: unknown, options: IterativeOptions = {}): [x: unknown, info: null] {
  return [solveBy('cg', A, b, options, true, conjugateGradients).x, null]
}

/**
 * Solves `A x = b` by stabilised biconjugate gradients, for any square `A`. JAX: `jax.scipy.sparse.linalg.bicgstab`.
 *
 * @example
 * const [x] = scipy.sparse.linalg.bicgstab(jnp.array([[2, 1], [0, 2]]), jnp.array([3, 2])) // [1, 1]
 */
export function bicgstab(A: LinearOperator, b: unknown, options: IterativeOptions = {}): [x: unknown, info: null] {
  return [solveBy('bicgstab', A, b, options, false, biconjugateGradients).x, null]
}

/**
 * Solves `A x = b` by generalised minimal residuals, for any square `A`. The second result is -1 where the
 * solution is NaN and 0 otherwise. JAX: `jax.scipy.sparse.linalg.gmres`.
 *
 * @example
 * const [x] = scipy.sparse.linalg.gmres(jnp.array([[2, 1], [0, 2]]), jnp.array([3, 2])) // [1, 1]
 */
export function gmres(A: LinearOperator, b: unknown, options: GmresOptions = {}): [x: unknown, info: JaxArray] {
  const { restart = 20, solveMethod = 'batched' } = options
  if (solveMethod !== 'batched' && solveMethod !== 'incremental') {
    throw new ValueError(
      `scipy.sparse.linalg.gmres: solveMethod is 'batched' or 'incremental', got '${String(solveMethod)}'.`,
    )
  }
  const { x, leaves } = solveBy('gmres', A, b, options, false, (system) => {
    const size = system.b.reduce((count, part) => count + part.size, 0)
    return minimalResiduals(system, Math.min(restart, size), solveMethod)
  })
  return [x, jnp.where(jnp.isnan(norm(leaves)), scalar(-1, 'int32', true), scalar(0, 'int32', true))]
}

function solveBy(
  name: string,
  A: LinearOperator,
  b: unknown,
  options: IterativeOptions,
  symmetric: boolean,
  solver: Solver,
): { x: unknown; leaves: Vector } {
  const where = `scipy.sparse.linalg.${name}`
  const { arrays, tree: argumentTree } = flattenArgs([b], where)
  const tree = argumentTree.children[0]
  const x0 = startOf(where, options.x0 ?? null, arrays, tree)
  const size = arrays.reduce((count, part) => count + part.size, 0)
  const { tol = 1e-5, atol = 0, maxiter, M = null } = options
  const preconditioner = M === null ? null : operatorOf(where, M)
  const product = operatorOf(where, A)
  const solve = (linear: (x: unknown) => unknown, right: unknown): unknown => {
    const solution = solver({
      A: onVectors(linear, tree),
      b: flattenArgs([right], where).arrays,
      x0,
      M: preconditioner === null ? (x) => x : onVectors(preconditioner, tree),
      isPreconditioned: preconditioner !== null,
      tol,
      atol,
      maxiter: maxiter ?? 10 * size,
    })
    return unflatten(tree, solution)
  }
  const x = customLinearSolve(product, b, solve, { transposeSolve: solve, symmetric })
  return { x, leaves: flattenArgs([x], where).arrays }
}

function operatorOf(where: string, operator: LinearOperator): (x: unknown) => unknown {
  if (typeof operator === 'function') return callable(operator)
  if (!(operator instanceof JaxArray)) {
    throw new JaxTypeError(`${where}: a linear operator is a function or an array, got ${typeof operator}.`)
  }
  if (operator.ndim !== 2 || operator.shape[0] !== operator.shape[1]) {
    throw new ValueError(
      `${where}: a linear operator must be a square matrix, got shape ${formatShape(operator.shape)}.`,
    )
  }
  return (x) => jnp.dot(operator, flattenArgs([x], where).arrays[0])
}

function onVectors(f: (x: unknown) => unknown, tree: TreeDef): VectorMap {
  return (x) => flattenArgs([f(unflatten(tree, x))], 'linear operator').arrays
}

function startOf(where: string, given: unknown, b: Vector, tree: TreeDef): Vector {
  if (given === null) return b.map((part) => jnp.zerosLike(part))
  const { arrays, tree: argumentTree } = flattenArgs([given], where)
  const own = argumentTree.children[0]
  if (!sameTree(own, tree)) {
    throw new ValueError(`${where}: x0 and b must have one structure, got ${formatTree(own)} and ${formatTree(tree)}.`)
  }
  if (arrays.some((part, i) => !sameShape(part.shape, b[i].shape))) {
    throw new ValueError(
      `${where}: arrays of x0 and b must have equal shapes, got ${arrays.map((part) => formatShape(part.shape)).join(', ')} and ${b.map((part) => formatShape(part.shape)).join(', ')}.`,
    )
  }
  return arrays
}
