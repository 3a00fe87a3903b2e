import { JaxTypeError, NonConcreteBooleanIndexError, ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { isInteger } from '../ir/dtype.ts'
import { hostArray } from '../ir/host-array.ts'
import { staticInteger } from '../lax/arguments.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { countWork } from '../runtime/interruption.ts'

/** Python's `start:stop:step`. A part that is null stands for the end it is nearest to. */
export class Slice {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number | null

  constructor(start: number | null, stop: number | null, step: number | null) {
    this.start = start
    this.stop = stop
    this.step = step
  }

  toString(): string {
    return `slice(${this.start}, ${this.stop}, ${this.step})`
  }
}

/**
 * A range of indices, as `start:stop:step` in Python; one argument is the stop.
 *
 * @example
 * jnp.arange(6).slice(slice(1, null, 2)).tolist() // [1, 3, 5]
 */
export function slice(start?: number | null, stop?: number | null, step: number | null = null): Slice {
  return stop === undefined ? new Slice(null, start ?? null, step) : new Slice(start ?? null, stop, step)
}

/** One part of an index: an integer, a range, a new axis (null), all axes that are not named ('...'), or an array. */
export type Index = number | bigint | Slice | null | '...' | JaxArray

/** One part of an index together with the axis of the array that it is for. */
export type ParsedIndex =
  | { readonly kind: 'newaxis' }
  | { readonly kind: 'ellipsis'; readonly axes: readonly number[] }
  | { readonly kind: 'integer'; readonly value: number; readonly axis: number }
  | { readonly kind: 'slice'; readonly slice: Slice; readonly axis: number }
  | { readonly kind: 'array'; readonly array: JaxArray; readonly axis: number }

function wrongIndex(value: unknown): JaxTypeError {
  if (Array.isArray(value)) {
    return new JaxTypeError('a list is not an index: it could mean several places or several axes.', {
      hint: "Write x.slice(0, 1) for one place along two axes, or x.slice(jnp.array([0, 1], { dtype: 'int32' })) for two places along one.",
    })
  }
  const what =
    value instanceof JaxArray ? value.aval.toString() : typeof value === 'string' ? `'${value}'` : String(value)
  return new JaxTypeError(
    `an index is an integer, slice(...), null, '...', or an array of integers or booleans; got ${what}.`,
    value instanceof JaxArray
      ? { hint: "Numbers are floats unless told otherwise: jnp.array([…], { dtype: 'int32' })." }
      : {},
  )
}

/** An index array as integers. A weak float is a bare number that went through a transformation. */
function integerIndex(index: JaxArray): JaxArray {
  if (isInteger(index.dtype)) return index
  if (index.weakType && index.ndim === 0) return convertElementType(index, 'int32')
  throw wrongIndex(index)
}

/** The places where a boolean mask is true, one array per axis of the mask. */
function placesOf(mask: JaxArray, shape: Shape, firstAxis: number): JaxArray[] {
  const host = hostValueOf(mask)
  if (host === null) {
    throw new NonConcreteBooleanIndexError(
      `a traced boolean mask of shape ${formatShape(mask.shape)} cannot select elements: how many there are depends on its values.`,
      {
        hint: 'Shapes must be known while tracing. Use jnp.where(mask, x, y), which keeps the shape, or take the selection out of the transformed function.',
        lesson: 'L0',
      },
    )
  }
  mask.shape.forEach((length, i) => {
    if (length !== shape[firstAxis + i]) {
      throw new ValueError(
        `a boolean mask of shape ${formatShape(mask.shape)} does not fit an array of shape ${formatShape(shape)} at axis ${firstAxis}.`,
      )
    }
  })
  const places: number[][] = mask.shape.map(() => [])
  const position = mask.shape.map(() => 0)
  for (const value of host.data) {
    countWork(1)
    if (value !== 0) position.forEach((at, axis) => places[axis].push(at))
    for (let axis = position.length - 1; axis >= 0; axis--) {
      if (++position[axis] < mask.shape[axis]) break
      position[axis] = 0
    }
  }
  return places.map((at) => fromHost(hostArray([at.length], 'int32', Int32Array.from(at))))
}

function isMask(index: Index): index is JaxArray {
  return index instanceof JaxArray && index.dtype === 'bool' && index.ndim > 0
}

/** How many axes of the array an index part is for; the ellipsis takes what is left. */
function axesTaken(index: Index): number {
  if (index === null || index === '...') return 0
  return isMask(index) ? index.ndim : 1
}

/** Index parts with the axes they are for. Masks become index arrays; the ellipsis stays one part. */
export function parseIndices(indices: readonly Index[], shape: Shape): ParsedIndex[] {
  if (indices.filter((index) => index === '...').length > 1) {
    throw new ValueError("an index can have '...' only once.")
  }
  const taken = indices.reduce<number>((sum, index) => sum + axesTaken(index), 0)
  if (taken > shape.length) {
    throw new ValueError(
      `too many indices: an array of shape ${formatShape(shape)} has ${shape.length} axes, ${taken} were indexed.`,
    )
  }
  const parsed: ParsedIndex[] = []
  let axis = 0
  for (const index of indices) {
    if (index === null) {
      parsed.push({ kind: 'newaxis' })
    } else if (index === '...') {
      const axes = Array.from({ length: shape.length - taken }, (_, i) => axis + i)
      parsed.push({ kind: 'ellipsis', axes })
      axis += axes.length
    } else if (isMask(index)) {
      placesOf(index, shape, axis).forEach((array, i) => parsed.push({ kind: 'array', array, axis: axis + i }))
      axis += index.ndim
    } else {
      parsed.push(parseOne(index, axis))
      axis++
    }
  }
  return parsed
}

function parseOne(index: number | bigint | Slice | JaxArray, axis: number): ParsedIndex {
  if (index instanceof JaxArray) return { kind: 'array', array: integerIndex(index), axis }
  if (index instanceof Slice) return { kind: 'slice', slice: staticSlice(index), axis }
  if (typeof index === 'bigint') return { kind: 'integer', value: Number(index), axis }
  if (Number.isInteger(index)) return { kind: 'integer', value: index, axis }
  throw wrongIndex(index)
}

/** A slice whose parts are known numbers; arrays with known values may be given for them. */
function staticSlice({ start, stop, step }: Slice): Slice {
  const part = (value: number | null): number | null =>
    value === null ? null : staticInteger('slice', 'start, stop and step', value)
  const known = new Slice(part(start), part(stop), part(step))
  if (known.step === 0) throw new ValueError('slice: the step must not be 0.')
  return known
}

/** The ellipsis and the axes that no index names, written out as full ranges. */
export function expandIndices(
  parsed: readonly ParsedIndex[],
  rank: number,
): Exclude<ParsedIndex, { kind: 'ellipsis' }>[] {
  const full = (axis: number) => ({ kind: 'slice', slice: new Slice(null, null, null), axis }) as const
  const expanded: Exclude<ParsedIndex, { kind: 'ellipsis' }>[] = []
  let used = 0
  for (const index of parsed) {
    if (index.kind === 'ellipsis') {
      expanded.push(...index.axes.map(full))
      used += index.axes.length
    } else {
      expanded.push(index)
      if (index.kind !== 'newaxis') used++
    }
  }
  for (let axis = used; axis < rank; axis++) expanded.push(full(axis))
  return expanded
}

/** A slice resolved against a length, as Python's `slice.indices`, with the number of elements it picks. */
export function resolveSlice(
  { start, stop, step }: Slice,
  length: number,
): { start: number; step: number; size: number } {
  const by = step ?? 1
  const clamp = (value: number): number => {
    const at = value < 0 ? value + length : value
    return by > 0 ? Math.max(0, Math.min(length, at)) : Math.max(-1, Math.min(length - 1, at))
  }
  const first = start === null ? (by > 0 ? 0 : length - 1) : clamp(start)
  const end = stop === null ? (by > 0 ? length : -1) : clamp(stop)
  return { start: first, step: by, size: Math.max(0, Math.ceil((end - first) / by)) }
}
