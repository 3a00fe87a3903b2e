import {
  type TriangularSolveFlags,
  choleskyKernel,
  luKernel,
  triangularSolveKernel,
} from '../compiler/reference/linear-algebra.ts'
import { type ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import { isComplex, isInexact } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Params, type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { batchSize, jvpOf, known } from './rules.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { JaxTypeError, NotImplementedError } from '../errors.ts'
import { upTo } from './axes.ts'
import { batchAtFront, moveAxis } from './batch-axis.ts'
import { add, div, neg } from './elementwise-arithmetic.ts'
import { conj } from './complex.ts'
import { gather } from './gather.ts'
import { identityMatrix, lowerTriangle, matrixProduct, matrixTranspose, repeatLike, upperTriangle } from './matrix.ts'
import { expandDims, reshape } from './movement.ts'
import { constant } from './operand.ts'
import { pad, slice } from './slicing.ts'
import { elimination, forMatrices } from './costs.ts'
import { spreadMatrices } from './sharding-rules.ts'

/** L and U packed into one matrix, the pivots, and the row permutation they amount to. */
export function lu(x: JaxArray): [lu: JaxArray, pivots: JaxArray, permutation: JaxArray] {
  const [factors, pivots, permutation] = bind(luPrimitive, [x], {})
  return [factors, pivots, permutation]
}

/** The lower triangular factor of a symmetric positive definite matrix, of which the lower triangle is read. */
export function cholesky(x: JaxArray): JaxArray {
  return lowerTriangle(bindOne(choleskyPrimitive, [x], {}))
}

/** Solves a triangular system for every column (or row) of `b`. */
export function triangularSolve(
  a: JaxArray,
  b: JaxArray,
  params: { leftSide: boolean; lower: boolean; transposeA?: boolean; conjugateA?: boolean; unitDiagonal?: boolean },
): JaxArray {
  return bindOne(triangularSolvePrimitive, [a, b], {
    conjugate_a: (params.conjugateA ?? false) && isComplex(a.dtype),
    left_side: params.leftSide,
    lower: params.lower,
    transpose_a: params.transposeA ?? false,
    unit_diagonal: params.unitDiagonal ?? false,
  })
}

/** Refuses what is not a matrix of real or complex floats, or stack of them. */
export function checkMatrix(name: string, aval: ShapedArray, square: boolean): void {
  if (!isInexact(aval.dtype))
    throw new JaxTypeError(`${name} takes a matrix of real or complex floats, got ${aval.toString()}.`)
  if (aval.dtype === 'bfloat16') {
    throw new NotImplementedError(`${name} does not compute in bfloat16.`, {
      hint: "Convert with x.astype('float32') first.",
    })
  }
  if (aval.ndim < 2 || (square && aval.shape[aval.ndim - 1] !== aval.shape[aval.ndim - 2])) {
    const wanted = square ? 'a square matrix or a stack of them' : 'a matrix or a stack of them'
    throw new JaxTypeError(`${name} takes ${wanted}, got shape ${formatShape(aval.shape)}.`)
  }
}

/** Batching of a primitive that treats leading axes as a stack: operands that are the same for all lanes are repeated. */
export function stackBatch<P extends Params>(self: () => Primitive<P>): NonNullable<Primitive<P>['batch']> {
  return (args, dims, params) => {
    const size = batchSize(args, dims)
    const outputs = bind(
      self(),
      args.map((arg, i) => batchAtFront(arg, dims[i], size)),
      params,
    )
    return { outputs, dims: outputs.map(() => 0) }
  }
}

export const luPrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'lu',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, elimination),
  abstractEval([x]) {
    checkMatrix('lu', x, false)
    const stack = x.shape.slice(0, -2)
    const [rows, columns] = x.shape.slice(-2)
    const indices = x.with({ dtype: 'int32', weakType: false })
    return [
      x.strengthened(),
      indices.with({ shape: [...stack, Math.min(rows, columns)] }),
      indices.with({ shape: [...stack, rows] }),
    ]
  },
  impl: ([x]) => luKernel(x),
  jvp([x], [dx]) {
    const [factors, pivots, permutation] = lu(x)
    return {
      primals: [factors, pivots, permutation],
      tangents: [
        dx instanceof Zero ? new Zero(factors.aval) : luTangent(factors, dx, permutation),
        new Zero(pivots.aval),
        new Zero(permutation.aval),
      ],
    }
  },
  batch: stackBatch(() => luPrimitive),
})

