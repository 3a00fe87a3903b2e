import { rsqrt } from '../../lax/elementwise.ts'
import { partsOf } from '../../ir/sequence.ts'
import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { solve, solveTriangular } from '../linalg/solving.ts'
import { epsilonOf } from './rounding-unit.ts'
import { type System, type Vector, counter, minus, norm, normalized, plus, repeatWhile } from './vectors.ts'

/** All steps of a space at once by least squares, or each by a rotation, which can stop early. */
export type SolveMethod = 'batched' | 'incremental'

/** An approximation with its preconditioned residual, as a direction and a length. */
interface Approximation {
  readonly x: Vector
  readonly unit: Vector
  readonly length: JaxArray
}

/** Generalised minimal residuals: each round searches the space that `restart` products span. */
export function minimalResiduals(system: System, restart: number, method: SolveMethod): Vector {
  const { A, b, x0, M, maxiter } = system
  const n = b.length
  const scale = norm(b)
  const tolerance = jnp.maximum(scale.mul(system.tol), system.atol)
  const inner = norm(M(b)).mul(jnp.minimum(1, tolerance.div(scale)))
  const round = method === 'batched' ? roundByLeastSquares : roundByRotations
  const start = normalized(M(minus(b, A(x0))))
  const carry = repeatWhile(
    (values) => {
      const [, , [length], [k]] = partsOf(values, n, n, 1, 1)
      return jnp.logicalAnd(jnp.less(k, maxiter), jnp.greater(length, tolerance))
    },
    (values) => {
      const [x, unit, [length], [k]] = partsOf(values, n, n, 1, 1)
      const after = round(system, { x, unit, length }, inner, restart)
      return [...after.x, ...after.unit, after.length, k.add(1)]
    },
    [...x0, ...start.unit, start.length, counter()],
  )
  return carry.slice(0, n)
}

/** The basis of the space: its first vector, and room for the others. */
function startOfBasis(unit: Vector, restart: number): JaxArray[] {
  return unit.map((part) =>
    jnp.pad(part.slice('...', null), [...part.shape.map((): [number, number] => [0, 0]), [0, restart]]),
  )
}

/** The approximation with a combination of the basis added. */
function moved({ A, b, M }: System, x: Vector, basis: Vector, weights: JaxArray): Approximation {
  const change = basis.map((part) => jnp.dot(part.slice('...', slice(null, -1)), weights))
  const next = plus(x, change)
  return { x: next, ...normalized(M(minus(b, A(next)))) }
}

function roundByLeastSquares(system: System, from: Approximation, _inner: JaxArray, restart: number): Approximation {
  const n = from.x.length
  const { dtype } = from.length
  const carry = repeatWhile(
    (values) => jnp.logicalAnd(jnp.less(values[n + 2], restart), jnp.logicalNot(values[n + 1])),
    (values) => {
      const step = arnoldi(system, values.slice(0, n), values[n], values[n + 2])
      return [...step.basis, step.h, step.isComplete, values[n + 2].add(1)]
    },
    [
      ...startOfBasis(from.unit, restart),
      jnp.eye(restart, restart + 1, { dtype }),
      jnp.array(false, { dtype: 'bool' }),
      counter(),
    ],
  )
  const h = carry[n].T
  const right = jnp
    .zeros(restart + 1, { dtype })
    .at(0)
    .set(from.length)
  const weights = solve(jnp.dot(h.T, h), jnp.dot(h.T, right), { assumeA: 'pos' })
  return moved(system, from.x, carry.slice(0, n), weights)
}

