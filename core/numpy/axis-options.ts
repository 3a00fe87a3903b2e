import { checkOptions } from '../tree/options.ts'
import { canonicalAxes } from '../lax/arguments.ts'
import { upTo } from '../primitives/axes.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { DTypeLike } from './creation.ts'

/** One axis, several, or null for all. */
export type Axis = number | readonly number[] | null

/** What reductions may be told; each takes the options that make sense for it. */
export interface ReduceOptions {
  readonly axis?: Axis
  readonly dtype?: DTypeLike | null
  /** Keeps the reduced axes with length 1, so that the result broadcasts against the operand. */
  readonly keepdims?: boolean
  /** Where reducing starts from. */
  readonly initial?: ArrayLike
  /** Which elements count. */
  readonly where?: ArrayLike
  /** Delta degrees of freedom: a sum of squares is divided by the count less this. */
  readonly ddof?: number
}

/** The axis by position, or all options at once. */
export type AxisOrOptions = Axis | ReduceOptions

function isAxis(value: AxisOrOptions): value is Axis {
  return value === null || typeof value === 'number' || Array.isArray(value)
}

/** The options of a function whose axis may also be given by position. */
export function readOptions(
  name: string,
  axis: AxisOrOptions | undefined,
  options: ReduceOptions | undefined,
  known: readonly (keyof ReduceOptions)[],
): ReduceOptions {
  const given = axis === undefined ? (options ?? {}) : isAxis(axis) ? { ...options, axis } : axis
  checkOptions(`jnp.${name}`, given, known)
  return given
}

/** The axes that are reduced, counted from the front. */
export function reducedAxes(name: string, x: JaxArray, axis: Axis | undefined): number[] {
  return axis === null || axis === undefined ? upTo(x.ndim) : canonicalAxes(name, axis, x.ndim)
}