/**
 * From A = LU follows L⁻¹A'U⁻¹ = L⁻¹L' + U'U⁻¹, whose strictly lower part is the first term
 * and whose upper part is the second.
 */
function luTangent(factors: JaxArray, dx: JaxArray, permutation: JaxArray): JaxArray {
  const [rows, columns] = factors.shape.slice(-2)
  const rank = Math.min(rows, columns)
  const unit = (n: number): JaxArray => identityMatrix(n, factors.dtype)
  const lower = add(
    padMatrix(lowerTriangle(corner(factors, rows, rank), -1), 0, rows - rank),
    repeatLike(unit(rows), factors),
  )
  const square = padMatrix(upperTriangle(corner(factors, rank, columns)), columns - rank, 0)
  const rest = pad(unit(columns - rank), constant(factors, 0), {
    padding_config: [
      [rank, 0, 0],
      [rank, 0, 0],
    ],
  })
  const upper = add(square, repeatLike(rest, factors))
  const left = triangularSolve(lower, permuteRows(dx, permutation), {
    leftSide: true,
    lower: true,
    unitDiagonal: true,
  })
  const both = triangularSolve(upper, left, { leftSide: false, lower: false })
  return add(matrixProduct(lower, lowerTriangle(both, -1)), matrixProduct(upperTriangle(both), upper))
}

function corner(x: JaxArray, rows: number, columns: number): JaxArray {
  const limit = [...x.shape.slice(0, -2), rows, columns]
  return sameShape(limit, x.shape) ? x : slice(x, { start_indices: limit.map(() => 0), limit_indices: limit })
}

function padMatrix(x: JaxArray, rows: number, columns: number): JaxArray {
  if (rows === 0 && columns === 0) return x
  const low = x.shape.map((_, axis) => (axis === x.ndim - 2 ? rows : axis === x.ndim - 1 ? columns : 0))
  return pad(x, constant(x, 0), { padding_config: low.map((count) => [0, count, 0] as const) })
}

/** Rows in the order that a permutation gives, for every matrix of a stack. */
export function permuteRows(x: JaxArray, permutation: JaxArray): JaxArray {
  const stack = upTo(x.ndim - 2)
  return gather(x, expandDims(permutation, [permutation.ndim]), {
    dimension_numbers: {
      offset_dims: [x.ndim - 1],
      collapsed_slice_dims: [x.ndim - 2],
      start_index_map: [x.ndim - 2],
      operand_batching_dims: stack,
      start_indices_batching_dims: stack,
    },
    slice_sizes: [...stack.map(() => 1), 1, x.shape[x.ndim - 1]],
  })
}

export const choleskyPrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'cholesky',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n) => n ** 3 / 3),
  abstractEval([x]) {
    checkMatrix('cholesky', x, true)
    return [x]
  },
  impl: ([x]) => [choleskyKernel(x)],
  jvp([x], [dx]) {
    const factor = cholesky(x)
    if (dx instanceof Zero) return { primals: [factor], tangents: [new Zero(factor.aval)] }
    const right = triangularSolve(factor, dx, { leftSide: false, lower: true, transposeA: true, conjugateA: true })
    const both = lowerTriangle(triangularSolve(factor, right, { leftSide: true, lower: true }))
    const identity = identityMatrix(x.shape[x.ndim - 1], x.dtype)
    const halved = div(both, repeatLike(add(constant(x, 1), identity), both))
    return { primals: [factor], tangents: [matrixProduct(factor, halved)] }
  },
  batch: stackBatch(() => choleskyPrimitive),
})

