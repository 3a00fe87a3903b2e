import { eighKernel, schurKernel, svdKernel } from '../compiler/reference/decompositions.ts'
import { NotImplementedError, ValueError } from '../errors.ts'
import { isComplex, realPartOf } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { add, div, mul, neg, sub } from './elementwise-arithmetic.ts'
import { eq, ne } from './elementwise-comparison.ts'
import { real } from './complex.ts'
import { convertElementType } from './conversion.ts'
import { integerPow } from './elementwise-power.ts'
import { checkMatrix, stackBatch } from './linear-algebra.ts'
import { adjoint, identityMatrix, matrixProduct, repeatLike } from './matrix.ts'
import { broadcastInDim, expandDims } from './movement.ts'
import { upTo } from './axes.ts'
import { constant, fullLike } from './operand.ts'
import { reduceSum } from './reductions.ts'
import { select } from './selection.ts'
import { forMatrices, singularValues } from './costs.ts'
import { spreadMatrices } from './sharding-rules.ts'

/** The first and, exclusively, the last index of the part of a spectrum that is wanted. */
export type Subset = readonly [start: number, end: number]

function isWhole(subset: Subset | null, length: number): boolean {
  return subset === null || (subset[0] === 0 && subset[1] === length)
}

type EighParams = {
  readonly algorithm: string | null
  readonly lower: boolean
  readonly sort_eigenvalues: boolean
  readonly subset_by_index: Subset | null
}

const plainEigh: EighParams = { algorithm: null, lower: true, sort_eigenvalues: true, subset_by_index: null }

/** Eigenvectors, as columns, and eigenvalues in ascending order, of a symmetric matrix. */
export function eigh(x: JaxArray, params: Partial<EighParams> = {}): [vectors: JaxArray, values: JaxArray] {
  const [vectors, values] = bind(eighPrimitive, [x], { ...plainEigh, ...params })
  return [vectors, values]
}

export const eighPrimitive: Primitive<EighParams> = definePrimitive<EighParams>({
  name: 'eigh',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n) => 9 * n ** 3),
  abstractEval([x], { subset_by_index }) {
    checkMatrix('eigh', x, true)
    const n = x.shape[x.ndim - 1]
    const count = subset_by_index === null ? n : subset_by_index[1] - subset_by_index[0]
    const strong = x.strengthened()
    return [
      strong.with({ shape: [...x.shape.slice(0, -1), count] }),
      strong.with({ shape: [...x.shape.slice(0, -2), count], dtype: realPartOf(x.dtype) }),
    ]
  },
  impl(args, { lower, subset_by_index, algorithm }, avals) {
    const n = args[0].shape[args[0].shape.length - 1]
    if (!isWhole(subset_by_index, n)) throw new NotImplementedError('eigh: a part of the spectrum cannot be had alone.')
    if (algorithm !== null && !algorithm.endsWith('QR')) {
      throw new NotImplementedError(`eigh: there is no implementation ${algorithm} here, only QR.`)
    }
    return eighKernel(args, lower, avals)
  },
  jvp([x], [dx], params) {
    const n = x.shape[x.ndim - 1]
    if (!isWhole(params.subset_by_index, n)) {
      throw new NotImplementedError('eigh: a part of the spectrum has no derivative.')
    }
    const [vectors, values] = eigh(div(add(x, adjoint(x)), constant(x, 2)), params)
    const primals = [vectors, values]
    if (dx instanceof Zero) return { primals, tangents: primals.map((primal) => new Zero(primal.aval)) }
    const identity = repeatLike(identityMatrix(n, x.dtype), x)
    const w = like(values, x)
    const gaps = sub(add(identity, expandDims(w, [x.ndim - 2])), expandDims(w, [x.ndim - 1]))
    const inverseGaps = sub(integerPow(gaps, { y: -1 }), identity)
    const inBasis = matrixProduct(matrixProduct(adjoint(vectors), dx), vectors)
    return { primals, tangents: [matrixProduct(vectors, mul(inverseGaps, inBasis)), realOf(diagonalOf(inBasis))] }
  },
  batch: stackBatch(() => eighPrimitive),
})

