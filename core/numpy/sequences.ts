import { ValueError } from '../errors.ts'
import type { DType } from '../ir/dtype.ts'
import { isInexact } from '../ir/dtype.ts'
import { canonicalAxis, shapeArgument } from '../lax/arguments.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, div, mul, sign, sub } from '../primitives/elementwise-arithmetic.ts'
import { pow } from '../primitives/elementwise-power.ts'
import { floor } from '../primitives/elementwise-rounding.ts'
import { log } from '../primitives/elementwise-transcendental.ts'
import { iota } from '../primitives/iota.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, expandDims, reshape } from '../primitives/movement.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type ArrayLike } from '../tracing/array.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { asArray, floatType, promotedType } from './promotion.ts'
import { broadcastTo } from './shape.ts'

interface SpaceOptions {
  num?: number
  endpoint?: boolean
  dtype?: DTypeLike | null
  axis?: number
}

function spaceArguments(
  num: number | SpaceOptions | undefined,
  options: SpaceOptions,
): Required<Pick<SpaceOptions, 'num' | 'endpoint' | 'axis'>> & SpaceOptions {
  const given = typeof num === 'object' ? num : { ...options, num: num ?? options.num }
  return { ...given, num: given.num ?? 50, endpoint: given.endpoint ?? true, axis: given.axis ?? 0 }
}

/** The float dtype that ends and spacing are computed in. */
function computeDType(values: readonly ArrayLike[]): DType {
  return floatType(promotedType(values)).dtype
}

function asFloat(operation: string, x: ArrayLike, dtype: DType): JaxArray {
  return convertElementType(asArray(operation, x), dtype)
}

/** `num` values from start on; each is a weighted mean of the two ends, as JAX computes it. */
function evenly(start: JaxArray, stop: JaxArray, num: number, endpoint: boolean): JaxArray {
  const { dtype, ndim, shape } = start
  const intervals = endpoint ? num - 1 : num
  if (num === 0) return reshape(iota({ dtype, shape: [0], dimension: 0 }), { new_sizes: [0, ...shape.map(() => 1)] })
  const row = (x: JaxArray): JaxArray => reshape(x, { new_sizes: [1, ...shape] })
  if (intervals === 0) return row(start)
  const counted = reshape(iota({ dtype, shape: [intervals], dimension: 0 }), {
    new_sizes: [intervals, ...new Array<number>(ndim).fill(1)],
  })
  const weights = div(counted, scalar(intervals, dtype))
  const values = add(mul(row(start), sub(scalar(1, dtype), weights)), mul(row(stop), weights))
  return endpoint ? concatenate([values, expandDims(stop, [0])], { dimension: 0 }) : values
}

function finish(values: JaxArray, axis: number, dtype: DType | null): JaxArray {
  const placed = axis === 0 ? values : moveAxis(values, 0, canonicalAxis('linspace', axis, values.ndim))
  if (dtype === null || dtype === placed.dtype) return placed
  return convertElementType(isInexact(dtype) ? placed : floor(placed), dtype)
}

/**
 * `num` evenly spaced values from start to stop.
 *
 * @example
 * jnp.linspace(0, 1, 5).tolist() // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  num?: number | SpaceOptions,
  options: SpaceOptions = {},
): JaxArray {
  const given = spaceArguments(num, options)
  return spaced('linspace', start, stop, given, (values) => values)
}

function spaced(
  operation: string,
  start: ArrayLike,
  stop: ArrayLike,
  { num, endpoint, axis, dtype = null }: ReturnType<typeof spaceArguments>,
  map: (values: JaxArray) => JaxArray,
): JaxArray {
  const [count] = shapeArgument(operation, num)
  if (count === undefined) throw new ValueError(`${operation}: num must be a number of samples.`)
  const compute = computeDType([start, stop])
  const [from, to] = [asFloat(operation, start, compute), asFloat(operation, stop, compute)]
  const shape = from.ndim >= to.ndim ? from.shape : to.shape
  const values = evenly(broadcastTo(from, shape), broadcastTo(to, shape), count, endpoint)
  return finish(map(values), axis, requestedDType(operation, { dtype }))
}

/**
 * Values evenly spaced on a log scale, from base^start to base^stop.
 *
 * @example
 * jnp.logspace(0, 2, 3).tolist() // [1, 10, 100]
 */
export function logspace(
  start: ArrayLike,
  stop: ArrayLike,
  num?: number | (SpaceOptions & { base?: number }),
  options: SpaceOptions & { base?: number } = {},
): JaxArray {
  const given = spaceArguments(num, options)
  const { base = 10 } = typeof num === 'object' ? num : options
  return spaced('logspace', start, stop, given, (exponents) => pow(scalar(base, exponents.dtype), exponents))
}

/**
 * Values in a geometric progression from start to stop.
 *
 * @example
 * jnp.geomspace(1, 8, 4).tolist() // [1, 2, 4, 8]
 */
export function geomspace(
  start: ArrayLike,
  stop: ArrayLike,
  num?: number | SpaceOptions,
  options: SpaceOptions = {},
): JaxArray {
  const given = spaceArguments(num, options)
  const compute = computeDType([start, stop])
  const [from, to] = [asFloat('geomspace', start, compute), asFloat('geomspace', stop, compute)]
  const direction = sign(from)
  const tenth = scalar(1 / Math.LN10, compute)
  const log10 = (x: JaxArray): JaxArray => mul(log(div(x, direction)), tenth)
  const values = spaced('geomspace', log10(from), log10(to), { ...given, axis: 0, dtype: null }, (exponents) => {
    const powers = pow(scalar(10, exponents.dtype), exponents)
    return mul(
      broadcastInDim(direction, { shape: powers.shape, broadcast_dimensions: direction.shape.map((_, i) => i + 1) }),
      powers,
    )
  })
  return finish(values, given.axis, requestedDType('geomspace', { dtype: given.dtype }))
}
