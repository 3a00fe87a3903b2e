import type { ShapedArray } from '../../ir/aval.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { type Complex, complex, minus, over, size1, times } from './linalg/complex-number.ts'
import { loadMatrix, loadVector, precisionOf, stackCount, store, storeFailure } from './linalg/matrix.ts'
import { countWork } from '../../runtime/interruption.ts'

/**
 * Solves tridiagonal systems by elimination with row exchanges. A pivot of zero makes the whole solution NaN,
 * unless `perturbSingular`, which replaces pivots that vanish by ones as small as rounding errors of U.
 */
export function tridiagonalSolveKernel(
  [dl, d, du, b]: readonly HostArray[],
  perturbSingular: boolean,
  avals: readonly ShapedArray[],
): HostArray[] {
  const [{ shape, dtype }] = avals
  const out = hostArray(shape, dtype)
  const [rows, columns] = shape.slice(-2)
  for (let index = 0; index < stackCount(shape); index++) {
    const [lower, middle, upper] = [dl, d, du].map((band) => numbersOf(loadVector(band, index)))
    const right = loadMatrix(b, index)
    const u = eliminate({ lower: lower.slice(1), middle, upper: upper.slice(0, -1) }, rightHandSide(right))
    if (perturbSingular) perturb(u, precisionOf(dtype).rounding * 2)
    if (u.middle.some((pivot) => pivot.re === 0 && pivot.im === 0)) {
      storeFailure(out, index, rows * columns)
      continue
    }
    substitute(u, rightHandSide(right))
    store(right, out, index)
  }
  return [out]
}

function numbersOf({ re, im }: { re: Float64Array; im: Float64Array | null }): Complex[] {
  return Array.from(re, (value, i) => {
    countWork(1)
    return complex(value, im === null ? 0 : im[i])
  })
}

/** The right-hand side, row by row. */
interface Rows {
  readonly columns: number
  get(row: number, column: number): Complex
  set(row: number, column: number, value: Complex): void
}

function rightHandSide({ columns, re, im }: { columns: number; re: Float64Array; im: Float64Array | null }): Rows {
  return {
    columns,
    get: (row, column) => complex(re[row * columns + column], im === null ? 0 : im[row * columns + column]),
    set(row, column, value) {
      re[row * columns + column] = value.re
      if (im !== null) im[row * columns + column] = value.im
    },
  }
}

interface Upper {
  readonly middle: Complex[]
  readonly upper: Complex[]
  /** The second diagonal above the middle, which row exchanges fill. */
  readonly second: Complex[]
}

function eliminate(
  { lower, middle, upper }: { lower: readonly Complex[]; middle: Complex[]; upper: Complex[] },
  b: Rows,
): Upper {
  const n = middle.length
  const second = Array.from({ length: Math.max(0, n - 2) }, () => complex(0))
  for (let i = 0; i < n - 1; i++) {
    const below = lower[i]
    if (size1(middle[i]) >= size1(below)) {
      if (size1(middle[i]) === 0) continue
      const factor = over(below, middle[i])
      middle[i + 1] = minus(middle[i + 1], times(factor, upper[i]))
      for (let j = 0; j < b.columns; j++) b.set(i + 1, j, minus(b.get(i + 1, j), times(factor, b.get(i, j))))
      continue
    }
    const factor = over(middle[i], below)
    middle[i] = below
    const next = middle[i + 1]
    middle[i + 1] = minus(upper[i], times(factor, next))
    if (i < n - 2) {
      second[i] = upper[i + 1]
      upper[i + 1] = times(complex(-factor.re, -factor.im), upper[i + 1])
    }
    upper[i] = next
    for (let j = 0; j < b.columns; j++) {
      const kept = b.get(i, j)
      b.set(i, j, b.get(i + 1, j))
      b.set(i + 1, j, minus(kept, times(factor, b.get(i + 1, j))))
    }
  }
  return { middle, upper, second }
}

function perturb({ middle, upper, second }: Upper, ulp: number): void {
  let largest = 0
  for (const diagonal of [middle, upper, second]) {
    countWork(diagonal.length)
    for (const entry of diagonal) largest = Math.max(largest, size1(entry))
  }
  const least = largest === 0 ? ulp : largest * ulp
  for (const [i, pivot] of middle.entries()) {
    countWork(1)
    if (size1(pivot) < least) middle[i] = complex(pivot.re < 0 ? -least : least)
  }
}

function substitute({ middle, upper, second }: Upper, b: Rows): void {
  for (let j = 0; j < b.columns; j++) {
    for (let i = middle.length - 1; i >= 0; i--) {
      countWork(1)
      let sum = b.get(i, j)
      if (i + 1 < middle.length) sum = minus(sum, times(upper[i], b.get(i + 1, j)))
      if (i + 2 < middle.length) sum = minus(sum, times(second[i], b.get(i + 2, j)))
      b.set(i, j, over(sum, middle[i]))
    }
  }
}
