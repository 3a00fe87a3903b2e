import {
  type Complex,
  complex,
  conjugate,
  magnitude,
  minus,
  over,
  plus,
  scaled,
  size1,
  squareRoot,
  times,
} from './complex-number.ts'
import { reflectorOf } from './householder.ts'
import type { Matrix, Precision } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/** After so many sweeps without a new eigenvalue the shift is chosen otherwise. */
const patience = 10

/**
 * The Schur form of a complex upper Hessenberg matrix, in place: upper triangular. The single-shift QR
 * iteration of LAPACK's `lahqr`, down to the phases that it makes real. The columns of `z` turn along.
 *
 * @returns whether the iteration converged
 */
export function complexSchur(h: Matrix, z: Matrix | null, precision: Precision, low: number, high: number): boolean {
  return new Iteration(h, z, precision, low, high).run()
}

class Iteration {
  private readonly n: number
  private readonly re: Float64Array
  private readonly im: Float64Array
  private readonly z: Matrix | null
  private readonly low: number
  private readonly high: number
  private readonly ulp: number
  private readonly tiny: number
  private sweepsInVain = 0

  constructor(h: Matrix, z: Matrix | null, { rounding, smallest }: Precision, low: number, high: number) {
    this.n = h.rows
    this.re = h.re
    this.im = h.im ?? new Float64Array(h.re.length)
    this.z = z
    this.low = low
    this.high = high
    this.ulp = 2 * rounding
    this.tiny = smallest * ((high - low + 1) / this.ulp)
  }

  run(): boolean {
    this.makeSubdiagonalReal()
    const limit = 30 * Math.max(10, this.high - this.low + 1)
    let last = this.high
    let sweeps = 0
    while (last >= this.low) {
      countWork(last - this.low + 1)
      const first = this.startOfBlock(last)
      if (first > this.low) this.set(first, first - 1, complex(0))
      if (first >= last) {
        last = first - 1
        sweeps = 0
        this.sweepsInVain = 0
        continue
      }
      if (sweeps++ > limit) return false
      this.sweepsInVain++
      this.sweep(first, last, this.shift(first, last))
    }
    return true
  }

  private at(i: number, j: number): Complex {
    return { re: this.re[i * this.n + j], im: this.im[i * this.n + j] }
  }

  private set(i: number, j: number, { re, im }: Complex): void {
    this.re[i * this.n + j] = re
    this.im[i * this.n + j] = im
  }

  private scaleRow(i: number, from: number, factor: Complex): void {
    countWork(this.n - from)
    for (let j = from; j < this.n; j++) this.set(i, j, times(this.at(i, j), factor))
  }

  /** Multiplies a column, down to the row before `to`, and the same column of Z. */
  private scaleColumn(j: number, to: number, factor: Complex): void {
    countWork(this.n)
    for (let i = 0; i < to; i++) this.set(i, j, times(this.at(i, j), factor))
    const { z, n } = this
    if (z === null || z.im === null) return
    for (let k = j; k < z.re.length; k += n) {
      const { re, im } = times({ re: z.re[k], im: z.im[k] }, factor)
      z.re[k] = re
      z.im[k] = im
    }
  }

  private makeSubdiagonalReal(): void {
    const { n, low, high } = this
    for (let j = low; j < high - 1; j++) {
      countWork(high - j)
      for (let i = j + 2; i <= high; i++) this.set(i, j, complex(0))
    }
    for (let i = low + 1; i <= high; i++) {
      const below = this.at(i, i - 1)
      if (below.im === 0) continue
      const part = scaled(below, 1 / size1(below))
      const phase = scaled(conjugate(part), 1 / magnitude(part))
      this.set(i, i - 1, complex(magnitude(below)))
      this.scaleRow(i, i, phase)
      this.scaleColumn(i, Math.min(n, i + 2), conjugate(phase))
    }
  }

  /** Where the unreduced block that ends at `last` begins; Ahues and Tisseur's test. */
  private startOfBlock(last: number): number {
    for (let k = last; k > this.low; k--) {
      const below = this.at(k, k - 1)
      if (size1(below) <= this.tiny) return k
      const corner = this.at(k, k)
      const before = this.at(k - 1, k - 1)
      let size = size1(before) + size1(corner)
      if (size === 0) {
        if (k - 2 >= this.low) size += Math.abs(this.at(k - 1, k - 2).re)
        if (k + 1 <= this.high) size += Math.abs(this.at(k + 1, k).re)
      }
      if (Math.abs(below.re) > this.ulp * size) continue
      const above = size1(this.at(k - 1, k))
      const gap = size1(minus(before, corner))
      const [ab, ba] = [Math.max(size1(below), above), Math.min(size1(below), above)]
      const [aa, bb] = [Math.max(size1(corner), gap), Math.min(size1(corner), gap)]
      const s = aa + ab
      if (ba * (ab / s) <= Math.max(this.tiny, this.ulp * (bb * (aa / s)))) return k
    }
    return this.low
  }

