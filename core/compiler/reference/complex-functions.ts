import type { ComplexNumber } from '../../ir/element.ts'

// Elementary functions of a complex variable, in doubles. Branch cuts and signed zeros are C99's (annex G), which
// XLA and NumPy follow too.

export function real(re: number): ComplexNumber {
  return { re, im: 0 }
}

/** i z, without arithmetic that could lose the sign of a zero. */
const timesI = ({ re, im }: ComplexNumber): ComplexNumber => ({ re: -im, im: re })
const timesMinusI = ({ re, im }: ComplexNumber): ComplexNumber => ({ re: im, im: -re })

export const complexNegative = ({ re, im }: ComplexNumber): ComplexNumber => ({ re: -re, im: -im })
export const complexConjugate = ({ re, im }: ComplexNumber): ComplexNumber => ({ re, im: -im })

export function complexAdd(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  return { re: z.re + w.re, im: z.im + w.im }
}

export function complexSubtract(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  return { re: z.re - w.re, im: z.im - w.im }
}

export function complexMultiply(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  return { re: z.re * w.re - z.im * w.im, im: z.re * w.im + z.im * w.re }
}

/** The quotient by Smith's method, which scales by the larger part of the divisor. */
export function complexDivide(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  if (w.re === 0 && w.im === 0) {
    const scale = 1 / w.re
    return { re: z.re * scale, im: z.im * scale }
  }
  if (!Number.isFinite(w.re) || !Number.isFinite(w.im)) return divideByInfinite(z, w)
  if (Math.abs(w.re) >= Math.abs(w.im)) {
    const ratio = w.im / w.re
    const scale = w.re + w.im * ratio
    return { re: (z.re + z.im * ratio) / scale, im: (z.im - z.re * ratio) / scale }
  }
  const ratio = w.re / w.im
  const scale = w.re * ratio + w.im
  return { re: (z.re * ratio + z.im) / scale, im: (z.im * ratio - z.re) / scale }
}

function divideByInfinite(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  if (!Number.isFinite(z.re) || !Number.isFinite(z.im)) return { re: NaN, im: NaN }
  if (w.re !== w.re && Math.abs(w.im) !== Infinity) return { re: NaN, im: NaN }
  if (w.im !== w.im && Math.abs(w.re) !== Infinity) return { re: NaN, im: NaN }
  const unit = (x: number): number => (Math.abs(x) === Infinity ? Math.sign(x) : Math.sign(x) * 0)
  const direction = { re: unit(w.re), im: unit(w.im) }
  return { re: 0 * (z.re * direction.re + z.im * direction.im), im: 0 * (z.im * direction.re - z.re * direction.im) }
}

/** The distance from zero. */
export const complexAbs = ({ re, im }: ComplexNumber): ComplexNumber => real(Math.hypot(re, im))

/** The point of the unit circle in the direction of z; zero for zero. */
export function complexSign(z: ComplexNumber): ComplexNumber {
  const size = Math.hypot(z.re, z.im)
  return size === 0 ? { re: 0, im: 0 } : { re: z.re / size, im: z.im / size }
}

export function complexExp({ re, im }: ComplexNumber): ComplexNumber {
  const size = Math.exp(re)
  if (im === 0) return { re: size, im }
  if (size === 0 && !Number.isFinite(im)) return { re: 0, im: 0 }
  if (re === Infinity && !Number.isFinite(im)) return { re: Infinity, im: NaN }
  // Where the exponential alone overflows the product may not.
  if (size === Infinity && re < 1400) {
    const half = Math.exp(re / 2)
    return { re: half * Math.cos(im) * half, im: half * Math.sin(im) * half }
  }
  return { re: size * Math.cos(im), im: size * Math.sin(im) }
}

export function complexExpm1({ re, im }: ComplexNumber): ComplexNumber {
  if (im === 0) return { re: Math.expm1(re), im }
  const halfSine = Math.sin(im / 2)
  return { re: Math.expm1(re) * Math.cos(im) - 2 * halfSine * halfSine, im: Math.exp(re) * Math.sin(im) }
}

export function complexLog({ re, im }: ComplexNumber): ComplexNumber {
  return { re: logOfSize(re, im), im: Math.atan2(im, re) }
}

/** log|z|, accurate near the unit circle too. */
function logOfSize(re: number, im: number): number {
  const [large, small] = Math.abs(re) >= Math.abs(im) ? [Math.abs(re), Math.abs(im)] : [Math.abs(im), Math.abs(re)]
  if (large > 0.5 && large < 2) return Math.log1p((large - 1) * (large + 1) + small * small) / 2
  return Math.log(Math.hypot(re, im))
}

export function complexLog1p({ re, im }: ComplexNumber): ComplexNumber {
  const large = Math.abs(re) > 0.5 || Math.abs(im) > 0.5
  return {
    re: large ? logOfSize(1 + re, im) : Math.log1p(re * (2 + re) + im * im) / 2,
    im: Math.atan2(im, 1 + re),
  }
}