/** Real numbers in the dtype of another array. */
function like(x: JaxArray, other: JaxArray): JaxArray {
  return isComplex(other.dtype) ? convertElementType(x, other.dtype) : x
}

function realOf(x: JaxArray): JaxArray {
  return isComplex(x.dtype) ? real(x) : x
}

/** The main diagonal of every square matrix of a stack. */
export function diagonalOf(x: JaxArray): JaxArray {
  const n = x.shape[x.ndim - 1]
  const mask = ne(repeatLike(identityMatrix(n, 'int32'), x), 0)
  return reduceSum(select(mask, x, fullLike(x, 0)), { axes: [x.ndim - 1] })
}

type SvdParams = {
  readonly algorithm: string | null
  readonly compute_uv: boolean
  readonly full_matrices: boolean
  readonly subset_by_index: Subset | null
}

/** What of a singular value decomposition is wanted. */
export interface SvdRequest {
  readonly fullMatrices: boolean
  readonly computeUv: boolean
  readonly subsetByIndex?: Subset | null
  readonly algorithm?: string | null
}

/** Singular values in descending order and, if asked for, left vectors as columns and right vectors as rows. */
export function svd(x: JaxArray, request: SvdRequest): JaxArray[] {
  return bind(svdPrimitive, [x], {
    algorithm: request.algorithm ?? null,
    compute_uv: request.computeUv,
    full_matrices: request.fullMatrices,
    subset_by_index: request.subsetByIndex ?? null,
  })
}

export const svdPrimitive: Primitive<SvdParams> = definePrimitive<SvdParams>({
  name: 'svd',
  inferSharding: spreadMatrices(),
  cost: ([x], { compute_uv, full_matrices }) =>
    forMatrices(x, (m, n) => singularValues(m, n, compute_uv, full_matrices)),
  abstractEval([x], { compute_uv, full_matrices, subset_by_index }) {
    checkMatrix('svd', x, false)
    const [rows, columns] = x.shape.slice(-2)
    const stack = x.shape.slice(0, -2)
    let rank = Math.min(rows, columns)
    if (subset_by_index !== null) {
      if (full_matrices && !isWhole(subset_by_index, rank)) {
        throw new ValueError('svd: full matrices and a part of the singular values exclude each other.')
      }
      rank = Math.min(rank, subset_by_index[1] - subset_by_index[0])
    }
    const strong = x.strengthened()
    const values = strong.with({ shape: [...stack, rank], dtype: realPartOf(x.dtype) })
    if (!compute_uv) return [values]
    return [
      values,
      strong.with({ shape: [...stack, rows, full_matrices ? rows : rank] }),
      strong.with({ shape: [...stack, full_matrices ? columns : rank, columns] }),
    ]
  },
  impl(args, { algorithm, compute_uv, full_matrices, subset_by_index }, avals) {
    const rank = Math.min(...args[0].shape.slice(-2))
    if (!isWhole(subset_by_index, rank)) {
      throw new NotImplementedError('svd: a part of the singular values cannot be had alone.')
    }
    if (algorithm !== null && /JACOBI|POLAR/.test(algorithm)) {
      throw new NotImplementedError(`svd: there is no ${algorithm} here, only QR and divide and conquer.`)
    }
    const plain = algorithm?.endsWith('QR') ?? false
    return svdKernel(args, { vectors: compute_uv, full: full_matrices, plain }, avals)
  },
  jvp([x], [dx], params) {
    const [rows, columns] = x.shape.slice(-2)
    const [s, u, vt] = bind(svdPrimitive, [x], { ...params, compute_uv: true, full_matrices: false })
    if (params.compute_uv && params.full_matrices && rows !== columns) {
      throw new NotImplementedError('svd: there is no derivative with full matrices of singular vectors.', {
        hint: 'Without them, fullMatrices: false, there is one.',
      })
    }
    const primals = params.compute_uv ? [s, u, vt] : [s]
    if (dx instanceof Zero) return { primals, tangents: primals.map((primal) => new Zero(primal.aval)) }
    const [ut, v] = [adjoint(u), adjoint(vt)]
    const inBasis = matrixProduct(matrixProduct(ut, dx), v)
    const ds = realOf(diagonalOf(inBasis))
    if (!params.compute_uv) return { primals, tangents: [ds] }
    const { dU, dV } = vectorTangents(s, u, v, inBasis)
    const row = expandDims(like(s, x), [s.ndim - 1])
    const outside = (product: JaxArray, vectors: JaxArray, dual: JaxArray): JaxArray =>
      div(sub(product, matrixProduct(vectors, matrixProduct(dual, product))), spread(row, product))
    return {
      primals,
      tangents: [
        ds,
        rows > columns ? add(dU, outside(matrixProduct(dx, v), u, ut)) : dU,
        adjoint(columns > rows ? add(dV, outside(matrixProduct(adjoint(dx), u), v, vt)) : dV),
      ],
    }
  },
  batch: stackBatch(() => svdPrimitive),
})

