import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { canonicalAxis, staticInteger } from '../lax/arguments.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add } from '../primitives/elementwise-arithmetic.ts'
import { eq, ge } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, expandDims } from '../primitives/movement.ts'
import { selectN } from '../primitives/selection.ts'
import { pad } from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { type DTypeLike, type DTypeOption, requestedDType } from './creation.ts'
import { getItem } from './indexing.ts'
import { defaultIntDType, asArray, defaultFloatDType } from './promotion.ts'
import { broadcastTo, moveaxis, ravel } from './shape.ts'
import { where } from './selection.ts'

/** Row and column numbers of a matrix. */
function rowsAndColumns(rows: number, columns: number): [JaxArray, JaxArray] {
  const shape = [rows, columns]
  return [iota({ dtype: 'int32', shape, dimension: 0 }), iota({ dtype: 'int32', shape, dimension: 1 })]
}

/** Where a matrix has the diagonal that lies `k` above the main one. */
function onDiagonal(rows: number, columns: number, k: number): JaxArray {
  const [row, column] = rowsAndColumns(rows, columns)
  return eq(add(row, scalar(k, 'int32')), column)
}

/** Where a matrix is on or below the diagonal that lies `k` above the main one. */
function belowDiagonal(rows: number, columns: number, k: number): JaxArray {
  const shape = [rows, columns]
  const row = add(iota({ dtype: 'int32', shape, dimension: 0 }), scalar(k, 'int32'))
  return ge(row, iota({ dtype: 'int32', shape, dimension: 1 }))
}

interface EyeOptions {
  k?: number
  dtype?: DTypeLike | null
}

function size(operation: string, value: number): number {
  const known = staticInteger(operation, 'the number of rows and columns', value)
  if (known < 0) throw new ValueError(`${operation}: a matrix cannot have ${known} rows or columns.`)
  return known
}

/** Operands of a function of rows, columns, diagonal and dtype, of which any tail may be left out or named. */
type MatrixArguments = [
  columns?: number | EyeOptions | null,
  k?: number | EyeOptions,
  dtype?: DTypeLike | EyeOptions | null,
]

function matrixArguments(
  operation: string,
  rows: number,
  [columns, k, dtype]: MatrixArguments,
  otherwise: DType = defaultFloatDType(),
): { rows: number; columns: number; k: number; dtype: DType } {
  const named = [columns, k, dtype].find(isEyeOptions) ?? {}
  const plainDType = isEyeOptions(dtype) ? undefined : dtype
  return {
    rows: size(operation, rows),
    columns: size(operation, typeof columns === 'number' ? columns : rows),
    k: staticInteger(operation, 'k', typeof k === 'number' ? k : (named.k ?? 0)),
    dtype: requestedDType(operation, { dtype: plainDType ?? named.dtype }) ?? otherwise,
  }
}

function isEyeOptions(value: number | DTypeLike | EyeOptions | null | undefined): value is EyeOptions {
  return typeof value === 'object' && value !== null
}

/**
 * Ones on a diagonal, zeros elsewhere.
 *
 * @example
 * jnp.eye(2).tolist() // [[1, 0], [0, 1]]
 * jnp.eye(2, 3, { k: 1 }).tolist() // [[0, 1, 0], [0, 0, 1]]
 */
export function eye(rows: number, ...rest: MatrixArguments): JaxArray {
  const { rows: n, columns: m, k, dtype } = matrixArguments('eye', rows, rest)
  return convertElementType(onDiagonal(n, m, k), dtype)
}

/**
 * The square matrix with ones on its diagonal.
 *
 * @example
 * jnp.identity(2).tolist() // [[1, 0], [0, 1]]
 */
export function identity(n: number, options: DTypeOption = {}): JaxArray {
  const dtype = requestedDType('identity', options)
  return eye(n, null, { dtype })
}

/**
 * Ones on and below a diagonal, zeros above.
 *
 * @example
 * jnp.tri(2).tolist() // [[1, 0], [1, 1]]
 */
export function tri(rows: number, ...rest: MatrixArguments): JaxArray {
  const { rows: n, columns: m, k, dtype } = matrixArguments('tri', rows, rest, 'float32')
  return convertElementType(belowDiagonal(n, m, k), dtype)
}

function triangle(operation: string, x: ArrayLike, k: number | { k?: number }, keepLower: boolean): JaxArray {
  const array = asArray(operation, x)
  if (array.ndim < 2) {
    throw new ValueError(`jnp.${operation} needs at least 2 axes, got shape ${formatShape(array.shape)}.`)
  }
  const shift = staticInteger(operation, 'k', typeof k === 'number' ? k : (k.k ?? 0))
  const keep = (matrix: JaxArray): JaxArray => {
    const [rows, columns] = matrix.shape.slice(-2)
    const below = broadcastTo(belowDiagonal(rows, columns, keepLower ? shift : shift - 1), matrix.shape)
    const zeros = broadcastInDim(scalar(0, matrix.dtype, matrix.weakType), {
      shape: matrix.shape,
      broadcast_dimensions: [],
    })
    return keepLower ? selectN(below, zeros, matrix) : selectN(below, matrix, zeros)
  }
  return calledAs(operation, keep, array)
}