  /** Wilkinson's shift: the eigenvalue of the last 2 by 2 block nearer to its last entry. */
  private shift(first: number, last: number): Complex {
    if (this.sweepsInVain % (2 * patience) === 0) {
      return plus(this.at(last, last), complex(0.75 * Math.abs(this.at(last, last - 1).re)))
    }
    if (this.sweepsInVain % patience === 0) {
      return plus(this.at(first, first), complex(0.75 * Math.abs(this.at(first + 1, first).re)))
    }
    const t = this.at(last, last)
    const u = times(squareRoot(this.at(last - 1, last)), squareRoot(this.at(last, last - 1)))
    if (size1(u) === 0) return t
    const x = scaled(minus(this.at(last - 1, last - 1), t), 0.5)
    const sx = size1(x)
    const s = Math.max(size1(u), sx)
    const [xs, us] = [scaled(x, 1 / s), scaled(u, 1 / s)]
    let y = scaled(squareRoot(plus(times(xs, xs), times(us, us))), s)
    if (sx > 0 && (x.re / sx) * y.re + (x.im / sx) * y.im < 0) y = scaled(y, -1)
    return minus(t, times(u, over(u, plus(x, y))))
  }

  private sweep(first: number, last: number, shift: Complex): void {
    const { start, column } = this.start(first, last, shift)
    let [v1, v2] = column
    for (let k = start; k < last; k++) {
      if (k > start) [v1, v2] = [this.at(k, k - 1), this.at(k + 1, k - 1)]
      const [re, im] = [Float64Array.of(v1.re, v2.re), Float64Array.of(v1.im, v2.im)]
      const { tauRe, tauIm, beta } = reflectorOf(re, im, k)
      if (k > start) {
        this.set(k, k - 1, complex(beta))
        this.set(k + 1, k - 1, complex(0))
      }
      const [tau, v] = [complex(tauRe, tauIm), complex(re[1], im[1])]
      this.reflect(k, v, tau, Math.min(k + 2, last))
      if (k === start && start > first) this.restoreReal(start, last, tau)
    }
    const corner = this.at(last, last - 1)
    if (corner.im === 0) return
    const length = magnitude(corner)
    const phase = scaled(corner, 1 / length)
    this.set(last, last - 1, complex(length))
    this.scaleRow(last, last + 1, conjugate(phase))
    this.scaleColumn(last, last, phase)
  }

  private start(first: number, last: number, shift: Complex): { start: number; column: [Complex, Complex] } {
    for (let m = last - 1; ; m--) {
      const corner = this.at(m, m)
      const gap = minus(corner, shift)
      const below = this.at(m + 1, m).re
      const s = size1(gap) + Math.abs(below)
      const column: [Complex, Complex] = [scaled(gap, 1 / s), complex(below / s)]
      if (m === first) return { start: m, column }
      const before = Math.abs(this.at(m, m - 1).re) * Math.abs(below / s)
      const around = size1(corner) + size1(this.at(m + 1, m + 1))
      if (before <= this.ulp * (size1(column[0]) * around)) return { start: m, column }
    }
  }

  private reflect(k: number, v: Complex, tau: Complex, lastRow: number): void {
    const t2 = times(tau, v).re
    countWork(2 * this.n)
    for (let j = k; j < this.n; j++) {
      const [x, y] = [this.at(k, j), this.at(k + 1, j)]
      const sum = plus(times(conjugate(tau), x), scaled(y, t2))
      this.set(k, j, minus(x, sum))
      this.set(k + 1, j, minus(y, times(sum, v)))
    }
    reflectFromRight(this.re, this.im, this.n, [k, lastRow + 1], v, tau, t2)
    if (this.z?.im) reflectFromRight(this.z.re, this.z.im, this.n, [k, this.n], v, tau, t2)
  }

  /** A sweep that started inside a block has turned the entry before it: it becomes real again. */
  private restoreReal(start: number, last: number, tau: Complex): void {
    const turned = minus(complex(1), tau)
    const phase = scaled(turned, 1 / magnitude(turned))
    this.set(start + 1, start, times(this.at(start + 1, start), conjugate(phase)))
    if (start + 2 <= last) this.set(start + 2, start + 1, times(this.at(start + 2, start + 1), phase))
    for (let j = start; j <= last; j++) {
      if (j === start + 1) continue
      this.scaleRow(j, j + 1, phase)
      this.scaleColumn(j, j, conjugate(phase))
    }
  }
}

function reflectFromRight(
  re: Float64Array,
  im: Float64Array,
  n: number,
  [k, rows]: readonly [number, number],
  v: Complex,
  tau: Complex,
  t2: number,
): void {
  for (let i = 0; i < rows; i++) {
    const at = i * n + k
    const sumRe = tau.re * re[at] - tau.im * im[at] + t2 * re[at + 1]
    const sumIm = tau.re * im[at] + tau.im * re[at] + t2 * im[at + 1]
    re[at] -= sumRe
    im[at] -= sumIm
    re[at + 1] -= sumRe * v.re + sumIm * v.im
    im[at + 1] -= sumIm * v.re - sumRe * v.im
  }
}
