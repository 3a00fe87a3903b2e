import { numbersIn } from '../ir/element.ts'
import { ConcretizationTypeError, JaxTypeError, ValueError } from '../errors.ts'
import { isInteger } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { sub } from '../primitives/elementwise-arithmetic.ts'
import { iota } from '../primitives/iota.ts'
import { broadcastInDim, reshape } from '../primitives/movement.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { constant } from '../primitives/operand.ts'
import { selectN } from '../primitives/selection.ts'
import { upTo } from '../primitives/axes.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { add, clip, remainder } from './arithmetic.ts'
import { IndexedUpdate } from './at.ts'
import { flatnonzero } from './counting.ts'
import { cumsum } from './cumulative.ts'
import { type Index, Slice, resolveSlice, slice } from './index-expression.ts'
import { getItem, take } from './indexing.ts'
import { concatenate } from './joining.ts'
import { less } from './logic.ts'
import { asArray, promoteValues } from './promotion.ts'
import { where } from './selection.ts'
import { broadcastArrays, broadcastTo, ravel } from './shape.ts'
import { truth } from './truth.ts'

/** Places along an axis: one, several, or a range. */
export type Places = number | readonly number[] | JaxArray | Slice

function numbersOf(name: string, places: Places, length: number): number[] {
  if (typeof places === 'number') return [places]
  if (places instanceof Slice) {
    const { start, step, size } = resolveSlice(places, length)
    return upTo(size).map((i) => start + i * step)
  }
  if (!(places instanceof JaxArray)) return [...places]
  const host = hostValueOf(places)
  if (host === null) {
    throw new ConcretizationTypeError(
      `jnp.${name}: the places must be known, and the ${places.aval.toString()} they were given as is being traced.`,
      { hint: 'Close over a JS number or an array of known values.', lesson: 'L0' },
    )
  }
  if (host.dtype === 'bool') return upTo(host.data.length).filter((i) => host.data[i] !== 0)
  return numbersIn(host)
}

function integers(values: readonly number[]): JaxArray {
  return fromHost(hostArray([values.length], 'int32', Int32Array.from(values)))
}

function alongAxis(name: string, x: ArrayLike, axis: number | null): { value: JaxArray; dim: number } {
  const given = asArray(name, x)
  return axis === null ? { value: ravel(given), dim: 0 } : { value: given, dim: canonicalAxis(name, axis, given.ndim) }
}

function inRange(name: string, place: number, length: number): number {
  const at = place < 0 ? place + length : place
  if (at < 0 || at >= length) throw new ValueError(`jnp.${name}: place ${place} is out of bounds for length ${length}.`)
  return at
}

/**
 * The array without the given places along an axis, or of the flattened array.
 *
 * @example
 * jnp.delete(jnp.array([10, 20, 30]), 1).tolist() // [10, 30]
 */
export function delete_(x: ArrayLike, places: Places, axis: number | null = null): JaxArray {
  const { value, dim } = alongAxis('delete', x, axis)
  const length = value.shape[dim]
  const gone = new Set(numbersOf('delete', places, length).map((place) => inRange('delete', place, length)))
  return take(value, integers(upTo(length).filter((i) => !gone.has(i))), dim)
}

/**
 * The array with values put in before the given places along an axis, or of the flattened array.
 *
 * @example
 * jnp.insert(jnp.array([10, 20]), 1, 15).tolist() // [10, 15, 20]
 */
export function insert(x: ArrayLike, places: Places, values: ArrayLike, axis: number | null = null): JaxArray {
  const { value, dim } = alongAxis('insert', x, axis)
  const length = value.shape[dim]
  const single = typeof places === 'number'
  const numbers = numbersOf('insert', places, length).map((place) => (place < 0 ? place + length : place))
  const given = convertElementType(asArray('insert', values), value.dtype)
  const lifted = given.ndim < value.ndim ? broadcastTo(given, withLeadingOnes(given.shape, value.ndim)) : given
  const turned = single ? moveAxis(lifted, 0, dim) : lifted
  const count = numbers.length === 1 ? turned.shape[dim] : numbers.length
  const fresh = broadcastTo(turned, value.shape.with(dim, count))
  const at = numbers.length === 1 ? new Array<number>(count).fill(numbers[0]) : numbers
  const order = upTo(count)
    .map((i) => ({ from: length + i, before: Math.max(0, Math.min(length, at[i])) }))
    .concat(upTo(length).map((i) => ({ from: i, before: i + 0.5 })))
    .sort((a, b) => a.before - b.before)
  return take(concatenate([value, fresh], dim), integers(order.map(({ from }) => from)), dim)
}

