import { bfloat16ToNumber, numberToBfloat16 } from '../ir/element.ts'
import type { DType } from '../ir/dtype.ts'

/**
 * Floats as decimal text, with the digits NumPy prints: the fewest that tell a value from its
 * neighbours of the same dtype, cut off (rounding half to even) at a given number of decimals.
 */

/** Decimal digits d1 d2 d3 … standing for d1.d2d3… × 10^exponent. */
interface Decimal {
  readonly digits: string
  readonly exponent: number
}

function roundTo(dtype: DType): (value: number) => number {
  if (dtype === 'float32') return Math.fround
  if (dtype === 'float16') return Math.f16round
  if (dtype === 'bfloat16') return (value) => bfloat16ToNumber(numberToBfloat16(value))
  return (value) => value
}

function parseExponential(text: string): Decimal {
  const [mantissa, exponent] = text.split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) }
}

/** JavaScript rounds an exact tie up; NumPy rounds it to the even digit. */
function tieToEven(roundedUp: string, exact: string): string {
  const isTie = /^\.?50*$/.test(exact.slice(roundedUp.length))
  if (!isTie || Number(roundedUp[roundedUp.length - 1]) % 2 === 0) return roundedUp
  return exact.slice(0, roundedUp.length)
}

/** The digits nearest to a positive value, `decimals` of them after the first. */
function nearest(magnitude: number, decimals: number): Decimal {
  const rounded = parseExponential(magnitude.toExponential(decimals))
  if (!/[13579]$/.test(rounded.digits)) return rounded
  const exact = parseExponential(magnitude.toExponential(100))
  return rounded.exponent === exact.exponent ? { ...rounded, digits: tieToEven(rounded.digits, exact.digits) } : rounded
}

/** The shortest digits that round back to the magnitude of `value`, a finite value of `dtype`. */
function shortest(value: number, dtype: DType): Decimal {
  const magnitude = Math.abs(value)
  if (dtype === 'float64') return parseExponential(magnitude.toExponential())
  const round = roundTo(dtype)
  for (let decimals = 0; decimals < 17; decimals++) {
    const candidate = nearest(magnitude, decimals)
    if (round(numberOf(candidate)) === magnitude) return candidate
  }
  return parseExponential(magnitude.toExponential())
}

function numberOf({ digits, exponent }: Decimal): number {
  return Number(`${digits[0]}.${digits.slice(1)}e${exponent}`)
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : ''
}

/** `integer` and `fraction` digits of `12.5`; the fraction has no trailing zeros. */
export interface Positional {
  readonly integer: string
  readonly fraction: string
}

/** A finite value written without exponent, with at most `precision` decimals. */
export function positional(value: number, dtype: DType, precision: number): Positional {
  const { digits, exponent } = shortest(value, dtype)
  const decimals = Math.max(0, digits.length - 1 - exponent)
  if (decimals > precision) return roundedPositional(value, precision)
  const padded = digits.padEnd(exponent + 1, '0')
  const integer = exponent < 0 ? '0' : padded.slice(0, exponent + 1)
  const fraction = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : padded.slice(exponent + 1)
  return { integer: signOf(value) + integer, fraction: fraction.replace(/0+$/, '') }
}

function roundedPositional(value: number, precision: number): Positional {
  const magnitude = Math.abs(value)
  const text = tieToEven(magnitude.toFixed(precision), magnitude.toFixed(100))
  const [integer, fraction = ''] = text.split('.')
  return { integer: signOf(value) + integer, fraction: fraction.replace(/0+$/, '') }
}

/** The parts of `-1.5e-07`: `integer` -1, `fraction` 5, `exponent` -7. */
export interface Scientific extends Positional {
  readonly exponent: number
}

function scientificParts(value: number, { digits, exponent }: Decimal): Scientific {
  return { integer: signOf(value) + digits[0], fraction: digits.slice(1), exponent }
}

/** A finite value written with an exponent, with no more decimals than it needs, at most `precision`. */
export function scientific(value: number, dtype: DType, precision: number): Scientific {
  if (value === 0) return { integer: `${signOf(value)}0`, fraction: '', exponent: 0 }
  const least = shortest(value, dtype)
  const decimal = least.digits.length - 1 > precision ? nearest(Math.abs(value), precision) : least
  return scientificParts(value, { ...decimal, digits: decimal.digits.replace(/(?<=.)0+$/, '') })
}

/** A finite value written with an exponent and exactly `decimals` decimals. */
export function scientificFixed(value: number, decimals: number): Scientific {
  if (value === 0) return { integer: `${signOf(value)}0`, fraction: '0'.repeat(decimals), exponent: 0 }
  return scientificParts(value, nearest(Math.abs(value), decimals))
}

/** `+05`, `-12`, `+100`: at least `size` digits. */
export function exponentText(exponent: number, size: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(size, '0')}`
}

/** From here on a float by itself is written with an exponent. */
function scalarLimit(dtype: DType): number {
  if (dtype === 'float16') return 1e3
  return dtype === 'float32' ? 1e6 : 1e16
}

/** A float by itself, as `str(np.float32(x))`: `2.0`, `1e-05`, `nan`. */
export function formatFloatScalar(value: number, dtype: DType): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const magnitude = Math.abs(value)
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < scalarLimit(dtype))) {
    const { integer, fraction } = positional(value, dtype, 100)
    return `${integer}.${fraction === '' ? '0' : fraction}`
  }
  const { integer, fraction, exponent } = scientific(value, dtype, 100)
  return `${integer}${fraction === '' ? '' : `.${fraction}`}e${exponentText(exponent, 2)}`
}
