import { JaxTypeError, ValueError } from '../errors.ts'
import { type ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import { broadcastInDimKernel, concatenateKernel, reshapeKernel, sliceKernel } from '../compiler/reference/movement.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, type Tangent, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { linearJvp } from './rules.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { upTo } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { onlyDim, reshape } from './movement.ts'
import { reduceSum } from './reductions.ts'
import { instantiate } from './zeros.ts'
import { moves } from './costs.ts'
import { spreadAlike, spreadAlong, spreadExcept, spreadReduced } from './sharding-rules.ts'

function shapesOf(avals: readonly ShapedArray[]): string {
  return avals.map((aval) => formatShape(aval.shape)).join(', ')
}

function checkSameDtype(name: string, avals: readonly ShapedArray[]): void {
  if (avals.some((aval) => aval.dtype !== avals[0].dtype)) {
    throw new JaxTypeError(`${name} needs operands of one dtype, got ${avals.map((aval) => aval.dtype).join(', ')}.`)
  }
}

/** Tangents of all operands, or null when every one of them is zero. */
function allTangents(tangents: readonly Tangent[]): JaxArray[] | null {
  const anything = tangents.some((tangent) => !(tangent instanceof Zero))
  return anything ? tangents.map((tangent) => instantiate(tangent)) : null
}

/** Cotangents for the linear operands of a joining primitive, whose parts `undo` computes. */
function cotangentsOfParts(
  ct: Tangent,
  operands: readonly (JaxArray | UndefinedPrimal)[],
  undo: (ct: JaxArray) => JaxArray[],
): (Tangent | null)[] {
  const parts = ct instanceof Zero ? null : undo(ct)
  return operands.map((operand, i) => {
    if (!(operand instanceof UndefinedPrimal)) return null
    return parts === null ? new Zero(operand.aval) : parts[i]
  })
}

/** Forward derivative of a primitive that cuts one operand into parts: the tangent is cut likewise. */
function cutTangent(
  [operand]: readonly JaxArray[],
  [tangent]: readonly Tangent[],
  cut: (x: JaxArray) => JaxArray[],
): { primals: JaxArray[]; tangents: Tangent[] } {
  const primals = cut(operand)
  const zeros = tangent instanceof Zero
  return { primals, tangents: zeros ? primals.map((primal) => new Zero(primal.aval)) : cut(tangent) }
}

type ConcatenateParams = { readonly dimension: number }

export const concatenatePrimitive: Primitive<ConcatenateParams> = definePrimitive<ConcatenateParams>({
  name: 'concatenate',
  cost: moves,
  inferSharding: spreadAlike(),

  abstractEval(operands, { dimension }) {
    const [first] = operands
    if (first === undefined) throw new JaxTypeError('concatenate needs at least one operand, got none.')
    checkSameDtype('concatenate', operands)
    const others = (aval: ShapedArray): number[] => aval.shape.toSpliced(dimension, 1)
    if (!(dimension >= 0 && dimension < first.ndim)) {
      throw new JaxTypeError(`concatenate: dimension ${dimension} is not an axis of shapes ${shapesOf(operands)}.`)
    }
    if (!operands.every((operand) => operand.ndim === first.ndim && sameShape(others(operand), others(first)))) {
      throw new JaxTypeError(
        `concatenate along dimension ${dimension} needs shapes that agree in all other axes, got ${shapesOf(operands)}.`,
      )
    }
    const length = operands.reduce((sum, operand) => sum + operand.shape[dimension], 0)
    const weakType = operands.every((operand) => operand.weakType)
    return [first.with({ shape: first.shape.with(dimension, length), weakType })]
  },

  impl(operands, { dimension }, [out]) {
    return [concatenateKernel(operands, out.shape, dimension)]
  },

  jvp(primals, tangents, params) {
    const primal = concatenate(primals, params)
    const parts = allTangents(tangents)
    return { primals: [primal], tangents: [parts === null ? new Zero(primal.aval) : concatenate(parts, params)] }
  },

  transpose([ct], operands, { dimension }) {
    const sizes = operands.map((operand) => operand.aval.shape[dimension])
    return cotangentsOfParts(ct, operands, (total) => split(total, { sizes, axis: dimension }))
  },

  batch(operands, dims, { dimension }, { size }) {
    const fronts = operands.map((operand, i) => moveBatchAxis(operand, dims[i], 0, size))
    return { outputs: [concatenate(fronts, { dimension: dimension + 1 })], dims: [0] }
  },
})

/** Joins arrays end to end along an axis they have. */
export function concatenate(operands: readonly JaxArray[], { dimension }: ConcatenateParams): JaxArray {
  return operands.length === 1 ? operands[0] : bindOne(concatenatePrimitive, operands, { dimension })
}

type StackParams = { readonly axis: number }

export const stackPrimitive: Primitive<StackParams> = definePrimitive<StackParams>({
  name: 'stack',
  cost: moves,
  inferSharding: spreadAlong((avals, { axis }, [out]) => ({
    operands: avals.map(({ ndim }) => upTo(ndim)),
    results: [upTo(out.ndim).map((at) => (at === axis ? null : at < axis ? at : at - 1))],
  })),

  abstractEval(operands, { axis }) {
    const [first] = operands
    if (first === undefined) throw new ValueError('stack needs at least one operand, got none.')
    checkSameDtype('stack', operands)
    if (!operands.every((operand) => sameShape(operand.shape, first.shape))) {
      throw new ValueError(`stack needs operands of one shape, got ${shapesOf(operands)}.`)
    }
    if (!(axis >= 0 && axis <= first.ndim)) {
      throw new ValueError(`stack: axis ${axis} is out of range for operands of shape ${formatShape(first.shape)}.`)
    }
    const weakType = operands.every((operand) => operand.weakType)
    return [first.with({ shape: first.shape.toSpliced(axis, 0, operands.length), weakType })]
  },

  impl(operands, { axis }, [out]) {
    const parts = operands.map((operand) => reshapeKernel(operand, operand.shape.toSpliced(axis, 0, 1)))
    return [concatenateKernel(parts, out.shape, axis)]
  },

  jvp(primals, tangents, params) {
    const primal = stack(primals, params)
    const parts = allTangents(tangents)
    return { primals: [primal], tangents: [parts === null ? new Zero(primal.aval) : stack(parts, params)] }
  },

  transpose([ct], operands, { axis }) {
    return cotangentsOfParts(ct, operands, (total) => unstack(total, { axis }))
  },

  batch(operands, dims, { axis }, { size }) {
    const [dim] = dims
    if (dim !== null && dims.every((other) => other === dim)) {
      const behind = axis <= dim
      return { outputs: [stack(operands, { axis: behind ? axis : axis + 1 })], dims: [behind ? dim + 1 : dim] }
    }
    const fronts = operands.map((operand, i) => moveBatchAxis(operand, dims[i], 0, size))
    return { outputs: [stack(fronts, { axis: axis + 1 })], dims: [0] }
  },
})

/** Joins arrays of one shape along a new axis. */
export function stack(operands: readonly JaxArray[], { axis }: StackParams): JaxArray {
  return bindOne(stackPrimitive, operands, { axis })
}

type UnstackParams = { readonly axis: number }

export const unstackPrimitive: Primitive<UnstackParams> = definePrimitive<UnstackParams>({
  name: 'unstack',
  cost: moves,
  inferSharding: spreadReduced(({ axis }) => [axis]),

  abstractEval([operand], { axis }) {
    if (!(axis >= 0 && axis < operand.ndim)) {
      throw new ValueError(`unstack: shape ${formatShape(operand.shape)} has no axis ${axis}.`)
    }
    const part = operand.with({ shape: operand.shape.toSpliced(axis, 1) })
    return new Array<ShapedArray>(operand.shape[axis]).fill(part)
  },

  impl([operand], { axis }, outs) {
    const block = operand.shape.with(axis, 1)
    const starts = operand.shape.map(() => 0)
    return outs.map((out, i) => reshapeKernel(sliceKernel(operand, block, starts.with(axis, i), null), out.shape))
  },

  jvp(primals, tangents, params) {
    return cutTangent(primals, tangents, (x) => unstack(x, params))
  },

  transpose(cts, [operand], { axis }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    const parts = allTangents(cts)
    return [parts === null ? new Zero(operand.aval) : stack(parts, { axis })]
  },

  batch([operand], dims, { axis }) {
    const dim = onlyDim(dims)
    const outputs = unstack(operand, { axis: axis < dim ? axis : axis + 1 })
    return { outputs, dims: outputs.map(() => (axis < dim ? dim - 1 : dim)) }
  },
})

/** The arrays that lie along an axis, without that axis. */
export function unstack(x: JaxArray, { axis }: UnstackParams): JaxArray[] {
  return bind(unstackPrimitive, [x], { axis })
}

type SplitParams = { readonly sizes: readonly number[]; readonly axis: number }

export const splitPrimitive: Primitive<SplitParams> = definePrimitive<SplitParams>({
  name: 'split',
  cost: moves,
  inferSharding: spreadAlike(),

  abstractEval([operand], { sizes, axis }) {
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (!sizes.every((size) => size >= 0) || total !== operand.shape[axis]) {
      throw new ValueError(
        `split: sizes must not be negative and must sum to the length of axis ${axis}, got ` +
          `sizes=${formatShape(sizes)} for shape ${formatShape(operand.shape)}.`,
      )
    }
    return sizes.map((size) => operand.with({ shape: operand.shape.with(axis, size) }))
  },

  impl([operand], { axis }, outs) {
    let start = 0
    return outs.map((out) => {
      const starts = operand.shape.map((_, i) => (i === axis ? start : 0))
      start += out.shape[axis]
      return sliceKernel(operand, out.shape, starts, null)
    })
  },

  jvp(primals, tangents, params) {
    return cutTangent(primals, tangents, (x) => split(x, params))
  },

  transpose(cts, [operand], { axis }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    const parts = allTangents(cts)
    return [parts === null ? new Zero(operand.aval) : concatenate(parts, { dimension: axis })]
  },

  batch([operand], dims, { sizes, axis }) {
    const dim = onlyDim(dims)
    const outputs = split(operand, { sizes, axis: axis >= dim ? axis + 1 : axis })
    return { outputs, dims: sizes.map(() => dim) }
  },
})

/** Cuts an axis into pieces of the given sizes. */
export function split(x: JaxArray, { sizes, axis }: SplitParams): JaxArray[] {
  return bind(splitPrimitive, [x], { sizes, axis })
}

type TileParams = { readonly reps: readonly number[] }

export const tilePrimitive: Primitive<TileParams> = definePrimitive<TileParams>({
  name: 'tile',
  cost: moves,
  inferSharding: spreadExcept(([x], _params, [out]) =>
    upTo(x.ndim).filter((axis) => x.shape[axis] !== out.shape[axis]),
  ),

  abstractEval([operand], { reps }) {
    if (reps.length !== operand.ndim || !reps.every((count) => count >= 0)) {
      throw new JaxTypeError(
        `tile needs one count of at least 0 per axis, got reps=${formatShape(reps)} for shape ${formatShape(operand.shape)}.`,
      )
    }
    return [operand.with({ shape: operand.shape.map((length, axis) => length * reps[axis]) })]
  },

  impl([operand], { reps }, [out]) {
    const interleaved = operand.shape.flatMap((length, axis) => [reps[axis], length])
    const own = upTo(operand.shape.length).map((axis) => 2 * axis + 1)
    return [reshapeKernel(broadcastInDimKernel(operand, interleaved, own), out.shape)]
  },

  jvp: linearJvp(() => tilePrimitive),

  transpose([ct], [operand], { reps }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(operand.aval)]
    const interleaved = operand.aval.shape.flatMap((length, axis) => [reps[axis], length])
    return [reduceSum(reshape(ct, { new_sizes: interleaved }), { axes: reps.map((_, axis) => 2 * axis) })]
  },

  batch([operand], dims, { reps }) {
    const dim = onlyDim(dims)
    return { outputs: [tile(operand, { reps: reps.toSpliced(dim, 0, 1) })], dims: [dim] }
  },
})

/** Repeats the whole array `reps[axis]` times along each axis. */
export function tile(x: JaxArray, { reps }: TileParams): JaxArray {
  return bindOne(tilePrimitive, [x], { reps })
}

export const joiningPrimitives: readonly Primitive[] = [
  concatenatePrimitive,
  stackPrimitive,
  unstackPrimitive,
  splitPrimitive,
  tilePrimitive,
]
