import { logGamma } from './gamma-function.ts'

const epsilon = 2 ** -53

/** The continued fraction of the incomplete beta function, by Lentz's method. DLMF 8.17.22. */
function continuedFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny)
  let value = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d || tiny)
    c = 1 + even / c || tiny
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d || tiny)
    c = 1 + odd / c || tiny
    const change = c * d
    value *= change
    if (Math.abs(change - 1) <= epsilon) break
  }
  return value
}

function powerSide(a: number, b: number, x: number): number {
  const rest = logGamma(a + b) - logGamma(b)
  // a Γ(a) tends to 1 as `a` tends to 0, where Γ(a) itself overflows.
  if (a < 1e-300) return Math.exp(b * Math.log1p(-x) + rest) * continuedFraction(a, b, x)
  const exponent = a * Math.log(x) + b * Math.log1p(-x) + rest - logGamma(a)
  return (Math.exp(exponent) / a) * continuedFraction(a, b, x)
}

/** The regularized incomplete beta function. */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (!(a >= 0 && b >= 0 && x >= 0 && x <= 1)) return NaN
  const atZero = a === 0 || b === Infinity
  const atOne = b === 0 || a === Infinity
  if (atZero && atOne) return NaN
  if (atZero) return x === 0 ? 0 : 1
  if (atOne) return x === 1 ? 1 : 0
  if (x === 0 || x === 1) return x
  if (x < (a + 1) / (a + b + 2)) return powerSide(a, b, x)
  return 1 - powerSide(b, a, 1 - x)
}
