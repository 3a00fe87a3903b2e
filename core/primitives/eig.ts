import { eigKernel } from '../compiler/reference/decompositions.ts'
import { NotImplementedError } from '../errors.ts'
import { complexOf } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { upTo } from './axes.ts'
import { complex, conj, imag, real } from './complex.ts'
import { convertElementType } from './conversion.ts'
import { diagonalOf } from './decompositions.ts'
import { abs, add, div, mul, neg, sub } from './elementwise-arithmetic.ts'
import { eq } from './elementwise-comparison.ts'
import { iota } from './iota.ts'
import { checkMatrix, lu, permuteRows, stackBatch, triangularSolve } from './linear-algebra.ts'
import { adjoint, identityMatrix, matrixProduct, matrixTranspose, repeatLike } from './matrix.ts'
import { broadcastInDim, expandDims } from './movement.ts'
import { fullLike } from './operand.ts'
import { argmax, reduceSum } from './reductions.ts'
import { forMatrices } from './costs.ts'
import { spreadMatrices } from './sharding-rules.ts'

type EigParams = {
  readonly compute_left_eigenvectors: boolean
  readonly compute_right_eigenvectors: boolean
  readonly enable_eigvec_derivs: boolean
  readonly implementation: null
}

export const eigPrimitive: Primitive<EigParams> = definePrimitive<EigParams>({
  name: 'eig',
  inferSharding: spreadMatrices(),
  cost: ([x], { compute_left_eigenvectors: left, compute_right_eigenvectors: right }) =>
    forMatrices(x, (n) => (10 + (left || right ? 15 : 0)) * n ** 3),
  abstractEval([x], { compute_left_eigenvectors, compute_right_eigenvectors }) {
    checkMatrix('eig', x, true)
    const vectors = x.strengthened().with({ dtype: complexOf(x.dtype) })
    const count = Number(compute_left_eigenvectors) + Number(compute_right_eigenvectors)
    return [vectors.with({ shape: x.shape.slice(0, -1) }), ...upTo(count).map(() => vectors)]
  },
  impl: (args, params, avals) =>
    eigKernel(args, { left: params.compute_left_eigenvectors, right: params.compute_right_eigenvectors }, avals),
  jvp([x], [dx], params) {
    const { compute_left_eigenvectors: left, compute_right_eigenvectors: right } = params
    if ((left || right) && !params.enable_eigvec_derivs) {
      throw new NotImplementedError(
        'eig: eigenvectors have a derivative only under conditions that cannot be checked.',
        {
          hint: 'enableEigvecDerivs: true states that eigenvalues are distinct and no entry ties for largest.',
        },
      )
    }
    const results = bind(eigPrimitive, [x], { ...params, compute_right_eigenvectors: true })
    const [w, vr] = [results[0], results[results.length - 1]]
    const primals = right ? results : results.slice(0, -1)
    if (dx instanceof Zero) return { primals, tangents: primals.map((primal) => new Zero(primal.aval)) }
    const change = convertElementType(dx, vr.dtype)
    if (!left && !right) {
      const dw = reduceSum(mul(solve(vr, change), matrixTranspose(vr)), { axes: [vr.ndim - 1] })
      return { primals, tangents: [dw] }
    }
    const { dw, dv } = changes(w, vr, change)
    const leftChange = left ? [changes(conj(w), results[1], adjoint(change)).dv] : []
    return { primals, tangents: [dw, ...leftChange, ...(right ? [dv] : [])] }
  },
  batch: stackBatch(() => eigPrimitive),
})

function solve(a: JaxArray, b: JaxArray): JaxArray {
  const [factors, , permutation] = lu(a)
  const inner = triangularSolve(factors, permuteRows(b, permutation), {
    leftSide: true,
    lower: true,
    unitDiagonal: true,
  })
  return triangularSolve(factors, inner, { leftSide: true, lower: false })
}

/**
 * First-order perturbation of distinct eigenvalues. A vector may move along itself; how far follows from its
 * unit length and its largest entry, which stays real.
 */
function changes(w: JaxArray, v: JaxArray, dx: JaxArray): { dw: JaxArray; dv: JaxArray } {
  const n = w.shape[w.ndim - 1]
  const identity = repeatLike(identityMatrix(n, w.dtype), v)
  const gaps = sub(add(identity, expandDims(w, [w.ndim - 1])), expandDims(w, [w.ndim]))
  const inverseGaps = sub(div(fullLike(gaps, 1), gaps), identity)
  const inBasis = matrixProduct(solve(v, dx), v)
  const turned = matrixProduct(v, mul(inverseGaps, inBasis))
  const rows = v.ndim - 2
  const place = iota({ dtype: 'int32', shape: v.shape, dimension: rows })
  const largest = expandDims(argmax(abs(v), { axis: rows, index_dtype: 'int32' }), [rows])
  const spread = (x: JaxArray): JaxArray => broadcastInDim(x, { shape: v.shape, broadcast_dimensions: upTo(v.ndim) })
  const mask = convertElementType(eq(place, spread(largest)), v.dtype)
  const total = (x: JaxArray): JaxArray => reduceSum(x, { axes: [rows] })
  const along = complex(
    neg(real(total(mul(conj(v), turned)))),
    div(neg(imag(total(mul(mask, turned)))), real(total(mul(mask, v)))),
  )
  return { dw: diagonalOf(inBasis), dv: add(turned, mul(v, spread(expandDims(along, [rows])))) }
}
