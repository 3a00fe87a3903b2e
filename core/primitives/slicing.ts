import { JaxTypeError, ValueError } from '../errors.ts'
import { type ShapedArray, type Shape, formatShape } from '../ir/aval.ts'
import { padKernel, sliceKernel } from '../compiler/reference/movement.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { linearJvp } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { upTo } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { sub } from './elementwise-arithmetic.ts'
import { selectN } from './selection.ts'
import { broadcastInDim, onlyDim } from './movement.ts'
import { reduceSum } from './reductions.ts'
import { instantiate } from './zeros.ts'
import { moves, readsResult } from './costs.ts'
import { spreadAlike, spreadExcept } from './sharding-rules.ts'

type SliceParams = {
  readonly start_indices: readonly number[]
  readonly limit_indices: readonly number[]
  readonly strides: readonly number[] | null
}

function sliceShape(
  operand: ShapedArray,
  { start_indices: starts, limit_indices: limits, strides }: SliceParams,
): Shape {
  const given =
    `start_indices=${formatShape(starts)}, limit_indices=${formatShape(limits)}` +
    `${strides === null ? '' : `, strides=${formatShape(strides)}`} for shape ${formatShape(operand.shape)}`
  const rank = operand.ndim
  if (starts.length !== rank || limits.length !== rank || (strides !== null && strides.length !== rank)) {
    throw new JaxTypeError(`slice needs one start, limit and stride per axis, got ${given}.`)
  }
  if (!starts.every((start, axis) => start >= 0 && start <= limits[axis] && limits[axis] <= operand.shape[axis])) {
    throw new JaxTypeError(`slice needs 0 <= start <= limit <= length along every axis, got ${given}.`)
  }
  if (strides !== null && !strides.every((stride) => stride > 0)) {
    throw new JaxTypeError(`slice: strides must be positive, got ${given}.`)
  }
  return starts.map((start, axis) => Math.ceil((limits[axis] - start) / (strides === null ? 1 : strides[axis])))
}

