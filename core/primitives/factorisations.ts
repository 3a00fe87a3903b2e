import {
  geqp3Kernel,
  geqrfKernel,
  hessenbergKernel,
  householderProductKernel,
  ormqrKernel,
  qrKernel,
  tridiagonalKernel,
} from '../compiler/reference/factorisations.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import { realPartOf } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Params, type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { checkMatrix, stackBatch } from './linear-algebra.ts'
import { qrTangents } from './qr-derivative.ts'
import { accumulation, forMatrices, reflection, triangulation } from './costs.ts'
import { spreadMatrices } from './sharding-rules.ts'

type QrParams = { readonly full_matrices: boolean; readonly pivoting: boolean; readonly use_magma: null }

/** Q with orthonormal columns, upper triangular R, square Q with `fullMatrices`, and with `pivoting` the order of columns. */
export function qr(
  x: JaxArray,
  { fullMatrices, pivoting = false }: { fullMatrices: boolean; pivoting?: boolean },
): [q: JaxArray, r: JaxArray, order: JaxArray] {
  const [q, r, order] = bind(qrPrimitive, [x], { full_matrices: fullMatrices, pivoting, use_magma: null })
  return [q, r, order]
}

export const qrPrimitive: Primitive<QrParams> = definePrimitive<QrParams>({
  name: 'qr',
  inferSharding: spreadMatrices(),
  cost: ([x], { full_matrices }) =>
    forMatrices(x, (m, n) => triangulation(m, n) + accumulation(m, full_matrices ? m : Math.min(m, n), Math.min(m, n))),
  abstractEval([x], { full_matrices, pivoting }) {
    checkMatrix('qr', x, false)
    const [rows, columns] = x.shape.slice(-2)
    const stack = x.shape.slice(0, -2)
    const width = full_matrices ? rows : Math.min(rows, columns)
    const strong = x.strengthened()
    const factors = [
      strong.with({ shape: [...stack, rows, width] }),
      strong.with({ shape: [...stack, width, columns] }),
    ]
    return pivoting ? [...factors, strong.with({ shape: [...stack, columns], dtype: 'int32' })] : factors
  },
  impl: (args, { full_matrices, pivoting }, avals) => qrKernel(args, { full: full_matrices, pivoting }, avals),
  jvp([x], [dx], params) {
    const primals = bind(qrPrimitive, [x], params)
    if (dx instanceof Zero) return { primals, tangents: primals.map((primal) => new Zero(primal.aval)) }
    const [q, r, ...order] = primals
    const tangents = qrTangents(x, dx, q, r, params.pivoting ? order[0] : null)
    return { primals, tangents: [...tangents, ...order.map((indices) => new Zero(indices.aval))] }
  },
  batch: stackBatch(() => qrPrimitive),
})

/** Refuses reflectors whose scalar factors do not fit them. */
function checkTaus(name: string, a: ShapedArray, taus: ShapedArray): void {
  checkMatrix(name, a, false)
  const [rows, columns] = a.shape.slice(-2)
  const fits = taus.ndim === a.ndim - 1 && sameShape(a.shape.slice(0, -2), taus.shape.slice(0, -1))
  if (!fits || taus.dtype !== a.dtype) {
    throw new JaxTypeError(`${name}: the reflectors ${a.toString()} do not fit scalar factors ${taus.toString()}.`)
  }
  if (taus.shape[taus.ndim - 1] > Math.min(rows, columns)) {
    throw new ValueError(
      `${name}: a matrix of shape ${formatShape(a.shape)} holds no more than ${Math.min(rows, columns)} reflectors, ` +
        `got ${taus.shape[taus.ndim - 1]} scalar factors.`,
    )
  }
}

export const geqrfPrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'geqrf',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, triangulation),
  abstractEval([x]) {
    checkMatrix('geqrf', x, false)
    const taus = [...x.shape.slice(0, -2), Math.min(...x.shape.slice(-2))]
    return [x.strengthened(), x.strengthened().with({ shape: taus })]
  },
  impl: (args, _params, avals) => geqrfKernel(args, avals),
  batch: stackBatch(() => geqrfPrimitive),
})

type Geqp3Params = { readonly use_magma: null }

