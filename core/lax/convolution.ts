import { JaxTypeError, ValueError } from '../errors.ts'
import { upTo } from '../primitives/axes.ts'
import {
  type ConvDimensionNumbers,
  checkPreferredType,
  convGeneralDilated as bindConv,
} from '../primitives/convolution.ts'
import { type SpatialPadding, dilated } from '../primitives/window-geometry.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, dtypeArgument } from './arguments.ts'
import { type PrecisionLike, precisionArgument } from './precision.ts'

/** Padding by rule or by numbers for every spatial axis. */
export type Padding = 'SAME' | 'SAME_LOWER' | 'VALID' | readonly SpatialPadding[]

/** Axis letters of input, window and result, such as `['NHWC', 'HWIO', 'NHWC']`, or what `convDimensionNumbers` gives. */
export type ConvDimensions = readonly [lhs: string, rhs: string, out: string] | ConvDimensionNumbers

/** What a convolution may be told. */
export interface ConvOptions {
  readonly lhsDilation?: readonly number[] | null
  readonly rhsDilation?: readonly number[] | null
  /** Channels first unless given. */
  readonly dimensionNumbers?: ConvDimensions | null
  readonly featureGroupCount?: number
  readonly batchGroupCount?: number
  readonly precision?: PrecisionLike
  readonly preferredElementType?: string | null
}

/**
 * Convolution of any number of spatial axes, with strides, padding, dilation and groups.
 *
 * @example
 * lax.convGeneralDilated(jnp.ones([1, 1, 4, 4]), jnp.ones([1, 1, 3, 3]), [1, 1], 'VALID').shape // [1, 1, 2, 2]
 */
export function convGeneralDilated(
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  options: ConvOptions = {},
): JaxArray {
  const [x, w] = [arrayArgument(lhs), arrayArgument(rhs)]
  const count = Math.max(0, x.ndim - 2)
  const ones = upTo(count).map(() => 1)
  const numbers = axesOf(x.ndim, options.dimensionNumbers ?? null)
  const rhsDilation = options.rhsDilation ?? ones
  const { preferredElementType = null } = options
  const preferred = preferredElementType === null ? null : dtypeArgument('convGeneralDilated', preferredElementType)
  checkPreferredType(x.dtype, preferred)
  return bindConv(x, w, {
    batch_group_count: options.batchGroupCount ?? 1,
    dimension_numbers: numbers,
    feature_group_count: options.featureGroupCount ?? 1,
    lhs_dilation: options.lhsDilation ?? ones,
    out_sharding: null,
    padding: paddingOf(
      padding,
      numbers.lhs_spec.slice(2).map((axis) => x.shape[axis]),
      numbers.rhs_spec.slice(2).map((axis, i) => dilated(w.shape[axis], rhsDilation[i])),
      windowStrides,
    ),
    precision: precisionArgument('convGeneralDilated', options.precision),
    preferred_element_type: preferred,
    rhs_dilation: rhsDilation,
    window_strides: windowStrides,
  })
}

/**
 * Convolution of a channels-first batch.
 *
 * @example
 * lax.conv(jnp.ones([1, 1, 4, 4]), jnp.ones([1, 1, 3, 3]), [1, 1], 'SAME').shape // [1, 1, 4, 4]
 */
export function conv(
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  options: Pick<ConvOptions, 'precision' | 'preferredElementType'> = {},
): JaxArray {
  return convGeneralDilated(lhs, rhs, windowStrides, padding, options)
}

/**
 * Axis letters as axis numbers, batch and feature first. JAX: `jax.lax.conv_dimension_numbers`.
 *
 * @example
 * lax.convDimensionNumbers([1, 5, 5, 3], [2, 2, 3, 4], ['NHWC', 'HWIO', 'NHWC']).rhs_spec // [3, 2, 0, 1]
 */
export function convDimensionNumbers(
  lhsShape: readonly number[],
  rhsShape: readonly number[],
  dimensionNumbers: ConvDimensions | null,
): ConvDimensionNumbers {
  if (lhsShape.length !== rhsShape.length) {
    throw new JaxTypeError(
      `lax.convDimensionNumbers: input and window need one rank, got ${lhsShape.length} and ${rhsShape.length}.`,
    )
  }
  return axesOf(lhsShape.length, dimensionNumbers)
}

function axesOf(rank: number, letters: ConvDimensions | null): ConvDimensionNumbers {
  const kind = 'ConvDimensionNumbers'
  if (letters !== null && 'lhs_spec' in letters) return letters
  if (letters === null) {
    return { kind, lhs_spec: upTo(rank), rhs_spec: upTo(rank), out_spec: upTo(rank) }
  }
  const [lhs, rhs, out] = letters
  const spatialLetters = [...rhs].filter((letter) => letter !== 'O' && letter !== 'I')
  const spec = (text: string, first: string, second: string): number[] => {
    const order = [first, second, ...spatialLetters].map((letter) => text.indexOf(letter))
    if (text.length !== rank || new Set(order).size !== rank || order.includes(-1)) {
      throw new ValueError(
        `lax.convGeneralDilated: '${text}' does not name ${rank} axes with ${first}, ${second} and '${spatialLetters.join('')}'.`,
      )
    }
    return order
  }
  return { kind, lhs_spec: spec(lhs, 'N', 'C'), rhs_spec: spec(rhs, 'O', 'I'), out_spec: spec(out, 'N', 'C') }
}

/** Padding in numbers. */
export function paddingOf(
  padding: Padding,
  inputs: readonly number[],
  windows: readonly number[],
  strides: readonly number[],
): readonly SpatialPadding[] {
  if (typeof padding !== 'string') return padding
  return inputs.map((input, i) => {
    if (padding === 'VALID') return [0, 0]
    const total = Math.max(0, (Math.ceil(input / strides[i]) - 1) * strides[i] + windows[i] - input)
    const less = Math.floor(total / 2)
    return padding === 'SAME' ? [less, total - less] : [total - less, less]
  })
}
