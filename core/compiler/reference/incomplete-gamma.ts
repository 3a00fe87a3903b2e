import { erfc } from './error-function.ts'
import { digamma, logGamma } from './gamma-function.ts'

const epsilon = 2 ** -53
const manyTerms = 200_000
/** From here on Temme's expansion has lost all terms that a 32-bit float could see. */
const largeShape = 1e6

/** The sum over n ≥ 0 of xⁿ / ((a+1)…(a+n)), and the same sum weighted with 1/(a+1) + … + 1/(a+n). */
function powerSeries(a: number, x: number): { sum: number; weighted: number } {
  let [term, sum, weight, weighted] = [1, 1, 0, 0]
  for (let n = 1; n < manyTerms; n++) {
    term *= x / (a + n)
    weight += 1 / (a + n)
    sum += term
    weighted += term * weight
    if (term * Math.max(1, weight) <= epsilon * Math.min(sum, weighted)) break
  }
  return { sum, weighted }
}

/**
 * Γ(a, x) / (xᵃ e⁻ˣ) by Legendre's continued fraction, evaluated with Lentz's method, and the derivative
 * of its logarithm with respect to `a`.
 */
function continuedFraction(a: number, x: number): { value: number; logDerivative: number } {
  const tiny = 1e-300
  let denominator = x + 1 - a
  let c = 1 / tiny
  let cSlope = 0
  let d = 1 / (denominator === 0 ? tiny : denominator)
  let dSlope = d * d
  let value = d
  let logDerivative = d
  for (let n = 1; n < manyTerms; n++) {
    const numerator = -n * (n - a)
    denominator += 2
    const nextC = denominator + numerator / c || tiny
    const nextCSlope = -1 + n / c - (numerator * cSlope) / (c * c)
    const inverse = denominator + numerator * d || tiny
    const inverseSlope = -1 + n * d + numerator * dSlope
    c = nextC
    cSlope = nextCSlope
    d = 1 / inverse
    dSlope = -inverseSlope * d * d
    const change = c * d
    const slope = cSlope / c - inverseSlope / inverse
    value *= change
    logDerivative += slope
    if (Math.abs(change - 1) <= epsilon && Math.abs(slope) <= epsilon * Math.abs(logDerivative)) break
  }
  return { value, logDerivative }
}

/** xᵃ e⁻ˣ / Γ(a). */
function kernelOf(a: number, x: number): number {
  return Math.exp(a * Math.log(x) - x - logGamma(a))
}

/** P or Q for large `a`: Temme's uniform expansion, whose first correction is of order a^(-1/2). */
function uniform(a: number, x: number, upper: boolean): number {
  const excess = (x - a) / a
  const half = excess - Math.log1p(excess)
  const eta = Math.sign(excess) * Math.sqrt(2 * half)
  const correction = Math.abs(eta) < 1e-3 ? -1 / 3 + eta / 12 - (eta * eta) / 135 : 1 / excess - 1 / eta
  const tail = (Math.exp(-a * half) / Math.sqrt(2 * Math.PI * a)) * correction
  const side = upper ? 1 : -1
  return 0.5 * erfc(side * eta * Math.sqrt(a / 2)) + side * tail
}

function outside(a: number, x: number): boolean {
  return !(a >= 0 && x >= 0) || (a === 0 && x === 0)
}

/** The regularized lower incomplete gamma function P(a, x). */
export function incompleteGamma(a: number, x: number): number {
  if (outside(a, x)) return NaN
  if (x === 0) return 0
  if (x === Infinity) return 1
  if (a === 0 || a === Infinity) return x < 1 ? (a === 0 ? NaN : 0) : a === 0 ? 1 : NaN
  if (a > largeShape) return uniform(a, x, false)
  if (x >= 1 && x > a) return 1 - kernelOf(a, x) * continuedFraction(a, x).value
  return (kernelOf(a, x) * powerSeries(a, x).sum) / a
}

/** The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x). */
export function incompleteGammaComplement(a: number, x: number): number {
  if (outside(a, x)) return NaN
  if (x === Infinity || a === 0) return 0
  if (x === 0) return 1
  if (a === Infinity) return x < 1 ? 1 : NaN
  if (a > largeShape) return uniform(a, x, true)
  if (x < 1 || x < a) return 1 - (kernelOf(a, x) * powerSeries(a, x).sum) / a
  return kernelOf(a, x) * continuedFraction(a, x).value
}

/** How far dP/da lies from the density xᵃ⁻¹ e⁻ˣ / Γ(a), as a factor: the derivative of a sample, sign turned. */
function derivativeOverDensity(a: number, x: number): number {
  if (x > 1 && x > a) {
    const { value, logDerivative } = continuedFraction(a, x)
    return -x * value * (Math.log(x) - digamma(a) + logDerivative)
  }
  const { sum, weighted } = powerSeries(a, x)
  return (x / a) * ((Math.log(x) - digamma(a + 1)) * sum - weighted)
}

function differentiable(a: number, x: number): boolean {
  return a > 0 && x >= 0 && a !== Infinity && x !== Infinity
}

/** The derivative of P(a, x) with respect to `a`. */
export function incompleteGammaShapeDerivative(a: number, x: number): number {
  if (a > 0 && x === 0) return 0
  if (!differentiable(a, x)) return NaN
  const density = kernelOf(a, x) / x
  return density === 0 ? -0 : density * derivativeOverDensity(a, x)
}

/** The derivative of a gamma sample `x` with respect to its shape `a`, by implicit differentiation of P. */
export function gammaSampleDerivative(a: number, x: number): number {
  if (a > 0 && x === 0) return 0
  return differentiable(a, x) ? -derivativeOverDensity(a, x) : NaN
}
