import { withSign } from './matrix.ts'

/** The smaller singular value of the upper triangular (f g; 0 h). */
export function smallerSingularValue(f: number, g: number, h: number): number {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)]
  const [small, large] = [Math.min(fa, ha), Math.max(fa, ha)]
  if (small === 0) return 0
  const sum = 1 + small / large
  const gap = (large - small) / large
  if (ga < large) {
    const square = (ga / large) ** 2
    return small * (2 / (Math.sqrt(sum * sum + square) + Math.sqrt(gap * gap + square)))
  }
  const ratio = large / ga
  if (ratio === 0) return (small * large) / ga
  return 2 * (small * (1 / (Math.sqrt(1 + (sum * ratio) ** 2) + Math.sqrt(1 + (gap * ratio) ** 2)))) * ratio
}

/** Singular values, with signs, and rotations of an upper triangular 2 by 2 matrix. */
export interface SmallSvd {
  readonly smaller: number
  readonly larger: number
  readonly right: { readonly c: number; readonly s: number }
  readonly left: { readonly c: number; readonly s: number }
}

/** (cl sl; -sl cl) (f g; 0 h) (cr -sr; sr cr) = (larger 0; 0 smaller). Bai, Demmel and Kahan's formulas. */
export function smallSvd(f: number, g: number, h: number, rounding: number): SmallSvd {
  const swap = Math.abs(h) > Math.abs(f)
  const [ft, ht] = swap ? [h, f] : [f, h]
  const [fa, ha, ga] = [Math.abs(ft), Math.abs(ht), Math.abs(g)]
  let dominant: 'f' | 'g' | 'h' = swap ? 'h' : 'f'
  let [cl, sl, cr, sr] = [1, 0, 1, 0]
  let [smaller, larger] = [ha, fa]
  if (ga !== 0) {
    if (ga > fa) dominant = 'g'
    if (ga > fa && fa / ga < rounding) {
      larger = ga
      smaller = ha > 1 ? fa / (ga / ha) : (fa / ga) * ha
      ;[cl, sl, sr, cr] = [1, ht / g, 1, ft / g]
    } else {
      const d = fa - ha
      let l = d === fa ? 1 : d / fa
      const m = g / ft
      let t = 2 - l
      const mm = m * m
      const s = Math.sqrt(t * t + mm)
      const r = l === 0 ? Math.abs(m) : Math.sqrt(l * l + mm)
      const a = 0.5 * (s + r)
      smaller = ha / a
      larger = fa * a
      if (mm !== 0) t = (m / (s + t) + m / (r + l)) * (1 + a)
      else t = l === 0 ? withSign(2, ft) * withSign(1, g) : g / withSign(d, ft) + m / t
      l = Math.sqrt(t * t + 4)
      cr = 2 / l
      sr = t / l
      cl = (cr + sr * m) / a
      sl = ((ht / ft) * sr) / a
    }
  }
  const left = swap ? { c: sr, s: cr } : { c: cl, s: sl }
  const right = swap ? { c: sl, s: cl } : { c: cr, s: sr }
  const sign = {
    f: withSign(1, right.c) * withSign(1, left.c) * withSign(1, f),
    g: withSign(1, right.s) * withSign(1, left.c) * withSign(1, g),
    h: withSign(1, right.s) * withSign(1, left.s) * withSign(1, h),
  }[dominant]
  return {
    smaller: withSign(smaller, sign * withSign(1, f) * withSign(1, h)),
    larger: withSign(larger, sign),
    right,
    left,
  }
}

/** Eigenvalues, the larger in magnitude first, of the symmetric (a b; b c), and its unit eigenvector (c, s). */
export function smallEigen(
  a: number,
  b: number,
  c: number,
): { first: number; second: number; cosine: number; sine: number } {
  const sum = a + c
  const gap = a - c
  const double = b + b
  const root = Math.hypot(gap, double)
  const [larger, smaller] = Math.abs(a) > Math.abs(c) ? [a, c] : [c, a]
  const sign = sum < 0 ? -1 : 1
  let [first, second] = [0.5 * root, -0.5 * root]
  if (sum !== 0) {
    first = 0.5 * (sum + sign * root)
    second = (larger / first) * smaller - (b / first) * b
  }
  const gapSign = gap >= 0 ? 1 : -1
  const base = gap + gapSign * root
  let [cosine, sine] = [1, 0]
  if (Math.abs(base) > Math.abs(double)) {
    const cotangent = -double / base
    sine = 1 / Math.sqrt(1 + cotangent * cotangent)
    cosine = cotangent * sine
  } else if (double !== 0) {
    const tangent = -base / double
    cosine = 1 / Math.sqrt(1 + tangent * tangent)
    sine = tangent * cosine
  }
  return sign === gapSign ? { first, second, cosine: -sine, sine: cosine } : { first, second, cosine, sine }
}
