import { upTo } from '../../primitives/axes.ts'
import { isComplex } from '../../ir/dtype.ts'
import { real } from '../../primitives/complex.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { cumprod } from '../../primitives/cumulative.ts'
import { abs, add, div, mul, sign, sub } from '../../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseNot } from '../../primitives/elementwise-bitwise.ts'
import { eq, isFinite, lt, ne } from '../../primitives/elementwise-comparison.ts'
import { log } from '../../primitives/elementwise-transcendental.ts'
import { iota } from '../../primitives/iota.ts'
import { concatenate } from '../../primitives/joining.ts'
import { lu, permuteRows, triangularSolve } from '../../primitives/linear-algebra.ts'
import { identityMatrix, repeatLike } from '../../primitives/matrix.ts'
import { broadcastInDim, expandDims, squeeze } from '../../primitives/movement.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import { reduceOr, reduceProd, reduceSum } from '../../primitives/reductions.ts'
import { select } from '../../primitives/selection.ts'
import { slice } from '../../primitives/slicing.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { currentTrace } from '../../tracing/trace.ts'
import { allCalledAs, calledAs } from '../called-as.ts'
import { matrixArgument, solveStack } from './solve.ts'

/** The main diagonal of every matrix of a stack. */
function diagonalOf(x: JaxArray): JaxArray {
  const n = x.shape[x.ndim - 1]
  const mask = ne(repeatLike(identityMatrix(n, 'int32'), x), 0)
  return reduceSum(select(mask, x, fullLike(x, 0)), { axes: [x.ndim - 1] })
}

/** 1 or -1 by the number of row exchanges, counted with `more` sign changes. */
function paritySign(pivots: JaxArray, like: JaxArray, more: JaxArray | null): JaxArray {
  const place = iota({ dtype: 'int32', shape: pivots.shape, dimension: pivots.ndim - 1 })
  const count = (test: JaxArray): JaxArray => reduceSum(convertElementType(test, 'int32'), { axes: [test.ndim - 1] })
  const exchanges = count(ne(pivots, place))
  const total = more === null ? exchanges : add(exchanges, count(more))
  const odd = bitwiseAnd(total, constant(total, 1))
  return convertElementType(sub(constant(odd, 1), mul(constant(odd, 2), odd)), like.dtype)
}

/**
 * Sign and logarithm of the magnitude of a determinant, which may itself be too large or small for a float.
 *
 * @example
 * const [sign, logdet] = jnp.linalg.slogdet(jnp.array([[1, 2], [3, 4]])) // -1, log 2
 */
export function slogdet(a: ArrayLike): [sign: JaxArray, logabsdet: JaxArray] {
  const [phase, logdet] = allCalledAs('slogdet', signAndLogarithm, matrixArgument('slogdet', a))
  return [phase, logdet]
}

function signAndLogarithm(a: JaxArray): JaxArray[] {
  const n = a.shape[a.ndim - 1]
  return n === 1 || n === 2 ? signAndLogarithmByFormula(a) : signAndLogarithmByFactors(a)
}

/** Of matrices of one or two rows, without factorising them. */
function signAndLogarithmByFormula(a: JaxArray): JaxArray[] {
  return currentTrace().processCustomJvp(
    {
      name: '_slogdet_small',
      fun: (matrix) => {
        const determinant = matrix.shape[matrix.ndim - 1] === 1 ? entry(matrix, 0, 0) : minor(entriesOf(matrix))
        const size = abs(determinant)
        return [sign(determinant), log(size)]
      },
      jvp: (matrix, tangent) => {
        const [phase, logdet] = signAndLogarithmByFormula(matrix)
        return [phase, logdet, ...changes(phase, relativeChange(matrix, tangent))]
      },
      ruleNames: { jvp: '_slogdet_small_jvp' },
    },
    [a],
  )
}

type Entries = readonly [JaxArray, JaxArray, JaxArray, JaxArray]

function entriesOf(a: JaxArray): Entries {
  return [entry(a, 0, 0), entry(a, 0, 1), entry(a, 1, 0), entry(a, 1, 1)]
}

function minor([a, b, c, d]: Entries): JaxArray {
  const main = mul(a, d)
  return sub(main, mul(b, c))
}

