import { type Precision } from './matrix.ts'
import { rotateRows, rotationOf, swapRows } from './rotations.ts'
import { smallSvd, smallerSingularValue } from './two-by-two.ts'
import { countWork } from '../../../runtime/interruption.ts'

const maxSweepsARow = 6

/**
 * Singular values of an upper bidiagonal matrix, in descending order and in place, by the implicit QR
 * iteration of Demmel and Kahan, which keeps the relative accuracy of small ones. The rows of `left` and
 * `right`, which hold singular vectors, turn along. The order of rotations is LAPACK's, so the signs are.
 *
 * @returns whether the iteration converged
 */
export function bidiagonalSvd(
  d: Float64Array,
  e: Float64Array,
  left: Float64Array | null,
  right: Float64Array | null,
  precision: Precision,
): boolean {
  const iteration = new Iteration(d, e, left, right, precision)
  if (!iteration.run()) return false
  makePositive(d, right)
  sortDescending(d, left, right)
  return true
}

function makePositive(d: Float64Array, right: Float64Array | null): void {
  const n = d.length
  for (let i = 0; i < n; i++) {
    if (!(d[i] < 0) && !Object.is(d[i], -0)) continue
    countWork(n)
    d[i] = -d[i]
    if (right !== null) for (let j = 0; j < n; j++) right[i * n + j] *= -1
  }
}

function sortDescending(d: Float64Array, left: Float64Array | null, right: Float64Array | null): void {
  const n = d.length
  for (let last = n - 1; last > 0; last--) {
    let smallest = 0
    countWork(last)
    for (let j = 1; j <= last; j++) if (d[j] <= d[smallest]) smallest = j
    if (smallest === last) continue
    const kept = d[smallest]
    d[smallest] = d[last]
    d[last] = kept
    if (left !== null) swapRows(left, n, smallest, last)
    if (right !== null) swapRows(right, n, smallest, last)
  }
}

class Iteration {
  private readonly d: Float64Array
  private readonly e: Float64Array
  private readonly left: Float64Array | null
  private readonly right: Float64Array | null
  private readonly rounding: number
  private readonly tolerance: number
  private readonly threshold: number
  private readonly limit: number
  /** The block that the last sweep worked on, and its direction. */
  private block = { first: -1, last: -1, downward: true }

  constructor(
    d: Float64Array,
    e: Float64Array,
    left: Float64Array | null,
    right: Float64Array | null,
    { rounding, smallest }: Precision,
  ) {
    this.d = d
    this.e = e
    this.left = left
    this.right = right
    this.rounding = rounding
    this.tolerance = Math.max(10, Math.min(100, rounding ** -0.125)) * rounding
    const n = d.length
    this.limit = maxSweepsARow * n * n
    let least = n === 0 ? 0 : Math.abs(d[0])
    let running = least
    for (let i = 1; i < n && least !== 0; i++) {
      running = Math.abs(d[i]) * (running / (running + Math.abs(e[i - 1])))
      least = Math.min(least, running)
    }
    this.threshold = Math.max((this.tolerance * least) / Math.sqrt(n), this.limit * smallest)
  }

  run(): boolean {
    const { d, e } = this
    let last = d.length - 1
    let rotations = 0
    while (last > 0) {
      countWork(last)
      const { first, largest, split } = this.lastBlock(last)
      if (split) {
        last--
        continue
      }
      if (first === last - 1) {
        this.solvePair(first)
        last -= 2
        continue
      }
      if (first > this.block.last || last < this.block.first) {
        this.block = { first, last, downward: Math.abs(d[first]) >= Math.abs(d[last]) }
      }
      const { downward } = this.block
      const least = this.deflate(first, last, downward)
      if (least === null) continue
      this.block = { first, last, downward }
      rotations += last - first
      if (rotations > this.limit) return false
      const shift = this.shiftFor(first, last, downward, least, largest)
      if (shift === 0) this.sweepWithoutShift(first, last, downward)
      else this.sweep(first, last, downward, shift)
      const end = downward ? last - 1 : first
      if (Math.abs(e[end]) <= this.threshold) e[end] = 0
    }
    return true
  }

  /** The block ending at `last` that no negligible entry cuts; `split` when `last` itself stands alone. */
  private lastBlock(last: number): { first: number; largest: number; split: boolean } {
    const { d, e } = this
    let largest = Math.abs(d[last])
    for (let i = last - 1; i >= 0; i--) {
      const beside = Math.abs(e[i])
      if (beside <= this.threshold) {
        e[i] = 0
        return { first: i + 1, largest, split: i === last - 1 }
      }
      largest = Math.max(largest, Math.abs(d[i]), beside)
    }
    return { first: 0, largest, split: false }
  }

