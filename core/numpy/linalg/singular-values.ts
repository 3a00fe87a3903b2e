import { ValueError } from '../../errors.ts'
import { eigh as laxEigh, svd as laxSvd } from '../../lax/linalg.ts'
import { isComplex, realPartOf } from '../../ir/dtype.ts'
import { conj } from '../../primitives/complex.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { abs, add, div, mul, neg, sign, sub } from '../../primitives/elementwise-arithmetic.ts'
import { gt, ne } from '../../primitives/elementwise-comparison.ts'
import { dotGeneral } from '../../primitives/dot-general.ts'
import { iota } from '../../primitives/iota.ts'
import { adjoint, matrixTranspose } from '../../primitives/matrix.ts'
import { expandDims, rev } from '../../primitives/movement.ts'
import { constant } from '../../primitives/operand.ts'
import { slice } from '../../primitives/slicing.ts'
import { sort } from '../../primitives/sort.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { currentTrace } from '../../tracing/trace.ts'
import { checkOptions } from '../../tree/options.ts'
import { divide, multiply } from '../arithmetic.ts'
import { allCalledAs, calledAs } from '../called-as.ts'
import { matmul } from '../contraction.ts'
import { zeros } from '../creation.ts'
import { takeAlongAxis } from '../indexing.ts'
import { greater } from '../logic.ts'
import { asArray, promoteToFloat } from '../promotion.ts'
import { any, max, sum } from '../reductions.ts'
import { where } from '../selection.ts'
import { broadcastTo } from '../shape.ts'
import { finfo } from '../types.ts'
import { matrixArgument } from './solve.ts'

/** What of a singular value decomposition is wanted. */
export interface SvdOptions {
  /** Whether singular vectors are completed to square matrices; true unless told otherwise. */
  readonly fullMatrices?: boolean
  readonly computeUv?: boolean
  /** Whether the matrix is symmetric, so that its eigenvectors serve. */
  readonly hermitian?: boolean
  /** Only all singular values can be had: [0, rank]. */
  readonly subsetByIndex?: readonly [number, number] | null
}

type Svd = [u: JaxArray, s: JaxArray, vh: JaxArray]

/**
 * The singular value decomposition A = U S Vᵀ: left vectors as columns, values in descending order, right
 * vectors as rows; or, without `computeUv`, the values alone. JAX: `jax.numpy.linalg.svd`.
 *
 * @example
 * const [u, s, vh] = jnp.linalg.svd(jnp.array([[3, 0], [0, 4]]), { fullMatrices: false })
 * s.tolist() // [4, 3]
 */
export function svd(a: ArrayLike, options: SvdOptions & { readonly computeUv: false }): JaxArray
export function svd(a: ArrayLike, options?: SvdOptions & { readonly computeUv?: true }): Svd
export function svd(a: ArrayLike, fullMatrices: boolean, options?: SvdOptions & { readonly computeUv?: true }): Svd
export function svd(a: ArrayLike, full: boolean | SvdOptions = {}, rest: SvdOptions = {}): JaxArray | Svd {
  const options = typeof full === 'boolean' ? { ...rest, fullMatrices: full } : full
  checkOptions('jnp.linalg.svd', options, ['fullMatrices', 'computeUv', 'hermitian', 'subsetByIndex'])
  const matrix = matrixArgument('svd', a, false)
  const [first, ...others] = allCalledAs('svd', (value) => svdOf(value, options), matrix)
  return options.computeUv === false ? first : [first, others[0], others[1]]
}

function svdOf(matrix: JaxArray, options: SvdOptions): JaxArray[] {
  const { computeUv = true, fullMatrices = true, hermitian = false, subsetByIndex = null } = options
  if (hermitian) return svdOfSymmetric(matrix, computeUv, subsetByIndex)
  return computeUv
    ? laxSvd(matrix, { fullMatrices, computeUv: true, subsetByIndex })
    : [laxSvd(matrix, { fullMatrices, computeUv: false, subsetByIndex })]
}

