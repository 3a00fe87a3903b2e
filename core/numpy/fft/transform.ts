import { FftType } from '../../lax/fft.ts'
import { fft as transform } from '../../control/fft.ts'
import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape, sameShape } from '../../ir/aval.ts'
import { canonicalAxis, staticInteger } from '../../lax/arguments.ts'
import { upTo } from '../../primitives/axes.ts'
import { sqrt } from '../../primitives/elementwise-power.ts'
import { slice } from '../../primitives/slicing.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { divide, multiply } from '../arithmetic.ts'
import { array } from '../creation.ts'
import { asArray } from '../promotion.ts'
import { pad } from '../rearranging.ts'
import { prod } from '../reductions.ts'
import { moveaxis } from '../shape.ts'

/** Which direction is divided by the number of points: the inverse, the forward, or each by its square root. */
export type FftNorm = 'backward' | 'ortho' | 'forward'

/** One of the transforms of `jnp.fft`: its name, and what it computes. */
export interface Transform {
  readonly name: string
  readonly type: FftType
}

/** Lengths, axes and scaling; null leaves the choice to the array. */
export interface TransformParams {
  readonly s: readonly number[] | null
  readonly axes: readonly number[] | null
  readonly norm: FftNorm | null
}

/** The transform over any axes, which are moved to the end, cut or filled with zeros to their lengths. */
export function transformOver({ name, type }: Transform, a: ArrayLike, params: TransformParams): JaxArray {
  const where = `jnp.fft.${name}`
  const { axes, norm } = params
  const given = asArray(`fft.${name}`, a)
  const lengths = params.s?.map((length) => positiveLength(where, length)) ?? null
  if (lengths !== null && axes !== null && lengths.length !== axes.length) {
    throw new ValueError(`${where}: ${lengths.length} lengths do not fit ${axes.length} axes.`)
  }
  const count = axes?.length ?? lengths?.length ?? given.ndim
  if (axes !== null) checkAxes(where, axes, given.ndim)
  const last = upTo(count).map((i) => given.ndim - count + i)
  const moved = axes === null ? given : moveaxis(given, axes, last)
  const operand = lengths === null ? moved : fitted(moved, lengths, type)
  const points = lengths ?? ownLengths(moved, count, type)
  const transformed = overLastAxes(operand, type, points)
  const scaled = norm === null ? transformed : multiply(transformed, scaleOf(name, norm, points, transformed))
  return axes === null ? scaled : moveaxis(scaled, last, axes)
}

function positiveLength(where: string, length: number): number {
  const known = staticInteger(where, 'every length', length)
  if (known <= 0) throw new ValueError(`${where}: lengths must be positive, got ${known}.`)
  return known
}

function checkAxes(where: string, axes: readonly number[], rank: number): void {
  const canonical = axes.map((axis) => canonicalAxis(where, axis, rank))
  if (new Set(canonical).size === axes.length) return
  const message = `${where} transforms an axis once, got axes ${formatShape(axes)}.`
  throw new Set(axes).size === axes.length ? new JaxTypeError(message) : new ValueError(message)
}

/** Half a spectrum stands for as many real numbers as have it. */
function ownLengths(x: JaxArray, count: number, type: FftType): readonly number[] {
  const lengths = x.shape.slice(x.ndim - count)
  if (type !== FftType.IRFFT || count === 0) return lengths
  return lengths.with(-1, Math.max(0, 2 * (lengths[count - 1] - 1)))
}

/** The last axes cut to the lengths, or filled up with zeros. */
function fitted(x: JaxArray, lengths: readonly number[], type: FftType): JaxArray {
  if (lengths.length > x.ndim) {
    throw new ValueError(
      `jnp.fft: there are ${lengths.length} lengths for an array of shape ${formatShape(x.shape)}, which has fewer axes.`,
    )
  }
  const wanted = [...x.shape.slice(0, x.ndim - lengths.length), ...lengths]
  if (type === FftType.IRFFT) wanted[x.ndim - 1] = Math.floor(wanted[x.ndim - 1] / 2) + 1
  const kept = wanted.map((length, axis) => Math.min(length, x.shape[axis]))
  const cut = sameShape(kept, x.shape)
    ? x
    : slice(x, { start_indices: kept.map(() => 0), limit_indices: kept, strides: null })
  return pad(
    cut,
    wanted.map((length, axis): readonly [number, number] => [0, length - kept[axis]]),
  )
}

/** At most three axes are transformed at once; of four, two and two. */
function overLastAxes(x: JaxArray, type: FftType, lengths: readonly number[]): JaxArray {
  if (lengths.length <= 3) return transform(x, type, lengths)
  const now = lengths.length === 4 ? 2 : 3
  const from = upTo(lengths.length - now).map((i) => x.ndim - lengths.length + i)
  const to = from.map((axis) => axis + now)
  const [first, rest] = [lengths.slice(-now), lengths.slice(0, -now)]
  if (type === FftType.RFFT || type === FftType.FFT) {
    const inner = moveaxis(transform(x, type, first), from, to)
    return moveaxis(overLastAxes(inner, FftType.FFT, rest), to, from)
  }
  const outer = overLastAxes(moveaxis(x, from, to), FftType.IFFT, rest)
  return transform(moveaxis(outer, to, from), type, first)
}

/** What a transform is multiplied by under a norm; unscaled, inverse transforms divide by the number of points. */
function scaleOf(name: string, norm: FftNorm, lengths: readonly number[], like: JaxArray): ArrayLike {
  const inverse = name.startsWith('i')
  const points = (): JaxArray => prod(array([...lengths], { dtype: like.dtype }))
  switch (norm) {
    case 'backward':
      return 1
    case 'ortho':
      return inverse ? sqrt(points()) : divide(1, sqrt(points()))
    case 'forward':
      return inverse ? points() : divide(1, points())
    default:
      throw new ValueError(`jnp.fft.${name} has no norm '${String(norm)}', but backward, ortho and forward.`)
  }
}
