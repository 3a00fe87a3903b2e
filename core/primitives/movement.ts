import { JaxTypeError } from '../errors.ts'
import { type Shape, formatShape, sameShape, sizeOf } from '../ir/aval.ts'
import { broadcastInDimKernel, reshapeKernel, reverseKernel, transposeKernel } from '../compiler/reference/movement.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { linearJvp } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { afterNewFront, upTo } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { reduceSum } from './reductions.ts'
import { moves } from './costs.ts'
import { commonFactors, spreadAlike, spreadAlong, spreadReduced } from './sharding-rules.ts'

/** The dim of the only operand of a unary batching rule, which is always mapped. */
export function onlyDim(dims: readonly (number | null)[]): number {
  const dim = dims[0]
  if (dim === null) throw new Error('internal: batching rule called without a mapped operand')
  return dim
}

function isPermutation(axes: readonly number[], rank: number): boolean {
  return axes.length === rank && upTo(rank).every((axis) => axes.includes(axis))
}

type BroadcastParams = {
  readonly shape: Shape
  readonly broadcast_dimensions: readonly number[]
}

export const broadcastInDimPrimitive: Primitive<BroadcastParams> = definePrimitive<BroadcastParams>({
  name: 'broadcast_in_dim',
  cost: moves,
  inferSharding: spreadAlong(([operand], { shape, broadcast_dimensions }) => ({
    operands: [broadcast_dimensions.map((axis, i) => (operand.shape[i] === shape[axis] ? axis : null))],
    results: [upTo(shape.length)],
  })),

  abstractEval([operand], { shape, broadcast_dimensions: dims }) {
    const given = `operand of shape ${formatShape(operand.shape)}, shape=${formatShape(shape)}, broadcast_dimensions=${formatShape(dims)}`
    if (dims.length !== operand.ndim) {
      throw new JaxTypeError(`broadcast_in_dim needs one entry of broadcast_dimensions per operand axis, got ${given}.`)
    }
    if (new Set(dims).size !== dims.length || !dims.every((axis) => axis >= 0 && axis < shape.length)) {
      throw new JaxTypeError(
        `broadcast_in_dim: broadcast_dimensions must be different axes of the result, got ${given}.`,
      )
    }
    if (!dims.every((axis, i) => operand.shape[i] === 1 || operand.shape[i] === shape[axis])) {
      throw new JaxTypeError(
        `broadcast_in_dim: every operand axis must have length 1 or the length of its result axis, got ${given}.`,
      )
    }
    return [operand.with({ shape })]
  },

  impl([operand], { shape, broadcast_dimensions }) {
    return [broadcastInDimKernel(operand, shape, broadcast_dimensions)]
  },

  jvp: linearJvp(() => broadcastInDimPrimitive),

  transpose([ct], [operand], { shape, broadcast_dimensions }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(operand.aval)]
    const unit = upTo(operand.aval.ndim).filter((axis) => operand.aval.shape[axis] === 1)
    const kept = broadcast_dimensions.filter((_, i) => !unit.includes(i))
    const summed = reduceSum(ct, { axes: upTo(shape.length).filter((axis) => !kept.includes(axis)) })
    return [expandDims(summed, unit)]
  },

  batch([operand], dims, { shape, broadcast_dimensions }, axis) {
    const front = moveBatchAxis(operand, dims[0], 0, axis.size)
    const output = broadcastInDim(front, {
      shape: [front.shape[0], ...shape],
      broadcast_dimensions: [0, ...afterNewFront(broadcast_dimensions)],
    })
    return { outputs: [output], dims: [0] }
  },
})

/** Repeats an operand into `shape`: its axis i becomes axis `broadcast_dimensions[i]` of the result. */
export function broadcastInDim(
  x: JaxArray,
  { shape, broadcast_dimensions }: { shape: Shape; broadcast_dimensions: readonly number[] },
): JaxArray {
  if (x.ndim === shape.length && broadcast_dimensions.length === 0) return x
  return bindOne(broadcastInDimPrimitive, [x], { shape, broadcast_dimensions })
}

