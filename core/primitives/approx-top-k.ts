import { unaryKernel } from '../compiler/reference/elementwise.ts'
import { topKKernel } from '../compiler/reference/sort.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { isFloat } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { onlyDim, reshape } from './movement.ts'
import { takeAlong } from './sort.ts'
import { comparisons } from './costs.ts'
import { spreadExcept } from './sharding-rules.ts'

export type ApproxTopKParams = {
  /** Whether exactly `k` results come out, or as many candidates as the recall needs. */
  readonly aggregate_to_topk: boolean
  readonly is_max_k: boolean
  readonly k: number
  readonly recall_target: number
  /** Counted from the back where negative. */
  readonly reduction_dimension: number
  /** The length that the recall refers to when the operand is a part of something longer; -1: its own. */
  readonly reduction_input_size_override: number
}

/** The `k` largest or smallest elements along an axis, of which a share `recall_target` is surely right, and their positions. */
export function approxTopK(x: JaxArray, params: ApproxTopKParams): [values: JaxArray, indices: JaxArray] {
  const [values, indices] = bind(approxTopKPrimitive, [x], params)
  return [values, indices]
}

const axisOf = (rank: number, { reduction_dimension: axis }: ApproxTopKParams): number =>
  axis < 0 ? axis + rank : axis

/** The number of candidates by the bound of Chern et al., "TPU-KNN" (2022), in tiles of the hardware it was made for. */
function candidates(length: number, rank: number, params: ApproxTopKParams): number {
  if (params.aggregate_to_topk) return params.k
  const tile = rank === 1 ? 1024 : 128
  if (length <= tile || params.k === 1) return params.k === 1 ? Math.min(length, tile) : length
  const asked = Math.trunc((1 - params.k) / Math.log(params.recall_target))
  const needed = Math.min(Math.max(asked, tile), length)
  const whole = params.reduction_input_size_override >= 0 ? params.reduction_input_size_override : length
  const halvings = Math.min(Math.floor(Math.log2(whole / needed)), Math.ceil(Math.log2(length / tile)))
  if (halvings === 0) return length
  return Math.ceil(Math.ceil(length / tile) / 2 ** halvings) * tile
}

const negation = unaryKernel({ float: (x) => -x })
const negated = (x: HostArray): HostArray => negation([x], x.shape, x.dtype)

export const approxTopKPrimitive: Primitive<ApproxTopKParams> = definePrimitive<ApproxTopKParams>({
  name: 'approx_top_k',
  inferSharding: spreadExcept((_avals, { reduction_dimension }) => [reduction_dimension]),
  cost: ([x], { reduction_dimension }) => comparisons(x.size, x.shape[reduction_dimension]),

  abstractEval([x], params) {
    const { k } = params
    if (!Number.isInteger(k) || k <= 0) throw new ValueError(`approx_top_k: k must be a positive number, got ${k}.`)
    if (x.ndim === 0) throw new JaxTypeError('approx_top_k takes an array of at least one dimension, got a scalar.')
    const axis = axisOf(x.ndim, params)
    if (!(axis >= 0 && axis < x.ndim)) {
      throw new ValueError(
        `approx_top_k: axis ${params.reduction_dimension} is out of bounds for shape ${formatShape(x.shape)}.`,
      )
    }
    if (x.shape[axis] < k) {
      throw new ValueError(`approx_top_k: k=${k} is more than the length ${x.shape[axis]} of axis ${axis}.`)
    }
    if (!isFloat(x.dtype)) throw new ValueError(`approx_top_k takes floats, got ${x.dtype}.`)
    const shape = x.shape.toSpliced(axis, 1, candidates(x.shape[axis], x.ndim, params))
    return [x.with({ shape }), x.with({ shape, dtype: 'int32', weakType: false })]
  },

  // Off the hardware that the approximation is for, the exact answer is the cheaper one.
  impl([x], params, [out]) {
    const axis = axisOf(x.shape.length, params)
    const [values, indices] = topKKernel(params.is_max_k ? x : negated(x), axis, out.shape[axis])
    return [params.is_max_k ? values : negated(values), indices]
  },

  jvp([x], [dx], params) {
    const [values, indices] = approxTopK(x, params)
    const flat = new Zero(indices.aval)
    if (dx instanceof Zero) return { primals: [values, indices], tangents: [new Zero(values.aval), flat] }
    const positions = reshape(indices, { new_sizes: [...indices.shape, 1] })
    return { primals: [values, indices], tangents: [takeAlong(dx, positions, axisOf(x.ndim, params)), flat] }
  },

  batch([x], dims, params) {
    const dim = onlyDim(dims)
    const axis = axisOf(x.ndim - 1, params)
    const [values, indices] = approxTopK(x, { ...params, reduction_dimension: axis < dim ? axis : axis + 1 })
    return { outputs: [values, indices], dims: [dim, dim] }
  },
})