/** Singular values of a symmetric matrix are the magnitudes of its eigenvalues; V takes their signs. */
function svdOfSymmetric(
  matrix: JaxArray,
  computeUv: boolean,
  subsetByIndex: readonly [number, number] | null,
): JaxArray[] {
  const [vectors, values] = laxEigh(matrix, { subsetByIndex })
  const sizes = abs(values)
  const last = sizes.ndim - 1
  const reversed = (x: JaxArray): JaxArray => rev(x, { dimensions: [last] })
  if (!computeUv) return [reversed(sort([sizes], { dimension: last, num_keys: 1, is_stable: true })[0])]
  const places = iota({ dtype: 'uint32', shape: sizes.shape, dimension: last })
  const sorted = sort([sizes, places, sign(values)], { dimension: last, num_keys: 1, is_stable: true })
  const [s, order, signs] = sorted.map(reversed)
  const u = takeAlongAxis(vectors, expandDims(order, [last]), { axis: -1 })
  const signed = mul(u, broadcastTo(expandDims(convertElementType(signs, u.dtype), [last]), u.shape))
  return [u, s, adjoint(signed)]
}

/**
 * The singular values of a matrix, in descending order. JAX: `jax.numpy.linalg.svdvals`.
 *
 * @example
 * jnp.linalg.svdvals(jnp.array([[3, 0], [0, 4]])).tolist() // [4, 3]
 */
export function svdvals(x: ArrayLike): JaxArray {
  return svd(x, { computeUv: false })
}

/** Which singular values count as zero. */
export interface MatrixRankOptions {
  /** The largest that does; a multiple of the largest singular value's rounding error unless told otherwise. */
  readonly rtol?: ArrayLike | null
  readonly tol?: ArrayLike | null
  readonly hermitian?: boolean
}

/**
 * The number of singular values that are not zero but for rounding. JAX: `jax.numpy.linalg.matrix_rank`.
 *
 * @example
 * jnp.linalg.matrixRank(jnp.array([[1, 2], [2, 4]])).item() // 1
 */
export function matrixRank(
  M: ArrayLike,
  rtol: ArrayLike | null | MatrixRankOptions = null,
  options: MatrixRankOptions = {},
): JaxArray {
  const given = isOptions(rtol) ? rtol : { ...options, rtol }
  checkOptions('jnp.linalg.matrixRank', given, ['rtol', 'tol', 'hermitian'])
  if (given.tol != null && given.rtol != null) {
    throw new ValueError('jnp.linalg.matrixRank takes rtol or tol, not both.')
  }
  const limit = given.rtol ?? given.tol ?? null
  const [matrix] = promoteToFloat('linalg.matrixRank', M)
  const limits = limit === null ? [] : [asArray('linalg.matrixRank', limit)]
  return calledAs(
    'matrix_rank',
    (value, own) => rankOf(value, own ?? null, given.hermitian ?? false),
    matrix,
    ...limits,
  )
}

