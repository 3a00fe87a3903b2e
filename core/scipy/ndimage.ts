/** Images of any number of axes: JAX's `jax.scipy.ndimage`. */
import { NotImplementedError, ValueError } from '../errors.ts'
import { isFloat } from '../ir/dtype.ts'
import { round } from '../lax/elementwise.ts'
import { abs, add, clip, floorDivide, multiply, remainder, subtract } from '../numpy/arithmetic.ts'
import { getItem } from '../numpy/indexing.ts'
import { greaterEqual, less, logicalAnd } from '../numpy/logic.ts'
import { asArray } from '../numpy/promotion.ts'
import { floor } from '../numpy/rounding.ts'
import { where } from '../numpy/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

/** What lies outside of the image: a constant, its edge, or itself, repeated or mirrored about edges or end points. */
export type BoundaryMode = 'constant' | 'nearest' | 'wrap' | 'mirror' | 'reflect'

/** What `mapCoordinates` may be told. */
export interface MapCoordinatesOptions {
  readonly mode?: BoundaryMode
  /** The value outside, for mode 'constant'. */
  readonly cval?: ArrayLike
}

interface Neighbour {
  readonly index: JaxArray
  readonly inside: JaxArray | null
  readonly weight: ArrayLike
}

/**
 * The image at fractional coordinates, one array an axis, by the nearest pixel (order 0) or linearly (order 1).
 *
 * @example
 * scipy.ndimage.mapCoordinates(jnp.array([10, 20]), [jnp.array([0.5])], 1).tolist() // [15]
 */
export function mapCoordinates(
  input: ArrayLike,
  coordinates: readonly ArrayLike[],
  order: number,
  { mode = 'constant', cval = 0 }: MapCoordinatesOptions = {},
): JaxArray {
  const image = asArray('mapCoordinates', input)
  if (coordinates.length !== image.ndim) {
    throw new ValueError(
      `mapCoordinates takes one array of coordinates an axis: ${coordinates.length} for ${image.ndim}.`,
    )
  }
  if (!['constant', 'nearest', 'wrap', 'mirror', 'reflect'].includes(mode)) {
    throw new NotImplementedError(`mapCoordinates has no mode '${mode}'.`)
  }
  if (order !== 0 && order !== 1) throw new NotImplementedError(`mapCoordinates has orders 0 and 1, not ${order}.`)
  const outside = asArray('mapCoordinates', cval).astype(image.dtype)
  const axes = coordinates.map((given, axis) => {
    const at = asArray('mapCoordinates', given)
    const nodes = order === 0 ? nearest(at) : linear(at)
    return nodes.map(({ index, weight }): Neighbour => {
      const size = image.shape[axis]
      const inside = mode === 'constant' ? logicalAnd(greaterEqual(index, 0), less(index, size)) : null
      return { index: fixed(index, size, mode), inside, weight }
    })
  })
  const parts = corners(axes).map((corner) => {
    const value = getItem(
      image,
      corner.map(({ index }) => index),
    )
    const valid = corner.flatMap(({ inside }) => (inside === null ? [] : [inside]))
    const shown = valid.length === 0 ? value : where(valid.reduce(logicalAnd), value, outside)
    return multiply(
      corner.map(({ weight }) => weight).reduce((a, b) => multiply(a, b)),
      shown,
    )
  })
  const total = parts.reduce((a, b) => add(a, b))
  return (isFloat(image.dtype) ? total : awayFromZero(total)).astype(image.dtype)
}

/** One neighbour an axis, in every combination. */
function corners(axes: readonly (readonly Neighbour[])[]): Neighbour[][] {
  return axes.reduce<Neighbour[][]>(
    (all, axis) => all.flatMap((some) => axis.map((neighbour) => [...some, neighbour])),
    [[]],
  )
}

function awayFromZero(x: JaxArray): JaxArray {
  return isFloat(x.dtype) ? round(x) : x
}

function nearest(at: JaxArray): { index: JaxArray; weight: ArrayLike }[] {
  return [{ index: awayFromZero(at).astype('int32'), weight: asArray('mapCoordinates', 1).astype(at.dtype) }]
}

function linear(at: JaxArray): { index: JaxArray; weight: ArrayLike }[] {
  const lower = floor(at)
  const share = subtract(at, lower)
  const index = lower.astype('int32')
  return [
    { index, weight: subtract(1, share) },
    { index: add(index, 1), weight: share },
  ]
}

function fixed(index: JaxArray, size: number, mode: BoundaryMode): JaxArray {
  switch (mode) {
    case 'constant':
      return index
    case 'nearest':
      return clip(index, 0, size - 1)
    case 'wrap':
      return remainder(index, size)
    case 'mirror':
      return mirrored(index, size)
    case 'reflect':
      return floorDivide(subtract(mirrored(add(multiply(2, index), 1), 2 * size + 1), 1), 2)
  }
}

function mirrored(index: JaxArray, size: number): JaxArray {
  const last = size - 1
  return abs(subtract(remainder(add(index, last), 2 * last), last))
}
