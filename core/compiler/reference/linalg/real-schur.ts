import { reflectorOf } from './householder.ts'
import type { Matrix, Precision } from './matrix.ts'
import { rotateColumns } from './rotations.ts'
import { standardise } from './standard-block.ts'
import { countWork } from '../../../runtime/interruption.ts'

/** After so many sweeps without a new eigenvalue the shift is chosen otherwise. */
const patience = 10

/**
 * The real Schur form of an upper Hessenberg matrix, in place: upper triangular but for 2 by 2 blocks with
 * conjugate eigenvalues, whose diagonal entries are equal. Francis' double shift with small bulges, as in
 * LAPACK's `lahqr`, down to the order of the reflections. The columns of `z` turn along.
 *
 * @returns whether the iteration converged
 */
export function realSchur(h: Matrix, z: Matrix | null, precision: Precision, low: number, high: number): boolean {
  const n = h.rows
  for (let j = low; j < high - 1; j++) {
    countWork(high - j)
    for (let i = j + 2; i <= high; i++) h.re[i * n + j] = 0
  }
  return new Iteration(h, z, precision, low, high).run()
}

interface Shifts {
  readonly first: { readonly re: number; readonly im: number }
  readonly second: { readonly re: number; readonly im: number }
}

class Iteration {
  private readonly n: number
  private readonly h: Float64Array
  private readonly z: Matrix | null
  private readonly low: number
  private readonly high: number
  private readonly ulp: number
  private readonly tiny: number
  private sweepsInVain = 0

  constructor(h: Matrix, z: Matrix | null, { rounding, smallest }: Precision, low: number, high: number) {
    this.n = h.rows
    this.h = h.re
    this.z = z
    this.low = low
    this.high = high
    this.ulp = 2 * rounding
    this.tiny = smallest * ((high - low + 1) / this.ulp)
  }

  run(): boolean {
    const limit = 30 * Math.max(10, this.high - this.low + 1)
    let last = this.high
    let sweeps = 0
    while (last >= this.low) {
      countWork(last - this.low + 1)
      const first = this.startOfBlock(last)
      if (first > this.low) this.h[first * this.n + first - 1] = 0
      if (first >= last - 1) {
        if (first === last - 1) this.standardiseBlock(last)
        last = first - 1
        sweeps = 0
        this.sweepsInVain = 0
        continue
      }
      if (sweeps++ > limit) return false
      this.sweepsInVain++
      this.sweep(first, last, this.shifts(first, last))
    }
    return true
  }

  private at(i: number, j: number): number {
    return this.h[i * this.n + j]
  }

  /** Where the unreduced block that ends at `last` begins; Ahues and Tisseur's test. */
  private startOfBlock(last: number): number {
    for (let k = last; k > this.low; k--) {
      const below = Math.abs(this.at(k, k - 1))
      if (below <= this.tiny) return k
      let size = Math.abs(this.at(k - 1, k - 1)) + Math.abs(this.at(k, k))
      if (size === 0) {
        if (k - 2 >= this.low) size += Math.abs(this.at(k - 1, k - 2))
        if (k + 1 <= this.high) size += Math.abs(this.at(k + 1, k))
      }
      if (below > this.ulp * size) continue
      const above = Math.abs(this.at(k - 1, k))
      const gap = Math.abs(this.at(k - 1, k - 1) - this.at(k, k))
      const corner = Math.abs(this.at(k, k))
      const [ab, ba] = [Math.max(below, above), Math.min(below, above)]
      const [aa, bb] = [Math.max(corner, gap), Math.min(corner, gap)]
      const s = aa + ab
      if (ba * (ab / s) <= Math.max(this.tiny, this.ulp * (bb * (aa / s)))) return k
    }
    return this.low
  }

  private shifts(first: number, last: number): Shifts {
    const bottom = this.sweepsInVain % (2 * patience) === 0
    if (bottom || this.sweepsInVain % patience === 0) {
      const i = bottom ? last - 1 : first
      const s = Math.abs(this.at(i + 1, i)) + Math.abs(bottom ? this.at(i, i - 1) : this.at(i + 2, i + 1))
      const corner = 0.75 * s + (bottom ? this.at(last, last) : this.at(first, first))
      return shiftsOf(corner, -0.4375 * s, s, corner)
    }
    return shiftsOf(this.at(last - 1, last - 1), this.at(last - 1, last), this.at(last, last - 1), this.at(last, last))
  }