function isOptions<T extends object>(value: ArrayLike | null | T): value is T {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function rankOf(matrix: JaxArray, limit: JaxArray | null, hermitian: boolean): JaxArray {
  if (matrix.ndim < 2) return convertElementType(any(ne(matrix, constant(matrix, 0))), 'int32')
  const values = svd(matrix, { fullMatrices: false, computeUv: false, hermitian })
  const [rows, columns] = matrix.shape.slice(-2)
  const own = (): JaxArray =>
    mul(
      mul(max(values, { axis: -1 }), constant(values, Math.max(rows, columns))),
      constant(values, finfo(values.dtype).eps),
    )
  const least = limit === null ? own() : limit
  const column = expandDims(least, [least.ndim])
  const isPositive = gt(values, convertElementType(column, values.dtype))
  return sum(isPositive, { axis: -1 })
}

/** Which singular values count as zero, relative to the largest. */
export interface PinvOptions {
  readonly rtol?: ArrayLike | null
  /** The old name of `rtol`. */
  readonly rcond?: ArrayLike | null
  readonly hermitian?: boolean
}

/**
 * The Moore–Penrose pseudo-inverse. JAX: `jax.numpy.linalg.pinv`, whose derivative is that of Golub and Pereyra.
 *
 * @example
 * jnp.linalg.pinv(jnp.array([[2], [0]])).tolist() // [[0.5, 0]]
 */
export function pinv(a: ArrayLike, rtol: ArrayLike | null | PinvOptions = null, options: PinvOptions = {}): JaxArray {
  const given = isOptions(rtol) ? rtol : { ...options, rtol }
  checkOptions('jnp.linalg.pinv', given, ['rtol', 'rcond', 'hermitian'])
  if (given.rcond != null && given.rtol != null) throw new ValueError('jnp.linalg.pinv takes rtol or rcond, not both.')
  const limit = given.rtol ?? given.rcond ?? null
  const hermitian = given.hermitian ?? false
  const [inverse] = currentTrace().processCustomJvp(
    {
      name: '_pinv',
      fun: (matrix) => [calledAs('_pinv', (value) => pseudoInverse(value, limit, hermitian), matrix)],
      jvp: (matrix, tangent) => {
        const inverse = pinv(matrix, { rtol: limit, hermitian })
        const [x, dx] = hermitian ? [matrix, tangent].map(symmetrised) : [matrix, tangent]
        return [inverse, changeOfInverse(x, dx, inverse)]
      },
      ruleNames: { jvp: '_pinv_jvp' },
    },
    [matrixArgument('pinv', a, false)],
  )
  return inverse
}

function symmetrised(x: JaxArray): JaxArray {
  return div(add(x, adjoint(x)), constant(x, 2))
}

function pseudoInverse(matrix: JaxArray, limit: ArrayLike | null, hermitian: boolean): JaxArray {
  const [rows, columns] = matrix.shape.slice(-2)
  if (rows === 0 || columns === 0) return zeros([...matrix.shape.slice(0, -2), columns, rows], { dtype: matrix.dtype })
  const real = realPartOf(matrix.dtype)
  const own = (): JaxArray => mul(scalar(10 * Math.max(rows, columns), real), scalar(finfo(real).eps, real))
  const relative = limit === null ? own() : convertElementType(asArray('linalg.pinv', limit), real)
  const [u, s, vh] = svd(isComplex(matrix.dtype) ? conj(matrix) : matrix, { fullMatrices: false, hermitian })
  const column = expandDims(relative, [relative.ndim])
  const cutoff = multiply(column, firstOf(s))
  const kept = convertElementType(where(greater(s, cutoff), s, Infinity), u.dtype)
  const v = matrixTranspose(vh)
  return exactProduct(v, divide(matrixTranspose(u), expandDims(kept, [kept.ndim])))
}

/** Products of the matrices of two stacks, in full precision on all platforms. */
function exactProduct(a: JaxArray, b: JaxArray): JaxArray {
  const stack = Array.from({ length: a.ndim - 2 }, (_, i) => i)
  return dotGeneral(a, b, {
    dimension_numbers: [
      [[a.ndim - 1], [b.ndim - 2]],
      [stack, stack],
    ],
    precision: ['Precision.HIGHEST', 'Precision.HIGHEST'],
    preferred_element_type: a.dtype,
  })
}

/** The derivative of a pseudo-inverse of constant rank. */
function changeOfInverse(a: JaxArray, da: JaxArray, p: JaxArray): JaxArray {
  const [rows, columns] = a.shape.slice(-2)
  const [pt, dat] = [adjoint(p), adjoint(da)]
  if (rows >= columns) {
    const s = matmul(matmul(p, pt), dat)
    const t = matmul(matmul(dat, pt), p)
    const direct = matmul(neg(matmul(p, da)), p)
    return sub(add(sub(add(direct, s), matmul(matmul(s, a), p)), t), matmul(matmul(p, a), t))
  }
  const s = matmul(p, matmul(pt, dat))
  const t = matmul(dat, matmul(pt, p))
  const direct = matmul(neg(p), matmul(da, p))
  return sub(add(sub(add(direct, s), matmul(s, matmul(a, p))), t), matmul(p, matmul(a, t)))
}

/** The first entry of the last axis, which is kept with length 1. */
function firstOf(x: JaxArray): JaxArray {
  return slice(x, { start_indices: x.shape.map(() => 0), limit_indices: [...x.shape.slice(0, -1), 1] })
}