/** The tangent of a determinant of one or two rows, divided by the determinant. */
function relativeChange(a: JaxArray, tangent: JaxArray): JaxArray {
  if (a.shape[a.ndim - 1] === 1) {
    const change = entry(tangent, 0, 0)
    return div(change, entry(a, 0, 0))
  }
  const entries = entriesOf(a)
  const determinant = minor(entries)
  const product = (row: number, column: number, cofactor: JaxArray): JaxArray =>
    mul(entry(tangent, row, column), cofactor)
  const main = sub(product(0, 0, entries[3]), product(0, 1, entries[2]))
  const change = add(sub(main, product(1, 0, entries[1])), product(1, 1, entries[0]))
  return div(change, determinant)
}

/** Tangents of sign and logarithm, of the relative change of the determinant. */
function changes(phase: JaxArray, change: JaxArray): [JaxArray, JaxArray] {
  if (!isComplex(change.dtype)) return [fullLike(phase, 0), change]
  const growth = real(change)
  return [mul(sub(change, convertElementType(growth, change.dtype)), phase), growth]
}

function signAndLogarithmByFactors(a: JaxArray): JaxArray[] {
  return currentTrace().processCustomJvp(
    {
      name: '_slogdet_lu',
      fun: logDeterminant,
      jvp: (matrix, tangent) => {
        const [phase, logdet] = signAndLogarithmByFactors(matrix)
        const change = reduceSum(diagonalOf(solveStack(matrix, tangent)), { axes: [matrix.ndim - 2] })
        return [phase, logdet, ...changes(phase, change)]
      },
      ruleNames: { jvp: '_slogdet_jvp' },
    },
    [a],
  )
}

/** The product of complex numbers without their magnitudes. */
function phaseOf(diagonal: JaxArray): JaxArray {
  return reduceProd(div(diagonal, convertElementType(abs(diagonal), diagonal.dtype)), { axes: [diagonal.ndim - 1] })
}

function logDeterminant(a: JaxArray): JaxArray[] {
  const [factors, pivots] = lu(a)
  const diagonal = diagonalOf(factors)
  const last = diagonal.ndim - 1
  const singular = reduceOr(eq(diagonal, constant(diagonal, 0)), { axes: [last] })
  const phase = isComplex(a.dtype)
    ? mul(phaseOf(diagonal), paritySign(pivots, a, null))
    : paritySign(pivots, a, lt(diagonal, constant(diagonal, 0)))
  const logdet = reduceSum(log(abs(diagonal)), { axes: [last] })
  return [select(singular, fullLike(phase, 0), phase), select(singular, fullLike(logdet, -Infinity), logdet)]
}

/**
 * The determinant.
 *
 * @example
 * jnp.linalg.det(jnp.array([[1, 2], [3, 4]])).item() // -2
 */
export function det(a: ArrayLike): JaxArray {
  return calledAs('det', determinantOf, matrixArgument('det', a))
}

function determinantOf(matrix: JaxArray): JaxArray {
  switch (matrix.shape[matrix.ndim - 1]) {
    case 0:
      return reduceProd(matrix, { axes: [matrix.ndim - 2, matrix.ndim - 1] })
    case 2:
      return byFormula(matrix, [
        [1, 0, 1],
        [-1, 1, 0],
      ])
    case 3:
      return byFormula(matrix, [
        [1, 0, 1, 2],
        [1, 1, 2, 0],
        [1, 2, 0, 1],
        [-1, 2, 1, 0],
        [-1, 0, 2, 1],
        [-1, 1, 0, 2],
      ])
    default:
      return byFactors(matrix)
  }
}

/** The sum over signed permutations: each row's entry in the column that the permutation gives. */
function byFormula(a: JaxArray, terms: readonly (readonly [sign: number, ...columns: number[]])[]): JaxArray {
  const product = ([, ...columns]: readonly number[]): JaxArray =>
    columns.map((column, row) => entry(a, row, column)).reduce(mul)
  return terms.slice(1).reduce((sum, term) => (term[0] > 0 ? add : sub)(sum, product(term)), product(terms[0]))
}

function entry(a: JaxArray, row: number, column: number): JaxArray {
  const start = [...upTo(a.ndim - 2).map(() => 0), row, column]
  const limit = [...a.shape.slice(0, -2), row + 1, column + 1]
  return squeeze(slice(a, { start_indices: start, limit_indices: limit }), { dimensions: [a.ndim - 2, a.ndim - 1] })
}

