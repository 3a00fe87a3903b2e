import { chebyshev } from './chebyshev.ts'

/** log Γ(x) / ((x - 1)(x - 2)) on [1, 2], where the quotient has no zero. */
const logGammaQuotient = Float64Array.of(
  ...[
    0.49141539302938714, -0.07611416167043585, 0.008432324965932778, -0.001079493726328608, 0.00014900748003692963,
    -2.1512399888556784e-5, 3.1979329860862186e-6, -4.851693012139927e-7, 7.47148782116316e-8, -1.1638296700170518e-8,
    1.829400437118668e-9, -2.8969180607129607e-10, 4.61570140620909e-11, -7.392810230497983e-12, 1.1894280008333085e-12,
    -1.9212068676522805e-13, 3.113975526387164e-14, -5.0628432984486114e-15, 8.254150281631144e-16,
    -1.3490578987574844e-16, 2.209876116782623e-17, -3.6274129549239766e-18, 5.965430068821522e-19,
  ],
)

/** sin(πx), reduced before it is multiplied by π so that it vanishes exactly at whole numbers. */
function sinPi(x: number): number {
  const rest = x - 2 * Math.round(x / 2)
  if (rest === 1 || rest === -1) return 0
  return Math.abs(rest) > 0.5 ? Math.sign(rest) * Math.sin(Math.PI * (1 - Math.abs(rest))) : Math.sin(Math.PI * rest)
}

/** log |Γ(x)|. */
export function logGamma(x: number): number {
  if (x !== x) return x
  if (x === Infinity || x === -Infinity) return Infinity
  if (x < 0.5) {
    if (x <= 0 && x === Math.floor(x)) return Infinity
    if (x < 0) return Math.log(Math.PI / Math.abs(x * sinPi(x))) - logGamma(-x)
    return logGamma(x + 1) - Math.log(x)
  }
  if (x < 1) return logGamma(x + 1) - Math.log(x)
  if (x <= 2) return (x - 1) * (x - 2) * chebyshev(logGammaQuotient, 2 * x - 3)
  if (x < 9) {
    let product = 1
    let rest = x
    while (rest > 2) {
      rest -= 1
      product *= rest
    }
    return Math.log(product) + logGamma(rest)
  }
  return stirling(x)
}

function stirling(x: number): number {
  const z = 1 / (x * x)
  const series =
    (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z / 156)))))) / x
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series
}

/** The logarithmic derivative of Γ. */
export function digamma(x: number): number {
  if (x !== x || x === -Infinity) return NaN
  if (x === Infinity) return x
  if (x <= 0) {
    if (x === Math.floor(x)) return NaN
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)))
  }
  let shifted = x
  let sum = 0
  while (shifted < 10) {
    sum += 1 / shifted
    shifted += 1
  }
  const z = 1 / (shifted * shifted)
  const series =
    z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z / 12))))))
  return Math.log(shifted) - 0.5 / shifted - series - sum
}

/** Bernoulli numbers B₂, B₄, … over (2k)!, for the Euler–Maclaurin tail of the zeta sum. */
const tailCoefficients = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
]

/** Hurwitz zeta: the sum of (q + k)^-s over k ≥ 0, for s > 1. At a pole in `q` it has a sign only for even `s`. */
export function hurwitzZeta(s: number, q: number): number {
  if (s === 1) return Infinity
  if (s !== s || q !== q || s === Infinity) return NaN
  if (q <= 0 && q === Math.floor(q)) return s % 2 === 0 ? Infinity : NaN
  if (s < 1 || q === Infinity || (q <= 0 && s !== Math.floor(s))) return NaN
  let sum = 0
  let base = q
  while (base < 12) {
    sum += base ** -s
    base += 1
  }
  const power = base ** -s
  let tail = (power * base) / (s - 1) + power / 2
  let factor = (s * power) / base
  for (const [k, coefficient] of tailCoefficients.entries()) {
    tail += coefficient * factor
    factor *= ((s + 2 * k + 1) * (s + 2 * k + 2)) / (base * base)
  }
  return sum + tail
}

/** The n-th derivative of digamma. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x)
  if (n < 0 || n !== Math.floor(n)) return NaN
  const sign = n % 2 === 0 ? -1 : 1
  return sign * Math.exp(logGamma(n + 1)) * hurwitzZeta(n + 1, x)
}

const firstBernoulliNumbers = [1, -1 / 2, 1 / 6, 0, -1 / 30, 0, 1 / 42, 0, -1 / 30, 0, 5 / 66, 0, -691 / 2730, 0, 7 / 6]

/** The n-th Bernoulli number; from 16 on by way of zeta, 2 n! ζ(n) / (2π)ⁿ. */
export function bernoulliNumber(n: number): number {
  if (n < firstBernoulliNumbers.length) return firstBernoulliNumbers[n]
  if (n % 2 === 1) return 0
  let size = 2 * hurwitzZeta(n, 1)
  for (let k = 1; k <= n; k++) size *= k / (2 * Math.PI)
  return n % 4 === 0 ? -size : size
}
