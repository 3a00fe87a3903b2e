import { sizeOf } from '../../ir/aval.ts'
import { isComplex } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { complexCholesky, complexLu, complexTriangularSolve } from './complex-linear-algebra.ts'
import { countWork } from '../../runtime/interruption.ts'

// Matrices are the last two axes; everything before them is a stack. All arithmetic is in 64 bits.

/** Calls `body` for every matrix of a stack, with the number of the matrix. */
function forEachMatrix(shape: readonly number[], body: (index: number) => void): void {
  const count = shape.slice(0, -2).reduce((product, extent) => product * extent, 1)
  const size = sizeOf(shape.slice(-2))
  for (let i = 0; i < count; i++) {
    countWork(size)
    body(i)
  }
}

/**
 * L and U packed into one matrix, the row swapped into place at every step, and the permutation
 * that all the swaps amount to. The pivot is the entry of largest magnitude.
 */
export function luKernel(a: HostArray): [lu: HostArray, pivots: HostArray, permutation: HostArray] {
  const rows = a.shape[a.shape.length - 2]
  const columns = a.shape[a.shape.length - 1]
  const stack = a.shape.slice(0, -2)
  const steps = Math.min(rows, columns)
  const lu = hostArray(a.shape, a.dtype)
  const pivots = hostArray([...stack, steps], 'int32')
  const permutation = hostArray([...stack, rows], 'int32')
  if (isComplex(a.dtype)) {
    forEachMatrix(a.shape, (index) => {
      const factored = complexLu(a, lu, index)
      pivots.data.set(factored.pivots, index * steps)
      permutation.data.set(factored.order, index * rows)
    })
    return [lu, pivots, permutation]
  }
  const work = new Float64Array(rows * columns)
  forEachMatrix(a.shape, (index) => {
    const start = index * work.length
    work.set(a.data.subarray(start, start + work.length))
    const order = Int32Array.from({ length: rows }, (_, row) => row)
    for (let step = 0; step < steps; step++) {
      countWork(rows)
      const pivot = pivotRow(work, rows, columns, step)
      pivots.data[index * steps + step] = pivot
      if (pivot !== step) {
        swapRows(work, columns, step, pivot)
        const moved = order[step]
        order[step] = order[pivot]
        order[pivot] = moved
      }
      eliminate(work, rows, columns, step)
    }
    lu.data.set(work, start)
    permutation.data.set(order, index * rows)
  })
  return [lu, pivots, permutation]
}

function pivotRow(work: Float64Array, rows: number, columns: number, step: number): number {
  let pivot = step
  for (let row = step + 1; row < rows; row++) {
    if (Math.abs(work[row * columns + step]) > Math.abs(work[pivot * columns + step])) pivot = row
  }
  return pivot
}

function swapRows(work: Float64Array, columns: number, first: number, second: number): void {
  for (let column = 0; column < columns; column++) {
    const value = work[first * columns + column]
    work[first * columns + column] = work[second * columns + column]
    work[second * columns + column] = value
  }
}

/** A zero pivot leaves its column as it is, as LAPACK does: the matrix is singular and U says so. */
function eliminate(work: Float64Array, rows: number, columns: number, step: number): void {
  const pivot = work[step * columns + step]
  if (pivot === 0) return
  for (let row = step + 1; row < rows; row++) {
    countWork(columns - step)
    const factor = work[row * columns + step] / pivot
    work[row * columns + step] = factor
    for (let column = step + 1; column < columns; column++) {
      work[row * columns + column] -= factor * work[step * columns + column]
    }
  }
}

/** The lower triangular factor L of A = L Lᵀ; NaN throughout when A is not positive definite. */
export function choleskyKernel(a: HostArray): HostArray {
  const n = a.shape[a.shape.length - 1]
  const out = hostArray(a.shape, a.dtype)
  if (isComplex(a.dtype)) {
    forEachMatrix(a.shape, (index) => complexCholesky(a, out, index))
    return out
  }
  const factor = new Float64Array(n * n)
  forEachMatrix(a.shape, (index) => {
    const start = index * n * n
    factor.fill(0)
    for (let row = 0; row < n; row++) {
      for (let column = 0; column <= row; column++) {
        countWork(column + 1)
        let sum = a.data[start + row * n + column]
        for (let k = 0; k < column; k++) sum -= factor[row * n + k] * factor[column * n + k]
        factor[row * n + column] = row === column ? (sum > 0 ? Math.sqrt(sum) : NaN) : sum / factor[column * n + column]
      }
    }
    if (factor.some(Number.isNaN)) factor.fill(NaN)
    out.data.set(factor, start)
  })
  return out
}

export type TriangularSolveFlags = {
  readonly conjugate_a: boolean
  readonly left_side: boolean
  readonly lower: boolean
  readonly transpose_a: boolean
  readonly unit_diagonal: boolean
}

/** X with op(A) X = B, or X op(A) = B when A is on the right; only one triangle of A is read. */
export function triangularSolveKernel(a: HostArray, b: HostArray, flags: TriangularSolveFlags): HostArray {
  const n = a.shape[a.shape.length - 1]
  const rows = b.shape[b.shape.length - 2]
  const columns = b.shape[b.shape.length - 1]
  const out = hostArray(b.shape, b.dtype)
  if (isComplex(b.dtype)) {
    forEachMatrix(b.shape, (index) => complexTriangularSolve(a, b, flags, out, index))
    return out
  }
  // X op(A) = B is op(A)ᵀ Xᵀ = Bᵀ: the same substitution with the roles of rows and columns exchanged.
  const transposed = flags.transpose_a === flags.left_side
  const lower = flags.lower !== transposed
  const rowStep = transposed ? 1 : n
  const columnStep = transposed ? n : 1
  const unknownStep = flags.left_side ? columns : 1
  const systemStep = flags.left_side ? 1 : columns
  const systems = flags.left_side ? columns : rows
  const x = new Float64Array(n)
  forEachMatrix(b.shape, (index) => {
    const matrix = index * n * n
    const block = index * rows * columns
    for (let system = 0; system < systems; system++) {
      const start = block + system * systemStep
      for (let step = 0; step < n; step++) {
        const i = lower ? step : n - 1 - step
        let sum = b.data[start + i * unknownStep]
        const from = lower ? 0 : i + 1
        const to = lower ? i : n
        countWork(to - from + 1)
        for (let k = from; k < to; k++) sum -= a.data[matrix + i * rowStep + k * columnStep] * x[k]
        x[i] = flags.unit_diagonal ? sum : sum / a.data[matrix + i * (n + 1)]
      }
      for (let i = 0; i < n; i++) out.data[start + i * unknownStep] = x[i]
    }
  })
  return out
}
