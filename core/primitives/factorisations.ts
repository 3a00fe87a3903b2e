import { eighKernel, qrKernel } from '../compiler/reference/factorisations.ts'
import { formatShape } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { moveAxis } from './batch-axis.ts'
import { add, div, mul, sub } from './elementwise-arithmetic.ts'
import { integerPow } from './elementwise-power.ts'
import { concatenate } from './joining.ts'
import { checkMatrix, triangularSolve } from './linear-algebra.ts'
import { identityMatrix, lowerTriangle, matrixProduct, matrixTranspose, repeatLike } from './matrix.ts'
import { expandDims, onlyDim } from './movement.ts'
import { constant, fullLike } from './operand.ts'
import { reduceSum } from './reductions.ts'
import { select } from './selection.ts'
import { slice } from './slicing.ts'
import { ne } from './elementwise-comparison.ts'

type QrParams = { readonly full_matrices: boolean; readonly pivoting: false; readonly use_magma: null }

type EighParams = {
  readonly algorithm: null
  readonly lower: true
  readonly sort_eigenvalues: true
  readonly subset_by_index: null
}

/** Q with orthonormal columns and upper triangular R; Q is square with `fullMatrices`. */
export function qr(x: JaxArray, { fullMatrices }: { fullMatrices: boolean }): [q: JaxArray, r: JaxArray] {
  const [q, r] = bind(qrPrimitive, [x], { full_matrices: fullMatrices, pivoting: false, use_magma: null })
  return [q, r]
}

/** Eigenvectors, as columns, and eigenvalues in ascending order, of a symmetric matrix. */
export function eigh(x: JaxArray): [vectors: JaxArray, values: JaxArray] {
  const [vectors, values] = bind(eighPrimitive, [x], {
    algorithm: null,
    lower: true,
    sort_eigenvalues: true,
    subset_by_index: null,
  })
  return [vectors, values]
}

export const qrPrimitive: Primitive<QrParams> = definePrimitive<QrParams>({
  name: 'qr',
  abstractEval([x], { full_matrices }) {
    checkMatrix('qr', x, false)
    const [rows, columns] = x.shape.slice(-2)
    const stack = x.shape.slice(0, -2)
    const width = full_matrices ? rows : Math.min(rows, columns)
    const strong = x.strengthened()
    return [strong.with({ shape: [...stack, rows, width] }), strong.with({ shape: [...stack, width, columns] })]
  },
  impl: ([x], { full_matrices }) => qrKernel(x, full_matrices),
  jvp([x], [dx], { full_matrices }) {
    const [q, r] = qr(x, { fullMatrices: full_matrices })
    if (dx instanceof Zero) return { primals: [q, r], tangents: [new Zero(q.aval), new Zero(r.aval)] }
    const [rows, columns] = x.shape.slice(-2)
    if (full_matrices && rows > columns) {
      throw new JaxTypeError(
        `qr: there is no derivative of a full factorisation of a tall matrix of shape ${formatShape(x.shape)}.`,
        { hint: "The reduced factorisation, mode 'reduced', has one." },
      )
    }
    return { primals: [q, r], tangents: rows < columns ? wideTangents(x, dx, q, r) : tallTangents(dx, q, r) }
  },
  batch([x], dims, { full_matrices }) {
    const outputs = qr(moveAxis(x, onlyDim(dims), 0), { fullMatrices: full_matrices })
    return { outputs, dims: [0, 0] }
  },
})

/** From A = QR follows QᵀA'R⁻¹ = QᵀQ' + R'R⁻¹, an antisymmetric and an upper triangular part. */
function tallTangents(dx: JaxArray, q: JaxArray, r: JaxArray): [dq: JaxArray, dr: JaxArray] {
  const scaled = triangularSolve(r, dx, { leftSide: false, lower: false })
  const inBasis = matrixProduct(matrixTranspose(q), scaled)
  const lower = lowerTriangle(inBasis, -1)
  const turning = sub(lower, matrixTranspose(lower))
  return [add(matrixProduct(q, sub(turning, inBasis)), scaled), matrixProduct(sub(inBasis, turning), r)]
}

/** Of a wide matrix the first, square part is factored; the rest follows from R₂ = QᵀA₂. */
function wideTangents(x: JaxArray, dx: JaxArray, q: JaxArray, r: JaxArray): [dq: JaxArray, dr: JaxArray] {
  const rows = x.shape[x.ndim - 2]
  const [dq, drSquare] = tallTangents(columnsOf(dx, 0, rows), q, columnsOf(r, 0, rows))
  const width = x.shape[x.ndim - 1]
  const drRest = add(
    matrixProduct(matrixTranspose(dq), columnsOf(x, rows, width)),
    matrixProduct(matrixTranspose(q), columnsOf(dx, rows, width)),
  )
  return [dq, concatenate([drSquare, drRest], { dimension: x.ndim - 1 })]
}

function columnsOf(x: JaxArray, start: number, stop: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === x.ndim - 1 ? start : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === x.ndim - 1 ? stop : length)),
  })
}

export const eighPrimitive: Primitive<EighParams> = definePrimitive<EighParams>({
  name: 'eigh',
  abstractEval([x]) {
    checkMatrix('eigh', x, true)
    const strong = x.strengthened()
    return [strong, strong.with({ shape: x.shape.slice(0, -1) })]
  },
  impl: ([x]) => eighKernel(x),
  jvp([x], [dx]) {
    const [vectors, values] = eigh(div(add(x, matrixTranspose(x)), constant(x, 2)))
    if (dx instanceof Zero)
      return { primals: [vectors, values], tangents: [new Zero(vectors.aval), new Zero(values.aval)] }
    const identity = repeatLike(identityMatrix(x.shape[x.ndim - 1], x.dtype), x)
    const gaps = sub(add(identity, expandDims(values, [x.ndim - 2])), expandDims(values, [x.ndim - 1]))
    const inverseGaps = sub(integerPow(gaps, { y: -1 }), identity)
    const inBasis = matrixProduct(matrixProduct(matrixTranspose(vectors), dx), vectors)
    const onDiagonal = select(ne(identity, constant(identity, 0)), inBasis, fullLike(inBasis, 0))
    return {
      primals: [vectors, values],
      tangents: [matrixProduct(vectors, mul(inverseGaps, inBasis)), reduceSum(onDiagonal, { axes: [x.ndim - 1] })],
    }
  },
  batch([x], dims) {
    return { outputs: eigh(moveAxis(x, onlyDim(dims), 0)), dims: [0, 0] }
  },
})

export const factorisationPrimitives: readonly Primitive[] = [qrPrimitive, eighPrimitive]
