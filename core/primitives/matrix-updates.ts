import {
  choleskyUpdateKernel,
  pivotsToPermutationKernel,
  symmetricProductKernel,
} from '../compiler/reference/matrix-updates.ts'
import { tridiagonalSolveKernel } from '../compiler/reference/tridiagonal-solve.ts'
import { JaxTypeError, NotImplementedError, ValueError } from '../errors.ts'
import { formatShape, sameShape } from '../ir/aval.ts'
import { isFloat, isInexact } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Params, type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { batchAtFront, moveAxis } from './batch-axis.ts'
import { add, mul, neg } from './elementwise-arithmetic.ts'
import { checkDTypes } from './elementwise.ts'
import { concatenate } from './joining.ts'
import { checkMatrix, stackBatch } from './linear-algebra.ts'
import { broadcastInDim, reshape } from './movement.ts'
import { constant, fullLike } from './operand.ts'
import { batchSize, known } from './rules.ts'
import { pad, slice } from './slicing.ts'
import { addTangents, instantiate } from './zeros.ts'
import { upTo } from './axes.ts'
import { forMatrices, moves } from './costs.ts'
import { spreadMatrices } from './sharding-rules.ts'

export const choleskyUpdatePrimitive: Primitive<Params> = definePrimitive<Params>({
  name: 'cholesky_update',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n) => 3 * n * n),
  abstractEval([r, w]) {
    if (r.ndim !== 2 || w.ndim !== 1 || !isFloat(r.dtype) || r.dtype !== w.dtype) {
      throw new JaxTypeError(
        `cholesky_update takes one float matrix and a vector, got ${r.toString()}, ${w.toString()}.`,
      )
    }
    if (r.shape[0] !== r.shape[1] || w.shape[0] !== r.shape[1]) {
      throw new ValueError(
        `cholesky_update takes a square matrix and a vector as long, got shapes ${formatShape(r.shape)} and ` +
          `${formatShape(w.shape)}.`,
      )
    }
    return [r.strengthened()]
  },
  impl: (args) => [choleskyUpdateKernel(args)],
  batch() {
    throw new NotImplementedError('cholesky_update has no batched form.')
  },
})

type SymmetricProductParams = { readonly alpha: number; readonly beta: number }

export const symmetricProductPrimitive: Primitive<SymmetricProductParams> = definePrimitive<SymmetricProductParams>({
  name: 'symmetric_product',
  inferSharding: spreadMatrices(),
  cost: ([x]) => forMatrices(x, (n, k) => 2 * n * n * k + 2 * n * n),
  abstractEval([a, c]) {
    checkDTypes('symmetric_product', [a, c], ['float', 'float'])
    if (a.ndim < 2 || c.ndim !== a.ndim) {
      throw new JaxTypeError(
        `symmetric_product takes two matrices or stacks of them, got ${a.toString()} and ${c.toString()}.`,
      )
    }
    const n = c.shape[c.ndim - 1]
    if (a.shape[a.ndim - 2] !== n || c.shape[c.ndim - 2] !== n) {
      throw new ValueError(
        `symmetric_product: shapes ${formatShape(a.shape)} and ${formatShape(c.shape)} are not (m, n) and (m, m).`,
      )
    }
    if (a.dtype !== c.dtype || !sameShape(a.shape.slice(0, -2), c.shape.slice(0, -2))) {
      throw new JaxTypeError(`symmetric_product: ${a.toString()} does not fit ${c.toString()}.`)
    }
    return [c.strengthened()]
  },
  impl: (args, { alpha, beta }) => [symmetricProductKernel(args, alpha, beta)],
  batch: stackBatch(() => symmetricProductPrimitive),
})

type PermutationParams = { readonly permutation_size: number }

export const luPivotsToPermutationPrimitive: Primitive<PermutationParams> = definePrimitive<PermutationParams>({
  name: 'lu_pivots_to_permutation',
  cost: moves,
  abstractEval([pivots], { permutation_size }) {
    if (pivots.ndim < 1 || pivots.dtype !== 'int32') {
      throw new JaxTypeError(`lu_pivots_to_permutation takes vectors of int32, got ${pivots.toString()}.`)
    }
    const count = pivots.shape[pivots.ndim - 1]
    if (permutation_size < count) {
      throw new ValueError(
        `lu_pivots_to_permutation: ${count} row exchanges do not fit a permutation of ${permutation_size}.`,
      )
    }
    return [pivots.strengthened().with({ shape: [...pivots.shape.slice(0, -1), permutation_size] })]
  },
  impl: ([pivots], { permutation_size }) => [pivotsToPermutationKernel(pivots, permutation_size)],
  batch: stackBatch(() => luPivotsToPermutationPrimitive),
})

type TridiagonalSolveParams = { readonly perturb_singular: boolean }

