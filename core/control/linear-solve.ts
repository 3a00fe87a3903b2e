import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { either, partsOf, sameFlags } from '../ir/sequence.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type AxisData,
  type BatchDim,
  type Primitive,
  type Tangent,
  UndefinedPrimal,
  Zero,
  definePrimitive,
} from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { neg } from '../primitives/elementwise-arithmetic.ts'
import { addTangents, instantiate } from '../primitives/zeros.ts'
import { JaxTypeError } from '../errors.ts'
import { programCost } from '../ir/cost.ts'

/** Something for each of the four programs of a linear solve. */
type LinearSolveTuple<T, U = T> = {
  readonly kind: '_LinearSolveTuple'
  readonly matvec: T
  readonly vecmat: U
  readonly solve: T
  readonly transpose_solve: U
}

export type LinearSolveJaxprs = LinearSolveTuple<ClosedJaxpr, ClosedJaxpr | null>

/**
 * Operands are the constants of the four programs, in the order of the tuple, and the right-hand side.
 * Outputs are the solution and what `solve` says beside it.
 */
export type LinearSolveParams = {
  readonly const_lengths: LinearSolveTuple<number>
  readonly jaxprs: LinearSolveJaxprs
}

/** One entry for each of the four programs. */
export function linearSolveTuple<T, U = T>(matvec: T, vecmat: U, solve: T, transposeSolve: U): LinearSolveTuple<T, U> {
  return { kind: '_LinearSolveTuple', matvec, vecmat, solve, transpose_solve: transposeSolve }
}

interface Parts<T> {
  readonly matvec: readonly T[]
  readonly vecmat: readonly T[]
  readonly solve: readonly T[]
  readonly transposeSolve: readonly T[]
  readonly b: readonly T[]
}

function split<T>(operands: readonly T[], { const_lengths }: LinearSolveParams): Parts<T> {
  const { matvec, vecmat, solve, transpose_solve } = const_lengths
  const parts = partsOf(operands, matvec, vecmat, solve, transpose_solve)
  return {
    matvec: parts[0],
    vecmat: parts[1],
    solve: parts[2],
    transposeSolve: parts[3],
    b: operands.slice(matvec + vecmat + solve + transpose_solve),
  }
}

/**
 * The solution of a linear equation by a method of one's own. Its derivative is that of the solution,
 * whatever the method did to find it. JAX: `custom_linear_solve`.
 */
export const linearSolvePrimitive: Primitive<LinearSolveParams> = definePrimitive<LinearSolveParams>({
  name: 'custom_linear_solve',
  cost: (_avals, { jaxprs }) => programCost(jaxprs.solve),

  abstractEval(avals, params) {
    const { b } = split(avals, params)
    return [...b, ...params.jaxprs.solve.outAvals.slice(b.length)]
  },

  impl(args, params) {
    const { solve, b } = split(args, params)
    return runOnHost(params.jaxprs.solve, [...solve, ...b])
  },

  // From A x = b follows A x' = b' - A' x: one more solve with the same matrix.
  jvp(primals, tangents, params) {
    const x = bind(linearSolvePrimitive, primals, params)
    const { matvec, b } = split(primals, params)
    const dot = split(tangents, params)
    const right = rightHandSide(dot, matvec, x.slice(0, b.length), params)
    const zeros: Tangent[] = x.map((value) => new Zero(value.aval))
    if (!right.some((tangent) => !(tangent instanceof Zero))) return { primals: x, tangents: zeros }
    const consts = primals.slice(0, primals.length - b.length)
    const change = bind(linearSolvePrimitive, [...consts, ...right.map(instantiate)], params)
    return { primals: x, tangents: zeros.map((zero, i) => (i < b.length ? change[i] : zero)) }
  },

  transpose(cotangents, args, params) {
    const { vecmat, transpose_solve } = params.jaxprs
    if (vecmat === null || transpose_solve === null) {
      throw new JaxTypeError('transposeSolve is required for reverse-mode differentiation of customLinearSolve', {
        hint: 'Give { transposeSolve: (vecmat, b) => … }, or { symmetric: true } where the matrix is symmetric.',
      })
    }
    const { matvec, vecmat: vecmatConsts, solve, transposeSolve, b } = split(args, params)
    const known = [...vecmatConsts, ...matvec, ...transposeSolve, ...solve].map((value) => {
      if (value instanceof UndefinedPrimal) throw new Error('internal: a constant of custom_linear_solve is unknown')
      return value
    })
    const { const_lengths: lengths, jaxprs } = params
    const outs = bind(linearSolvePrimitive, [...known, ...cotangents.slice(0, b.length).map(instantiate)], {
      const_lengths: linearSolveTuple(lengths.vecmat, lengths.matvec, lengths.transpose_solve, lengths.solve),
      jaxprs: linearSolveTuple<ClosedJaxpr, ClosedJaxpr | null>(vecmat, jaxprs.matvec, transpose_solve, jaxprs.solve),
    })
    return args.map((_, i) => (i < known.length ? null : outs[i - known.length]))
  },

  batch(args, dims, params, axis) {
    const given = split(
      dims.map((dim) => dim !== null),
      params,
    )
    const { jaxprs, bBatched, outBatched } = batchTogether(params.jaxprs, given, axis)
    const numConsts = args.length - given.b.length
    const operands = args.map((arg, i) => {
      const dim: BatchDim = dims[i]
      const batched = i < numConsts ? dim !== null : bBatched[i - numConsts]
      return batched ? moveBatchAxis(arg, dim, 0, axis.size) : arg
    })
    const outputs = bind(linearSolvePrimitive, operands, { ...params, jaxprs })
    return { outputs, dims: outBatched.map((batched) => (batched ? 0 : null)) }
  },
})

