import { type Complex, complex, conjugate, minus, over, scaled, size1, times } from './complex-number.ts'
import { type Matrix, type Precision, zeroMatrix } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/**
 * Eigenvectors of a Schur form, as columns, times `basis`. The triangular system of each is solved with 1 in
 * the place of its own eigenvalue, which fixes sign and phase as LAPACK's `trevc` does; a system that is
 * singular because an eigenvalue is repeated is solved with the smallest pivot that counts.
 */
export function schurVectors(
  t: Matrix,
  values: { readonly re: Float64Array; readonly im: Float64Array },
  basis: Matrix,
  { rounding, smallest }: Precision,
  left: boolean,
): Matrix {
  const n = t.rows
  const out = zeroMatrix(n, n, true)
  const x = { re: new Float64Array(n), im: new Float64Array(n) }
  for (let k = 0; k < n; k++) {
    countWork(n)
    x.re.fill(0)
    x.im.fill(0)
    const value = complex(values.re[k], values.im[k])
    const least = Math.max(2 * rounding * size1(value), smallest * (n / (2 * rounding)))
    const pair = t.im === null && value.im !== 0
    if (pair && value.im < 0) {
      copyConjugate(out, k)
      continue
    }
    const [first, last] = pair ? [k, k + 1] : [k, k]
    if (pair) startPair(t, k, value.im, x, left)
    else x.re[k] = 1
    const system = new System(t, left ? conjugate(value) : value, x, least)
    if (left) system.forward(last + 1)
    else system.backward(first - 1)
    multiplyInto(out, basis, x, k)
  }
  return out
}

function copyConjugate(out: Matrix, k: number): void {
  const { columns, re, im } = out
  if (im === null) return
  for (let at = k; at < re.length; at += columns) {
    re[at] = re[at - 1]
    im[at] = -im[at - 1]
  }
}

/** The two entries of a vector that belong to the 2 by 2 block of a conjugate pair. */
function startPair(t: Matrix, k: number, im: number, x: { re: Float64Array; im: Float64Array }, left: boolean): void {
  const n = t.rows
  const upper = t.re[k * n + k + 1]
  const lower = t.re[(k + 1) * n + k]
  const upperLarger = Math.abs(upper) >= Math.abs(lower)
  if (left) {
    x.re[k] = upperLarger ? im / upper : 1
    x.im[k + 1] = upperLarger ? 1 : -im / lower
  } else {
    x.re[k] = upperLarger ? 1 : -im / lower
    x.im[k + 1] = upperLarger ? im / upper : 1
  }
}

function multiplyInto(out: Matrix, basis: Matrix, x: { re: Float64Array; im: Float64Array }, column: number): void {
  const n = basis.columns
  if (out.im === null) return
  for (let i = 0; i < basis.rows; i++) {
    countWork(n)
    let [re, im] = [0, 0]
    for (let j = 0; j < n; j++) {
      const p = basis.re[i * n + j]
      const q = basis.im === null ? 0 : basis.im[i * n + j]
      re += p * x.re[j] - q * x.im[j]
      im += p * x.im[j] + q * x.re[j]
    }
    out.re[i * out.columns + column] = re
    out.im[i * out.columns + column] = im
  }
}

/** (T - w) x = 0, or (Tᴴ - w) x = 0, where some entries of x are given. T may have 2 by 2 blocks if it is real. */
class System {
  private readonly t: Matrix
  private readonly w: Complex
  private readonly x: { re: Float64Array; im: Float64Array }
  private readonly least: number

  constructor(t: Matrix, w: Complex, x: { re: Float64Array; im: Float64Array }, least: number) {
    this.t = t
    this.w = w
    this.x = x
    this.least = least
  }

  private at(i: number, j: number): Complex {
    const k = i * this.t.columns + j
    return complex(this.t.re[k], this.t.im === null ? 0 : this.t.im[k])
  }

  /** Whether rows i and i + 1 form a block. */
  private isBlock(i: number): boolean {
    return this.t.im === null && i >= 0 && i + 1 < this.t.rows && this.t.re[(i + 1) * this.t.columns + i] !== 0
  }

