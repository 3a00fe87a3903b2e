import { checkOptions } from '../../tree/options.ts'
import { type Axis, reducedAxes } from '../../numpy/axis-options.ts'
import { isfinite, less, notEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { max, sum } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { stopGradient } from '../../primitives/conversion.ts'
import { abs, add, mul, sign, sub } from '../../primitives/elementwise-arithmetic.ts'
import { exp, log } from '../../primitives/elementwise-transcendental.ts'
import { expandDims } from '../../primitives/movement.ts'
import { fullLike } from '../../primitives/operand.ts'
import { select } from '../../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/** What `logsumexp` may be told. */
export interface LogsumexpOptions {
  readonly axis?: Axis
  /** Weights of the exponentials. */
  readonly b?: ArrayLike | null
  readonly keepdims?: boolean
  /** Give the logarithm of the sum's magnitude, and its sign. */
  readonly returnSign?: boolean
  /** Elements that take part. */
  readonly where?: ArrayLike | null
}

/**
 * Logarithm of a sum of exponentials, without overflow on the way. NaN where weights make the sum negative,
 * unless the sign is asked for.
 *
 * @example
 * scipy.special.logsumexp(jnp.array([1000, 1000])).item() // 1000.6931
 */
export function logsumexp(
  x: ArrayLike,
  axis: Axis | undefined,
  options: LogsumexpOptions & { readonly returnSign: true },
): [JaxArray, JaxArray]
export function logsumexp(x: ArrayLike, options: LogsumexpOptions & { readonly returnSign: true }): [JaxArray, JaxArray]
export function logsumexp(x: ArrayLike, axis?: Axis | LogsumexpOptions, options?: LogsumexpOptions): JaxArray
export function logsumexp(
  x: ArrayLike,
  axis: Axis | LogsumexpOptions = null,
  options: LogsumexpOptions = {},
): JaxArray | [JaxArray, JaxArray] {
  const given: LogsumexpOptions = isAxis(axis) ? { ...options, axis } : axis
  checkOptions('scipy.special.logsumexp', given, ['axis', 'b', 'keepdims', 'returnSign', 'where'])
  const weights = given.b ?? null
  const counted = given.where ?? null
  const masked = counted === null ? x : where(counted, x, 0)
  const [terms, weight] =
    weights === null ? promoteToFloat('logsumexp', masked) : promoteToFloat('logsumexp', masked, weights)
  const value = weights === null ? terms : where(notEqual(weight, 0), terms, -Infinity)
  const axes = reducedAxes('logsumexp', value, given.axis ?? null)
  const among = counted === null ? {} : { where: counted }
  const largest = max(value, { axis: axes, initial: -Infinity, ...among })
  const shift = stopGradient(select(isfinite(largest), largest, fullLike(largest, 0)))
  const exponentials = exp(sub(value, expandDims(shift, axes)))
  const total = sum(weights === null ? exponentials : mul(exponentials, weight), { axis: axes, ...among })
  const signs = sign(total)
  const magnitude = add(log(abs(total)), shift)
  const kept = (array: JaxArray): JaxArray => (given.keepdims ? expandDims(array, axes) : array)
  if (given.returnSign) return [kept(magnitude), kept(signs)]
  return kept(weights === null ? magnitude : where(less(signs, 0), NaN, magnitude))
}

function isAxis(value: Axis | LogsumexpOptions): value is Axis {
  return value === null || typeof value === 'number' || Array.isArray(value)
}