/** New axes of length 1 at the given places of the result. */
export function expandDims(x: JaxArray, dimensions: readonly number[]): JaxArray {
  if (dimensions.length === 0) return x
  const rank = x.ndim + dimensions.length
  const shape: number[] = []
  const kept: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    if (dimensions.includes(axis)) {
      shape.push(1)
    } else {
      shape.push(x.shape[kept.length])
      kept.push(axis)
    }
  }
  return broadcastInDim(x, { shape, broadcast_dimensions: kept })
}

type ReshapeParams = {
  readonly new_sizes: Shape
  readonly dimensions: readonly number[] | null
  readonly sharding: null
}

export const reshapePrimitive: Primitive<ReshapeParams> = definePrimitive<ReshapeParams>({
  name: 'reshape',
  cost: moves,
  inferSharding: spreadAlong(([{ shape }], { new_sizes, dimensions }) => {
    if (dimensions === null) return commonFactors(shape, new_sizes)
    const permuted = commonFactors(
      dimensions.map((axis) => shape[axis]),
      new_sizes,
    )
    return { ...permuted, operands: [shape.map((_, axis) => permuted.operands[0][dimensions.indexOf(axis)])] }
  }),

  abstractEval([operand], { new_sizes, dimensions }) {
    if (!new_sizes.every((length) => length >= 0)) {
      throw new JaxTypeError(`reshape: lengths must not be negative, got new shape ${formatShape(new_sizes)}.`)
    }
    if (sizeOf(new_sizes) !== operand.size) {
      throw new JaxTypeError(
        `reshape cannot turn shape ${formatShape(operand.shape)} (size ${operand.size}) into ` +
          `shape ${formatShape(new_sizes)} (size ${sizeOf(new_sizes)}): the sizes must be equal.`,
      )
    }
    if (dimensions !== null && !isPermutation(dimensions, operand.ndim)) {
      throw new JaxTypeError(
        `reshape: dimensions must be a permutation of the operand's axes, got ${formatShape(dimensions)} ` +
          `for shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand.with({ shape: new_sizes })]
  },

  impl([operand], { new_sizes, dimensions }) {
    return [reshapeKernel(dimensions === null ? operand : transposeKernel(operand, dimensions), new_sizes)]
  },

  jvp: linearJvp(() => reshapePrimitive),

  transpose([ct], [operand], { dimensions }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(operand.aval)]
    const { shape } = operand.aval
    if (dimensions === null) return [reshape(ct, { new_sizes: shape })]
    const permuted = reshape(ct, { new_sizes: dimensions.map((axis) => shape[axis]) })
    return [transpose(permuted, { permutation: inversePermutation(dimensions) })]
  },

  batch([operand], dims, { new_sizes, dimensions }, axis) {
    const front = moveBatchAxis(operand, dims[0], 0, axis.size)
    const output = reshape(front, {
      new_sizes: [front.shape[0], ...new_sizes],
      dimensions: dimensions === null ? null : [0, ...afterNewFront(dimensions)],
    })
    return { outputs: [output], dims: [0] }
  },
})

/** The same values in row-major order under another shape, after permuting axes by `dimensions` if given. */
export function reshape(
  x: JaxArray,
  { new_sizes, dimensions = null }: { new_sizes: Shape; dimensions?: readonly number[] | null },
): JaxArray {
  const reordered = dimensions !== null && !dimensions.every((axis, i) => axis === i)
  if (x.ndim > 0 && sameShape(x.shape, new_sizes) && !reordered) return x
  return bindOne(reshapePrimitive, [x], { new_sizes, dimensions: reordered ? dimensions : null, sharding: null })
}

type SqueezeParams = { readonly dimensions: readonly number[] }

export const squeezePrimitive: Primitive<SqueezeParams> = definePrimitive<SqueezeParams>({
  name: 'squeeze',
  cost: moves,
  inferSharding: spreadReduced(({ dimensions }) => dimensions),

  abstractEval([operand], { dimensions }) {
    const wrong = dimensions.find((axis) => operand.shape[axis] !== 1)
    if (wrong !== undefined) {
      throw new JaxTypeError(
        `squeeze can only remove axes of length 1, got axis ${wrong} of shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand.with({ shape: operand.shape.filter((_, axis) => !dimensions.includes(axis)) })]
  },

  impl([operand], _params, [out]) {
    return [reshapeKernel(operand, out.shape)]
  },

  jvp: linearJvp(() => squeezePrimitive),

  transpose([ct], [operand], { dimensions }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    return [ct instanceof Zero ? new Zero(operand.aval) : expandDims(ct, dimensions)]
  },

  batch([operand], dims, { dimensions }, axis) {
    const front = moveBatchAxis(operand, dims[0], 0, axis.size)
    return { outputs: [squeeze(front, { dimensions: afterNewFront(dimensions) })], dims: [0] }
  },
})

/** Removes the given axes, which must have length 1. */
export function squeeze(x: JaxArray, { dimensions }: { dimensions: readonly number[] }): JaxArray {
  if (dimensions.length === 0) return x
  return bindOne(squeezePrimitive, [x], { dimensions: [...dimensions].sort((a, b) => a - b) })
}

type TransposeParams = { readonly permutation: readonly number[] }

export const transposePrimitive: Primitive<TransposeParams> = definePrimitive<TransposeParams>({
  name: 'transpose',
  cost: moves,
  inferSharding: spreadAlong(([operand], { permutation }) => ({
    operands: [upTo(operand.ndim)],
    results: [permutation],
  })),

  abstractEval([operand], { permutation }) {
    if (!isPermutation(permutation, operand.ndim)) {
      throw new JaxTypeError(
        `transpose: permutation must name every axis of the operand once, got ${formatShape(permutation)} ` +
          `for shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand.with({ shape: permutation.map((axis) => operand.shape[axis]) })]
  },

  impl([operand], { permutation }) {
    return [transposeKernel(operand, permutation)]
  },

  jvp: linearJvp(() => transposePrimitive),

  transpose([ct], [operand], { permutation }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(operand.aval)]
    return [transpose(ct, { permutation: inversePermutation(permutation) })]
  },

  batch([operand], dims, { permutation }) {
    const dim = onlyDim(dims)
    const rest = permutation.map((axis) => (axis < dim ? axis : axis + 1))
    return { outputs: [transpose(operand, { permutation: [dim, ...rest] })], dims: [0] }
  },
})

function inversePermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length)
  permutation.forEach((axis, i) => (inverse[axis] = i))
  return inverse
}

/** Axis i of the result is axis `permutation[i]` of the operand. */
export function transpose(x: JaxArray, { permutation }: { permutation: readonly number[] }): JaxArray {
  if (permutation.length === x.ndim && permutation.every((axis, i) => axis === i)) return x
  return bindOne(transposePrimitive, [x], { permutation })
}

type RevParams = { readonly dimensions: readonly number[] }

export const revPrimitive: Primitive<RevParams> = definePrimitive<RevParams>({
  name: 'rev',
  cost: moves,
  inferSharding: spreadAlike(),

  abstractEval([operand], { dimensions }) {
    const valid = dimensions.every((axis) => axis >= 0 && axis < operand.ndim)
    if (!valid || new Set(dimensions).size !== dimensions.length) {
      throw new JaxTypeError(
        `rev: dimensions must be different axes of the operand, got ${formatShape(dimensions)} ` +
          `for shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand]
  },

  impl([operand], { dimensions }) {
    return [reverseKernel(operand, dimensions)]
  },

  jvp: linearJvp(() => revPrimitive),

  transpose([ct], [operand], { dimensions }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    return [ct instanceof Zero ? new Zero(operand.aval) : rev(ct, { dimensions })]
  },

  batch([operand], dims, { dimensions }) {
    const dim = onlyDim(dims)
    return {
      outputs: [rev(operand, { dimensions: dimensions.map((axis) => (axis < dim ? axis : axis + 1)) })],
      dims: [dim],
    }
  },
})

/** Reverses the order of elements along the given axes. */
export function rev(x: JaxArray, { dimensions }: { dimensions: readonly number[] }): JaxArray {
  return bindOne(revPrimitive, [x], { dimensions })
}

export const movementPrimitives: readonly Primitive[] = [
  broadcastInDimPrimitive,
  reshapePrimitive,
  squeezePrimitive,
  transposePrimitive,
  revPrimitive,
]