  backward(from: number): void {
    for (let i = from; i >= 0; i--) {
      if (this.isBlock(i - 1)) {
        this.solveBlock(i - 1, (row, to) => this.at(row, to), i + 1, this.t.columns)
        i--
      } else {
        this.solveOne(i, (row, to) => this.at(row, to), i + 1, this.t.columns)
      }
      this.rescale()
    }
  }

  forward(from: number): void {
    const transposed = (row: number, to: number): Complex => conjugate(this.at(to, row))
    for (let i = from; i < this.t.rows; i++) {
      if (this.isBlock(i)) {
        this.solveBlock(i, transposed, 0, i)
        i++
      } else {
        this.solveOne(i, transposed, 0, i)
      }
      this.rescale()
    }
  }

  private known(row: number, entry: (i: number, j: number) => Complex, from: number, to: number): Complex {
    let sum = complex(0)
    countWork(to - from)
    for (let j = from; j < to; j++) sum = minus(sum, times(entry(row, j), complex(this.x.re[j], this.x.im[j])))
    return sum
  }

  private set(i: number, value: Complex): void {
    this.x.re[i] = value.re
    this.x.im[i] = value.im
  }

  private solveOne(i: number, entry: (i: number, j: number) => Complex, from: number, to: number): void {
    const pivot = minus(entry(i, i), this.w)
    this.set(i, over(this.known(i, entry, from, to), size1(pivot) < this.least ? complex(this.least) : pivot))
  }

  private solveBlock(i: number, entry: (i: number, j: number) => Complex, from: number, to: number): void {
    const [a, b] = [minus(entry(i, i), this.w), entry(i, i + 1)]
    const [c, d] = [entry(i + 1, i), minus(entry(i + 1, i + 1), this.w)]
    const [p, q] = [this.known(i, entry, from, to), this.known(i + 1, entry, from, to)]
    const determinant = minus(times(a, d), times(b, c))
    const size = Math.max(size1(a), size1(b), size1(c), size1(d))
    const divisor = size1(determinant) < this.least * size ? complex(this.least * size) : determinant
    this.set(i, over(minus(times(p, d), times(b, q)), divisor))
    this.set(i + 1, over(minus(times(a, q), times(c, p)), divisor))
  }

  /** Vectors have no length of their own: one that grows without bound is made short again. */
  private rescale(): void {
    const { re, im } = this.x
    let largest = 0
    countWork(re.length)
    for (let i = 0; i < re.length; i++) largest = Math.max(largest, Math.abs(re[i]), Math.abs(im[i]))
    if (largest < 2 ** 400) return
    for (let i = 0; i < re.length; i++) {
      re[i] /= largest
      im[i] /= largest
    }
  }
}

/**
 * Columns of length 1. A column of a complex matrix turns until its largest entry is real and positive; of
 * the complex columns of a real matrix the largest entry becomes real and keeps the sign of its real part.
 */
export function normalise(vectors: Matrix, ofReal: boolean): void {
  const { rows, columns, re, im } = vectors
  if (im === null) return
  for (let j = 0; j < columns; j++) {
    let [sum, best] = [0, 0]
    countWork(2 * rows)
    for (let i = 0; i < rows; i++) sum += re[i * columns + j] ** 2 + im[i * columns + j] ** 2
    const length = Math.sqrt(sum)
    const isReal = ofReal && columnIsReal(im, rows, columns, j)
    let largest = -1
    for (let i = 0; i < rows; i++) {
      const square = (re[i * columns + j] / length) ** 2 + (im[i * columns + j] / length) ** 2
      // Squares equal but for rounding count as equal: the first is taken.
      if (square > largest * (1 + 1e-12)) [largest, best] = [square, i]
    }
    const at = best * columns + j
    const entry = complex(re[at], im[at])
    const unit = isReal ? complex(1) : scaled(conjugate(entry), 1 / Math.hypot(entry.re, entry.im))
    const factor = scaled(unit, (ofReal && !isReal && (entry.re < 0 || Object.is(entry.re, -0)) ? -1 : 1) / length)
    for (let i = 0; i < rows; i++) {
      const k = i * columns + j
      const turned = times(complex(re[k], im[k]), factor)
      re[k] = turned.re
      im[k] = isReal || i === best ? 0 : turned.im
    }
  }
}

function columnIsReal(im: Float64Array, rows: number, columns: number, j: number): boolean {
  for (let i = 0; i < rows; i++) if (im[i * columns + j] !== 0) return false
  return true
}
