import type { DType, TypedArray } from '../../ir/dtype.ts'
import { bigintsOf } from '../../ir/element.ts'
import type { HostArray } from '../../ir/host-array.ts'
import { inBlocks } from '../../runtime/interruption.ts'

// 64-bit integers are computed as BigInts. Results may lie outside the dtype: storing them keeps the low 64
// bits, the wrap-around that XLA specifies. A predicate gives 0n or 1n.

export type WideUnaryOp = (x: bigint) => bigint
export type WideBinaryOp = (x: bigint, y: bigint) => bigint

export function wideUnary(op: WideUnaryOp, x: HostArray, out: TypedArray, dtype: DType): void {
  const values = bigintsOf(x.dtype, x.data)
  if (dtype === 'bool') {
    inBlocks(out.length, (from, to) => {
      for (let i = from; i < to; i++) out[i] = Number(op(values[i]))
    })
    return
  }
  const results = bigintsOf(dtype, out)
  inBlocks(results.length, (from, to) => {
    for (let i = from; i < to; i++) results[i] = op(values[i])
  })
}

export function wideBinary(op: WideBinaryOp, x: HostArray, y: HostArray, out: TypedArray, dtype: DType): void {
  const left = bigintsOf(x.dtype, x.data)
  const right = bigintsOf(y.dtype, y.data)
  if (dtype === 'bool') {
    inBlocks(out.length, (from, to) => {
      for (let i = from; i < to; i++) out[i] = Number(op(left[i], right[i]))
    })
    return
  }
  const results = bigintsOf(dtype, out)
  inBlocks(results.length, (from, to) => {
    for (let i = from; i < to; i++) results[i] = op(left[i], right[i])
  })
}

export const predicate =
  (test: (x: bigint, y: bigint) => boolean): WideBinaryOp =>
  (x, y) =>
    test(x, y) ? 1n : 0n

/** Truncating division; division by zero gives all ones. */
export const divideWide: WideBinaryOp = (x, y) => (y === 0n ? -1n : x / y)
/** Remainder with the sign of the dividend; a zero divisor gives the dividend. */
export const remainderWide: WideBinaryOp = (x, y) => (y === 0n ? x : x % y)
export const maximumWide: WideBinaryOp = (x, y) => (x > y ? x : y)
export const minimumWide: WideBinaryOp = (x, y) => (x < y ? x : y)
export const absWide: WideUnaryOp = (x) => (x < 0n ? -x : x)
export const signWide: WideUnaryOp = (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n)

/** A power with a whole exponent, wrapped at every step so that it stays 64 bits long. */
export function powerWide(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * square)
    square = BigInt.asIntN(64, square * square)
  }
  return result
}

// A shift by at least the width empties the word, and a negative count is a huge unsigned one.

export const shiftLeftWide: WideBinaryOp = (x, y) => (y >= 0n && y < 64n ? x << y : 0n)
export const shiftRightLogicalWide: WideBinaryOp = (x, y) => (y >= 0n && y < 64n ? BigInt.asUintN(64, x) >> y : 0n)
export const shiftRightArithmeticWide: WideBinaryOp = (x, y) => BigInt.asIntN(64, x) >> (y >= 0n && y < 64n ? y : 63n)

export const populationCountWide: WideUnaryOp = (x) => {
  let count = 0n
  for (let rest = BigInt.asUintN(64, x); rest > 0n; rest &= rest - 1n) count++
  return count
}

export const countLeadingZerosWide: WideUnaryOp = (x) => {
  const word = BigInt.asUintN(64, x)
  const high = Number(word >> 32n)
  return BigInt(high === 0 ? 32 + Math.clz32(Number(word)) : Math.clz32(high))
}