export const geqp3Primitive: Primitive<Geqp3Params> = definePrimitive<Geqp3Params>({
  name: 'geqp3',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, triangulation),
  abstractEval([x, marks]) {
    checkMatrix('geqp3', x, false)
    const stack = x.shape.slice(0, -2)
    if (marks.dtype !== 'int32' || !sameShape(marks.shape, [...stack, x.shape[x.ndim - 1]])) {
      throw new JaxTypeError(
        `geqp3: marks must be int32, one for each column of ${x.toString()}, got ${marks.toString()}.`,
      )
    }
    const taus = [...stack, Math.min(...x.shape.slice(-2))]
    return [x.strengthened(), marks.strengthened(), x.strengthened().with({ shape: taus })]
  },
  impl: (args, _params, avals) => geqp3Kernel(args, avals),
  batch: stackBatch(() => geqp3Primitive),
})

export const householderProductPrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'householder_product',
  inferSharding: spreadMatrices(),
  cost: ([x, taus]) => forMatrices(x, (m, n) => accumulation(m, n, taus.shape[taus.ndim - 1])),
  abstractEval([a, taus]) {
    checkMatrix('householder_product', a, false)
    const [rows, columns] = a.shape.slice(-2)
    if (rows < columns) {
      throw new ValueError(
        `householder_product takes at least as many rows as columns, got shape ${formatShape(a.shape)}.`,
      )
    }
    checkTaus('householder_product', a, taus)
    return [a.strengthened()]
  },
  impl: (args, _params, avals) => householderProductKernel(args, avals),
  batch: stackBatch(() => householderProductPrimitive),
})

/** The first columns of the product of elementary reflections, packed below the diagonal of `a`. */
export function householderProduct(a: JaxArray, taus: JaxArray): JaxArray {
  return bindOne(householderProductPrimitive, [a, taus], {})
}

type OrmqrParams = { readonly left: boolean; readonly transpose: boolean }

export const ormqrPrimitive: Primitive<OrmqrParams> = definePrimitive<OrmqrParams>({
  name: 'ormqr',
  inferSharding: spreadMatrices(),
  cost: ([, taus, c], { left }) =>
    forMatrices(c, (m, n) => reflection(left ? m : n, left ? n : m, taus.shape[taus.ndim - 1])),
  abstractEval([a, taus, c], { left }) {
    checkTaus('ormqr', a, taus)
    const rows = a.shape[a.ndim - 2]
    const fits = c.ndim === a.ndim && c.dtype === a.dtype && sameShape(a.shape.slice(0, -2), c.shape.slice(0, -2))
    if (!fits) throw new JaxTypeError(`ormqr: the reflectors ${a.toString()} do not fit the matrix ${c.toString()}.`)
    if (c.shape[c.ndim - (left ? 2 : 1)] !== rows) {
      throw new ValueError(
        `ormqr: reflectors of ${rows} rows do not multiply a matrix of shape ${formatShape(c.shape)} from the ` +
          `${left ? 'left' : 'right'}.`,
      )
    }
    return [c.strengthened()]
  },
  impl: (args, params, avals) => ormqrKernel(args, params, avals),
  batch: stackBatch(() => ormqrPrimitive),
})

export const hessenbergPrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'hessenberg',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n) => (10 / 3) * n ** 3),
  abstractEval([x]) {
    checkMatrix('hessenberg', x, true)
    const strong = x.strengthened()
    return [strong, strong.with({ shape: [...x.shape.slice(0, -2), Math.max(0, x.shape[x.ndim - 1] - 1)] })]
  },
  impl: (args, _params, avals) => hessenbergKernel(args, avals),
  batch: stackBatch(() => hessenbergPrimitive),
})

type TridiagonalParams = { readonly lower: boolean }

export const tridiagonalPrimitive: Primitive<TridiagonalParams> = definePrimitive<TridiagonalParams>({
  name: 'tridiagonal',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n) => (4 / 3) * n ** 3),
  abstractEval([x]) {
    checkMatrix('tridiagonal', x, true)
    const n = x.shape[x.ndim - 1]
    if (n === 0) throw new ValueError(`tridiagonal takes a square matrix with rows, got ${formatShape(x.shape)}.`)
    const stack = x.shape.slice(0, -2)
    const strong = x.strengthened()
    const beside = strong.with({ shape: [...stack, n - 1] })
    const dtype = realPartOf(x.dtype)
    return [strong, strong.with({ shape: [...stack, n], dtype }), beside.with({ dtype }), beside]
  },
  impl: (args, { lower }, avals) => tridiagonalKernel(args, lower, avals),
  batch: stackBatch(() => tridiagonalPrimitive),
})

export const factorisationPrimitives: readonly Primitive[] = [
  qrPrimitive,
  geqrfPrimitive,
  geqp3Primitive,
  householderProductPrimitive,
  ormqrPrimitive,
  hessenbergPrimitive,
  tridiagonalPrimitive,
]
