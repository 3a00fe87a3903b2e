import { withSign } from './matrix.ts'

/** A 2 by 2 matrix (a b; c d) after a rotation (cosine sine; -sine cosine) of rows and columns. */
export interface StandardBlock {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly cosine: number
  readonly sine: number
}

/**
 * The standard form of a 2 by 2 block of a real Schur form: upper triangular when its eigenvalues are real,
 * otherwise with equal diagonal entries and entries of opposite sign beside them.
 */
export function standardise(a: number, b: number, c: number, d: number, ulp: number): StandardBlock {
  if (c === 0) return { a, b, c, d, cosine: 1, sine: 0 }
  if (b === 0) return { a: d, b: -c, c: 0, d: a, cosine: 0, sine: 1 }
  const gap = a - d
  if (gap === 0 && withSign(1, b) !== withSign(1, c)) return { a, b, c, d, cosine: 1, sine: 0 }
  const p = 0.5 * gap
  const larger = Math.max(Math.abs(b), Math.abs(c))
  const smaller = Math.min(Math.abs(b), Math.abs(c)) * withSign(1, b) * withSign(1, c)
  const scale = Math.max(Math.abs(p), larger)
  const discriminant = (p / scale) * p + (larger / scale) * smaller
  if (discriminant >= 4 * ulp) {
    const z = p + withSign(Math.sqrt(scale) * Math.sqrt(discriminant), p)
    const length = Math.hypot(c, z)
    return { a: d + z, b: b - c, c: 0, d: d - (larger / z) * smaller, cosine: z / length, sine: c / length }
  }
  return equalDiagonal(a, b, c, d)
}

/** Complex eigenvalues, or real ones that are nearly equal. */
function equalDiagonal(a: number, b: number, c: number, d: number): StandardBlock {
  const sum = b + c
  const gap = a - d
  const length = Math.hypot(sum, gap)
  const cosine = Math.sqrt(0.5 * (1 + Math.abs(sum) / length))
  const sine = -((0.5 * gap) / (length * cosine)) * withSign(1, sum)
  const [aa, bb] = [a * cosine + b * sine, -a * sine + b * cosine]
  const [cc, dd] = [c * cosine + d * sine, -c * sine + d * cosine]
  const upper = bb * cosine + dd * sine
  const lower = -aa * sine + cc * cosine
  const middle = 0.5 * (aa * cosine + cc * sine + (-bb * sine + dd * cosine))
  if (lower === 0) return { a: middle, b: upper, c: lower, d: middle, cosine, sine }
  if (upper === 0) return { a: middle, b: -lower, c: 0, d: middle, cosine: -sine, sine: cosine }
  if (withSign(1, upper) !== withSign(1, lower)) return { a: middle, b: upper, c: lower, d: middle, cosine, sine }
  const [rootUpper, rootLower] = [Math.sqrt(Math.abs(upper)), Math.sqrt(Math.abs(lower))]
  const shift = withSign(rootUpper * rootLower, lower)
  const tau = 1 / Math.sqrt(Math.abs(upper + lower))
  const [c1, s1] = [rootUpper * tau, rootLower * tau]
  return {
    a: middle + shift,
    b: upper - lower,
    c: 0,
    d: middle - shift,
    cosine: cosine * c1 - sine * s1,
    sine: cosine * s1 + sine * c1,
  }
}
