import { ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { upTo } from '../primitives/axes.ts'
import { neg } from '../primitives/elementwise-arithmetic.ts'
import * as joining from '../primitives/joining.ts'
import * as movement from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, canonicalAxis } from './arguments.ts'
import { ppermute } from './collectives.ts'
import { type Padding, convGeneralDilated } from './convolution.ts'
import { type Scatter, scatterAdd } from './gather-scatter.ts'
import { full } from './movement.ts'

/**
 * The shape that arrays of the given shapes have when they meet: an axis of length 1 is repeated.
 *
 * @example
 * lax.broadcastShapes([2, 1], [3]) // [2, 3]
 */
export function broadcastShapes(...shapes: Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return upTo(rank).map((axis) => {
    const lengths = shapes.map((shape) => shape.at(axis - rank) ?? 1).filter((length) => length !== 1)
    if (new Set(lengths).size > 1) {
      throw new ValueError(`lax.broadcastShapes: ${shapes.map(formatShape).join(' and ')} do not fit together.`)
    }
    return lengths[0] ?? 1
  })
}

/**
 * The array with axes of length 1 in front, as many as it takes to have `rank` of them.
 *
 * @example
 * lax.broadcastToRank(jnp.ones(3), 2).shape // [1, 3]
 */
export function broadcastToRank(x: ArrayLike, rank: number): JaxArray {
  const array = arrayArgument(x)
  return movement.expandDims(array, upTo(Math.max(0, rank - array.ndim)))
}

/**
 * The array repeated to the shape of another.
 *
 * @example
 * lax.broadcastLike(1, jnp.ones([2, 2])).shape // [2, 2]
 */
export function broadcastLike(x: ArrayLike, like: ArrayLike): JaxArray {
  const [array, { shape }] = [arrayArgument(x), arrayArgument(like)]
  const offset = shape.length - array.ndim
  return movement.broadcastInDim(array, { shape, broadcast_dimensions: upTo(array.ndim).map((i) => i + offset) })
}

/**
 * Zeros: in a language of values there is nothing uninitialised to hand out.
 *
 * @example
 * lax.empty([2], 'float32').tolist() // [0, 0]
 */
export function empty(shape: number | Shape, dtype: string): JaxArray {
  return full(shape, 0, dtype)
}

/**
 * Arrays of one shape along a new axis.
 *
 * @example
 * lax.stack([jnp.ones(2), jnp.zeros(2)]).shape // [2, 2]
 */
export function stack(operands: readonly ArrayLike[], axis = 0): JaxArray {
  const arrays = operands.map(arrayArgument)
  if (arrays.length === 0) throw new ValueError('lax.stack needs at least one array.')
  return joining.stack(arrays, { axis: canonicalAxis('stack', axis, arrays[0].ndim + 1) })
}

/**
 * The parts of an array along an axis.
 *
 * @example
 * lax.unstack(jnp.ones([2, 3])).length // 2
 */
export function unstack(x: ArrayLike, axis = 0): JaxArray[] {
  const array = arrayArgument(x)
  return joining.unstack(array, { axis: canonicalAxis('unstack', axis, array.ndim) })
}

/**
 * Subtracts updates at the places that the indices name; places that are named twice lose both.
 *
 * @example
 * const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
 * lax.scatterSub(jnp.ones(2), jnp.array([[1]], { dtype: 'int32' }), jnp.ones(1), numbers).tolist() // [1, 0]
 */
export const scatterSub: Scatter = (x, indices, updates, dimensionNumbers, options) =>
  scatterAdd(x, indices, neg(arrayArgument(updates)), dimensionNumbers, options)

/**
 * Rearranges values over a named axis: lane `i` receives what lane `perm[i]` had.
 *
 * @example
 * vmap((x) => lax.pshuffle(x, 'i', [1, 0]), { axisName: 'i' })(jnp.array([1, 2])).tolist() // [2, 1]
 */
export function pshuffle<T>(x: T, axisName: string, perm: readonly number[]): T {
  if (new Set(perm).size !== perm.length) {
    throw new ValueError(`lax.pshuffle: every source must be named once, got [${perm.join(', ')}].`)
  }
  return ppermute(
    x,
    axisName,
    perm.map((source, destination) => [source, destination] as const),
  )
}

/**
 * A convolution with padding and dilations by position.
 *
 * @example
 * lax.convWithGeneralPadding(jnp.ones([1, 1, 4]), jnp.ones([1, 1, 2]), [1], 'VALID', null, null).shape // [1, 1, 3]
 */
export function convWithGeneralPadding(
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  lhsDilation: readonly number[] | null,
  rhsDilation: readonly number[] | null,
): JaxArray {
  return convGeneralDilated(lhs, rhs, windowStrides, padding, {
    ...(lhsDilation === null ? {} : { lhsDilation }),
    ...(rhsDilation === null ? {} : { rhsDilation }),
  })
}
