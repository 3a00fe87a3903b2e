import { type Precision, withSign } from './matrix.ts'
import { rotateRows, rotationOf, swapRows } from './rotations.ts'
import { smallEigen } from './two-by-two.ts'
import { countWork } from '../../../runtime/interruption.ts'

const maxSweepsAValue = 30

/**
 * Eigenvalues of a symmetric tridiagonal matrix, in ascending order and in place, by implicit QL or QR
 * iterations, whichever suits the grading of the block. The rows of `vectors` turn along. The order of
 * rotations is LAPACK's, so the signs of the vectors are.
 *
 * @returns whether the iteration converged
 */
export function tridiagonalEigen(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array | null,
  precision: Precision,
): boolean {
  if (!new Iteration(d, e, vectors, precision).run()) return false
  const n = d.length
  for (let i = 0; i < n - 1; i++) {
    countWork(n - i)
    let least = i
    for (let j = i + 1; j < n; j++) if (d[j] < d[least]) least = j
    if (least === i) continue
    const kept = d[i]
    d[i] = d[least]
    d[least] = kept
    if (vectors !== null) swapRows(vectors, n, i, least)
  }
  return true
}

class Iteration {
  private readonly d: Float64Array
  private readonly e: Float64Array
  private readonly vectors: Float64Array | null
  private readonly rounding: number
  private readonly smallest: number
  private sweeps = 0

  constructor(d: Float64Array, e: Float64Array, vectors: Float64Array | null, { rounding, smallest }: Precision) {
    this.d = d
    this.e = e
    this.vectors = vectors
    this.rounding = rounding
    this.smallest = smallest
  }

  /** Block by block: a block ends where an entry beside the diagonal is negligible. */
  run(): boolean {
    const { d, e } = this
    const n = d.length
    const limit = n * maxSweepsAValue
    let next = 0
    while (next < n) {
      if (next > 0) e[next - 1] = 0
      const first = next
      const last = this.endOfBlock(first)
      next = last + 1
      if (last === first) continue
      if (Math.abs(d[last]) < Math.abs(d[first])) this.solveUpward(last, first, limit)
      else this.solveDownward(first, last, limit)
      if (this.sweeps >= limit) return e.every((value) => value === 0)
    }
    return true
  }

  private endOfBlock(first: number): number {
    const { d, e } = this
    for (let i = first; i < d.length - 1; i++) {
      const beside = Math.abs(e[i])
      if (beside === 0) return i
      if (beside <= Math.sqrt(Math.abs(d[i])) * Math.sqrt(Math.abs(d[i + 1])) * this.rounding) {
        e[i] = 0
        return i
      }
    }
    return d.length - 1
  }

  private negligible(i: number): boolean {
    const { d, e, rounding, smallest } = this
    return Math.abs(e[i]) ** 2 <= rounding * rounding * Math.abs(d[i]) * Math.abs(d[i + 1]) + smallest
  }

  private turn(first: number, c: number, s: number): void {
    if (this.vectors !== null) rotateRows(this.vectors, this.d.length, first, first + 1, c, s)
  }

  /** QL: eigenvalues appear at the top of the block. */
  private solveDownward(first: number, last: number, limit: number): void {
    const { e } = this
    let top = first
    while (top <= last) {
      countWork(last - top + 1)
      let end = top
      while (end < last && !this.negligible(end)) end++
      if (end < last) e[end] = 0
      if (end === top) {
        top++
      } else if (end === top + 1) {
        this.solvePair(top)
        top += 2
      } else {
        if (this.sweeps === limit) return
        this.sweeps++
        this.sweepQl(top, end)
      }
    }
  }

  /** QR: eigenvalues appear at the bottom of the block. */
  private solveUpward(last: number, first: number, limit: number): void {
    const { e } = this
    let bottom = last
    while (bottom >= first) {
      countWork(bottom - first + 1)
      let end = bottom
      while (end > first && !this.negligible(end - 1)) end--
      if (end > first) e[end - 1] = 0
      if (end === bottom) {
        bottom--
      } else if (end === bottom - 1) {
        this.solvePair(end)
        bottom -= 2
      } else {
        if (this.sweeps === limit) return
        this.sweeps++
        this.sweepQr(bottom, end)
      }
    }
  }

  private solvePair(first: number): void {
    const { d, e } = this
    const pair = smallEigen(d[first], e[first], d[first + 1])
    this.turn(first, pair.cosine, pair.sine)
    d[first] = pair.first
    d[first + 1] = pair.second
    e[first] = 0
  }

  private sweepQl(top: number, end: number): void {
    const { d, e } = this
    let p = d[top]
    let g = (d[top + 1] - p) / (2 * e[top])
    g = d[end] - p + e[top] / (g + withSign(Math.hypot(g, 1), g))
    let [s, c] = [1, 1]
    p = 0
    for (let i = end - 1; i >= top; i--) {
      const f = s * e[i]
      const b = c * e[i]
      const rotation = rotationOf(g, f)
      ;[c, s] = [rotation.c, rotation.s]
      if (i !== end - 1) e[i + 1] = rotation.r
      g = d[i + 1] - p
      const r = (d[i] - g) * s + 2 * c * b
      p = s * r
      d[i + 1] = g + p
      g = c * r - b
      this.turn(i, c, -s)
    }
    d[top] -= p
    e[top] = g
  }

  private sweepQr(bottom: number, end: number): void {
    const { d, e } = this
    let p = d[bottom]
    let g = (d[bottom - 1] - p) / (2 * e[bottom - 1])
    g = d[end] - p + e[bottom - 1] / (g + withSign(Math.hypot(g, 1), g))
    let [s, c] = [1, 1]
    p = 0
    for (let i = end; i < bottom; i++) {
      const f = s * e[i]
      const b = c * e[i]
      const rotation = rotationOf(g, f)
      ;[c, s] = [rotation.c, rotation.s]
      if (i !== end) e[i - 1] = rotation.r
      g = d[i] - p
      const r = (d[i + 1] - g) * s + 2 * c * b
      p = s * r
      d[i] = g + p
      g = c * r - b
      this.turn(i, c, s)
    }
    d[bottom] -= p
    e[bottom - 1] = g
  }
}
