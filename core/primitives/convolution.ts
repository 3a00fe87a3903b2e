import { convolutionKernel } from '../compiler/reference/convolution.ts'
import { type Shape, ShapedArray, formatShape } from '../ir/aval.ts'
import { type DType, bitWidth, isComplex, isFloat, isInteger } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import type { EquationCost } from '../ir/cost.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { upTo } from './axes.ts'
import { convertElementType } from './conversion.ts'
import type { DotPrecision } from './dot-general.ts'
import { checkDTypes, checkSameDTypes } from './elementwise.ts'
import { reshape, rev, transpose } from './movement.ts'
import { jvpOf, known } from './rules.ts'
import {
  type Geometry,
  type SpatialPadding,
  inputCotangentPadding,
  outputLengths,
  windowAxes,
  windowCotangentPadding,
} from './window-geometry.ts'
import { touched } from './costs.ts'
import { spreadAlong } from './sharding-rules.ts'

/**
 * Which axes are which: of the left operand and the result batch, feature, then spatial axes; of the right
 * operand output feature, input feature, then spatial axes.
 */
export type ConvDimensionNumbers = {
  readonly kind: 'ConvDimensionNumbers'
  readonly lhs_spec: readonly number[]
  readonly rhs_spec: readonly number[]
  readonly out_spec: readonly number[]
}

export type ConvParams = {
  readonly batch_group_count: number
  readonly dimension_numbers: ConvDimensionNumbers
  readonly feature_group_count: number
  readonly lhs_dilation: readonly number[]
  readonly out_sharding: null
  readonly padding: readonly SpatialPadding[]
  readonly precision: DotPrecision
  readonly preferred_element_type: DType | null
  readonly rhs_dilation: readonly number[]
  readonly window_strides: readonly number[]
}

/** Slides a window over spatial axes and sums products over it and over the input features. */
export function convGeneralDilated(lhs: JaxArray, rhs: JaxArray, params: ConvParams): JaxArray {
  return bindOne(convPrimitive, [lhs, rhs], params)
}

const spatial = (spec: readonly number[], shape: Shape): number[] => spec.slice(2).map((axis) => shape[axis])

function geometryOf(lhs: Shape, rhs: Shape, params: ConvParams): Geometry {
  const { lhs_spec, rhs_spec } = params.dimension_numbers
  return {
    inputs: spatial(lhs_spec, lhs),
    windows: spatial(rhs_spec, rhs),
    strides: params.window_strides,
    padding: params.padding,
    inputDilation: params.lhs_dilation,
    windowDilation: params.rhs_dilation,
  }
}

function resultShape(lhs: ShapedArray, rhs: ShapedArray, params: ConvParams): Shape {
  const { lhs_spec, rhs_spec, out_spec } = params.dimension_numbers
  const given = `lhs ${lhs.toString()} and rhs ${rhs.toString()}`
  if (lhs.ndim !== rhs.ndim || lhs.ndim < 2) {
    throw new JaxTypeError(`conv_general_dilated takes operands of one rank, at least 2, got ${given}.`)
  }
  const count = lhs.ndim - 2
  for (const list of [params.window_strides, params.padding, params.lhs_dilation, params.rhs_dilation]) {
    if (list.length !== count) {
      throw new ValueError(
        `conv_general_dilated: strides, padding and dilation need ${count} entries each for ${given}.`,
      )
    }
  }
  if (params.window_strides.some((stride) => stride < 1)) {
    throw new ValueError(`conv_general_dilated: strides must be positive, got ${formatShape(params.window_strides)}.`)
  }
  const { feature_group_count: featureGroups, batch_group_count: batchGroups } = params
  const [batch, features] = [lhs.shape[lhs_spec[0]], lhs.shape[lhs_spec[1]]]
  const [outFeatures, depth] = [rhs.shape[rhs_spec[0]], rhs.shape[rhs_spec[1]]]
  if (features !== depth * featureGroups) {
    throw new ValueError(
      `conv_general_dilated: ${features} input features in ${featureGroups} groups need a window of ` +
        `${features / featureGroups} input features, got ${depth}: ${given}.`,
    )
  }
  if (outFeatures % featureGroups !== 0 || outFeatures % batchGroups !== 0 || batch % batchGroups !== 0) {
    throw new ValueError(`conv_general_dilated: features and batch must be divisible by the group counts: ${given}.`)
  }
  const shape = new Array<number>(lhs.ndim).fill(0)
  shape[out_spec[0]] = batch / batchGroups
  shape[out_spec[1]] = outFeatures
  const lengths = outputLengths(geometryOf(lhs.shape, rhs.shape, params))
  for (const [i, length] of lengths.entries()) shape[out_spec[i + 2]] = length
  return shape
}