function roundByRotations(system: System, from: Approximation, inner: JaxArray, restart: number): Approximation {
  const n = from.x.length
  const { dtype } = from.length
  const carry = repeatWhile(
    (values) => jnp.logicalAnd(jnp.less(values[n + 4], restart), jnp.greater(values[n + 3], inner)),
    (values) => {
      const [basis, [r, rotations, right, , k]] = [values.slice(0, n), values.slice(n)]
      const step = arnoldi(system, basis, r, k)
      const earlier = rotatedBy(step.h.slice(k, slice(null)), rotations, k)
      const [c, s] = givens(earlier.slice(k), earlier.slice(k.add(1)))
      const rows = r.at(k, slice(null)).set(rotated(earlier, k, c, s))
      const rightNext = rotated(right, k, c, s)
      const error = jnp.abs(rightNext.slice(k.add(1)))
      return [...step.basis, rows, rotations.at(k, slice(null)).set(jnp.stack([c, s])), rightNext, error, k.add(1)]
    },
    [
      ...startOfBasis(from.unit, restart),
      jnp.eye(restart, restart + 1, { dtype }),
      jnp.zeros([restart, 2], { dtype }),
      jnp
        .zeros(restart + 1, { dtype })
        .at(0)
        .set(from.length),
      from.length,
      counter(),
    ],
  )
  const upper = carry[n].slice(slice(null), slice(null, -1)).T
  const weights = solveTriangular(upper, carry[n + 2].slice(slice(null, -1)))
  return moved(system, from.x, carry.slice(0, n), weights)
}

/** One more vector of the basis: the product with the last, made orthogonal to all before. */
function arnoldi(
  { A, M }: System,
  basis: Vector,
  h: JaxArray,
  k: JaxArray,
): { basis: Vector; h: JaxArray; isComplete: JaxArray } {
  const product = M(A(basis.map((part) => part.slice('...', k))))
  const before = normalized(product).length
  const { rest, overlaps } = orthogonalized(basis, product)
  const { unit, length } = normalized(rest, before.mul(epsilonOf(before.dtype)))
  return {
    basis: basis.map((part, i) => part.at('...', k.add(1)).set(unit[i])),
    h: h.at(k, slice(null)).set(overlaps.at(k.add(1)).set(length)),
    isComplete: jnp.equal(length, 0),
  }
}

/** The part of a vector that is orthogonal to the basis, and its overlaps with the basis. */
function orthogonalized(basis: Vector, x: Vector): { rest: Vector; overlaps: JaxArray } {
  const overlaps = basis
    .map((part, i) => jnp.dot(x[i].ravel(), part.reshape(x[i].size, part.shape[part.ndim - 1])))
    .reduce((sum, term) => sum.add(term))
  const rest = minus(
    x,
    basis.map((part) => jnp.dot(part, overlaps)),
  )
  return { rest, overlaps }
}

/** A vector with the entries at k and k + 1 rotated. */
function rotated(x: JaxArray, k: JaxArray, c: JaxArray, s: JaxArray): JaxArray {
  const [first, second] = [x.slice(k), x.slice(k.add(1))]
  const turned = x.at(k).set(c.mul(first).sub(s.mul(second)))
  return turned.at(k.add(1)).set(s.mul(first).add(c.mul(second)))
}

function rotatedBy(row: JaxArray, rotations: JaxArray, k: JaxArray): JaxArray {
  const [, turned] = repeatWhile(
    ([i]) => jnp.less(i, k),
    ([i, x]) => {
      const rotation = rotations.slice(i, slice(null))
      return [i.add(1), rotated(x, i, rotation.slice(0), rotation.slice(1))]
    },
    [counter(), row],
  )
  return turned
}

/** The cosine and sine that turn `(a, b)` onto the first axis, without overflow. */
function givens(a: JaxArray, b: JaxArray): [cosine: JaxArray, sine: JaxArray] {
  const isZero = jnp.equal(b, 0)
  const isSteep = jnp.less(jnp.abs(a), jnp.abs(b))
  const ratio = jnp
    .where(isSteep, a, b)
    .neg()
    .div(jnp.where(isSteep, b, a))
  const r = rsqrt(jnp.square(ratio).add(1))
  const product = r.mul(ratio)
  return [
    jnp.where(isZero, jnp.onesLike(r), jnp.where(isSteep, product, r)),
    jnp.where(isZero, jnp.zerosLike(r), jnp.where(isSteep, r, product)),
  ]
}
