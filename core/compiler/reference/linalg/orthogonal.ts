import { type Reflector, columnReflector, reflectColumns, reflectRows, rowReflector } from './householder.ts'
import { type Matrix, copyMatrix } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/** R on and above the diagonal, the reflectors below it, and the reflectors once more as objects. */
export interface Packed {
  readonly packed: Matrix
  readonly reflectors: readonly Reflector[]
}

/** Puts the first entry that a reflection leaves, and its v, where the column was. */
function pack(a: Matrix, h: Reflector, column: number): void {
  const at = (i: number): number => (h.start + i) * a.columns + column
  a.re[at(0)] = h.beta
  if (a.im !== null) a.im[at(0)] = 0
  for (let i = 1; i < h.re.length; i++) {
    a.re[at(i)] = h.re[i]
    if (a.im !== null && h.im !== null) a.im[at(i)] = h.im[i]
  }
}

/** A = QR by Householder reflections. Overwrites the matrix. */
export function qrFactor(a: Matrix): Packed {
  const reflectors: Reflector[] = []
  for (let step = 0; step < Math.min(a.rows, a.columns); step++) {
    const h = columnReflector(a, step, step)
    reflectRows(a, h, true, step + 1)
    pack(a, h, step)
    reflectors.push(h)
  }
  return { packed: a, reflectors }
}

/**
 * A P = QR, at every step with the longest of the columns that remain, so that the diagonal of R does not
 * grow. Columns that `fixed` marks come first and stay in front. Overwrites the matrix.
 */
export function pivotedQrFactor(a: Matrix, fixed: readonly boolean[]): Packed & { order: Int32Array } {
  const order = Int32Array.from({ length: a.columns }, (_, j) => j)
  let leading = 0
  for (const [column, stays] of fixed.entries()) {
    if (!stays) continue
    exchangeColumns(a, order, column, leading)
    leading++
  }
  const reflectors: Reflector[] = []
  for (let step = 0; step < Math.min(a.rows, a.columns); step++) {
    if (step >= leading) exchangeColumns(a, order, step, longestColumn(a, step))
    const h = columnReflector(a, step, step)
    reflectRows(a, h, true, step + 1)
    pack(a, h, step)
    reflectors.push(h)
  }
  return { packed: a, reflectors, order }
}

function longestColumn(a: Matrix, step: number): number {
  const squares = new Float64Array(a.columns)
  for (let i = step; i < a.rows; i++) {
    countWork(a.columns - step)
    for (let j = step; j < a.columns; j++) {
      const at = i * a.columns + j
      squares[j] += a.re[at] ** 2 + (a.im === null ? 0 : a.im[at] ** 2)
    }
  }
  let longest = step
  for (let j = step + 1; j < a.columns; j++) {
    if (squares[j] > squares[longest] * (1 + 1e-14)) longest = j
  }
  return longest
}

function exchangeColumns(a: Matrix, order: Int32Array, x: number, y: number): void {
  if (x === y) return
  countWork(a.rows)
  for (const part of a.im === null ? [a.re] : [a.re, a.im]) {
    for (let row = 0; row < part.length; row += a.columns) {
      const kept = part[row + x]
      part[row + x] = part[row + y]
      part[row + y] = kept
    }
  }
  const kept = order[x]
  order[x] = order[y]
  order[y] = kept
}

/** The reflectors that a packed factorisation holds below its diagonal, or below the one `offset` under it. */
export function unpack(packed: Matrix, taus: Matrix, offset = 0): Reflector[] {
  return Array.from(taus.re, (tauRe, k) => {
    const start = k + offset
    const length = Math.max(0, packed.rows - start)
    countWork(length)
    const re = new Float64Array(length)
    const im = packed.im === null ? null : new Float64Array(length)
    if (length > 0) re[0] = 1
    for (let i = 1; i < length; i++) {
      re[i] = packed.re[(start + i) * packed.columns + k]
      if (im !== null && packed.im !== null) im[i] = packed.im[(start + i) * packed.columns + k]
    }
    return { start, re, im, tauRe, tauIm: taus.im === null ? 0 : taus.im[k], beta: 0 }
  })
}

/** The scalar factors of reflections as a vector. */
export function tausOf(reflectors: readonly Reflector[], complex: boolean): Matrix {
  return {
    rows: 1,
    columns: reflectors.length,
    re: Float64Array.from(reflectors, (h) => h.tauRe),
    im: complex ? Float64Array.from(reflectors, (h) => h.tauIm) : null,
  }
}

/** Q C, Qᴴ C, C Q or C Qᴴ without forming Q. Overwrites C. */
export function applyOrthogonal(
  reflectors: readonly Reflector[],
  c: Matrix,
  { left, adjoint }: { left: boolean; adjoint: boolean },
): void {
  const ordered = left !== adjoint ? reflectors.toReversed() : reflectors
  for (const h of ordered) {
    if (left) reflectRows(c, h, adjoint)
    else reflectColumns(c, h, adjoint)
  }
}

