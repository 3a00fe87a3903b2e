import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { checkOptions } from '../../tree/options.ts'
import type { FftNorm, TransformParams } from './transform.ts'

/** The length, the axis and the scaling of a transform of one axis. */
export interface FftOptions {
  /** The axis is cut to this length, or filled up with zeros. */
  readonly n?: number | null
  /** The last axis unless given. */
  readonly axis?: number | null
  readonly norm?: FftNorm | null
}

/** The lengths, the axes and the scaling of a transform of several axes. */
export interface FftnOptions {
  readonly s?: readonly number[] | null
  readonly axes?: readonly number[] | null
  readonly norm?: FftNorm | null
}

/** Length, axis and norm by position, or options in place of what follows. */
export type FftArguments = readonly [
  n?: number | null | FftOptions,
  axis?: number | null | FftOptions,
  norm?: FftNorm | null | FftOptions,
]

/** Lengths, axes and norm by position, or options in place of what follows. */
export type FftnArguments = readonly [
  s?: readonly number[] | null | FftnOptions,
  axes?: readonly number[] | null | FftnOptions,
  norm?: FftNorm | null | FftnOptions,
]

type Argument = FftArguments[number] | FftnArguments[number]

/** The arguments by name. */
function named(where: string, names: readonly string[], given: readonly Argument[]): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = {}
  for (const [i, value] of given.entries()) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      checkOptions(where, value, names)
      return Object.assign(result, value)
    }
    if (value !== undefined) result[names[i]] = value
  }
  return result
}

/** The length, axis and norm of a transform of one axis. */
export function readFftOptions(name: string, given: FftArguments): FftOptions & { readonly axis: number | null } {
  const { n, axis, norm }: FftOptions = named(`jnp.fft.${name}`, ['n', 'axis', 'norm'], given)
  if (Array.isArray(axis)) {
    throw new ValueError(`jnp.fft.${name} transforms one axis, got axes ${formatShape(axis)}.`, {
      hint: 'The functions that end in n, such as jnp.fft.fftn, transform several.',
    })
  }
  return { n, axis: axis === undefined ? -1 : axis, norm }
}

/** The same as a transform of several axes takes it. */
export function ofOneAxis({ n = null, axis = null, norm = null }: FftOptions): TransformParams {
  return { s: n === null ? null : [n], axes: axis === null ? null : [axis], norm }
}

/** The lengths, axes and norm of a transform of several axes. */
export function readFftnOptions(name: string, given: FftnArguments): TransformParams {
  const { s = null, axes = null, norm = null }: FftnOptions = named(`jnp.fft.${name}`, ['s', 'axes', 'norm'], given)
  for (const list of [s, axes]) {
    if (list !== null && !Array.isArray(list))
      throw new JaxTypeError(`jnp.fft.${name} takes lists of lengths and axes.`)
  }
  return { s, axes, norm }
}

/** The same for a transform of two axes, the last ones unless given. */
export function readFft2Options(name: string, given: FftnArguments): TransformParams {
  const params = readFftnOptions(name, given)
  const axes = params.axes ?? [-2, -1]
  if (axes.length !== 2) throw new ValueError(`jnp.fft.${name} transforms two axes, got axes ${formatShape(axes)}.`)
  return { ...params, axes }
}
