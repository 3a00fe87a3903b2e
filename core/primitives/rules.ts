import type { ShapedArray } from '../ir/aval.ts'
import { sameShape } from '../ir/aval.ts'
import { broadcastInDim, reshape } from './movement.ts'
import { reduceSum } from './reductions.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { addTangents } from './zeros.ts'
import type { JaxArray } from '../tracing/array.ts'
import {
  type BatchDim,
  type Params,
  type Primitive,
  type Tangent,
  UndefinedPrimal,
  Zero,
} from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'

/** The contribution of one operand's tangent `g` to the tangent of the result `ans`. */
export type TangentRule<P extends Params> = (
  g: JaxArray,
  ans: JaxArray,
  primals: readonly JaxArray[],
  params: P,
) => JaxArray

/** A jvp rule from one rule per operand; operands with a symbolically zero tangent are left out. */
export function jvpOf<P extends Params>(
  primitive: () => Primitive<P>,
  rules: readonly (TangentRule<P> | null)[],
): NonNullable<Primitive<P>['jvp']> {
  return (primals, tangents, params) => {
    const [ans] = bind(primitive(), primals, params)
    let sum: Tangent = new Zero(ans.aval)
    for (const [i, tangent] of tangents.entries()) {
      const rule = rules[i]
      if (rule === null || tangent instanceof Zero) continue
      sum = addTangents(sum, rule(tangent, ans, primals, params))
    }
    return { primals: [ans], tangents: [sum] }
  }
}

/** The jvp rule of a primitive with one operand that is linear in it: the same equation on the tangent. */
export function linearJvp<P extends Params>(primitive: () => Primitive<P>): NonNullable<Primitive<P>['jvp']> {
  return jvpOf(primitive, [(g, _ans, _primals, params) => bind(primitive(), [g], params)[0]])
}

/** The jvp rule of a primitive whose results do not vary with its operands, or only by jumps. */
export function zeroJvp<P extends Params>(primitive: () => Primitive<P>): NonNullable<Primitive<P>['jvp']> {
  return (primals, _tangents, params) => {
    const outputs = bind(primitive(), primals, params)
    return { primals: outputs, tangents: outputs.map((output) => new Zero(output.aval)) }
  }
}

/** The batching rule of a primitive with one operand that does not care about shape. */
export function elementwiseBatch<P extends Params>(primitive: () => Primitive<P>): NonNullable<Primitive<P>['batch']> {
  return (args, dims, params) => {
    const outputs = bind(primitive(), args, params)
    return { outputs, dims: outputs.map(() => dims[0]) }
  }
}

/**
 * Operands of an elementwise equation with their batch axes lined up, and where the batch axis is.
 * Operands that are the same for every lane get an axis of length 1, which the equation repeats.
 */
export function alignBatch(
  args: readonly JaxArray[],
  dims: readonly BatchDim[],
): { args: readonly JaxArray[]; dim: number } {
  const first = dims.findIndex((dim) => dim !== null)
  const dim = dims[first]
  if (dim === null || dim === undefined) throw new Error('internal: batching rule called without a batched operand')
  const { shape } = args[first]
  const agree = args.every((arg, i) => arg.ndim === 0 || (dims[i] === dim && sameShape(arg.shape, shape)))
  if (agree) return { args, dim }
  const fronted = args.map((arg, i) => (arg.ndim === 0 ? arg : moveBatchAxis(arg, dims[i], 0, 1)))
  const ndim = Math.max(...fronted.map((arg) => arg.ndim))
  return { args: fronted.map((arg, i) => (dims[i] === null ? arg : padRank(arg, ndim))), dim: 0 }
}

/** Appends axes of length 1. */
function padRank(value: JaxArray, ndim: number): JaxArray {
  if (value.ndim === ndim) return value
  const shape = [...value.shape, ...new Array<number>(ndim - value.ndim).fill(1)]
  return broadcastInDim(value, { shape, broadcast_dimensions: value.shape.map((_, axis) => axis) })
}

/** The batching rule of an elementwise primitive with several operands. */
export function broadcastingBatch<P extends Params>(primitive: () => Primitive<P>): NonNullable<Primitive<P>['batch']> {
  return (args, dims, params) => {
    const aligned = alignBatch(args, dims)
    const outputs = bind(primitive(), aligned.args, params)
    return { outputs, dims: outputs.map(() => aligned.dim) }
  }
}

/** The length of the batch axis, read off a batched operand. */
export function batchSize(args: readonly JaxArray[], dims: readonly BatchDim[]): number {
  for (const [i, dim] of dims.entries()) if (dim !== null) return args[i].shape[dim]
  throw new Error('internal: batching rule called without a batched operand')
}

/** Sums a cotangent over the axes along which its operand was repeated. */
export function unbroadcast(aval: ShapedArray, cotangent: JaxArray): JaxArray {
  if (sameShape(aval.shape, cotangent.shape)) return cotangent
  if (aval.ndim === 0) return reduceSum(cotangent, { axes: cotangent.shape.map((_, axis) => axis) })
  const axes = aval.shape.flatMap((length, axis) => (length === cotangent.shape[axis] ? [] : [axis]))
  return reshape(reduceSum(cotangent, { axes }), { new_sizes: aval.shape })
}

/** Repeats a tangent whose operand was a scalar, or had axes of length 1, to the result's shape. */
export function broadcastTo(value: JaxArray, shape: readonly number[]): JaxArray {
  if (sameShape(value.shape, shape)) return value
  const kept = shape.flatMap((length, axis) => (value.ndim > 0 && value.shape[axis] === length ? [axis] : []))
  const core = value.ndim === 0 ? value : reshape(value, { new_sizes: kept.map((axis) => shape[axis]) })
  return broadcastInDim(core, { shape, broadcast_dimensions: kept })
}

/** The value of an operand that is not being transposed. */
export function known(operand: JaxArray | UndefinedPrimal, name: string): JaxArray {
  if (operand instanceof UndefinedPrimal) throw new Error(`internal: ${name} is not linear in this operand`)
  return operand
}
