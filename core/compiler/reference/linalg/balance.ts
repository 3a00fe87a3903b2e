import { norm2 } from './householder.ts'
import type { Matrix } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/** What balancing did: the rows and columns that are not isolated yet, exchanges outside of them, scales inside. */
export interface Balance {
  readonly low: number
  readonly high: number
  readonly exchanged: Int32Array
  readonly scales: Float64Array
}

/**
 * Moves rows and columns that isolate an eigenvalue to the ends and, if asked, scales the rest so that rows
 * and columns are of about one length (Parlett and Reinsch; James, Langou and Lowery). In place.
 */
export function balance(a: Matrix, scale: boolean): Balance {
  const n = a.rows
  const exchanged = Int32Array.from({ length: n }, (_, i) => i)
  const scales = new Float64Array(n).fill(1)
  let [low, high] = [0, n - 1]
  const isolated = (index: number, along: 'row' | 'column'): boolean => {
    countWork(high + 1)
    for (let k = along === 'row' ? 0 : low; k <= high; k++) {
      const at = along === 'row' ? index * n + k : k * n + index
      if (k !== index && (a.re[at] !== 0 || (a.im !== null && a.im[at] !== 0))) return false
    }
    return true
  }
  for (let found = true; found;) {
    found = false
    for (let i = high; i >= 0 && i <= high; i--) {
      if (!isolated(i, 'row')) continue
      exchange(a, exchanged, i, high, [low, high])
      found = true
      if (high === 0) return { low: 0, high: 0, exchanged, scales }
      high--
    }
  }
  for (let found = true; found;) {
    found = false
    for (let j = low; j <= high; j++) {
      if (!isolated(j, 'column')) continue
      exchange(a, exchanged, j, low, [low, high])
      found = true
      low++
    }
  }
  if (scale) scaleRowsAndColumns(a, scales, low, high)
  return { low, high, exchanged, scales }
}

function exchange(
  a: Matrix,
  exchanged: Int32Array,
  from: number,
  to: number,
  [low, high]: readonly [number, number],
): void {
  exchanged[to] = from
  if (from === to) return
  const n = a.rows
  countWork(n)
  for (const part of a.im === null ? [a.re] : [a.re, a.im]) {
    for (let i = 0; i <= high; i++) swap(part, i * n + from, i * n + to)
    for (let j = low; j < n; j++) swap(part, from * n + j, to * n + j)
  }
}

function swap(data: Float64Array, x: number, y: number): void {
  const kept = data[x]
  data[x] = data[y]
  data[y] = kept
}

function scaleRowsAndColumns(a: Matrix, scales: Float64Array, low: number, high: number): void {
  const n = a.rows
  const part = (index: number, along: 'row' | 'column', values: Float64Array | null): Float64Array | null =>
    values === null
      ? null
      : Float64Array.from({ length: high - low + 1 }, (_, k) =>
          along === 'row' ? values[index * n + low + k] : values[(low + k) * n + index],
        )
  for (let changed = true; changed;) {
    changed = false
    for (let i = low; i <= high; i++) {
      countWork(2 * n)
      let column = norm2(part(i, 'column', a.re) ?? new Float64Array(0), part(i, 'column', a.im))
      let row = norm2(part(i, 'row', a.re) ?? new Float64Array(0), part(i, 'row', a.im))
      if (column === 0 || row === 0 || !Number.isFinite(column + row)) continue
      const before = column + row
      let factor = 1
      while (column < row / 2 && factor < 2 ** 500) {
        factor *= 2
        column *= 2
        row /= 2
      }
      while (column / 2 >= row && factor > 2 ** -500) {
        factor /= 2
        column /= 2
        row *= 2
      }
      if (column + row >= 0.95 * before) continue
      changed = true
      scales[i] *= factor
      for (const values of a.im === null ? [a.re] : [a.re, a.im]) {
        for (let j = low; j < n; j++) values[i * n + j] /= factor
        for (let k = 0; k <= high; k++) values[k * n + i] *= factor
      }
    }
  }
}

/** Turns vectors (columns) of the balanced matrix into those of the matrix itself. In place. */
export function undoBalance(vectors: Matrix, { low, high, exchanged, scales }: Balance, left: boolean): void {
  const { rows: n, columns } = vectors
  const parts = vectors.im === null ? [vectors.re] : [vectors.re, vectors.im]
  for (const part of parts) {
    for (let i = low; i <= high; i++) {
      countWork(columns)
      const factor = left ? 1 / scales[i] : scales[i]
      for (let j = 0; j < columns; j++) part[i * columns + j] *= factor
    }
    const back = (i: number): void => {
      if (exchanged[i] === i) return
      countWork(columns)
      for (let j = 0; j < columns; j++) swap(part, i * columns + j, exchanged[i] * columns + j)
    }
    for (let i = low - 1; i >= 0; i--) back(i)
    for (let i = high + 1; i < n; i++) back(i)
  }
}