export function complexSqrt({ re, im }: ComplexNumber): ComplexNumber {
  if (re === 0 && im === 0) return { re: 0, im }
  if (Math.abs(im) === Infinity) return { re: Infinity, im }
  if (re !== re) return { re: NaN, im: NaN }
  if (re === Infinity) return { re, im: im !== im ? im : Math.sign(im) * 0 }
  if (re === -Infinity) return { re: im !== im ? im : 0, im: im < 0 || Object.is(im, -0) ? -Infinity : Infinity }
  // A quarter of the size under the root keeps large operands from overflowing.
  const shift = Math.max(Math.abs(re), Math.abs(im)) > 1e150 ? 0.25 : 1
  const root = Math.sqrt((Math.hypot(re * shift, im * shift) + Math.abs(re * shift)) / 2) / Math.sqrt(shift)
  if (re >= 0) return { re: root, im: im / (2 * root) }
  return { re: Math.abs(im) / (2 * root), im: im < 0 || Object.is(im, -0) ? -root : root }
}

export function complexRsqrt(z: ComplexNumber): ComplexNumber {
  return complexDivide(real(1), complexSqrt(z))
}

export function complexPower(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  if (w.re === 0 && w.im === 0) return real(1)
  if (z.re === 0 && z.im === 0) return w.re > 0 ? real(0) : { re: NaN, im: NaN }
  return complexExp(complexMultiply(w, complexLog(z)))
}

export function complexIntegerPower(z: ComplexNumber, exponent: number): ComplexNumber {
  let result = real(1)
  let square = z
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = complexMultiply(result, square)
    square = complexMultiply(square, square)
  }
  return exponent < 0 ? complexDivide(real(1), result) : result
}

export function complexSinh({ re, im }: ComplexNumber): ComplexNumber {
  if (im === 0) return { re: Math.sinh(re), im }
  return { re: Math.sinh(re) * Math.cos(im), im: Math.cosh(re) * Math.sin(im) }
}

export function complexCosh({ re, im }: ComplexNumber): ComplexNumber {
  if (im === 0) return { re: Math.cosh(re), im: re * im }
  return { re: Math.cosh(re) * Math.cos(im), im: Math.sinh(re) * Math.sin(im) }
}

export function complexTanh({ re, im }: ComplexNumber): ComplexNumber {
  if (Math.abs(re) > 20)
    return { re: Math.sign(re), im: im === 0 ? im : 4 * Math.exp(-2 * Math.abs(re)) * Math.sin(im) * Math.cos(im) }
  const tangent = Math.tan(im)
  const secant = 1 + tangent * tangent
  const sine = Math.sinh(re)
  const scale = 1 + secant * sine * sine
  return { re: (secant * sine * Math.sqrt(1 + sine * sine)) / scale, im: tangent / scale }
}

export const complexSin = (z: ComplexNumber): ComplexNumber => timesMinusI(complexSinh(timesI(z)))
export const complexCos = (z: ComplexNumber): ComplexNumber => complexCosh(timesI(z))
export const complexTan = (z: ComplexNumber): ComplexNumber => timesMinusI(complexTanh(timesI(z)))

/** Kahan's formula: every cut is that of the square roots. */
export function complexAsinh({ re, im }: ComplexNumber): ComplexNumber {
  const plus = complexSqrt({ re: 1 + im, im: -re })
  const minus = complexSqrt({ re: 1 - im, im: re })
  return {
    re: Math.asinh(plus.re * minus.im - minus.re * plus.im),
    im: Math.atan2(im, plus.re * minus.re - plus.im * minus.im),
  }
}

export function complexAcosh(z: ComplexNumber): ComplexNumber {
  const minus = complexSqrt({ re: z.re - 1, im: z.im })
  const plus = complexSqrt({ re: z.re + 1, im: z.im })
  return { re: Math.asinh(minus.re * plus.re + minus.im * plus.im), im: 2 * Math.atan2(minus.im, plus.re) }
}

export function complexAtanh(z: ComplexNumber): ComplexNumber {
  const { re, im } = z
  const distance = (1 - re) * (1 - re) + im * im
  return {
    re: Math.sign(re) === 0 ? re : Math.log1p((4 * re) / distance) / 4,
    im: Math.atan2(2 * im, (1 - re) * (1 + re) - im * im) / 2,
  }
}

export const complexAsin = (z: ComplexNumber): ComplexNumber => timesMinusI(complexAsinh(timesI(z)))

export function complexAcos(z: ComplexNumber): ComplexNumber {
  const minus = complexSqrt({ re: 1 - z.re, im: -z.im })
  const plus = complexSqrt({ re: 1 + z.re, im: z.im })
  return { re: 2 * Math.atan2(minus.re, plus.re), im: Math.asinh(plus.re * minus.im - plus.im * minus.re) }
}

export const complexAtan = (z: ComplexNumber): ComplexNumber => timesMinusI(complexAtanh(timesI(z)))

export function complexLogistic(z: ComplexNumber): ComplexNumber {
  return complexDivide(real(1), complexAdd(real(1), complexExp(complexNegative(z))))
}

/** The larger by real part, then by imaginary part. */
export function complexMaximum(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  return z.re > w.re || (z.re === w.re && z.im > w.im) ? z : w
}

export function complexMinimum(z: ComplexNumber, w: ComplexNumber): ComplexNumber {
  return z.re < w.re || (z.re === w.re && z.im < w.im) ? z : w
}
