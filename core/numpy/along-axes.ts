import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { upTo } from '../primitives/axes.ts'
import { expandDims, transpose } from '../primitives/movement.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { userCode } from '../tracing/source.ts'
import { arange } from './creation.ts'
import { concatenate } from './joining.ts'
import { asArray } from './promotion.ts'
import { atleast1d } from './shape.ts'
import { vectorize } from './vectorize.ts'

/**
 * A function of a vector, applied to every line along an axis.
 *
 * @example
 * jnp.applyAlongAxis((v) => v.sum(), 0, jnp.array([[1, 2], [3, 4]])).tolist() // [4, 6]
 */
export function applyAlongAxis(f: (line: JaxArray) => JaxArray, axis: number, x: ArrayLike): JaxArray {
  const value = asArray('applyAlongAxis', x)
  const place = canonicalAxis('applyAlongAxis', axis, value.ndim)
  const loops = value.ndim - 1
  const result = vectorize(f, { signature: '(n)' })(moveAxis(value, place, loops))
  const own = upTo(result.ndim).slice(loops)
  return transpose(result, { permutation: [...upTo(place), ...own, ...upTo(loops).slice(place)] })
}

/**
 * A function `f(x, axis)`, applied over one axis after the other.
 *
 * @example
 * jnp.applyOverAxes((x, axis) => jnp.sum(x, axis), jnp.ones([2, 3]), [0, 1]).tolist() // [[6]]
 */
export function applyOverAxes(
  f: (x: JaxArray, axis: number) => JaxArray,
  x: ArrayLike,
  axes: number | readonly number[],
): JaxArray {
  return [axes].flat().reduce(
    (value, axis) => {
      const place = canonicalAxis('applyOverAxes', axis, value.ndim)
      const result = userCode(f)(value, place)
      if (result.ndim !== value.ndim && result.ndim !== value.ndim - 1) {
        throw new ValueError(
          `jnp.applyOverAxes: the function turned shape ${formatShape(value.shape)} into ${formatShape(result.shape)}.`,
          { hint: 'It must keep the number of axes, or reduce one.' },
        )
      }
      return result.ndim === value.ndim ? result : expandDims(result, [place])
    },
    asArray('applyOverAxes', x),
  )
}

/**
 * An array of the given shape whose elements are `f` of their indices.
 *
 * @example
 * jnp.fromfunction((i, j) => i.add(j), [2, 3]).tolist() // [[0, 1, 2], [1, 2, 3]]
 */
export function fromfunction(
  f: (...indices: JaxArray[]) => JaxArray,
  shape: readonly number[],
  options: { readonly dtype?: string } = {},
): JaxArray {
  const counted = shape.map((length) => arange(length, { dtype: options.dtype ?? 'float32' }))
  const lined = counted.map((line, axis) =>
    expandDims(
      line,
      upTo(shape.length).filter((other) => other !== axis),
    ),
  )
  return vectorize(f)(...lined)
}

/** Arrays in nested lists, as `block` joins them. */
export type Blocks = ArrayLike | readonly Blocks[]

function isBlockList(blocks: Blocks): blocks is readonly Blocks[] {
  return Array.isArray(blocks)
}

/**
 * One array of nested lists of arrays: the innermost lists are joined along the last axis, the lists around
 * them along the one before it.
 *
 * @example
 * const one = jnp.ones([1, 1])
 * jnp.block([[one, one], [one, one]]).shape // [2, 2]
 */
export function block(blocks: Blocks): JaxArray {
  const depth = depthOf(blocks)
  const rank = Math.max(depth, rankOf(blocks))
  return joined(blocks, depth, rank)
}

function joined(blocks: Blocks, depth: number, rank: number): JaxArray {
  if (!isBlockList(blocks)) return withRank(asArray('block', blocks), rank)
  return concatenate(
    blocks.map((inner) => joined(inner, depth - 1, rank)),
    -depth,
  )
}

function withRank(x: JaxArray, rank: number): JaxArray {
  const value = rank === 0 ? x : atleast1d(x)
  return expandDims(value, upTo(Math.max(0, rank - value.ndim)))
}

function depthOf(blocks: Blocks): number {
  if (!isBlockList(blocks)) return 0
  const depths = new Set(blocks.map(depthOf))
  const [depth] = depths
  if (depths.size !== 1) throw new ValueError('jnp.block: all blocks must lie equally deep, and no list be empty.')
  return depth + 1
}

function rankOf(blocks: Blocks): number {
  return isBlockList(blocks) ? Math.max(...blocks.map(rankOf)) : asArray('block', blocks).ndim
}