export const slicePrimitive: Primitive<SliceParams> = definePrimitive<SliceParams>({
  name: 'slice',
  cost: readsResult,
  inferSharding: spreadExcept(([x], { start_indices, limit_indices }) =>
    upTo(x.ndim).filter((axis) => start_indices[axis] !== 0 || limit_indices[axis] !== x.shape[axis]),
  ),

  abstractEval([operand], params) {
    return [operand.with({ shape: sliceShape(operand, params) })]
  },

  impl([operand], { start_indices, strides }, [out]) {
    return [sliceKernel(operand, out.shape, start_indices, strides)]
  },

  jvp: linearJvp(() => slicePrimitive),

  transpose([ct], [operand], { start_indices, limit_indices, strides }) {
    if (!(operand instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(operand.aval)]
    const { shape } = operand.aval
    const config = start_indices.map((start, axis): readonly [number, number, number] => {
      const step = strides === null ? 1 : strides[axis]
      const length = ct.shape[axis]
      const limit = step === 1 ? limit_indices[axis] : start + (length === 0 ? 0 : 1 + (length - 1) * step)
      return [start, shape[axis] - limit, step - 1]
    })
    return [pad(ct, scalar(0, ct.dtype), { padding_config: config })]
  },

  batch([operand], dims, { start_indices, limit_indices, strides }) {
    const dim = onlyDim(dims)
    const output = slice(operand, {
      start_indices: start_indices.toSpliced(dim, 0, 0),
      limit_indices: limit_indices.toSpliced(dim, 0, operand.shape[dim]),
      strides: strides === null ? null : strides.toSpliced(dim, 0, 1),
    })
    return { outputs: [output], dims: [dim] }
  },
})

/** The elements from start to before limit, each `strides` apart, along every axis. */
export function slice(
  x: JaxArray,
  params: { start_indices: readonly number[]; limit_indices: readonly number[]; strides?: readonly number[] | null },
): JaxArray {
  const { start_indices, limit_indices, strides = null } = params
  return bindOne(slicePrimitive, [x], { start_indices, limit_indices, strides })
}

/** Low, high and interior padding of one axis. */
export type AxisPadding = readonly [low: number, high: number, interior: number]

type PadParams = { readonly padding_config: readonly AxisPadding[] }

function formatPadding(config: readonly AxisPadding[]): string {
  return `(${config.map(formatShape).join(', ')}${config.length === 1 ? ',' : ''})`
}

export const padPrimitive: Primitive<PadParams> = definePrimitive<PadParams>({
  name: 'pad',
  cost: moves,
  inferSharding: spreadAlike(),

  abstractEval([operand, value], { padding_config: config }) {
    const given = `padding_config=${formatPadding(config)} for shape ${formatShape(operand.shape)}`
    if (value.ndim !== 0) {
      throw new JaxTypeError(`pad: the padding value must be a scalar, got shape ${formatShape(value.shape)}.`)
    }
    if (operand.dtype !== value.dtype) {
      throw new JaxTypeError(
        `pad needs operand and padding value of one dtype, got ${operand.dtype} and ${value.dtype}.`,
      )
    }
    if (config.length !== operand.ndim) throw new ValueError(`pad needs one entry per axis, got ${given}.`)
    if (!config.every(([, , interior]) => interior >= 0)) {
      throw new ValueError(`pad: interior padding must not be negative, got ${given}.`)
    }
    const shape = operand.shape.map((length, axis) => {
      const [low, high, interior] = config[axis]
      return low + high + (length === 0 ? 0 : (length - 1) * (interior + 1) + 1)
    })
    if (!shape.every((length) => length >= 0)) {
      throw new ValueError(`pad: the result would have shape ${formatShape(shape)}, got ${given}.`)
    }
    return [operand.with({ shape, weakType: operand.weakType && value.weakType })]
  },

  impl([operand, value], { padding_config }, [out]) {
    return [padKernel(operand, value, out.shape, padding_config)]
  },

  jvp([operand, value], [operandTangent, valueTangent], params) {
    const primal = pad(operand, value, params)
    if (operandTangent instanceof Zero && valueTangent instanceof Zero) {
      return { primals: [primal], tangents: [new Zero(primal.aval)] }
    }
    return { primals: [primal], tangents: [pad(instantiate(operandTangent), instantiate(valueTangent), params)] }
  },

  transpose([ct], [operand, value], { padding_config: config }) {
    const operandIsLinear = operand instanceof UndefinedPrimal
    const valueIsLinear = value instanceof UndefinedPrimal
    if (ct instanceof Zero) {
      return [operandIsLinear ? new Zero(operand.aval) : null, valueIsLinear ? new Zero(value.aval) : null]
    }
    const unpadded = pad(ct, scalar(0, ct.dtype), {
      padding_config: config.map(([low, high]): AxisPadding => [-low, -high, 0]),
    })
    const toOperand = slice(unpadded, {
      start_indices: config.map(() => 0),
      limit_indices: unpadded.shape,
      strides: config.map(([, , interior]) => interior + 1),
    })
    if (!valueIsLinear) return [operandIsLinear ? toOperand : null, null]
    const total = (x: JaxArray): JaxArray => reduceSum(x, { axes: upTo(x.ndim) })
    return [operandIsLinear ? toOperand : null, sub(total(ct), total(toOperand))]
  },

  batch([operand, value], [operandDim, valueDim], { padding_config }, { size }) {
    const dim = operandDim ?? 0
    const batched = moveBatchAxis(operand, operandDim, dim, size)
    const config = padding_config.toSpliced(dim, 0, [0, 0, 0])
    if (valueDim === null) return { outputs: [pad(batched, value, { padding_config: config })], dims: [dim] }
    const padded = pad(batched, scalar(0, operand.dtype), { padding_config: config })
    const ones = broadcastInDim(scalar(true, 'bool'), { shape: batched.shape, broadcast_dimensions: [] })
    const inside = pad(ones, scalar(false, 'bool'), { padding_config: config })
    const values = broadcastInDim(value, { shape: padded.shape, broadcast_dimensions: [dim] })
    return { outputs: [selectN(inside, values, padded)], dims: [dim] }
  },
})

/** Puts `value` before, after and between the elements of `x`; negative low and high padding cuts elements off. */
export function pad(x: JaxArray, value: JaxArray, { padding_config }: PadParams): JaxArray {
  return bindOne(padPrimitive, [x, value], { padding_config })
}

export const slicingPrimitives: readonly Primitive[] = [slicePrimitive, padPrimitive]