/**
 * The matrix with everything above a diagonal set to zero.
 *
 * @example
 * jnp.tril(jnp.ones([2, 2])).tolist() // [[1, 0], [1, 1]]
 */
export function tril(x: ArrayLike, k: number | { k?: number } = 0): JaxArray {
  return triangle('tril', x, k, true)
}

/**
 * The matrix with everything below a diagonal set to zero.
 *
 * @example
 * jnp.triu(jnp.ones([2, 2])).tolist() // [[1, 1], [0, 1]]
 */
export function triu(x: ArrayLike, k: number | { k?: number } = 0): JaxArray {
  return triangle('triu', x, k, false)
}

interface DiagonalOptions {
  offset?: number
  axis1?: number
  axis2?: number
}

/**
 * The elements on a diagonal, along a new last axis.
 *
 * @example
 * jnp.diagonal(jnp.array([[1, 2], [3, 4]])).tolist() // [1, 4]
 */
export function diagonal(x: ArrayLike, options: number | DiagonalOptions = {}): JaxArray {
  const { offset = 0, axis1 = 0, axis2 = 1 } = typeof options === 'number' ? { offset: options } : options
  const array = asArray('diagonal', x)
  const axes = [canonicalAxis('diagonal', axis1, array.ndim), canonicalAxis('diagonal', axis2, array.ndim)]
  const pick = (matrix: JaxArray): JaxArray => {
    const last = moveaxis(matrix, axes, [-2, -1])
    const [rows, columns] = last.shape.slice(-2)
    const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)))
    const along = iota({ dtype: 'int32', shape: [length], dimension: 0 })
    const shifted = (by: number): JaxArray => (by > 0 ? add(scalar(by, 'int32'), along) : along)
    return getItem(last, ['...', shifted(-offset), shifted(offset)])
  }
  return calledAs('diagonal', pick, array)
}

/**
 * A matrix with `x` on a diagonal; of a matrix, its diagonal.
 *
 * @example
 * jnp.diag(jnp.array([1, 2])).tolist() // [[1, 0], [0, 2]]
 */
export function diag(x: ArrayLike, k: number | { k?: number } = 0): JaxArray {
  const array = asArray('diag', x)
  const shift = typeof k === 'number' ? k : (k.k ?? 0)
  if (array.ndim === 2) return calledAs('_diag', (matrix) => diagonal(matrix, shift), array)
  if (array.ndim !== 1) {
    throw new ValueError(`jnp.diag takes a vector or a matrix, got shape ${formatShape(array.shape)}.`)
  }
  const build = (vector: JaxArray): JaxArray => {
    const n = vector.shape[0] + Math.abs(shift)
    const padding = [Math.max(0, -shift), Math.max(0, shift), 0] as const
    const padded = pad(vector, scalar(0, vector.dtype), { padding_config: [padding] })
    return where(onDiagonal(n, n, shift), expandDims(padded, [1]), scalar(0, vector.dtype))
  }
  return calledAs('_diag', build, array)
}

/**
 * A matrix with all elements of `x` on a diagonal.
 *
 * @example
 * jnp.diagflat(jnp.array([[1, 2]])).tolist() // [[1, 0], [0, 2]]
 */
export function diagflat(x: ArrayLike, k: number | { k?: number } = 0): JaxArray {
  return diag(ravel(x), k)
}

interface MeshgridOptions {
  indexing?: 'xy' | 'ij'
  sparse?: boolean
}

/**
 * Coordinates of a grid: for each vector, its values repeated along all others' axes.
 *
 * @example
 * jnp.meshgrid(jnp.arange(2), jnp.arange(3)).map((x) => x.shape) // [[3, 2], [3, 2]]
 */
export function meshgrid(...args: (ArrayLike | MeshgridOptions)[]): JaxArray[] {
  const last = args.at(-1)
  const options: MeshgridOptions = isOptions(last) ? last : {}
  const vectors = args.flatMap((arg) => (isOptions(arg) ? [] : [asArray('meshgrid', arg)]))
  const swapped = (options.indexing ?? 'xy') === 'xy' && vectors.length >= 2
  const axisOf = (i: number): number => (swapped && i < 2 ? 1 - i : i)
  const shape = vectors.map((_, i) => vectors[axisOf(i)].size)
  return vectors.map((vector, i) => {
    const own = axisOf(i)
    const target = options.sparse === true ? shape.map((length, axis) => (axis === own ? length : 1)) : shape
    return broadcastInDim(ravel(vector), { shape: target, broadcast_dimensions: [own] })
  })
}

function isOptions(value: ArrayLike | MeshgridOptions | undefined): value is MeshgridOptions {
  return typeof value === 'object' && !('aval' in value)
}

/**
 * For each axis of a shape, an array of that shape with the number of the place along the axis.
 *
 * @example
 * jnp.indices([2, 3]).shape // [2, 2, 3]
 */
export function indices(dimensions: readonly number[], options: DTypeOption = {}): JaxArray {
  const dtype = requestedDType('indices', options) ?? defaultIntDType()
  const grids = dimensions.map((_, dimension) => expandDims(iota({ dtype, shape: dimensions, dimension }), [0]))
  return concatenate(grids, { dimension: 0 })
}
