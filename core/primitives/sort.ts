import { sortKernel, topKKernel } from '../compiler/reference/sort.ts'
import { type Shape, formatShape, sameShape } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { batchSize } from './rules.ts'
import { bind } from '../tracing/trace.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { isComplex } from '../ir/dtype.ts'
import { upTo } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { listShapes } from './elementwise.ts'
import { gather } from './gather.ts'
import { iota } from './iota.ts'
import { expandDims, onlyDim, reshape } from './movement.ts'
import { comparisons } from './costs.ts'
import { spreadExcept } from './sharding-rules.ts'

type SortParams = { readonly dimension: number; readonly is_stable: boolean; readonly num_keys: number }
type TopKParams = { readonly axis: number; readonly k: number }

/** Sorts arrays of one shape together along an axis, by the first `num_keys` of them. */
export function sort(operands: readonly JaxArray[], params: SortParams): JaxArray[] {
  return bind(sortPrimitive, operands, params)
}

/** The `k` largest elements along an axis and their positions. */
export function topK(x: JaxArray, params: TopKParams): [values: JaxArray, indices: JaxArray] {
  const [values, indices] = bind(topKPrimitive, [x], params)
  return [values, indices]
}

/** Elements of `x` at the given positions along one axis; every other axis is walked in step. */
export function takeAlong(x: JaxArray, positions: JaxArray, axis: number): JaxArray {
  const others = upTo(x.ndim).filter((other) => other !== axis)
  return gather(x, positions, {
    dimension_numbers: {
      offset_dims: [],
      collapsed_slice_dims: [axis],
      start_index_map: [axis],
      operand_batching_dims: others,
      start_indices_batching_dims: others,
    },
    slice_sizes: x.shape.map(() => 1),
  })
}

function checkAxis(name: string, axis: number, shape: Shape): void {
  if (axis >= 0 && axis < shape.length) return
  throw new ValueError(`${name}: axis ${axis} is out of bounds for an array of shape ${formatShape(shape)}.`)
}

export const sortPrimitive: Primitive<SortParams> = definePrimitive<SortParams>({
  name: 'sort',
  cost: ([x], { dimension }) => comparisons(x.size, x.shape[dimension]),
  // A single row is sorted where it is whole.
  inferSharding: spreadExcept(([x], { dimension }) => (x.ndim === 1 ? [dimension] : [])),

  abstractEval(avals, { dimension, num_keys }) {
    if (avals.some((aval) => !sameShape(aval.shape, avals[0].shape))) {
      throw new JaxTypeError(`sort takes arrays of equal shapes, got ${listShapes(avals)}.`)
    }
    if (num_keys < 1 || num_keys > avals.length) {
      throw new ValueError(
        `sort: num_keys must be between 1 and the number of operands (${avals.length}), got ${num_keys}.`,
      )
    }
    if (avals.slice(0, num_keys).some((aval) => aval.dtype === 'key<fry>')) {
      throw new JaxTypeError('sort does not accept dtype key<fry>.')
    }
    checkAxis('sort', dimension, avals[0].shape)
    return [...avals]
  },

  impl: (args, { dimension, num_keys }) => sortKernel(args, dimension, num_keys),

  jvp(primals, tangents, params) {
    const { dimension } = params
    const { shape } = primals[0]
    const positions = iota({ dtype: 'uint32', shape, dimension })
    const outputs = sort([...primals, positions], params)
    const order = expandDims(outputs[primals.length], [shape.length])
    return {
      primals: outputs.slice(0, -1),
      tangents: tangents.map((tangent) => (tangent instanceof Zero ? tangent : takeAlong(tangent, order, dimension))),
    }
  },

  batch(args, dims, { dimension, is_stable, num_keys }) {
    const dim = dims.find((candidate) => candidate !== null) ?? 0
    const size = batchSize(args, dims)
    const outputs = sort(
      args.map((arg, i) => moveBatchAxis(arg, dims[i], dim, size)),
      { dimension: dimension < dim ? dimension : dimension + 1, is_stable, num_keys },
    )
    return { outputs, dims: outputs.map(() => dim) }
  },
})

export const topKPrimitive: Primitive<TopKParams> = definePrimitive<TopKParams>({
  name: 'top_k',
  cost: ([x]) => comparisons(x.size, x.shape[x.ndim - 1]),
  inferSharding: spreadExcept(([x]) => [x.ndim - 1]),

  abstractEval([x], { axis, k }) {
    if (x.dtype === 'key<fry>') throw new JaxTypeError('top_k does not accept dtype key<fry>.')
    if (isComplex(x.dtype)) {
      throw new ValueError('top_k is not compatible with complex inputs.', {
        hint: 'Complex numbers have no largest one: rank their magnitudes, jnp.abs(z), or their parts.',
      })
    }
    if (x.ndim === 0) throw new JaxTypeError('top_k takes an array of at least one dimension, got a scalar.')
    checkAxis('top_k', axis, x.shape)
    if (!Number.isInteger(k) || k < 0 || k > x.shape[axis]) {
      throw new ValueError(
        `top_k: k must be between 0 and the length of axis ${axis}, got k=${k} for shape ${formatShape(x.shape)}.`,
      )
    }
    const shape = x.shape.toSpliced(axis, 1, k)
    return [x.with({ shape }), x.with({ shape, dtype: 'int32' })]
  },

  impl: ([x], { axis, k }) => topKKernel(x, axis, k),

  jvp([x], [dx], params) {
    const [values, indices] = topK(x, params)
    const flat = new Zero(indices.aval)
    if (dx instanceof Zero) return { primals: [values, indices], tangents: [new Zero(values.aval), flat] }
    const positions = reshape(indices, { new_sizes: [...indices.shape, 1] })
    return { primals: [values, indices], tangents: [takeAlong(dx, positions, params.axis), flat] }
  },

  batch([x], dims, { axis, k }) {
    const dim = onlyDim(dims)
    const [values, indices] = topK(x, { axis: axis < dim ? axis : axis + 1, k })
    return { outputs: [values, indices], dims: [dim, dim] }
  },
})

export const sortPrimitives: readonly Primitive[] = [sortPrimitive, topKPrimitive]
