/** Below it the power series has only positive terms; above it the asymptotic series is exact to the last bit. */
const seam = 30

/** The modified Bessel function of order 0 or 1 times e^-|x|, for x > 0. */
function scaled(order: 0 | 1, x: number): number {
  if (x <= seam) {
    const quarter = (x * x) / 4
    let term = order === 0 ? 1 : x / 2
    let sum = term
    for (let k = 1; term > sum * 2 ** -54; k++) {
      term *= quarter / (k * (k + order))
      sum += term
    }
    return sum * Math.exp(-x)
  }
  let term = 1
  let sum = 1
  for (let k = 1; Math.abs(term) > 2 ** -54 && k < 40; k++) {
    term *= ((2 * k - 1) ** 2 - 4 * order) / (8 * k * x)
    sum += term
  }
  return sum / Math.sqrt(2 * Math.PI) / Math.sqrt(x)
}

/** e^-|x| I₀(x). */
export function besselI0e(x: number): number {
  if (x !== x) return x
  return scaled(0, Math.abs(x))
}

/** e^-|x| I₁(x). */
export function besselI1e(x: number): number {
  if (x !== x || x === 0) return x
  return x < 0 ? -scaled(1, -x) : scaled(1, x)
}