export const triangularSolvePrimitive: Primitive<TriangularSolveFlags> = definePrimitive<TriangularSolveFlags>({
  name: 'triangular_solve',
  inferSharding: spreadMatrices(),
  cost: ([, b], { left_side }) => forMatrices(b, (m, n) => (left_side ? m * m * n : m * n * n)),

  abstractEval([a, b], { left_side }) {
    checkMatrix('triangular_solve', a, true)
    const n = a.shape[a.ndim - 1]
    const fits = b.ndim === a.ndim && b.shape[b.ndim - (left_side ? 2 : 1)] === n
    if (!fits || a.dtype !== b.dtype || !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
      throw new JaxTypeError(
        `triangular_solve: the matrix ${a.toString()} does not fit the ${left_side ? 'right' : 'left'}-hand side ${b.toString()}.`,
      )
    }
    return [b]
  },

  impl: ([a, b], flags) => [triangularSolveKernel(a, b, flags)],

  jvp: jvpOf(
    () => triangularSolvePrimitive,
    [
      (g, ans, [a], flags) => tangentOfMatrix(g, ans, a, flags),
      (g, _ans, [a], flags) => bindOne(triangularSolvePrimitive, [a, g], flags),
    ],
  ),

  transpose([ct], [a, b], flags) {
    if (!(b instanceof UndefinedPrimal)) return [null, null]
    if (ct instanceof Zero) return [null, new Zero(b.aval)]
    const matrix = known(a, 'triangular_solve')
    return [null, bindOne(triangularSolvePrimitive, [matrix, ct], { ...flags, transpose_a: !flags.transpose_a })]
  },

  batch([a, b], [aDim, bDim], flags) {
    if (aDim === null && bDim !== null) return solveTogether(a, b, bDim, flags)
    const size = batchSize([a, b], [aDim, bDim])
    const output = bindOne(triangularSolvePrimitive, [batchAtFront(a, aDim, size), batchAtFront(b, bDim, size)], flags)
    return { outputs: [output], dims: [0] }
  },
})

/** From A X = B follows A X' = -A'X, multiplied in the cheaper order. */
function tangentOfMatrix(g: JaxArray, ans: JaxArray, a: JaxArray, flags: TriangularSolveFlags): JaxArray {
  const [rows, columns] = ans.shape.slice(-2)
  const k = flags.unit_diagonal ? 1 : 0
  const triangle = neg(flags.lower ? lowerTriangle(g, -k) : upperTriangle(g, k))
  const turned = flags.transpose_a ? matrixTranspose(triangle) : triangle
  const change = flags.conjugate_a ? conj(turned) : turned
  const solve = (b: JaxArray): JaxArray => bindOne(triangularSolvePrimitive, [a, b], flags)
  if (flags.left_side) {
    return rows > columns ? solve(matrixProduct(change, ans)) : matrixProduct(solve(change), ans)
  }
  return rows < columns ? solve(matrixProduct(ans, change)) : matrixProduct(ans, solve(change))
}

/** One matrix for all lanes: the lanes' systems are solved as further columns, or rows, of one system. */
function solveTogether(
  a: JaxArray,
  b: JaxArray,
  dim: number,
  flags: TriangularSolveFlags,
): { outputs: JaxArray[]; dims: number[] } {
  const to = flags.left_side ? b.ndim - 1 : b.ndim - 2
  const moved = moveAxis(b, dim, to)
  const [x, y, z] = moved.shape.slice(-3)
  const merged = flags.left_side ? [x, y * z] : [x * y, z]
  const flat = reshape(moved, { new_sizes: [...moved.shape.slice(0, -3), ...merged] })
  const solved = bindOne(triangularSolvePrimitive, [a, flat], flags)
  return { outputs: [reshape(solved, { new_sizes: moved.shape })], dims: [to] }
}

export const linearAlgebraPrimitives: readonly Primitive[] = [luPrimitive, choleskyPrimitive, triangularSolvePrimitive]