export const tridiagonalSolvePrimitive: Primitive<TridiagonalSolveParams> = definePrimitive<TridiagonalSolveParams>({
  name: 'tridiagonal_solve',
  cost: ([, , , b]) => forMatrices(b, (m, n) => 8 * m * n),

  abstractEval([dl, d, du, b]) {
    const bands = [dl, d, du]
    checkMatrix('tridiagonal_solve', b, false)
    if (!bands.every((band) => isInexact(band.dtype) && band.dtype === b.dtype && band.ndim === b.ndim - 1)) {
      throw new JaxTypeError(
        `tridiagonal_solve takes three float diagonals and a matrix, got ${[...bands, b].map(String).join(', ')}.`,
      )
    }
    if (!bands.every((band) => sameShape(band.shape, b.shape.slice(0, -1)))) {
      throw new JaxTypeError(
        `tridiagonal_solve: diagonals ${bands.map((band) => formatShape(band.shape)).join(', ')} do not fit the ` +
          `right-hand side ${formatShape(b.shape)}.`,
      )
    }
    return [b.strengthened()]
  },

  impl: (args, { perturb_singular }, avals) => tridiagonalSolveKernel(args, perturb_singular, avals),

  jvp([dl, d, du, b], [dDl, dD, dDu, dB], params) {
    const solve = (right: JaxArray): JaxArray => bindOne(tridiagonalSolvePrimitive, [dl, d, du, right], params)
    const x = solve(b)
    const changed = [dDl, dD, dDu].some((tangent) => !(tangent instanceof Zero))
    const right = changed
      ? addTangents(dB, neg(bandProduct([instantiate(dDl), instantiate(dD), instantiate(dDu)], x)))
      : dB
    return { primals: [x], tangents: [right instanceof Zero ? new Zero(x.aval) : solve(right)] }
  },

  transpose([ct], [dl, d, du, b], params) {
    if (!(b instanceof UndefinedPrimal)) return [null, null, null, null]
    if (ct instanceof Zero) return [null, null, null, new Zero(b.aval)]
    const [lower, middle, upper] = [dl, d, du].map((band) => known(band, 'tridiagonal_solve'))
    const last = upper.ndim - 1
    const n = upper.shape[last]
    const zero = fullLike(bandPart(upper, 0, 1), 0)
    const below = concatenate([zero, bandPart(upper, 0, n - 1)], { dimension: last })
    const above = concatenate([bandPart(lower, 1, n), zero], { dimension: last })
    return [null, null, null, bindOne(tridiagonalSolvePrimitive, [below, middle, above, ct], params)]
  },

  batch([dl, d, du, b], [dlDim, dDim, duDim, bDim], params) {
    if (dlDim === null && dDim === null && duDim === null && bDim !== null) {
      const to = b.ndim - 2
      const moved = moveAxis(b, bDim, to)
      const [lanes, columns] = moved.shape.slice(-2)
      const flat = reshape(moved, { new_sizes: [...moved.shape.slice(0, -2), lanes * columns] })
      const solved = bindOne(tridiagonalSolvePrimitive, [dl, d, du, flat], params)
      return { outputs: [reshape(solved, { new_sizes: moved.shape })], dims: [to] }
    }
    const args = [dl, d, du, b]
    const dims = [dlDim, dDim, duDim, bDim]
    const size = batchSize(args, dims)
    const operands = args.map((arg, i) => batchAtFront(arg, dims[i], size))
    return { outputs: [bindOne(tridiagonalSolvePrimitive, operands, params)], dims: [0] }
  },
})

function bandPart(band: JaxArray, start: number, stop: number): JaxArray {
  const last = band.ndim - 1
  return slice(band, {
    start_indices: band.shape.map((_, axis) => (axis === last ? start : 0)),
    limit_indices: band.shape.map((length, axis) => (axis === last ? stop : length)),
  })
}

/** A tridiagonal matrix times a matrix. */
function bandProduct([lower, middle, upper]: readonly JaxArray[], x: JaxArray): JaxArray {
  const rows = x.ndim - 2
  const shifted = (by: number): JaxArray =>
    pad(x, constant(x, 0), { padding_config: x.shape.map((_, axis) => (axis === rows ? [by, -by, 0] : [0, 0, 0])) })
  const times = (band: JaxArray, matrix: JaxArray): JaxArray =>
    mul(broadcastInDim(band, { shape: x.shape, broadcast_dimensions: upTo(band.ndim) }), matrix)
  return add(add(times(middle, x), times(lower, shifted(1))), times(upper, shifted(-1)))
}

export const matrixUpdatePrimitives: readonly Primitive[] = [
  choleskyUpdatePrimitive,
  symmetricProductPrimitive,
  luPivotsToPermutationPrimitive,
  tridiagonalSolvePrimitive,
]