function withLeadingOnes(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape]
}

/** Values over and over until there are `size` of them. */
function cycled(values: JaxArray, size: number): JaxArray {
  const flat = ravel(values)
  const repeats = Math.ceil(size / flat.size)
  const repeated = broadcastInDim(flat, { shape: [repeats, flat.size], broadcast_dimensions: [1] })
  return getItem(reshape(repeated, { new_sizes: [repeats * flat.size] }), [slice(size)])
}

/**
 * The array in another size: its elements over and over, or as many as there is room for.
 *
 * @example
 * jnp.resize(jnp.array([1, 2, 3]), [2, 2]).tolist() // [[1, 2], [3, 1]]
 */
export function resize(x: ArrayLike, shape: number | readonly number[]): JaxArray {
  const lengths = [shape].flat()
  const size = lengths.reduce((product, length) => product * length, 1)
  const value = asArray('resize', x)
  if (value.size === 0 || size === 0) throw new ValueError('jnp.resize: there is nothing to repeat.')
  return reshape(cycled(value, size), { new_sizes: lengths })
}

/**
 * A copy of the array with values put at places of the flattened array; values are repeated as needed. Places
 * outside mean the nearest one inside, or are counted round and round with mode `'wrap'`.
 *
 * @example
 * jnp.put(jnp.zeros(4), jnp.array([0, 2], { dtype: 'int32' }), 5).tolist() // [5, 0, 5, 0]
 */
export function put(
  x: ArrayLike,
  places: JaxArray | number,
  values: ArrayLike,
  options: { readonly mode?: 'clip' | 'wrap' | null } = {},
): JaxArray {
  const value = asArray('put', x)
  const at = ravel(typeof places === 'number' ? integers([places]) : places)
  const given = asArray('put', values)
  if (value.size === 0 || at.size === 0 || given.size === 0) return value
  const fromBack = where(less(at, 0), add(at, value.size), at)
  const limited = clip(options.mode === 'clip' ? at : fromBack, 0, value.size - 1)
  const index = options.mode === 'wrap' ? remainder(at, value.size) : limited
  const flat = new IndexedUpdate(ravel(value), [index]).set(cycled(given, at.size))
  return reshape(flat, { new_sizes: value.shape })
}

/**
 * A copy of the array with values put in where the mask holds, in turn.
 *
 * @example
 * jnp.place(jnp.zeros(3), jnp.array([true, false, true]), jnp.array([1, 2])).tolist() // [1, 0, 2]
 */
export function place(x: ArrayLike, mask: ArrayLike, values: ArrayLike): JaxArray {
  const value = asArray('place', x)
  const chosen = truth(asArray('place', mask))
  const given = ravel(asArray('place', values))
  if (chosen.size !== value.size) throw new ValueError('jnp.place: the mask must have the size of the array.')
  if (given.size === 0) throw new ValueError('jnp.place: there are no values to put.')
  const turn = sub(cumsum(chosen), constant(cumsum(chosen), 1))
  const fresh = take(given, remainder(turn, given.size), { mode: 'clip' })
  const shaped = reshape(convertElementType(fresh, value.dtype), { new_sizes: value.shape })
  return where(reshape(chosen, { new_sizes: value.shape }), shaped, value)
}

/**
 * A copy of the array with a value at one place of every line along an axis: the counterpart of
 * `takeAlongAxis`.
 *
 * @example
 * const places = jnp.array([[1], [0]], { dtype: 'int32' })
 * jnp.putAlongAxis(jnp.zeros([2, 2]), places, 5, 1).tolist() // [[0, 5], [5, 0]]
 */