  /** One double-shift sweep through the block, from where two small entries below the diagonal allow. */
  private sweep(first: number, last: number, shifts: Shifts): void {
    const { start, column } = this.start(first, last, shifts)
    for (let k = start; k < last; k++) {
      const length = Math.min(3, last - k + 1)
      if (k > start) for (let i = 0; i < length; i++) column[i] = this.at(k + i, k - 1)
      const v = column.slice(0, length)
      const { tauRe: tau, beta } = reflectorOf(v, null, k)
      if (k > start) {
        this.h[k * this.n + k - 1] = beta
        this.h[(k + 1) * this.n + k - 1] = 0
        if (k < last - 1) this.h[(k + 2) * this.n + k - 1] = 0
      } else if (start > first) {
        this.h[k * this.n + k - 1] *= 1 - tau
      }
      this.reflect(k, v, tau, Math.min(k + 3, last))
    }
  }

  private start(first: number, last: number, { first: p, second: q }: Shifts): { start: number; column: Float64Array } {
    for (let m = last - 2; ; m--) {
      const corner = this.at(m, m)
      const below = this.at(m + 1, m)
      const size = Math.abs(corner - q.re) + Math.abs(q.im) + Math.abs(below)
      const scaled = below / size
      const column = Float64Array.of(
        scaled * this.at(m, m + 1) + (corner - p.re) * ((corner - q.re) / size) - p.im * (q.im / size),
        scaled * (corner + this.at(m + 1, m + 1) - p.re - q.re),
        scaled * this.at(m + 2, m + 1),
      )
      const sum = Math.abs(column[0]) + Math.abs(column[1]) + Math.abs(column[2])
      for (let i = 0; i < 3; i++) column[i] /= sum
      if (m === first) return { start: m, column }
      const around = Math.abs(this.at(m - 1, m - 1)) + Math.abs(corner) + Math.abs(this.at(m + 1, m + 1))
      const lost = Math.abs(this.at(m, m - 1)) * (Math.abs(column[1]) + Math.abs(column[2]))
      if (lost <= this.ulp * Math.abs(column[0]) * around) return { start: m, column }
    }
  }

  private reflect(k: number, v: Float64Array, tau: number, lastRow: number): void {
    const { h, n } = this
    countWork(2 * n)
    for (let j = k; j < n; j++) {
      let sum = 0
      for (let i = 0; i < v.length; i++) sum += v[i] * h[(k + i) * n + j]
      for (let i = 0; i < v.length; i++) h[(k + i) * n + j] -= sum * tau * v[i]
    }
    reflectFromRight(h, n, k, v, tau, lastRow + 1)
    if (this.z !== null) reflectFromRight(this.z.re, n, k, v, tau, n)
  }

  private standardiseBlock(last: number): void {
    const { h, n, z } = this
    countWork(n - last)
    const [x, y] = [last - 1, last]
    const block = standardise(this.at(x, x), this.at(x, y), this.at(y, x), this.at(y, y), this.ulp)
    h[x * n + x] = block.a
    h[x * n + y] = block.b
    h[y * n + x] = block.c
    h[y * n + y] = block.d
    for (let j = last + 1; j < n; j++) {
      const [p, q] = [h[x * n + j], h[y * n + j]]
      h[x * n + j] = block.cosine * p + block.sine * q
      h[y * n + j] = block.cosine * q - block.sine * p
    }
    rotateColumns(h, n, [x, y], block.cosine, block.sine, [0, x])
    if (z !== null) rotateColumns(z.re, n, [x, y], block.cosine, block.sine, [0, n])
  }
}

function reflectFromRight(a: Float64Array, n: number, k: number, v: Float64Array, tau: number, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const row = i * n + k
    let sum = 0
    for (let j = 0; j < v.length; j++) sum += v[j] * a[row + j]
    for (let j = 0; j < v.length; j++) a[row + j] -= sum * tau * v[j]
  }
}

/** The eigenvalues of a 2 by 2 matrix as shifts; of two real ones, twice that nearer to the last entry. */
function shiftsOf(h11: number, h12: number, h21: number, h22: number): Shifts {
  const size = Math.abs(h11) + Math.abs(h12) + Math.abs(h21) + Math.abs(h22)
  if (size === 0) return { first: { re: 0, im: 0 }, second: { re: 0, im: 0 } }
  const [a, b, c, d] = [h11 / size, h12 / size, h21 / size, h22 / size]
  const half = (a + d) / 2
  const determinant = (a - half) * (d - half) - b * c
  const root = Math.sqrt(Math.abs(determinant))
  if (determinant >= 0) {
    return { first: { re: half * size, im: root * size }, second: { re: half * size, im: -root * size } }
  }
  const [upper, lower] = [half + root, half - root]
  const re = (Math.abs(upper - d) <= Math.abs(lower - d) ? upper : lower) * size
  return { first: { re, im: 0 }, second: { re, im: 0 } }
}