/**
 * QᴴAQ, zero below the first subdiagonal, packed with the reflectors of Q. Only the rows and columns from
 * `low` up to and including `high` are not upper triangular yet. Overwrites the matrix.
 */
export function hessenbergForm(a: Matrix, low = 0, high = a.rows - 1): Packed {
  const reflectors: Reflector[] = []
  for (let step = low; step < high; step++) {
    const h = columnReflector(a, step + 1, step, high + 1)
    reflectColumns(a, h, false, 0, high + 1)
    reflectRows(a, h, true, step + 1)
    pack(a, h, step)
    reflectors.push(h)
  }
  return { packed: a, reflectors }
}

/** A symmetric or Hermitian matrix as Q T Qᴴ, with the two diagonals of T. */
export interface Tridiagonal extends Packed {
  readonly diagonal: Float64Array
  readonly beside: Float64Array
}

/** Reads the lower triangle alone; the reflectors are packed below the first subdiagonal. */
export function tridiagonalFromLower(a: Matrix): Tridiagonal {
  const n = a.rows
  const packed = copyMatrix(a)
  const work = fromTriangle(a, true)
  const reflectors: Reflector[] = []
  for (let step = 0; step < n - 1; step++) {
    const h = columnReflector(work, step + 1, step)
    reflectRows(work, h, true, step + 1)
    reflectColumns(work, h, false, step + 1)
    pack(packed, h, step)
    reflectors.push(h)
  }
  return finished(packed, work, reflectors)
}

/** Reads the upper triangle alone; the reflectors, whose v end with 1, are packed above the first superdiagonal. */
export function tridiagonalFromUpper(a: Matrix): Tridiagonal {
  const n = a.rows
  // Reversing the order of rows and columns turns the upper triangle into the lower one.
  const { packed, diagonal, beside, reflectors } = tridiagonalFromLower(reversed(a))
  const back = reversed(packed)
  return {
    packed: back,
    reflectors: reflectors.toReversed(),
    diagonal: diagonal.toReversed(),
    beside: n > 1 ? beside.toReversed() : beside,
  }
}

function reversed(a: Matrix): Matrix {
  return { ...a, re: a.re.toReversed(), im: a.im?.toReversed() ?? null }
}

function fromTriangle(a: Matrix, lower: boolean): Matrix {
  const n = a.rows
  const work = copyMatrix(a)
  for (let i = 0; i < n; i++) {
    countWork(i)
    if (work.im !== null) work.im[i * n + i] = 0
    for (let j = 0; j < i; j++) {
      const [to, from] = lower ? [j * n + i, i * n + j] : [i * n + j, j * n + i]
      work.re[to] = work.re[from]
      if (work.im !== null) work.im[to] = -work.im[from]
    }
  }
  return work
}

function finished(packed: Matrix, work: Matrix, reflectors: readonly Reflector[]): Tridiagonal {
  const n = work.rows
  const diagonal = Float64Array.from({ length: n }, (_, i) => work.re[i * n + i])
  for (let i = 0; i < n; i++) {
    packed.re[i * n + i] = diagonal[i]
    if (packed.im !== null) packed.im[i * n + i] = 0
  }
  return { packed, reflectors, diagonal, beside: Float64Array.from(reflectors, (h) => h.beta) }
}

/** A = Q B Pᴴ with B bidiagonal: upper when there are as many rows as columns or more, otherwise lower. */
export interface Bidiagonal {
  readonly q: readonly Reflector[]
  readonly p: readonly Reflector[]
  readonly diagonal: Float64Array
  readonly beside: Float64Array
  readonly upper: boolean
}

/** Golub and Kahan's reduction. Overwrites the matrix. */
export function bidiagonalForm(a: Matrix): Bidiagonal {
  const upper = a.rows >= a.columns
  const q: Reflector[] = []
  const p: Reflector[] = []
  const rank = Math.min(a.rows, a.columns)
  for (let step = 0; step < rank; step++) {
    if (!upper) {
      const h = rowReflector(a, step, step)
      reflectColumns(a, h, false, step + 1)
      p.push(h)
    }
    if (upper || step < rank - 1) {
      const h = columnReflector(a, upper ? step : step + 1, step)
      reflectRows(a, h, true, step + 1)
      q.push(h)
    }
    if (upper && step < rank - 1) {
      const h = rowReflector(a, step, step + 1)
      reflectColumns(a, h, false, step + 1)
      p.push(h)
    }
  }
  const betas = (reflectors: readonly Reflector[]): Float64Array => Float64Array.from(reflectors, (h) => h.beta)
  return upper
    ? { q, p, diagonal: betas(q), beside: betas(p), upper }
    : { q, p, diagonal: betas(p), beside: betas(q), upper }
}
