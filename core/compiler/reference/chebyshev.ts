/**
 * The sum of Chebyshev polynomials with the given coefficients at `t` in [-1, 1], by Clenshaw's recurrence.
 *
 * Special functions are computed from such series. Their coefficients were fitted with 50 digits
 * and cut where they fall below the precision of a 64-bit float.
 */
export function chebyshev(coefficients: Float64Array, t: number): number {
  let next = 0
  let afterNext = 0
  const twice = 2 * t
  for (let i = coefficients.length - 1; i > 0; i--) {
    const value = twice * next - afterNext + coefficients[i]
    afterNext = next
    next = value
  }
  return t * next - afterNext + coefficients[0]
}
