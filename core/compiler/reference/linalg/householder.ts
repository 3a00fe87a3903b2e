import { type Matrix, withSign } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/**
 * An elementary reflection H = I - tau v vᴴ whose v starts with 1 at index `start` (of the rows or columns
 * it acts on). Conventions are LAPACK's, which fixes the signs and phases of everything built on it.
 */
export interface Reflector {
  readonly start: number
  readonly re: Float64Array
  readonly im: Float64Array | null
  readonly tauRe: number
  readonly tauIm: number
  /** What Hᴴ makes of the first entry; the others vanish. It is real. */
  readonly beta: number
}

/** Euclidean length, without overflow or underflow on the way. */
export function norm2(re: Float64Array, im: Float64Array | null, from = 0): number {
  let largest = 0
  countWork(re.length - from)
  for (let i = from; i < re.length; i++) {
    largest = Math.max(largest, Math.abs(re[i]), im === null ? 0 : Math.abs(im[i]))
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest
  const scale = largest > 1e-140 && largest < 1e140 ? 1 : largest
  let sum = 0
  for (let i = from; i < re.length; i++) {
    sum += (re[i] / scale) ** 2
    if (im !== null) sum += (im[i] / scale) ** 2
  }
  return scale * Math.sqrt(sum)
}

/** The reflection for which Hᴴ x = (beta, 0, …, 0). Overwrites x with v. */
export function reflectorOf(re: Float64Array, im: Float64Array | null, start: number): Reflector {
  const rest = norm2(re, im, 1)
  const alphaIm = im === null ? 0 : im[0]
  if (rest === 0 && alphaIm === 0) {
    const beta = re[0]
    if (re.length > 0) re[0] = 1
    return { start, re, im, tauRe: 0, tauIm: 0, beta }
  }
  const alpha = re[0]
  const beta = -withSign(Math.hypot(alpha, alphaIm, rest), alpha)
  divideTail(re, im, alpha - beta, alphaIm)
  re[0] = 1
  if (im !== null) im[0] = 0
  return { start, re, im, tauRe: (beta - alpha) / beta, tauIm: im === null ? 0 : -alphaIm / beta, beta }
}

function divideTail(re: Float64Array, im: Float64Array | null, pivotRe: number, pivotIm: number): void {
  if (im === null) {
    for (let i = 1; i < re.length; i++) re[i] /= pivotRe
    return
  }
  const scale = Math.max(Math.abs(pivotRe), Math.abs(pivotIm))
  const [p, q] = [pivotRe / scale, pivotIm / scale]
  const size = (p * p + q * q) * scale
  for (let i = 1; i < re.length; i++) {
    const [x, y] = [re[i], im[i]]
    re[i] = (x * p + y * q) / size
    im[i] = (y * p - x * q) / size
  }
}

/** The reflection that clears a column below `row`. */
export function columnReflector(a: Matrix, row: number, column: number, end = a.rows): Reflector {
  const length = end - row
  const re = new Float64Array(length)
  const im = a.im === null ? null : new Float64Array(length)
  for (let i = 0; i < length; i++) {
    re[i] = a.re[(row + i) * a.columns + column]
    if (im !== null && a.im !== null) im[i] = a.im[(row + i) * a.columns + column]
  }
  return reflectorOf(re, im, row)
}

/** The reflection that, from the right, clears a row behind `column`: that of the conjugate row. */
export function rowReflector(a: Matrix, row: number, column: number): Reflector {
  const from = row * a.columns + column
  const to = (row + 1) * a.columns
  return reflectorOf(a.re.slice(from, to), a.im?.slice(from, to).map((value) => -value) ?? null, column)
}

/** H a, or Hᴴ a, on the columns from `from` on. */
export function reflectRows(a: Matrix, h: Reflector, adjoint: boolean, from = 0): void {
  if (h.tauRe === 0 && h.tauIm === 0) return
  if (a.im === null || h.im === null) reflectRealRows(a.re, a.columns, h, from)
  else reflectComplexRows(a.re, a.im, a.columns, h, adjoint, from)
}

function reflectRealRows(a: Float64Array, columns: number, h: Reflector, from: number): void {
  const along = new Float64Array(columns)
  for (let i = 0; i < h.re.length; i++) {
    countWork(2 * (columns - from))
    const row = (h.start + i) * columns
    const v = h.re[i]
    for (let j = from; j < columns; j++) along[j] += v * a[row + j]
  }
  for (let i = 0; i < h.re.length; i++) {
    const row = (h.start + i) * columns
    const v = h.tauRe * h.re[i]
    for (let j = from; j < columns; j++) a[row + j] -= v * along[j]
  }
}

function reflectComplexRows(
  re: Float64Array,
  im: Float64Array,
  columns: number,
  h: Reflector,
  adjoint: boolean,
  from: number,
): void {
  const alongRe = new Float64Array(columns)
  const alongIm = new Float64Array(columns)
  const hIm = h.im ?? new Float64Array(h.re.length)
  for (let i = 0; i < h.re.length; i++) {
    const row = (h.start + i) * columns
    countWork(2 * (columns - from))
    const [p, q] = [h.re[i], -hIm[i]]
    for (let j = from; j < columns; j++) {
      alongRe[j] += p * re[row + j] - q * im[row + j]
      alongIm[j] += p * im[row + j] + q * re[row + j]
    }
  }
  const tauIm = adjoint ? -h.tauIm : h.tauIm
  for (let i = 0; i < h.re.length; i++) {
    const row = (h.start + i) * columns
    const p = h.tauRe * h.re[i] - tauIm * hIm[i]
    const q = h.tauRe * hIm[i] + tauIm * h.re[i]
    for (let j = from; j < columns; j++) {
      re[row + j] -= p * alongRe[j] - q * alongIm[j]
      im[row + j] -= p * alongIm[j] + q * alongRe[j]
    }
  }
}

/** a H, or a Hᴴ, on the rows from `from` up to `to`. */
export function reflectColumns(a: Matrix, h: Reflector, adjoint: boolean, from = 0, to = a.rows): void {
  if (h.tauRe === 0 && h.tauIm === 0) return
  const length = h.re.length
  if (a.im === null || h.im === null) {
    for (let i = from; i < to; i++) {
      const row = i * a.columns + h.start
      let along = 0
      countWork(2 * length)
      for (let j = 0; j < length; j++) along += a.re[row + j] * h.re[j]
      along *= h.tauRe
      for (let j = 0; j < length; j++) a.re[row + j] -= along * h.re[j]
    }
    return
  }
  const tauIm = adjoint ? -h.tauIm : h.tauIm
  for (let i = from; i < to; i++) {
    const row = i * a.columns + h.start
    let [x, y] = [0, 0]
    countWork(2 * length)
    for (let j = 0; j < length; j++) {
      x += a.re[row + j] * h.re[j] - a.im[row + j] * h.im[j]
      y += a.re[row + j] * h.im[j] + a.im[row + j] * h.re[j]
    }
    const [p, q] = [x * h.tauRe - y * tauIm, x * tauIm + y * h.tauRe]
    for (let j = 0; j < length; j++) {
      a.re[row + j] -= p * h.re[j] + q * h.im[j]
      a.im[row + j] -= q * h.re[j] - p * h.im[j]
    }
  }
}

/** The product H₁ H₂ … times a matrix. */
export function applyAll(reflectors: readonly Reflector[], a: Matrix): Matrix {
  for (let i = reflectors.length - 1; i >= 0; i--) reflectRows(a, reflectors[i], false)
  return a
}
