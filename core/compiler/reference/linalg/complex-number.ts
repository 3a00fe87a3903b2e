/** A complex number in the course of a computation. */
export interface Complex {
  readonly re: number
  readonly im: number
}

export const complex = (re: number, im = 0): Complex => ({ re, im })
export const plus = (x: Complex, y: Complex): Complex => ({ re: x.re + y.re, im: x.im + y.im })
export const minus = (x: Complex, y: Complex): Complex => ({ re: x.re - y.re, im: x.im - y.im })
export const times = (x: Complex, y: Complex): Complex => ({
  re: x.re * y.re - x.im * y.im,
  im: x.re * y.im + x.im * y.re,
})
export const scaled = (x: Complex, factor: number): Complex => ({ re: x.re * factor, im: x.im * factor })
export const conjugate = (x: Complex): Complex => ({ re: x.re, im: -x.im })

/** The sum of the magnitudes of both parts: a size that costs no root. */
export const size1 = (x: Complex): number => Math.abs(x.re) + Math.abs(x.im)

export const magnitude = (x: Complex): number => Math.hypot(x.re, x.im)

/** Quotient, by Smith's scaling. */
export function over(x: Complex, y: Complex): Complex {
  if (Math.abs(y.re) >= Math.abs(y.im)) {
    const ratio = y.im / y.re
    const size = y.re + y.im * ratio
    return { re: (x.re + x.im * ratio) / size, im: (x.im - x.re * ratio) / size }
  }
  const ratio = y.re / y.im
  const size = y.im + y.re * ratio
  return { re: (x.re * ratio + x.im) / size, im: (x.im * ratio - x.re) / size }
}

/** The square root with a non-negative real part. */
export function squareRoot({ re, im }: Complex): Complex {
  if (re === 0 && im === 0) return { re: 0, im }
  const length = Math.hypot(re, im)
  const half = Math.sqrt((Math.abs(re) + length) / 2)
  const other = im / (2 * half)
  if (re >= 0) return { re: half, im: other }
  return { re: Math.abs(other), im: im < 0 || Object.is(im, -0) ? -half : half }
}
