import { type DType, bitWidth, storageWidth } from '../../../ir/dtype.ts'
import type { HostArray } from '../../../ir/host-array.ts'
import { countWork } from '../../../runtime/interruption.ts'

/**
 * One matrix in work, row by row, in 64 bits whatever the dtype of the array it came from. The imaginary
 * parts of a real matrix are absent, so that the loops over real matrices stay as short as they can be.
 */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly re: Float64Array
  readonly im: Float64Array | null
}

/** The constants of a float format that decide when an iteration has converged. */
export interface Precision {
  /** Half the distance from 1 to the next number: what one rounding can be off, relatively. */
  readonly rounding: number
  /** The smallest normal number. */
  readonly smallest: number
}

/** The precision that results of a dtype have: iterations stop there, as LAPACK's in that format do. */
export function precisionOf(dtype: DType): Precision {
  const wide = bitWidth(dtype) / storageWidth(dtype) === 64
  return wide ? { rounding: 2 ** -53, smallest: 2 ** -1022 } : { rounding: 2 ** -24, smallest: 2 ** -126 }
}

/** Whether values of a float dtype have an imaginary part. */
export function hasImaginary(dtype: DType): boolean {
  return storageWidth(dtype) === 2
}

export function zeroMatrix(rows: number, columns: number, complex: boolean): Matrix {
  const size = rows * columns
  return { rows, columns, re: new Float64Array(size), im: complex ? new Float64Array(size) : null }
}

/** Ones on the main diagonal. */
export function identityMatrix(rows: number, columns: number, complex: boolean): Matrix {
  const matrix = zeroMatrix(rows, columns, complex)
  for (let i = 0; i < Math.min(rows, columns); i++) matrix.re[i * columns + i] = 1
  return matrix
}

/** How many matrices an array of them holds. */
export function stackCount(shape: readonly number[], ranks = 2): number {
  return shape.slice(0, shape.length - ranks).reduce((product, extent) => product * extent, 1)
}

/** A copy of one matrix of a stack; the last two axes are its rows and columns. */
export function loadMatrix(a: HostArray, index: number): Matrix {
  const [rows, columns] = a.shape.slice(-2)
  return loadBlock(a, index, rows, columns)
}

/** A copy of one vector of a stack, as a matrix with one row. */
export function loadVector(a: HostArray, index: number): Matrix {
  return loadBlock(a, index, 1, a.shape[a.shape.length - 1])
}

function loadBlock(a: HostArray, index: number, rows: number, columns: number): Matrix {
  const size = rows * columns
  countWork(size)
  if (!hasImaginary(a.dtype)) {
    return { rows, columns, re: Float64Array.from(a.data.subarray(index * size, (index + 1) * size)), im: null }
  }
  const matrix = { rows, columns, re: new Float64Array(size), im: new Float64Array(size) }
  const start = 2 * index * size
  for (let i = 0; i < size; i++) {
    matrix.re[i] = a.data[start + 2 * i]
    matrix.im[i] = a.data[start + 2 * i + 1]
  }
  return matrix
}

/** Writes a matrix, or what of it fits, as one block of an array. Real results drop zero imaginary parts. */
export function store(matrix: Matrix, out: HostArray, index: number): void {
  const { re, im } = matrix
  const start = index * re.length
  countWork(re.length)
  if (!hasImaginary(out.dtype)) {
    out.data.set(re, start)
    return
  }
  for (let i = 0; i < re.length; i++) {
    out.data[2 * (start + i)] = re[i]
    if (im !== null) out.data[2 * (start + i) + 1] = im[i]
  }
}

/** A vector as a matrix with one row, ready to be stored. */
export function rowOf(re: Float64Array, im: Float64Array | null = null): Matrix {
  return { rows: 1, columns: re.length, re, im }
}

/** Fills one block of `size` values with NaN: what a factorisation that failed gives. */
export function storeFailure(out: HostArray, index: number, size: number): void {
  const width = storageWidth(out.dtype)
  out.data.fill(NaN, index * size * width, (index + 1) * size * width)
}

export function copyMatrix({ rows, columns, re, im }: Matrix): Matrix {
  return { rows, columns, re: re.slice(), im: im?.slice() ?? null }
}

/** The conjugate transpose. */
export function adjoint({ rows, columns, re, im }: Matrix): Matrix {
  const out = zeroMatrix(columns, rows, im !== null)
  for (let i = 0; i < rows; i++) {
    countWork(columns)
    for (let j = 0; j < columns; j++) {
      out.re[j * rows + i] = re[i * columns + j]
      if (im !== null && out.im !== null) out.im[j * rows + i] = -im[i * columns + j]
    }
  }
  return out
}

/** The first rows and columns, with zeros around them where more are asked for than there are. */
export function resized(matrix: Matrix, rows: number, columns: number, diagonal = 0): Matrix {
  const out = zeroMatrix(rows, columns, matrix.im !== null)
  const shared = Math.min(columns, matrix.columns)
  for (let i = 0; i < Math.min(rows, matrix.rows); i++) {
    const from = i * matrix.columns
    out.re.set(matrix.re.subarray(from, from + shared), i * columns)
    if (matrix.im !== null) out.im?.set(matrix.im.subarray(from, from + shared), i * columns)
  }
  for (let i = Math.min(matrix.rows, matrix.columns); i < Math.min(rows, columns); i++) {
    out.re[i * columns + i] = diagonal
  }
  return out
}

/** Zeros below the k-th diagonal. */
export function keepUpper(matrix: Matrix, k = 0): Matrix {
  const out = copyMatrix(matrix)
  for (let i = 0; i < out.rows; i++) {
    const end = i * out.columns + Math.min(Math.max(i + k, 0), out.columns)
    out.re.fill(0, i * out.columns, end)
    out.im?.fill(0, i * out.columns, end)
  }
  return out
}

/** A real matrix as a complex one. */
export function withImaginary(matrix: Matrix): Matrix {
  return matrix.im === null ? { ...matrix, im: new Float64Array(matrix.re.length) } : matrix
}

/** Whether every entry is a finite number; iterations on anything else would not end in one. */
export function isFiniteMatrix({ re, im }: Matrix): boolean {
  return re.every(Number.isFinite) && (im === null || im.every(Number.isFinite))
}

/**
 * A power of two that brings the largest entry near 1 when squares of entries would leave the range of
 * a 64-bit float, otherwise 1.
 */
export function safeScale({ re, im }: Matrix): number {
  let largest = 0
  for (const value of re) largest = Math.max(largest, Math.abs(value))
  if (im !== null) for (const value of im) largest = Math.max(largest, Math.abs(value))
  if (largest === 0 || (largest > 2 ** -400 && largest < 2 ** 400)) return 1
  return 2 ** -Math.floor(Math.log2(largest))
}

/** Multiplies every entry. */
export function scaleBy({ re, im }: Matrix, factor: number): void {
  if (factor === 1) return
  for (let i = 0; i < re.length; i++) re[i] *= factor
  if (im !== null) for (let i = 0; i < im.length; i++) im[i] *= factor
}

/** The magnitude of the first number with the sign of the second, in which -0 is negative. */
export function withSign(magnitude: number, sign: number): number {
  return sign < 0 || Object.is(sign, -0) ? -Math.abs(magnitude) : Math.abs(magnitude)
}