/** b' - A' x, where A' x is the tangent of the product as its constants move and x stays. */
function rightHandSide(
  dot: Parts<Tangent>,
  matvec: readonly JaxArray[],
  x: readonly JaxArray[],
  params: LinearSolveParams,
): readonly Tangent[] {
  if (dot.matvec.every((tangent) => tangent instanceof Zero)) return dot.b
  const { tangents } = jvpFlat(
    (...values) => evalClosed(params.jaxprs.matvec, values),
    [...matvec, ...x],
    [...dot.matvec, ...x.map((value) => new Zero(value.aval))],
  )
  return dot.b.map((tangent, i) => addTangents(tangent, neg(instantiate(tangents[i]))))
}

/**
 * Batches the four programs so that they agree on which parts of b and of x are mapped: each takes what
 * another gives, so this grows until nothing changes.
 */
function batchTogether(
  { matvec, vecmat, solve, transpose_solve }: LinearSolveJaxprs,
  given: Parts<boolean>,
  axis: AxisData,
): { jaxprs: LinearSolveJaxprs; bBatched: readonly boolean[]; outBatched: readonly boolean[] } {
  const numX = matvec.outAvals.length
  let bBatched: readonly boolean[] = given.b
  let xBatched: readonly boolean[] = solve.outAvals.map(() => false)
  for (;;) {
    const solved = batchJaxpr(solve, axis, [...given.solve, ...bBatched], xBatched)
    const left = vecmat === null ? null : batchJaxpr(vecmat, axis, [...given.vecmat, ...bBatched], bBatched)
    const withAux = solve.outAvals.map((_, i) => (i < numX ? left?.outBatched[i] === true : left !== null))
    const xAfter = either(solved.outBatched, withAux)
    const unknown = xAfter.slice(0, numX)
    const product = batchJaxpr(matvec, axis, [...given.matvec, ...unknown], bBatched)
    const back =
      transpose_solve === null ? null : batchJaxpr(transpose_solve, axis, [...given.transposeSolve, ...unknown], xAfter)
    const bAfter = either(either(product.outBatched, given.b), back?.outBatched.slice(0, numX) ?? given.b)
    if (sameFlags(xAfter, xBatched) && sameFlags(bAfter, bBatched)) {
      // A map that is its own transpose stays one program.
      const isOne = vecmat === matvec && sameFlags(given.matvec, given.vecmat) && sameFlags(unknown, bBatched)
      return {
        jaxprs: linearSolveTuple<ClosedJaxpr, ClosedJaxpr | null>(
          product.jaxpr,
          isOne ? product.jaxpr : (left?.jaxpr ?? null),
          solved.jaxpr,
          back?.jaxpr ?? null,
        ),
        bBatched,
        outBatched: solved.outBatched,
      }
    }
    xBatched = xAfter
    bBatched = bAfter
  }
}
