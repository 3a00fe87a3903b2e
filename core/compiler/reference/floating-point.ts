import { type DType, bitWidth } from '../../ir/dtype.ts'
import type { BinaryOp } from './loops.ts'

/** C's `pow`, which unlike JavaScript's says that 1 to any power, and -1 to an infinite one, is 1. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1
  return x ** y
}

/** Half away from zero. */
export function roundAway(x: number): number {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole
}

/** Half to even. */
export function roundEven(x: number): number {
  const whole = Math.trunc(x)
  const rest = Math.abs(x - whole)
  if (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0)) return whole + Math.sign(x)
  return whole
}

/** NaN wins, and 0 is larger than -0: IEEE 754-2019 `maximum`, which XLA computes too. */
export function maximum(x: number, y: number): number {
  return Math.max(x, y)
}

export function minimum(x: number, y: number): number {
  return Math.min(x, y)
}

/** The exponential of -x², with the square in two parts so that its rounding is not magnified. */
export function expOfMinusSquare(x: number): number {
  const high = Math.fround(x)
  return Math.exp(-high * high) * Math.exp((high - x) * (high + x))
}

/** The next representable number after `x` towards `y`, for the float type of `bits` bits. */
export function nextAfter(dtype: DType): BinaryOp {
  if (bitWidth(dtype) === 64) return nextAfter64()
  const bits = dtype === 'bfloat16' ? 32 : bitWidth(dtype)
  // A bfloat16 is the upper half of a float32.
  const step = dtype === 'bfloat16' ? 0x10000 : 1
  const view = new DataView(new ArrayBuffer(4))
  const read = bits === 32 ? () => view.getFloat32(0) : () => view.getFloat16(0)
  const write = bits === 32 ? (x: number) => view.setFloat32(0, x) : (x: number) => view.setFloat16(0, x)
  const readBits = bits === 32 ? () => view.getInt32(0) : () => view.getInt16(0)
  const writeBits = bits === 32 ? (x: number) => view.setInt32(0, x) : (x: number) => view.setInt16(0, x)
  return (x, y) => {
    if (x !== x || y !== y) return NaN
    if (x === y) return y
    if (x === 0) {
      writeBits(step)
      return y > 0 ? read() : -read()
    }
    write(x)
    writeBits(readBits() + (x < y === x > 0 ? step : -step))
    return read()
  }
}

function nextAfter64(): BinaryOp {
  const view = new DataView(new ArrayBuffer(8))
  return (x, y) => {
    if (x !== x || y !== y) return NaN
    if (x === y) return y
    if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
    view.setFloat64(0, x)
    view.setBigInt64(0, view.getBigInt64(0) + (x < y === x > 0 ? 1n : -1n))
    return view.getFloat64(0)
  }
}

/** Rounds to a float format of fewer exponent and mantissa bits, half to even; what overflows becomes infinite. */
export function reducePrecision(exponentBits: number, mantissaBits: number): (x: number) => number {
  const maxExponent = 2 ** (exponentBits - 1) - 1
  const minExponent = 1 - maxExponent
  const largest = (2 - 2 ** -mantissaBits) * 2 ** maxExponent
  return (x) => {
    if (x === 0 || !Number.isFinite(x)) return x
    const exponent = exponentOf(x)
    if (exponent < minExponent) return x < 0 ? -0 : 0
    const quantum = 2 ** (exponent - mantissaBits)
    const rounded = roundEven(x / quantum) * quantum
    return Math.abs(rounded) > largest ? Math.sign(x) * Infinity : rounded
  }
}

const exponentView = new DataView(new ArrayBuffer(8))

/** The binary exponent of a finite number other than zero: 2^e ≤ |x| < 2^(e+1). */
export function exponentOf(x: number): number {
  exponentView.setFloat64(0, x)
  const biased = (exponentView.getUint16(0) >> 4) & 0x7ff
  return biased === 0 ? exponentOf(x * 2 ** 54) - 54 : biased - 1023
}