function byFactors(a: JaxArray): JaxArray {
  const [out] = currentTrace().processCustomJvp(
    {
      name: 'det',
      fun: (matrix) => [partialProducts(matrix).determinant],
      jvp: (matrix, tangent) => {
        const { determinant, change } = determinantAndChange(matrix, tangent)
        return [determinant, change]
      },
    },
    [a],
  )
  return out
}

/** Running products of the diagonal of U with the sign of the row exchanges, and the factors they are of. */
function partialProducts(a: JaxArray): {
  factors: JaxArray
  permutation: JaxArray
  partial: JaxArray
  determinant: JaxArray
} {
  const [factors, pivots, permutation] = lu(a)
  const diagonal = diagonalOf(factors)
  const last = diagonal.ndim - 1
  const sign = broadcastInDim(paritySign(pivots, a, null), { shape: diagonal.shape, broadcast_dimensions: upTo(last) })
  const partial = mul(cumprod(diagonal, { axis: last, reverse: false }), sign)
  return { factors, permutation, partial, determinant: at(partial, partial.shape[last] - 1) }
}

/** An entry of the last axis. */
function at(x: JaxArray, index: number): JaxArray {
  const last = x.ndim - 1
  const part = slice(x, {
    start_indices: upTo(x.ndim).map((axis) => (axis === last ? index : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === last ? index + 1 : length)),
  })
  return squeeze(part, { dimensions: [last] })
}

/**
 * The determinant and its tangent, the trace of adj(A) A'. Multiplying det(A) with A⁻¹ would fail where A is
 * singular; so the last pivot, the one that vanishes there, is kept out: solving with U whose last entry is
 * replaced by the reciprocal of the product of the others gives the last row of the adjugate times A',
 * and the determinant itself is the factor of all other rows. Of less rank than n - 1, the tangent is zero.
 */
function determinantAndChange(a: JaxArray, tangent: JaxArray): { determinant: JaxArray; change: JaxArray } {
  const n = a.shape[a.ndim - 1]
  const { factors, permutation, partial, determinant } = partialProducts(a)
  if (n === 1) return { determinant, change: entry(tangent, 0, 0) }
  const upper = withCorner(factors, div(fullLike(determinant, 1), at(partial, n - 2)))
  const degenerate = lacksRank(upper)
  const masked = select(spread(degenerate, tangent), fullLike(tangent, 0), tangent)
  const inner = triangularSolve(factors, permuteRows(masked, permutation), {
    leftSide: true,
    lower: true,
    unitDiagonal: true,
  })
  const rows = (start: number, stop: number): JaxArray =>
    slice(inner, {
      start_indices: upTo(inner.ndim).map((axis) => (axis === inner.ndim - 2 ? start : 0)),
      limit_indices: inner.shape.map((length, axis) => (axis === inner.ndim - 2 ? stop : length)),
    })
  const first = rows(0, n - 1)
  const scaled = concatenate([mul(first, spread(determinant, first)), rows(n - 1, n)], { dimension: inner.ndim - 2 })
  const solved = triangularSolve(upper, scaled, { leftSide: true, lower: false })
  const change = select(spread(degenerate, solved), fullLike(solved, 0), solved)
  return { determinant, change: reduceSum(diagonalOf(change), { axes: [a.ndim - 2] }) }
}

/** A value for every matrix, repeated over its entries. */
function spread(value: JaxArray, like: JaxArray): JaxArray {
  return broadcastInDim(value, { shape: like.shape, broadcast_dimensions: upTo(like.ndim - 2) })
}

function withCorner(factors: JaxArray, corner: JaxArray): JaxArray {
  const n = factors.shape[factors.ndim - 1]
  const place = (dimension: number): JaxArray => iota({ dtype: 'int32', shape: [n, n], dimension })
  const isCorner = bitwiseAnd(eq(place(0), n - 1), eq(place(1), n - 1))
  return select(repeatLike(isCorner, factors), spread(corner, factors), factors)
}

/** Whether solving with a triangular matrix fails. */
function lacksRank(upper: JaxArray): JaxArray {
  const column = expandDims(fullLike(at(upper, 0), 1), [upper.ndim - 1])
  const solution = triangularSolve(upper, column, { leftSide: true, lower: false })
  const failed = bitwiseNot(isFinite(isComplex(solution.dtype) ? abs(solution) : solution))
  return reduceOr(failed, { axes: [upper.ndim - 2, upper.ndim - 1] })
}
