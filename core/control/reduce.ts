import { offsetsOf, stridesOf } from '../compiler/reference/broadcast.ts'
import { JaxTypeError, NotImplementedError, ValueError } from '../errors.ts'
import { type ShapedArray, formatShape, sameShape, sizeOf } from '../ir/aval.ts'
import { hostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { batchFlat } from '../interpreters/batching.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { upTo } from '../primitives/axes.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { broadcastInDim, reshape, squeeze, transpose } from '../primitives/movement.ts'
import { pad, slice } from '../primitives/slicing.ts'
import { instantiate } from '../primitives/zeros.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type FlatFunction, type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { foldLanes } from './reducer.ts'
import { programCost, repeatedCost } from '../ir/cost.ts'
import { spreadReduced } from '../primitives/sharding-rules.ts'

/** Operands are the arrays, then their initial values; `jaxpr` takes accumulators, then elements. */
export type ReduceParams = {
  /** What the user wrote, which a printed equation names. */
  readonly computation: (...args: never[]) => unknown
  readonly dimensions: readonly number[]
  readonly jaxpr: ClosedJaxpr
}

/** Checks that arrays have one shape and their initial values are scalars of their dtypes. */
export function checkReduction(name: string, avals: readonly ShapedArray[]): readonly ShapedArray[] {
  const operands = avals.slice(0, avals.length / 2)
  for (const [i, operand] of operands.entries()) {
    const init = avals[operands.length + i]
    if (!sameShape(operand.shape, operands[0].shape)) {
      throw new JaxTypeError(
        `${name} takes operands of one shape, got ${operands.map(({ shape }) => formatShape(shape)).join(', ')}.`,
      )
    }
    if (init.ndim !== 0 || init.dtype !== operand.dtype) {
      throw new JaxTypeError(
        `${name}: the initial value of an operand ${operand.toString()} must be a scalar of its dtype, got ${init.toString()}.`,
      )
    }
  }
  return operands
}

/** Reduction of axes by a program of scalars. JAX: `reduce`. */
export const reducePrimitive: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
  name: 'reduce',
  inferSharding: spreadReduced(({ dimensions }) => dimensions),
  cost: ([x], { jaxpr }, [out]) => {
    const { flops, transcendentals, unknown } = repeatedCost(programCost(jaxpr), Math.max(0, x.size - out.size))
    return { flops, transcendentals, unknown }
  },

  abstractEval(avals, { dimensions }) {
    const operands = checkReduction('reduce', avals)
    const { shape } = operands[0]
    if (new Set(dimensions).size !== dimensions.length || dimensions.some((axis) => !(axis in shape))) {
      throw new ValueError(`reduce: ${formatShape(dimensions)} are not different axes of shape ${formatShape(shape)}.`)
    }
    const kept = shape.filter((_, axis) => !dimensions.includes(axis))
    return operands.map((operand) => operand.with({ shape: kept }))
  },

  impl(args, { dimensions, jaxpr }, outAvals) {
    const operands = args.slice(0, args.length / 2)
    const { shape } = operands[0]
    const strides = stridesOf(shape)
    const kept = upTo(shape.length).filter((axis) => !dimensions.includes(axis))
    const order = [...kept, ...upTo(shape.length).filter((axis) => dimensions.includes(axis))]
    const places = offsetsOf(
      order.map((axis) => shape[axis]),
      order.map((axis) => strides[axis]),
    )
    const lanes = sizeOf(outAvals[0].shape)
    const sums = foldLanes(jaxpr, operands, args.slice(operands.length), Int32Array.from(places), lanes)
    return sums.map((sum, i) => hostArray(outAvals[i].shape, sum.dtype, sum.data))
  },

  jvp(primals, tangents, { dimensions, jaxpr }) {
    const n = primals.length / 2
    if (tangents.slice(n).some((tangent) => !(tangent instanceof Zero))) {
      throw new NotImplementedError('lax.reduce has no derivative with respect to its initial values.')
    }
    const byHalves = halving(jaxpr, primals.slice(n), dimensions)
    return jvpFlat(byHalves, primals.slice(0, n), tangents.slice(0, n).map(instantiate))
  },

  batch(args, dims, params, { size }) {
    const n = args.length / 2
    if (dims.slice(n).some((dim) => dim !== null)) {
      throw new NotImplementedError('lax.reduce cannot be mapped over its initial values.')
    }
    const operands = args.slice(0, n).map((arg, i) => moveBatchAxis(arg, dims[i], 0, size))
    const outputs = bind(reducePrimitive, [...operands, ...args.slice(n)], {
      ...params,
      dimensions: params.dimensions.map((axis) => axis + 1),
    })
    return { outputs, dims: outputs.map(() => 0) }
  },
})

/** The reduction by halving an axis again and again, in equations that have derivatives. */
function halving(jaxpr: ClosedJaxpr, inits: readonly JaxArray[], dimensions: readonly number[]): FlatFunction {
  return (...arrays) => {
    const { shape } = arrays[0]
    const kept = upTo(shape.length).filter((axis) => !dimensions.includes(axis))
    const keptShape = kept.map((axis) => shape[axis])
    const count = sizeOf(dimensions.map((axis) => shape[axis]))
    if (count === 0) {
      return inits.map((init) => broadcastInDim(init, { shape: keptShape, broadcast_dimensions: [] }))
    }
    let values = arrays.map((array) => inFront(array, [...dimensions, ...kept], [count, ...keptShape]))
    for (let length = count; length > 1; length = Math.ceil(length / 2)) {
      const half = Math.ceil(length / 2)
      const low = values.map((value) => rows(value, 0, half))
      const high = values.map((value, i) => {
        const rest = rows(value, half, length)
        return 2 * half === length ? rest : pad(rest, inits[i], { padding_config: padOne(rest.ndim) })
      })
      values = mapScalars(jaxpr, [...low, ...high])
    }
    return values.map((value) => squeeze(value, { dimensions: [0] }))
  }
}

function inFront(array: JaxArray, permutation: readonly number[], new_sizes: readonly number[]): JaxArray {
  const moved = permutation.every((axis, i) => axis === i) ? array : transpose(array, { permutation })
  return sameShape(moved.shape, new_sizes) ? moved : reshape(moved, { new_sizes })
}

function rows(x: JaxArray, start: number, stop: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === 0 ? start : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === 0 ? stop : length)),
    strides: x.shape.map(() => 1),
  })
}

const padOne = (rank: number): (readonly [number, number, number])[] =>
  upTo(rank).map((axis) => [0, axis === 0 ? 1 : 0, 0])

/** A program of scalars on every element of arrays of one shape. */
function mapScalars(jaxpr: ClosedJaxpr, values: readonly JaxArray[]): JaxArray[] {
  const { shape } = values[0]
  let fun: FlatFunction = (...args) => evalClosed(jaxpr, args)
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const inner = fun
    const size = shape[axis]
    fun = (...args) => {
      const dims = args.map(() => 0)
      const { outputs, dims: outDims } = batchFlat(inner, args, dims, { size, name: null })
      return outputs.map((output, i) => moveBatchAxis(output, outDims[i], 0, size))
    }
  }
  return fun(...values)
}
