import { withSign } from './matrix.ts'
import { countWork } from '../../../runtime/interruption.ts'

/** The rotation with (c s; -s c) (f; g) = (r; 0), c not negative, as LAPACK's from 3.10 on. */
export function rotationOf(f: number, g: number): { c: number; s: number; r: number } {
  if (g === 0) return { c: 1, s: 0, r: f }
  if (f === 0) return { c: 0, s: withSign(1, g), r: Math.abs(g) }
  const length = Math.hypot(f, g)
  const r = withSign(length, f)
  return { c: Math.abs(f) / length, s: g / r, r }
}

/** Rotates two rows of a matrix of rows of one length: (x; y) becomes (c x + s y; c y - s x). */
export function rotateRows(a: Float64Array, length: number, x: number, y: number, c: number, s: number): void {
  const [first, second] = [x * length, y * length]
  countWork(length)
  for (let j = 0; j < length; j++) {
    const [p, q] = [a[first + j], a[second + j]]
    a[first + j] = c * p + s * q
    a[second + j] = c * q - s * p
  }
}

/** Rotates two columns, on the rows from `from` up to `to`. */
export function rotateColumns(
  a: Float64Array,
  columns: number,
  [x, y]: readonly [number, number],
  c: number,
  s: number,
  [from, to]: readonly [number, number],
): void {
  countWork(to - from)
  for (let i = from; i < to; i++) {
    const row = i * columns
    const [p, q] = [a[row + x], a[row + y]]
    a[row + x] = c * p + s * q
    a[row + y] = c * q - s * p
  }
}

/** Exchanges two rows of a matrix of rows of one length. */
export function swapRows(a: Float64Array, length: number, x: number, y: number): void {
  countWork(length)
  for (let j = 0; j < length; j++) {
    const kept = a[x * length + j]
    a[x * length + j] = a[y * length + j]
    a[y * length + j] = kept
  }
}
