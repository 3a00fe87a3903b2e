import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { identityOf } from '../compiler/reference/reduction.ts'
import { upTo } from '../primitives/axes.ts'
import { type ConvDimensionNumbers, convGeneralDilated as bindConv } from '../primitives/convolution.ts'
import { add, max, min } from '../primitives/elementwise-arithmetic.ts'
import { reduceWindow as bindWindow } from '../primitives/reduce-window.ts'
import { type SpatialPadding, dilated } from '../primitives/window-geometry.ts'
import { operand } from '../primitives/operand.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, dtypeArgument } from './arguments.ts'

/** Padding by rule or by numbers for every spatial axis. */
export type Padding = 'SAME' | 'SAME_LOWER' | 'VALID' | readonly SpatialPadding[]

/** What a convolution may be told. */
export interface ConvOptions {
  readonly lhsDilation?: readonly number[] | null
  readonly rhsDilation?: readonly number[] | null
  /** Axis letters of input, window and result, such as `['NHWC', 'HWIO', 'NHWC']`; channels first unless given. */
  readonly dimensionNumbers?: readonly [lhs: string, rhs: string, out: string] | null
  readonly featureGroupCount?: number
  readonly batchGroupCount?: number
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
  const numbers = dimensionNumbers(x.ndim, options.dimensionNumbers ?? null)
  const rhsDilation = options.rhsDilation ?? ones
  const { preferredElementType = null } = options
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
    precision: null,
    preferred_element_type:
      preferredElementType === null ? null : dtypeArgument('convGeneralDilated', preferredElementType),
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
export function conv(lhs: ArrayLike, rhs: ArrayLike, windowStrides: readonly number[], padding: Padding): JaxArray {
  return convGeneralDilated(lhs, rhs, windowStrides, padding)
}

function dimensionNumbers(rank: number, letters: ConvOptions['dimensionNumbers']): ConvDimensionNumbers {
  const kind = 'ConvDimensionNumbers'
  if (letters === null || letters === undefined) {
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

function paddingOf(
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

/** What a windowed reduction may be told. */
export interface ReduceWindowOptions {
  readonly baseDilation?: readonly number[] | null
  readonly windowDilation?: readonly number[] | null
}

/**
 * Reduces every window of an array by `lax.add`, `lax.max` or `lax.min`, starting from `initValue`.
 *
 * @example
 * lax.reduceWindow(jnp.array([1, 3, 2, 4]), -Infinity, lax.max, [2], [2], 'VALID').tolist() // [3, 4]
 */
export function reduceWindow(
  x: ArrayLike,
  initValue: ArrayLike,
  computation: (a: ArrayLike, b: ArrayLike) => JaxArray,
  windowDimensions: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  options: ReduceWindowOptions = {},
): JaxArray {
  const array = arrayArgument(x)
  const kind = computation === add ? 'sum' : computation === max ? 'max' : computation === min ? 'min' : null
  if (kind === null) {
    throw new JaxTypeError('lax.reduceWindow: the computation must be lax.add, lax.max or lax.min.')
  }
  if (windowDimensions.length !== array.ndim || windowStrides.length !== array.ndim) {
    throw new ValueError(
      `lax.reduceWindow: window and strides need one entry an axis of shape ${formatShape(array.shape)}.`,
    )
  }
  const ones = array.shape.map(() => 1)
  const dilation = options.windowDilation ?? ones
  const base = options.baseDilation ?? ones
  const reduced = bindWindow(kind, array, {
    base_dilation: base,
    padding: paddingOf(
      padding,
      array.shape.map((length, axis) => dilated(length, base[axis])),
      windowDimensions.map((length, axis) => dilated(length, dilation[axis])),
      windowStrides,
    ),
    window_dilation: dilation,
    window_dimensions: windowDimensions,
    window_strides: windowStrides,
  })
  const start = operand(initValue, array.dtype)
  return hostValueOf(start)?.data[0] === identityOf(kind, array.dtype) ? reduced : computation(reduced, start)
}