/** A multiplication and an addition for each element of a window that lies on one of the input. */
function convolutionCost(lhs: ShapedArray, rhs: ShapedArray, params: ConvParams, out: ShapedArray): EquationCost {
  const { rhs_spec, out_spec } = params.dimension_numbers
  const results = out.shape[out_spec[0]] * out.shape[out_spec[1]]
  return { flops: 2 * results * rhs.shape[rhs_spec[1]] * touched(windowAxes(geometryOf(lhs.shape, rhs.shape, params))) }
}

/** A convolution is summed in a type of its own kind, or whole numbers in floats, and never in a narrower one. */
export function checkPreferredType(given: DType, preferred: DType | null): void {
  if (preferred === null || preferred === given) return
  const fits =
    (isInteger(given) && (isInteger(preferred) || isFloat(preferred))) ||
    (isFloat(given) && isFloat(preferred)) ||
    (isComplex(given) && isComplex(preferred))
  if (!fits) {
    throw new JaxTypeError(
      `conv_general_dilated: preferredElementType ${preferred} does not fit operands of ${given}: ` +
        'whole numbers may be summed as integers or floats, floats as floats, complex numbers as complex numbers.',
      { hint: 'Leave preferredElementType out and convert the result: y.astype(…).' },
    )
  }
  if (isInteger(given) && isInteger(preferred) && given.startsWith('u') !== preferred.startsWith('u')) {
    throw new JaxTypeError(
      `conv_general_dilated: preferredElementType ${preferred} must have the same signedness as ${given}.`,
    )
  }
  if (bitWidth(preferred) < bitWidth(given)) {
    throw new JaxTypeError(`conv_general_dilated: preferredElementType ${preferred} is narrower than ${given}.`)
  }
}

export const convPrimitive: Primitive<ConvParams> = definePrimitive<ConvParams>({
  name: 'conv_general_dilated',
  inferSharding: spreadAlong(([lhs, rhs], { dimension_numbers: { lhs_spec, rhs_spec, out_spec } }, [out]) => {
    const apart = upTo(lhs.ndim)
    // Axes by what they are for: examples, then space; features of the result are those of the window.
    const ofLhs = (axis: number): number | null => (axis === lhs_spec[1] ? null : apart[lhs_spec.indexOf(axis)])
    return {
      operands: [apart.map(ofLhs), upTo(rhs.ndim).map((axis) => (axis === rhs_spec[0] ? 1 : null))],
      results: [upTo(out.ndim).map((axis) => out_spec.indexOf(axis))],
    }
  }),
  cost: ([lhs, rhs], params, [out]) => convolutionCost(lhs, rhs, params, out),

  abstractEval([lhs, rhs], params) {
    checkDTypes('conv_general_dilated', [lhs, rhs], ['bool or number', 'bool or number'])
    checkSameDTypes('conv_general_dilated', [lhs, rhs])
    return [new ShapedArray(resultShape(lhs, rhs, params), params.preferred_element_type ?? lhs.dtype)]
  },

  impl([lhs, rhs], params, [out]) {
    const { lhs_spec, rhs_spec, out_spec } = params.dimension_numbers
    const plan = {
      lhsSpec: lhs_spec,
      rhsSpec: rhs_spec,
      outSpec: out_spec,
      axes: windowAxes(geometryOf(lhs.shape, rhs.shape, params)),
      featureGroups: params.feature_group_count,
      batchGroups: params.batch_group_count,
    }
    return [convolutionKernel(lhs, rhs, plan, out.shape, out.dtype)]
  },

  jvp: jvpOf(
    () => convPrimitive,
    [
      (g, _ans, [, rhs], params) => convGeneralDilated(g, rhs, params),
      (g, _ans, [lhs], params) => convGeneralDilated(lhs, g, params),
    ],
  ),

  transpose([ct], [lhs, rhs], params) {
    if (lhs instanceof UndefinedPrimal) {
      if (ct instanceof Zero) return [new Zero(lhs.aval), null]
      return [cotangentOfInput(ct, lhs.aval, known(rhs, 'conv_general_dilated'), params), null]
    }
    if (!(rhs instanceof UndefinedPrimal)) return [null, null]
    if (ct instanceof Zero || ct.size === 0) return [null, new Zero(rhs.aval)]
    return [null, cotangentOfWindow(ct, lhs, rhs.aval, params)]
  },

  batch([lhs, rhs], [lhsDim, rhsDim], params) {
    const { lhs_spec, rhs_spec, out_spec } = params.dimension_numbers
    const { batch_group_count: batchGroups, feature_group_count: featureGroups } = params
    if (lhsDim !== null && rhsDim !== null) {
      const size = lhs.shape[lhsDim]
      const groups =
        batchGroups > 1 ? { batch_group_count: batchGroups * size } : { feature_group_count: featureGroups * size }
      const merged = axisInto(lhs, lhsDim, batchGroups > 1 ? lhs_spec[0] : lhs_spec[1])
      const out = convGeneralDilated(merged, axisInto(rhs, rhsDim, rhs_spec[0]), { ...params, ...groups })
      return { outputs: [axisOutOf(out, out_spec[1], size)], dims: [out_spec[1]] }
    }
    if (lhsDim !== null) {
      const merged =
        batchGroups === 1 ? axisInto(lhs, lhsDim, lhs_spec[0]) : intoGroups(lhs, lhsDim, lhs_spec[0], batchGroups)
      const out = convGeneralDilated(merged, rhs, params)
      return { outputs: [axisOutOf(out, out_spec[0], lhs.shape[lhsDim])], dims: [out_spec[0]] }
    }
    if (rhsDim === null) throw new Error('internal: batching rule called without a mapped operand')
    const size = rhs.shape[rhsDim]
    const groups = Math.max(featureGroups, batchGroups)
    if (groups === 1) {
      const out = convGeneralDilated(lhs, axisInto(rhs, rhsDim, rhs_spec[0]), params)
      return { outputs: [axisOutOf(out, out_spec[1], size)], dims: [out_spec[1]] }
    }
    const grouped = convGeneralDilated(lhs, intoGroups(rhs, rhsDim, rhs_spec[0], groups), params)
    const apart = axisOutOf(axisOutOf(grouped, out_spec[1], groups), out_spec[1] + 1, size)
    return { outputs: [axisInto(apart, out_spec[1], out_spec[1] + 1)], dims: [out_spec[1]] }
  },
})