export function putAlongAxis(x: ArrayLike, places: JaxArray, values: ArrayLike, axis: number | null): JaxArray {
  const given = asArray('putAlongAxis', x)
  const value = axis === null ? ravel(given) : given
  if (!isInteger(places.dtype) || places.ndim !== value.ndim) {
    throw new JaxTypeError(
      `jnp.putAlongAxis needs integer places of as many axes as the array, got ${places.aval.toString()}.`,
    )
  }
  const dim = canonicalAxis('putAlongAxis', axis ?? 0, value.ndim)
  const index = value.shape.map((length, i): Index => {
    if (i === dim) return places
    const shape = value.shape.map((_, other) => (other === i ? length : 1))
    return iota({ dtype: 'int32', shape, dimension: i })
  })
  const updated = new IndexedUpdate(value, index).set(convertElementType(asArray('putAlongAxis', values), value.dtype))
  return axis === null ? reshape(updated, { new_sizes: given.shape }) : updated
}

/**
 * A copy of the array with values along its main diagonal.
 *
 * @example
 * jnp.fillDiagonal(jnp.zeros([2, 2]), 5).tolist() // [[5, 0], [0, 5]]
 */
export function fillDiagonal(x: ArrayLike, values: ArrayLike): JaxArray {
  const array = asArray('fillDiagonal', x)
  if (array.ndim < 2) throw new ValueError('jnp.fillDiagonal takes arrays of at least two axes.')
  const count = Math.min(...array.shape)
  const index = integers(upTo(count))
  const given = convertElementType(asArray('fillDiagonal', values), array.dtype)
  const fresh = given.size === 1 ? reshape(given, { new_sizes: [] }) : cycled(given, count)
  return new IndexedUpdate(
    array,
    array.shape.map(() => index),
  ).set(fresh)
}

/**
 * The parts of the array along an axis, or of the flattened array, where the condition holds.
 *
 * @example
 * jnp.compress(jnp.array([true, false, true]), jnp.array([1, 2, 3])).tolist() // [1, 3]
 */
export function compress(condition: ArrayLike, x: ArrayLike, axis: number | null = null): JaxArray {
  const { value, dim } = alongAxis('compress', x, axis)
  return take(value, flatnonzero(asArray('compress', condition)), dim)
}

/**
 * The elements where the condition holds.
 *
 * @example
 * jnp.extract(jnp.array([[true, false], [false, true]]), jnp.array([[1, 2], [3, 4]])).tolist() // [1, 4]
 */
export function extract(condition: ArrayLike, x: ArrayLike): JaxArray {
  return compress(ravel(condition), x)
}

/**
 * For every element of `which`, the element of the choice with that number.
 *
 * @example
 * const which = jnp.array([1, 0], { dtype: 'int32' })
 * jnp.choose(which, [jnp.array([1, 2]), jnp.array([10, 20])], { mode: 'clip' }).tolist() // [10, 2]
 */
export function choose(
  which: ArrayLike,
  choices: readonly ArrayLike[],
  options: { readonly mode?: 'raise' | 'wrap' | 'clip' } = {},
): JaxArray {
  const number = asArray('choose', which)
  const { mode = 'raise' } = options
  if (mode === 'raise' && numbersOf('choose', number, 0).some((n) => n < 0 || n >= choices.length)) {
    throw new ValueError(`jnp.choose: there are ${choices.length} choices, and a number outside them was given.`)
  }
  const known = mode === 'wrap' ? remainder(number, choices.length) : clip(number, 0, choices.length - 1)
  const [index, ...cases] = broadcastArrays(convertElementType(known, 'int32'), ...promoteValues(choices))
  return selectN(index, ...cases)
}

/**
 * A vector without the zeros at its front (`'f'`), its back (`'b'`), or both.
 *
 * @example
 * jnp.trimZeros(jnp.array([0, 1, 0, 2, 0])).tolist() // [1, 0, 2]
 */
export function trimZeros(x: ArrayLike, trim = 'fb'): JaxArray {
  const value = asArray('trimZeros', x)
  const places = numbersOf('trimZeros', flatnonzero(value), value.size)
  const start = trim.includes('f') ? (places[0] ?? value.size) : 0
  const stop = trim.includes('b') ? (places.at(-1) ?? -1) + 1 : value.size
  return getItem(value, [slice(start, Math.max(start, stop))])
}
