import { ValueError } from '../errors.ts'
import { sizeOf } from '../ir/aval.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add } from '../primitives/elementwise-arithmetic.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { broadcastInDim, reshape, rev, transpose } from '../primitives/movement.ts'
import { type SpatialPadding, dilated } from '../primitives/window-geometry.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { arrayArgument } from './arguments.ts'
import {
  type ConvDimensions,
  type ConvOptions,
  type Padding,
  convDimensionNumbers,
  convGeneralDilated,
} from './convolution.ts'
import { dotGeneral } from './dot.ts'
import { Precision, precisionArgument } from './precision.ts'

/** What a transposed convolution may be told. */
export interface ConvTransposeOptions extends Pick<
  ConvOptions,
  'rhsDilation' | 'dimensionNumbers' | 'precision' | 'preferredElementType'
> {
  /** Reverses the window and exchanges its features, which makes this the derivative of a convolution. */
  readonly transposeKernel?: boolean
  /** Takes numbers of padding, like its names, as those of the convolution that is transposed. */
  readonly useConsistentPadding?: boolean
}

const channelsLast: Readonly<Record<number, ConvDimensions>> = {
  2: ['NC', 'IO', 'NC'],
  3: ['NHC', 'HIO', 'NHC'],
  4: ['NHWC', 'HWIO', 'NHWC'],
  5: ['NHWDC', 'HWDIO', 'NHWDC'],
}

/** Padding of the spread input under which a convolution undoes the shape of one with the given padding. */
function transposedPadding(window: number, stride: number, padding: string | SpatialPadding): SpatialPadding {
  if (typeof padding !== 'string') return [window - padding[0] - 1, window - padding[1] - 1]
  if (padding === 'SAME') {
    const total = window + stride - 2
    const low = stride > window - 1 ? window - 1 : Math.ceil(total / 2)
    return [low, total - low]
  }
  if (padding === 'VALID') return [window - 1, stride - 1 + Math.max(window - stride, 0)]
  throw new ValueError(`lax.convTranspose: padding must be 'SAME', 'VALID' or numbers, got '${padding}'.`)
}

/**
 * A convolution whose input is spread out by `strides`: the shapes of a convolution the other way round. Channels
 * come last unless `dimensionNumbers` says otherwise. JAX: `jax.lax.conv_transpose`.
 *
 * @example
 * lax.convTranspose(jnp.ones([1, 3, 2]), jnp.ones([2, 2, 5]), [2], 'SAME').shape // [1, 6, 5]
 */
export function convTranspose(
  lhs: ArrayLike,
  rhs: ArrayLike,
  strides: readonly number[],
  padding: Padding,
  options: ConvTransposeOptions = {},
): JaxArray {
  const x = arrayArgument(lhs)
  let window = arrayArgument(rhs)
  const dimensions = options.dimensionNumbers ?? channelsLast[x.ndim]
  if (dimensions === undefined) throw new ValueError(`lax.convTranspose: name the axes of ${x.ndim} dimensions.`)
  const numbers = convDimensionNumbers(x.shape, window.shape, dimensions)
  const spatial = numbers.rhs_spec.slice(2)
  const rhsDilation = options.rhsDilation ?? spatial.map(() => 1)
  const named = padding === 'SAME' || padding === 'VALID'
  const pads =
    named || options.useConsistentPadding === true
      ? spatial.map((axis, i) =>
          transposedPadding(
            dilated(window.shape[axis], rhsDilation[i]),
            strides[i],
            typeof padding === 'string' ? padding : padding[i],
          ),
        )
      : padding
  if (options.transposeKernel === true) {
    const [outFeature, inFeature] = numbers.rhs_spec
    const exchanged = upTo(window.ndim).with(outFeature, inFeature).with(inFeature, outFeature)
    window = transpose(rev(window, { dimensions: spatial }), { permutation: exchanged })
  }
  return convGeneralDilated(
    x,
    window,
    spatial.map(() => 1),
    pads,
    {
      lhsDilation: strides,
      rhsDilation,
      dimensionNumbers: numbers,
      precision: options.precision,
      preferredElementType: options.preferredElementType,
    },
  )
}