/** Merges axis `from` into the axis that is number `to` once `from` is gone; `from` varies slower. */
function axisInto(x: JaxArray, from: number, to: number): JaxArray {
  const rest = upTo(x.ndim).filter((axis) => axis !== from)
  const shape = rest.map((axis) => x.shape[axis])
  shape[to] *= x.shape[from]
  return reshape(transpose(x, { permutation: rest.toSpliced(to, 0, from) }), { new_sizes: shape })
}

/** Splits an axis in two, of which the first has the given length. */
function axisOutOf(x: JaxArray, axis: number, length: number): JaxArray {
  return reshape(x, { new_sizes: x.shape.toSpliced(axis, 1, length, x.shape[axis] / length) })
}

/** Merges a batch axis into an axis that consists of groups, inside of every group. */
function intoGroups(x: JaxArray, dim: number, axis: number, groups: number): JaxArray {
  const split = axisOutOf(x, axis + (dim <= axis ? 1 : 0), groups)
  return axisInto(axisInto(split, dim + (axis < dim ? 1 : 0), axis + 1), axis, axis)
}

const exchanged = (spec: readonly number[]): number[] => [spec[1], spec[0], ...spec.slice(2)]

/** The cotangent of the input: the result's cotangent under the reversed window, features exchanged. */
function cotangentOfInput(ct: JaxArray, lhs: ShapedArray, rhs: JaxArray, params: ConvParams): JaxArray {
  const { lhs_spec, rhs_spec, out_spec } = params.dimension_numbers
  const groups = Math.max(params.feature_group_count, params.batch_group_count)
  const regrouped = groups === 1 ? rhs : axisInto(axisOutOf(rhs, rhs_spec[0], groups), rhs_spec[0], rhs_spec[1])
  const out = convGeneralDilated(ct, convertElementType(rev(regrouped, { dimensions: rhs_spec.slice(2) }), ct.dtype), {
    ...params,
    window_strides: params.lhs_dilation,
    padding: inputCotangentPadding(geometryOf(lhs.shape, rhs.shape, params)),
    lhs_dilation: params.window_strides,
    dimension_numbers: {
      kind: 'ConvDimensionNumbers',
      lhs_spec: out_spec,
      rhs_spec: exchanged(rhs_spec),
      out_spec: lhs_spec,
    },
    feature_group_count: groups,
    batch_group_count: 1,
  })
  const converted = convertElementType(out, lhs.dtype)
  if (params.batch_group_count === 1) return converted
  return axisInto(axisOutOf(converted, lhs_spec[1], params.batch_group_count), lhs_spec[1], lhs_spec[0])
}

/** The cotangent of the window: the input under the result's cotangent as window, batch and features exchanged. */
function cotangentOfWindow(ct: JaxArray, lhs: JaxArray, rhs: ShapedArray, params: ConvParams): JaxArray {
  const { lhs_spec, rhs_spec, out_spec } = params.dimension_numbers
  const out = convGeneralDilated(convertElementType(lhs, ct.dtype), ct, {
    ...params,
    window_strides: params.rhs_dilation,
    padding: windowCotangentPadding(geometryOf(lhs.shape, rhs.shape, params)),
    rhs_dilation: params.window_strides,
    dimension_numbers: {
      kind: 'ConvDimensionNumbers',
      lhs_spec: exchanged(lhs_spec),
      rhs_spec: exchanged(out_spec),
      out_spec: exchanged(rhs_spec),
    },
    feature_group_count: params.batch_group_count,
    batch_group_count: params.feature_group_count,
  })
  return convertElementType(out, rhs.dtype)
}

export const convolutionPrimitives: readonly Primitive[] = [convPrimitive]
