import type { HostArray } from '../../ir/host-array.ts'
import { type Complex, complex, conjugate, minus, over, size1, times } from './linalg/complex-number.ts'
import { type Matrix, loadMatrix, store } from './linalg/matrix.ts'
import type { TriangularSolveFlags } from './linear-algebra.ts'
import { countWork } from '../../runtime/interruption.ts'

// The factorisations of linear-algebra.ts on matrices of complex numbers, one of a stack at a time.

/** One matrix with its entries as complex numbers. */
class Entries {
  readonly matrix: Matrix

  constructor(array: HostArray, index: number) {
    this.matrix = loadMatrix(array, index)
  }

  get(i: number, j: number): Complex {
    const at = i * this.matrix.columns + j
    return complex(this.matrix.re[at], this.matrix.im === null ? 0 : this.matrix.im[at])
  }

  set(i: number, j: number, { re, im }: Complex): void {
    const at = i * this.matrix.columns + j
    this.matrix.re[at] = re
    if (this.matrix.im !== null) this.matrix.im[at] = im
  }
}

/** L and U packed, the pivots, and the order of the rows. The pivot is the entry with the largest sum of parts. */
export function complexLu(a: HostArray, out: HostArray, index: number): { pivots: Int32Array; order: Int32Array } {
  const work = new Entries(a, index)
  const { rows, columns } = work.matrix
  const steps = Math.min(rows, columns)
  const pivots = new Int32Array(steps)
  const order = Int32Array.from({ length: rows }, (_, row) => row)
  for (let step = 0; step < steps; step++) {
    countWork(rows)
    let pivot = step
    for (let row = step + 1; row < rows; row++) {
      if (size1(work.get(row, step)) > size1(work.get(pivot, step))) pivot = row
    }
    pivots[step] = pivot
    if (pivot !== step) {
      ;[order[step], order[pivot]] = [order[pivot], order[step]]
      for (let j = 0; j < columns; j++) {
        const kept = work.get(step, j)
        work.set(step, j, work.get(pivot, j))
        work.set(pivot, j, kept)
      }
    }
    const corner = work.get(step, step)
    if (size1(corner) === 0) continue
    for (let row = step + 1; row < rows; row++) {
      countWork(columns - step)
      const factor = over(work.get(row, step), corner)
      work.set(row, step, factor)
      for (let j = step + 1; j < columns; j++) {
        work.set(row, j, minus(work.get(row, j), times(factor, work.get(step, j))))
      }
    }
  }
  store(work.matrix, out, index)
  return { pivots, order }
}

/** The lower triangular L of A = L Lᴴ, of which the lower triangle is read; NaN when A is not positive definite. */
export function complexCholesky(a: HostArray, out: HostArray, index: number): void {
  const work = new Entries(a, index)
  const n = work.matrix.rows
  let failed = false
  for (let i = 0; i < n; i++) {
    countWork(n)
    for (let j = 0; j <= i; j++) {
      countWork(j)
      let sum = work.get(i, j)
      for (let k = 0; k < j; k++) sum = minus(sum, times(work.get(i, k), conjugate(work.get(j, k))))
      if (i === j) {
        failed ||= !(sum.re > 0)
        work.set(i, i, complex(Math.sqrt(sum.re)))
      } else {
        const pivot = work.get(j, j).re
        work.set(i, j, complex(sum.re / pivot, sum.im / pivot))
      }
    }
    for (let j = i + 1; j < n; j++) work.set(i, j, complex(0))
  }
  if (failed) {
    work.matrix.re.fill(NaN)
    work.matrix.im?.fill(NaN)
  }
  store(work.matrix, out, index)
}

/** X with op(A) X = B, or X op(A) = B when A is on the right. */
export function complexTriangularSolve(
  a: HostArray,
  b: HostArray,
  flags: TriangularSolveFlags,
  out: HostArray,
  index: number,
): void {
  const matrix = new Entries(a, index)
  const x = new Entries(b, index)
  const n = matrix.matrix.rows
  const { rows, columns } = x.matrix
  const systems = flags.left_side ? columns : rows
  const transposed = flags.transpose_a === flags.left_side
  const lower = flags.lower !== transposed
  const entry = (i: number, k: number): Complex => {
    const value = transposed ? matrix.get(k, i) : matrix.get(i, k)
    return flags.conjugate_a ? conjugate(value) : value
  }
  const get = (i: number, system: number): Complex => (flags.left_side ? x.get(i, system) : x.get(system, i))
  for (let system = 0; system < systems; system++) {
    for (let step = 0; step < n; step++) {
      const i = lower ? step : n - 1 - step
      let sum = get(i, system)
      const [from, to] = lower ? [0, i] : [i + 1, n]
      countWork(to - from + 1)
      for (let k = from; k < to; k++) sum = minus(sum, times(entry(i, k), get(k, system)))
      const value = flags.unit_diagonal ? sum : over(sum, entry(i, i))
      if (flags.left_side) x.set(i, system, value)
      else x.set(system, i, value)
    }
  }
  store(x.matrix, out, index)
}
