import { numbersIn } from '../ir/element.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { canonicalAxes, canonicalAxis, staticInteger } from '../lax/arguments.ts'
import * as lax from '../lax/slicing.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { sub } from '../primitives/elementwise-arithmetic.ts'
import { cumsum as runningSum } from '../primitives/cumulative.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, reshape, rev, transpose } from '../primitives/movement.ts'
import * as primitives from '../primitives/slicing.ts'
import { hostArray } from '../ir/host-array.ts'
import { fromHost, scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { remainder } from './arithmetic.ts'
import { IndexedUpdate } from './at.ts'
import { calledAs } from './called-as.ts'
import { take } from './indexing.ts'
import { asArray, promotedType, toType } from './promotion.ts'
import { ravel } from './shape.ts'

type AxesArgument = number | readonly number[] | { axis?: number | readonly number[] | null } | null

function axesOf(axis: AxesArgument): number | readonly number[] | null {
  return typeof axis === 'object' && axis !== null && 'axis' in axis ? (axis.axis ?? null) : isAxes(axis) ? axis : null
}

function isAxes(axis: AxesArgument): axis is number | readonly number[] | null {
  return axis === null || typeof axis === 'number' || Array.isArray(axis)
}

/**
 * Elements in reverse order along axes; all of them unless named.
 *
 * @example
 * jnp.flip(jnp.arange(3)).tolist() // [2, 1, 0]
 */
export function flip(x: ArrayLike, axis: AxesArgument = null): JaxArray {
  const array = asArray('flip', x)
  const named = axesOf(axis)
  const dimensions = named === null ? upTo(array.ndim) : canonicalAxes('flip', named, array.ndim)
  return calledAs('_flip', (values) => rev(values, { dimensions }), array)
}

/**
 * The order of columns reversed.
 *
 * @example
 * jnp.fliplr(jnp.array([[1, 2]])).tolist() // [[2, 1]]
 */
export function fliplr(x: ArrayLike): JaxArray {
  return flip(x, 1)
}

/**
 * The order of rows reversed.
 *
 * @example
 * jnp.flipud(jnp.array([[1], [2]])).tolist() // [[2], [1]]
 */
export function flipud(x: ArrayLike): JaxArray {
  return flip(x, 0)
}

/**
 * A quarter turn, `k` times, in the plane of two axes.
 *
 * @example
 * jnp.rot90(jnp.array([[1, 2], [3, 4]])).tolist() // [[2, 4], [1, 3]]
 */
export function rot90(
  x: ArrayLike,
  k: number | { k?: number; axes?: readonly [number, number] } = 1,
  axes: readonly [number, number] = [0, 1],
): JaxArray {
  const array = asArray('rot90', x)
  const options = typeof k === 'number' ? { k, axes } : { k: 1, axes, ...k }
  const [a, b] = canonicalAxes('rot90', options.axes, array.ndim)
  const turns = ((options.k % 4) + 4) % 4
  const swap = (values: JaxArray): JaxArray =>
    transpose(values, { permutation: upTo(array.ndim).with(a, b).with(b, a) })
  if (turns === 0) return array
  if (turns === 2) return flip(flip(array, a), b)
  return turns === 1 ? swap(flip(array, b)) : flip(swap(array), b)
}

/** One piece of an axis. */
function piece(x: JaxArray, axis: number, start: number, stop: number): JaxArray {
  return lax.sliceInDim(x, start, stop, 1, axis)
}

function rollKnown(x: JaxArray, shifts: readonly number[], axes: readonly number[]): JaxArray {
  return axes.reduce((rolled, axis, i) => {
    const length = rolled.shape[axis]
    const shift = length === 0 ? 0 : ((shifts[i] % length) + length) % length
    if (shift === 0) return rolled
    const parts = [piece(rolled, axis, length - shift, length), piece(rolled, axis, 0, length - shift)]
    return concatenate(parts, { dimension: axis })
  }, x)
}

/** A roll by a traced amount: a window into the array put twice in a row. */
function rollTraced(x: JaxArray, shift: JaxArray, axis: number): JaxArray {
  const length = x.shape[axis]
  if (length === 0) return x
  const twice = concatenate([x, x], { dimension: axis })
  const start = sub(scalar(length, 'int32'), remainder(convertElementType(shift, 'int32'), length))
  return lax.dynamicSliceInDim(twice, start, length, axis)
}

/**
 * Elements moved on by `shift` places along axes, those that fall off the end put first; without an axis
 * the array is rolled as one row.
 *
 * @example
 * jnp.roll(jnp.arange(4), 1).tolist() // [3, 0, 1, 2]
 */
export function roll(x: ArrayLike, shift: ArrayLike | readonly number[], axis: AxesArgument = null): JaxArray {
  const array = asArray('roll', x)
  const named = axesOf(axis)
  if (named === null) {
    return reshape(roll(ravel(array), shift, 0), { new_sizes: array.shape })
  }
  const axes = (typeof named === 'number' ? [named] : named).map((one) => canonicalAxis('roll', one, array.ndim))
  const known = knownNumbers(shift)
  if (known !== null) {
    if (known.length !== 1 && known.length !== axes.length) {
      throw new ValueError(`jnp.roll needs one shift, or one for each of ${axes.length} axes, got ${known.length}.`)
    }
    const shifts = axes.map((_, i) => (known.length === 1 ? known[0] : known[i]))
    return calledAs('_roll_static', (values) => rollKnown(values, shifts, axes), array)
  }
  if (!(shift instanceof JaxArray) || shift.ndim !== 0) {
    throw new JaxTypeError('jnp.roll by several traced shifts is done axis by axis: roll once for each.')
  }
  const rollAll = (values: JaxArray, by: JaxArray): JaxArray =>
    axes.reduce((rolled, one) => rollTraced(rolled, by, one), values)
  return calledAs('_roll_dynamic', rollAll, array, shift)
}

function knownNumbers(value: ArrayLike | readonly number[]): number[] | null {
  if (value instanceof JaxArray) {
    const host = hostValueOf(value)
    return host === null ? null : numbersIn(host)
  }
  if (isList(value)) return [...value]
  return [Number(value)]
}

function isList(value: ArrayLike | readonly number[]): value is readonly number[] {
  return Array.isArray(value)
}

interface RepeatOptions {
  axis?: number | null
  /** The length of the result along the axis, where the counts are traced. */
  totalRepeatLength?: number | null
}

/**
 * Every element repeated, `repeats` times or as often as its own count says; without an axis the array is
 * taken as one row.
 *
 * @example
 * jnp.repeat(jnp.arange(3), 2).tolist() // [0, 0, 1, 1, 2, 2]
 */
export function repeat(
  x: ArrayLike,
  repeats: ArrayLike | readonly number[],
  axis: number | null | RepeatOptions = null,
): JaxArray {
  const options = typeof axis === 'object' && axis !== null ? axis : { axis }
  const given = asArray('repeat', x)
  const array = options.axis === null || options.axis === undefined ? ravel(given) : given
  const dim = canonicalAxis('repeat', options.axis ?? 0, array.ndim)
  const length = array.shape[dim]
  const counts = knownNumbers(repeats)
  const total = options.totalRepeatLength ?? null
  if (counts === null || total !== null) {
    if (total === null) {
      throw new JaxTypeError('jnp.repeat with traced counts needs the length of its result: { totalRepeatLength }.')
    }
    return repeatTraced(array, dim, asArray('repeat', isList(repeats) ? 0 : repeats), total)
  }
  if (counts.length === 1) return repeatEvenly(array, dim, staticInteger('repeat', 'the count', counts[0]))
  if (counts.length !== length) {
    throw new ValueError(`jnp.repeat needs one count or one for each of ${length} elements, got ${counts.length}.`)
  }
  const places = counts.flatMap((count, i) => new Array<number>(count).fill(i))
  return take(array, fromHost(hostArray([places.length], 'int32', Int32Array.from(places))), { axis: dim })
}

function repeatEvenly(array: JaxArray, dim: number, count: number): JaxArray {
  if (count < 0) throw new ValueError(`jnp.repeat: a count must not be negative, got ${count}.`)
  const spread = broadcastInDim(array, {
    shape: array.shape.toSpliced(dim + 1, 0, count),
    broadcast_dimensions: upTo(array.ndim).map((axis) => (axis <= dim ? axis : axis + 1)),
  })
  return reshape(spread, { new_sizes: array.shape.with(dim, array.shape[dim] * count) })
}

/** Marks where each element's run begins, counts marks to get places, and takes those. */
function repeatTraced(array: JaxArray, dim: number, repeats: JaxArray, total: number): JaxArray {
  const length = array.shape[dim]
  const counts = broadcastInDim(convertElementType(repeats, 'int32'), {
    shape: [length],
    broadcast_dimensions: repeats.ndim === 0 ? [] : [0],
  })
  const before = new IndexedUpdate(roll(counts, 1, 0), [0]).set(0)
  const starts = runningSum(before, { axis: 0, reverse: false })
  const marks = new IndexedUpdate(broadcastInDim(scalar(0, 'int32'), { shape: [total], broadcast_dimensions: [] }), [
    starts,
  ]).add(1)
  const places = sub(runningSum(marks, { axis: 0, reverse: false }), scalar(1, 'int32'))
  return take(array, places, { axis: dim })
}

type PadMode = 'constant' | 'edge' | 'reflect' | 'symmetric' | 'wrap'

/** How many elements go before and after, for all axes or for each. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number] | readonly [number])[]

interface PadOptions {
  mode?: PadMode
  constantValues?: ArrayLike
}

function padPairs(width: PadWidth, rank: number): (readonly [number, number])[] {
  if (typeof width === 'number') return upTo(rank).map(() => [width, width])
  const pairs = width.map((entry): readonly [number, number] | number =>
    typeof entry === 'number' ? entry : [entry[0], entry[1] ?? entry[0]],
  )
  const [first, second] = pairs
  if (typeof first === 'number' && typeof second === 'number') return upTo(rank).map(() => [first, second])
  const each = pairs.flatMap((pair) => (typeof pair === 'number' ? [] : [pair]))
  if (each.length === 1) return upTo(rank).map(() => each[0])
  if (each.length !== rank)
    throw new ValueError(`jnp.pad: ${each.length} pad widths do not fit an array of ${rank} axes.`)
  return each
}

/**
 * The array with elements put around it: a constant, or a continuation of the array by `mode`.
 *
 * @example
 * jnp.pad(jnp.arange(3), 1).tolist() // [0, 0, 1, 2, 0]
 * jnp.pad(jnp.arange(3), [2, 0], { mode: 'edge' }).tolist() // [0, 0, 0, 1, 2]
 */
export function pad(x: ArrayLike, padWidth: PadWidth, options: PadMode | PadOptions = {}): JaxArray {
  const array = asArray('pad', x)
  const { mode = 'constant', constantValues = 0n } = typeof options === 'string' ? { mode: options } : options
  const pairs = padPairs(padWidth, array.ndim)
  if (pairs.some((pair) => pair.some((count) => !Number.isInteger(count) || count < 0))) {
    throw new ValueError(
      `jnp.pad: pad widths must be whole numbers of at least 0, got ${pairs.map((pair) => formatShape(pair)).join(', ')}.`,
    )
  }
  if (mode === 'constant') {
    const fill = toType(constantValues, promotedType([constantValues]))
    const surround = (values: JaxArray, value: JaxArray): JaxArray =>
      primitives.pad(values, convertElementType(value, values.dtype, values.weakType), {
        padding_config: pairs.map(([low, high]): readonly [number, number, number] => [low, high, 0]),
      })
    return calledAs('_pad', surround, array, fill)
  }
  return calledAs(
    '_pad',
    (values) => pairs.reduce((padded, pair, axis) => continued(padded, axis, pair, mode), values),
    array,
  )
}

function continued(x: JaxArray, axis: number, [low, high]: readonly [number, number], mode: PadMode): JaxArray {
  const length = x.shape[axis]
  if (low === 0 && high === 0) return x
  if (length === 0) throw new ValueError(`jnp.pad: an empty axis cannot be continued (mode '${mode}').`)
  const places = [...upTo(low).map((i) => i - low), ...upTo(length), ...upTo(high).map((i) => length + i)]
  return joinPlaces(
    x,
    axis,
    places.map((place) => sourceOf(place, length, mode)),
  )
}

/** Which element a place outside the array repeats. */
function sourceOf(place: number, length: number, mode: PadMode): number {
  const wrap = (value: number, period: number): number => ((value % period) + period) % period
  switch (mode) {
    case 'edge':
    case 'constant':
      return Math.max(0, Math.min(length - 1, place))
    case 'wrap':
      return wrap(place, length)
    case 'reflect': {
      if (length === 1) return 0
      const at = wrap(place, 2 * length - 2)
      return at < length ? at : 2 * length - 2 - at
    }
    case 'symmetric': {
      const at = wrap(place, 2 * length)
      return at < length ? at : 2 * length - 1 - at
    }
    default:
      throw new JaxTypeError(
        `jnp.pad: there is no mode '${String(mode)}'; use constant, edge, reflect, symmetric or wrap.`,
      )
  }
}

/** The elements at known places of an axis, as runs that ascend, descend or stay. */
function joinPlaces(x: JaxArray, axis: number, places: readonly number[]): JaxArray {
  const parts: JaxArray[] = []
  for (let i = 0; i < places.length;) {
    const step = i + 1 < places.length ? places[i + 1] - places[i] : 1
    let end = i + 1
    while (end < places.length && Math.abs(step) <= 1 && places[end] - places[end - 1] === step) end++
    parts.push(runOf(x, axis, places[i], places[end - 1], end - i))
    i = end
  }
  return concatenate(parts, { dimension: axis })
}

function runOf(x: JaxArray, axis: number, first: number, last: number, count: number): JaxArray {
  if (first === last) {
    const shape: Shape = x.shape.with(axis, count)
    const one = piece(x, axis, first, first + 1)
    return count === 1 ? one : broadcastInDim(one, { shape, broadcast_dimensions: upTo(x.ndim) })
  }
  const run = piece(x, axis, Math.min(first, last), Math.max(first, last) + 1)
  return first < last ? run : rev(run, { dimensions: [axis] })
}