  private solvePair(first: number): void {
    const { d, e } = this
    const { smaller, larger, left, right } = smallSvd(d[first], e[first], d[first + 1], this.rounding)
    d[first] = larger
    e[first] = 0
    d[first + 1] = smaller
    this.turn(this.right, first, right.c, right.s)
    this.turn(this.left, first, left.c, left.s)
  }

  private turn(rows: Float64Array | null, first: number, c: number, s: number): void {
    if (rows !== null) rotateRows(rows, this.d.length, first, first + 1, c, s)
  }

  /** Drops a negligible entry and gives null, or a lower bound for the smallest singular value of the block. */
  private deflate(first: number, last: number, downward: boolean): number | null {
    const { d, e, tolerance } = this
    const corner = downward ? last - 1 : first
    if (Math.abs(e[corner]) <= tolerance * Math.abs(d[downward ? last : first])) {
      e[corner] = 0
      return null
    }
    let running = Math.abs(d[downward ? first : last])
    let least = running
    for (let step = 0; step < last - first; step++) {
      const i = downward ? first + step : last - 1 - step
      if (Math.abs(e[i]) <= tolerance * running) {
        e[i] = 0
        return null
      }
      running = Math.abs(d[downward ? i + 1 : i]) * (running / (running + Math.abs(e[i])))
      least = Math.min(least, running)
    }
    return least
  }

  private shiftFor(first: number, last: number, downward: boolean, least: number, largest: number): number {
    const { d, e, rounding, tolerance } = this
    if (d.length * tolerance * (least / largest) <= Math.max(rounding, 0.01 * tolerance)) return 0
    const start = Math.abs(d[downward ? first : last])
    const shift = downward
      ? smallerSingularValue(d[last - 1], e[last - 1], d[last])
      : smallerSingularValue(d[first], e[first], d[first + 1])
    return start > 0 && (shift / start) ** 2 < rounding ? 0 : shift
  }

  private sweepWithoutShift(first: number, last: number, downward: boolean): void {
    const { d, e } = this
    countWork(last - first)
    let [cosine, before, beforeSine] = [1, 1, 0]
    for (let step = 0; step < last - first; step++) {
      const i = downward ? first + step : last - step
      const beside = downward ? i : i - 1
      const next = downward ? i + 1 : i - 1
      const one = rotationOf(d[i] * cosine, e[beside])
      if (step > 0) e[downward ? i - 1 : i] = beforeSine * one.r
      const two = rotationOf(before * one.r, d[next] * one.s)
      d[i] = two.r
      ;[cosine, before, beforeSine] = [one.c, two.c, two.s]
      this.turn(downward ? this.right : this.left, beside, one.c, downward ? one.s : -one.s)
      this.turn(downward ? this.left : this.right, beside, two.c, downward ? two.s : -two.s)
    }
    const end = downward ? last : first
    const h = d[end] * cosine
    d[end] = h * before
    e[downward ? last - 1 : first] = h * beforeSine
  }

  private sweep(first: number, last: number, downward: boolean, shift: number): void {
    const { d, e } = this
    countWork(last - first)
    const start = d[downward ? first : last]
    let f = (Math.abs(start) - shift) * ((start < 0 || Object.is(start, -0) ? -1 : 1) + shift / start)
    let g = e[downward ? first : last - 1]
    for (let step = 0; step < last - first; step++) {
      const i = downward ? first + step : last - step
      const beside = downward ? i : i - 1
      const next = downward ? i + 1 : i - 1
      const one = rotationOf(f, g)
      if (step > 0) e[downward ? i - 1 : i] = one.r
      f = one.c * d[i] + one.s * e[beside]
      e[beside] = one.c * e[beside] - one.s * d[i]
      g = one.s * d[next]
      d[next] = one.c * d[next]
      const two = rotationOf(f, g)
      d[i] = two.r
      f = two.c * e[beside] + two.s * d[next]
      d[next] = two.c * d[next] - two.s * e[beside]
      if (step < last - first - 1) {
        const far = downward ? i + 1 : i - 2
        g = two.s * e[far]
        e[far] = two.c * e[far]
      }
      this.turn(downward ? this.right : this.left, beside, one.c, downward ? one.s : -one.s)
      this.turn(downward ? this.left : this.right, beside, two.c, downward ? two.s : -two.s)
    }
    e[downward ? last - 1 : first] = f
  }
}