/** What a convolution that lays out or weighs its windows one by one may be told. */
export type PatchOptions = Omit<ConvOptions, 'featureGroupCount' | 'batchGroupCount'>

/**
 * What the window of a convolution sees at each of its places, laid out along the feature axis: channels first, then
 * the window's own axes. JAX: `jax.lax.conv_general_dilated_patches`.
 *
 * @example
 * lax.convGeneralDilatedPatches(jnp.ones([1, 2, 5]), [3], [1], 'VALID').shape // [1, 6, 3]
 */
export function convGeneralDilatedPatches(
  lhs: ArrayLike,
  filterShape: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  options: PatchOptions = {},
): JaxArray {
  const x = arrayArgument(lhs)
  const numbers = convDimensionNumbers(x.shape, [1, 1, ...filterShape], options.dimensionNumbers ?? null)
  const size = sizeOf(filterShape)
  const channels = x.shape[numbers.lhs_spec[1]]
  const shape = [size, size]
  const row = add(iota({ dtype: 'int32', shape, dimension: 0 }), scalar(0, 'int32'))
  const one = convertElementType(eq(row, iota({ dtype: 'int32', shape, dimension: 1 })), x.dtype)
  const each = broadcastInDim(one, { shape: [channels, size, size], broadcast_dimensions: [1, 2] })
  const window = reshape(each, { new_sizes: [channels * size, 1, ...filterShape] })
  const precision = precisionArgument('convGeneralDilatedPatches', options.precision)
  return convGeneralDilated(x, featuresTo(window, numbers.rhs_spec), windowStrides, padding, {
    ...options,
    dimensionNumbers: numbers,
    featureGroupCount: channels,
    precision: precision === null ? null : [precision[0], Precision.DEFAULT],
  })
}

/** Moves the two feature axes from the front to their places and keeps the order of the others. */
function featuresTo(x: JaxArray, [first, second]: readonly number[]): JaxArray {
  const order = upTo(x.ndim).slice(2)
  for (const [place, axis] of [[first, 0] as const, [second, 1] as const].sort((a, b) => a[0] - b[0])) {
    order.splice(place, 0, axis)
  }
  return order.every((axis, i) => axis === i) ? x : transpose(x, { permutation: order })
}

/**
 * A convolution with a window of its own at each of its places: the spatial axes of `rhs` are those of the result, and
 * its input features run through channels and window. JAX: `jax.lax.conv_general_dilated_local`.
 *
 * @example
 * lax.convGeneralDilatedLocal(jnp.ones([1, 2, 5]), jnp.ones([3, 4, 4]), [1], 'VALID', [2]).shape // [1, 3, 4]
 */
export function convGeneralDilatedLocal(
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  filterShape: readonly number[],
  options: Omit<PatchOptions, 'preferredElementType'> = {},
): JaxArray {
  const x = arrayArgument(lhs)
  const precision = precisionArgument('convGeneralDilatedLocal', options.precision)
  const patches = convGeneralDilatedPatches(x, filterShape, windowStrides, padding, {
    ...options,
    precision: precision?.[0] ?? null,
  })
  const { rhs_spec, out_spec } = convDimensionNumbers(x.shape, [1, 1, ...filterShape], options.dimensionNumbers ?? null)
  const places = out_spec.slice(2)
  const byPlace = upTo(places.length).sort((a, b) => places[a] - places[b])
  const product = dotGeneral(
    patches,
    rhs,
    [
      [[out_spec[1]], [rhs_spec[1]]],
      [byPlace.map((i) => places[i]), byPlace.map((i) => rhs_spec[i + 2])],
    ],
    { precision },
  )
  const last = product.ndim - 2
  const rest = upTo(last)
  for (const [place, axis] of [[out_spec[0], last] as const, [out_spec[1], last + 1] as const].sort(
    (a, b) => a[0] - b[0],
  )) {
    rest.splice(place, 0, axis)
  }
  return rest.every((axis, i) => axis === i) ? product : transpose(product, { permutation: rest })
}
