import { type DType, bitWidth } from '../../ir/dtype.ts'
import type { BinaryOp, UnaryOp } from './loops.ts'

// Results may lie outside the dtype: storing into the typed array keeps the low bits, which is the
// wrap-around that XLA specifies. Only products need care, since they can exceed 2^53.

/** Truncating division; division by zero gives all ones, as XLA on the CPU does. */
export function divideIntegers(x: number, y: number): number {
  return y === 0 ? -1 : Math.trunc(x / y)
}

/** Remainder with the sign of the dividend; a zero divisor gives the dividend. */
export function remainderOfIntegers(x: number, y: number): number {
  return y === 0 ? x : x % y
}

export function powerOfInteger(base: number, exponent: number): number {
  let result = 1
  let square = base
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square)
    square = Math.imul(square, square)
  }
  return result
}

/** The upper half of a product. The factors' low and high words are multiplied apart, so that every step is exact. */
export function multiplyHigh(dtype: DType): BinaryOp {
  const bits = bitWidth(dtype)
  if (bits < 32) return (x, y) => Math.floor((x * y) / 2 ** bits)
  return (x, y) => {
    const low = x & 0xffff
    const high = Math.floor(x / 65536)
    return Math.floor((high * y + Math.floor((low * y) / 65536)) / 65536)
  }
}

// A shift by at least the width empties the word, and a negative count is a huge unsigned one.

export function shiftLeft(dtype: DType): BinaryOp {
  const bits = bitWidth(dtype)
  return (x, y) => (y >= 0 && y < bits ? x << y : 0)
}

export function shiftRightLogical(dtype: DType): BinaryOp {
  const bits = bitWidth(dtype)
  const mask = bits === 32 ? -1 : 2 ** bits - 1
  return (x, y) => (y >= 0 && y < bits ? (x & mask) >>> y : 0)
}

export function shiftRightArithmetic(dtype: DType): BinaryOp {
  const bits = bitWidth(dtype)
  const unused = 32 - bits
  return (x, y) => ((x << unused) >> unused) >> (y >= 0 && y < bits ? y : bits - 1)
}

export function populationCount(dtype: DType): UnaryOp {
  const mask = bitWidth(dtype) === 32 ? -1 : 2 ** bitWidth(dtype) - 1
  return (x) => {
    let word = x & mask
    word -= (word >>> 1) & 0x55555555
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
}

export function countLeadingZeros(dtype: DType): UnaryOp {
  const bits = bitWidth(dtype)
  const mask = bits === 32 ? -1 : 2 ** bits - 1
  return (x) => Math.clz32(x & mask) - (32 - bits)
}
