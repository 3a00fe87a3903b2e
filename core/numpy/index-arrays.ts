import { ValueError } from '../errors.ts'
import type { Shape } from '../ir/aval.ts'
import { sizeOf } from '../ir/aval.ts'
import { hostArray } from '../ir/host-array.ts'
import { upTo } from '../primitives/axes.ts'
import { stridesOf } from '../compiler/reference/broadcast.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { add, floorDivide, multiply, remainder } from './arithmetic.ts'
import { asArray } from './promotion.ts'

function integers(values: readonly number[]): JaxArray {
  return fromHost(hostArray([values.length], 'int32', Int32Array.from(values)))
}

/**
 * Indices along every axis from positions among all elements in a row.
 *
 * @example
 * jnp.unravelIndex(5, [2, 3]).map((i) => i.item()) // [1, 2]
 */
export function unravelIndex(indices: ArrayLike, shape: Shape): JaxArray[] {
  const positions = integerArray('unravelIndex', indices)
  return stridesOf(shape).map((stride, axis) => remainder(floorDivide(positions, stride), shape[axis]))
}

/**
 * Positions among all elements in a row from indices along every axis.
 *
 * @example
 * jnp.ravelMultiIndex([1, 2], [2, 3]).item() // 5
 */
export function ravelMultiIndex(indices: readonly ArrayLike[], shape: Shape): JaxArray {
  if (indices.length !== shape.length || indices.length === 0) {
    throw new ValueError(`jnp.ravelMultiIndex needs one index for each of ${shape.length} axes, got ${indices.length}.`)
  }
  const strides = stridesOf(shape)
  const parts = indices.map((index, axis) => multiply(integerArray('ravelMultiIndex', index), strides[axis]))
  return parts.reduce(add)
}

function integerArray(name: string, value: ArrayLike): JaxArray {
  return typeof value === 'number' ? asArray(name, BigInt(value)) : asArray(name, value)
}

/**
 * Indices of the main diagonal of a square array.
 *
 * @example
 * jnp.diagIndices(3).map((i) => i.tolist()) // [[0, 1, 2], [0, 1, 2]]
 */
export function diagIndices(n: number, ndim = 2): JaxArray[] {
  return upTo(ndim).map(() => integers(upTo(n)))
}

/** Which matrix `trilIndices` and `triuIndices` are for. */
export interface TriangleOptions {
  readonly k?: number
  readonly m?: number
}

function triangle(
  n: number,
  options: TriangleOptions,
  keep: (row: number, column: number, k: number) => boolean,
): JaxArray[] {
  const { k = 0, m = n } = options
  const places = upTo(sizeOf([n, m])).filter((i) => keep(Math.floor(i / m), i % m, k))
  return [integers(places.map((i) => Math.floor(i / m))), integers(places.map((i) => i % m))]
}

/**
 * Indices of the entries on and below a diagonal.
 *
 * @example
 * jnp.trilIndices(2).map((i) => i.tolist()) // [[0, 1, 1], [0, 0, 1]]
 */
export function trilIndices(n: number, options: TriangleOptions | number = {}): JaxArray[] {
  return triangle(n, typeof options === 'number' ? { k: options } : options, (row, column, k) => column <= row + k)
}

/**
 * Indices of the entries on and above a diagonal.
 *
 * @example
 * jnp.triuIndices(2).map((i) => i.tolist()) // [[0, 0, 1], [0, 1, 1]]
 */
export function triuIndices(n: number, options: TriangleOptions | number = {}): JaxArray[] {
  return triangle(n, typeof options === 'number' ? { k: options } : options, (row, column, k) => column >= row + k)
}
