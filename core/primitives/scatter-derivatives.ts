import { ShapedArray, sizeOf } from '../ir/aval.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, type Tangent, Zero } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { add, div, mul } from './elementwise-arithmetic.ts'
import { eq } from './elementwise-comparison.ts'
import { selectN } from './selection.ts'
import { gather } from './gather.ts'
import { iota } from './iota.ts'
import { broadcastInDim, reshape } from './movement.ts'
import { type ScatterParams, inverseGather, scatter, scatterAdd, scatterPrimitive } from './scatter.ts'
import { instantiate, zerosOf } from './zeros.ts'

type Jvp = { primals: JaxArray[]; tangents: Tangent[] }

function full(like: JaxArray, value: number): JaxArray {
  const constant = scalar(value, like.dtype)
  return like.ndim === 0 ? constant : broadcastInDim(constant, { shape: like.shape, broadcast_dimensions: [] })
}

/**
 * Forward derivative of a replacing scatter.
 *
 * Where indices may repeat, which update wins is up to the target, and the tangent must follow the
 * same winner. So every window gets a number, the numbers are scattered, and reading them back tells
 * which updates survived; everything else is masked, after which adding is as good as replacing.
 */
export function jvpOfScatterSet(
  [operand, indices, updates]: readonly JaxArray[],
  [operandTangent, , updatesTangent]: readonly Tangent[],
  params: ScatterParams,
): Jvp {
  if (operandTangent instanceof Zero && updatesTangent instanceof Zero) {
    const primal = bindOne(scatterPrimitive, [operand, indices, updates], params)
    return { primals: [primal], tangents: [new Zero(primal.aval)] }
  }
  const operandDot = instantiate(operandTangent)
  const updatesDot = instantiate(updatesTangent)
  if (params.unique_indices) {
    return {
      primals: [bindOne(scatterPrimitive, [operand, indices, updates], params)],
      tangents: [bindOne(scatterPrimitive, [operandDot, indices, updatesDot], params)],
    }
  }

  const windows = updates.shape.map((length, axis) =>
    params.dimension_numbers.update_window_dims.includes(axis) ? 1 : length,
  )
  const counted = reshape(iota({ dtype: 'uint32', shape: [sizeOf(windows)], dimension: 0 }), { new_sizes: windows })
  const numbers = broadcastInDim(add(counted, scalar(1, 'uint32')), {
    shape: updates.shape,
    broadcast_dimensions: windows.map((_, axis) => axis),
  })
  const nothing = zerosOf(new ShapedArray(operand.shape, 'uint32'))
  const placed = scatter(nothing, indices, numbers, params)
  const readBack = gather(placed, indices, inverseGather(params, operand.shape, updates.shape))
  const untouched = eq(placed, nothing)
  const survived = eq(numbers, readBack)
  const keep = (where: JaxArray, values: JaxArray): JaxArray => selectN(where, full(values, 0), values)
  return {
    primals: [scatterAdd(keep(untouched, operand), indices, keep(survived, updates), params)],
    tangents: [scatterAdd(keep(untouched, operandDot), indices, keep(survived, updatesDot), params)],
  }
}

/**
 * Forward derivative of scatter-min and scatter-max. Where several values tie for a place, its tangent
 * is the mean of theirs, as for `max` itself.
 */
export function jvpOfExtremalScatter(
  primitive: Primitive<ScatterParams>,
  [operand, indices, updates]: readonly JaxArray[],
  [operandTangent, , updatesTangent]: readonly Tangent[],
  params: ScatterParams,
): Jvp {
  const primal = bindOne(primitive, [operand, indices, updates], params)
  if (operandTangent instanceof Zero && updatesTangent instanceof Zero) {
    return { primals: [primal], tangents: [new Zero(primal.aval)] }
  }
  const operandDot = instantiate(operandTangent)
  const updatesDot = instantiate(updatesTangent)
  const { dimension_numbers } = params
  const inverse = inverseGather(params, operand.shape, updates.shape)
  const read = (x: JaxArray): JaxArray => gather(x, indices, inverse)
  const zero = full(updates, 0)
  const one = full(updates, 1)

  const before = read(operand)
  const after = read(primal)
  const won = eq(updates, after)
  const kept = eq(before, after)
  const countAt = (counts: JaxArray): JaxArray =>
    read(scatterAdd(full(operand, 0), indices, counts, { dimension_numbers }))
  const winners = countAt(selectN(won, zero, one))
  const references = countAt(one)

  const shareWithOperand = div(one, add(winners, one))
  const updateShare = selectN(won, zero, selectN(kept, div(one, winners), shareWithOperand))
  const operandShare = selectN(kept, zero, shareWithOperand)
  // Each reference adds its part of what takes the operand's tangent down to its share.
  const operandChange = div(add(full(updates, -1), operandShare), references)
  const change = add(mul(read(operandDot), operandChange), mul(updatesDot, updateShare))
  return { primals: [primal], tangents: [scatterAdd(operandDot, indices, change, params)] }
}