/** A row or column for every matrix, repeated to the shape of another array. */
function spread(value: JaxArray, like: JaxArray): JaxArray {
  return broadcastInDim(value, { shape: like.shape, broadcast_dimensions: upTo(like.ndim) })
}

/** How singular vectors turn within the space they span. Equal singular values have no derivative. */
function vectorTangents(s: JaxArray, u: JaxArray, v: JaxArray, inBasis: JaxArray): { dU: JaxArray; dV: JaxArray } {
  const wide = like(s, inBasis)
  const row = spread(expandDims(wide, [s.ndim - 1]), inBasis)
  const column = spread(expandDims(wide, [s.ndim]), inBasis)
  const identity = repeatLike(identityMatrix(s.shape[s.ndim - 1], inBasis.dtype), inBasis)
  const gaps = mul(add(row, column), add(row, neg(column)))
  const inverseGaps = sub(div(fullLike(gaps, 1), add(gaps, identity)), identity)
  const zeros = convertElementType(eq(s, constant(s, 0)), s.dtype)
  const inverse = sub(div(fullLike(s, 1), add(s, zeros)), zeros)
  const onDiagonal = mul(spread(expandDims(like(inverse, inBasis), [s.ndim]), inBasis), identity)
  const [right, left] = [mul(row, inBasis), mul(column, inBasis)]
  const symmetric = (x: JaxArray): JaxArray => add(x, adjoint(x))
  const turning = mul(mul(constant(inBasis, 0.5), sub(inBasis, adjoint(inBasis))), onDiagonal)
  return {
    dU: matrixProduct(u, add(mul(inverseGaps, symmetric(right)), turning)),
    dV: matrixProduct(v, mul(inverseGaps, symmetric(left))),
  }
}

type SchurParams = {
  readonly compute_schur_vectors: boolean
  readonly select_callable: null
  readonly sort_eig_vals: boolean
}

export const schurPrimitive: Primitive<SchurParams> = definePrimitive<SchurParams>({
  name: 'schur',
  inferSharding: spreadMatrices(),
  cost: ([x], { compute_schur_vectors }) => forMatrices(x, (n) => (compute_schur_vectors ? 25 : 10) * n ** 3),
  abstractEval([x], { compute_schur_vectors }) {
    checkMatrix('schur', x, true)
    return compute_schur_vectors ? [x.strengthened(), x.strengthened()] : [x.strengthened()]
  },
  impl(args, { compute_schur_vectors, sort_eig_vals }, avals) {
    if (sort_eig_vals) throw new NotImplementedError('schur: eigenvalues cannot be sorted.')
    return schurKernel(args, compute_schur_vectors, avals)
  },
  batch: stackBatch(() => schurPrimitive),
})

export const decompositionPrimitives: readonly Primitive[] = [eighPrimitive, svdPrimitive, schurPrimitive]
