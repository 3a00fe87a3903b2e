import { type DType, type TypedArray, isWideInteger, kindOf } from './dtype.ts'
import { sizeOf } from './aval.ts'
import type { HostArray } from './host-array.ts'

/** A complex number outside arrays: what `tolist` gives and `jnp.array` takes. */
export interface ComplexNumber {
  readonly re: number
  readonly im: number
}

/** One value of any dtype outside arrays. */
export type Element = number | boolean | bigint | ComplexNumber

export function isComplexNumber(value: unknown): value is ComplexNumber {
  if (typeof value !== 'object' || value === null || !('re' in value) || !('im' in value)) return false
  return typeof value.re === 'number' && typeof value.im === 'number' && Object.keys(value).length === 2
}

const word = new DataView(new ArrayBuffer(4))

/** The number that the 16 bits of a bfloat16 stand for: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  word.setUint32(0, bits << 16)
  return word.getFloat32(0)
}

/** The bits of the nearest bfloat16, half to even; the number is rounded to float32 first unless that loses a tie. */
export function numberToBfloat16(value: number): number {
  const single = roundToOdd(value)
  if (single !== single) return 0x7fc0
  word.setFloat32(0, single)
  const bits = word.getUint32(0)
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

/** Rounding twice is safe when the first time leaves a trace: an inexact float32 is made odd. */
function roundToOdd(value: number): number {
  const single = Math.fround(value)
  if (single === value || single !== single || Math.abs(single) === Infinity) return single
  word.setFloat32(0, single)
  const bits = word.getUint32(0)
  if ((bits & 1) === 1) return single
  // The neighbour on the other side of `value` is the odd one.
  word.setUint32(0, Math.abs(single) > Math.abs(value) ? bits - 1 : bits + 1)
  return word.getFloat32(0)
}

/** The 64-bit integers of an array as BigInts, without copying. */
export function bigintsOf(
  dtype: DType,
  data: TypedArray,
): BigInt64Array<ArrayBufferLike> | BigUint64Array<ArrayBufferLike> {
  const aligned = data.byteOffset % 8 === 0 ? data : data.slice()
  return dtype === 'int64'
    ? new BigInt64Array(aligned.buffer, aligned.byteOffset, data.length / 2)
    : new BigUint64Array(aligned.buffer, aligned.byteOffset, data.length / 2)
}

/** Value `index` of `data` as a number: the real part of a complex one, the nearest double of a 64-bit integer. */
export function numberAt(dtype: DType, data: TypedArray, index: number): number {
  switch (dtype) {
    case 'bfloat16':
      return bfloat16ToNumber(data[index])
    case 'int64':
      return (data[2 * index + 1] | 0) * 2 ** 32 + data[2 * index]
    case 'uint64':
      return data[2 * index + 1] * 2 ** 32 + data[2 * index]
    case 'complex64':
    case 'complex128':
      return data[2 * index]
    default:
      return data[index]
  }
}

/** The number that a scalar array holds. */
export function numberOf(array: HostArray): number {
  return numberAt(array.dtype, array.data, 0)
}

/** All values of an array as numbers, in row-major order. */
export function numbersIn({ shape, dtype, data }: HostArray): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => numberAt(dtype, data, i))
}

/** Value `index` of `data` as JavaScript writes it: a BigInt where a number would not be exact. */
export function elementAt(dtype: DType, data: TypedArray, index: number): Element {
  if (dtype === 'bool') return data[index] !== 0
  if (dtype === 'float0') return 0
  if (kindOf(dtype) === 'complex') return { re: data[2 * index], im: data[2 * index + 1] }
  const value = numberAt(dtype, data, index)
  if (!isWideInteger(dtype) || Number.isSafeInteger(value)) return value
  const high = dtype === 'int64' ? BigInt(data[2 * index + 1] | 0) : BigInt(data[2 * index + 1])
  return (high << 32n) | BigInt(data[2 * index])
}

/** Writes a value in the storage of `dtype`; integers wrap, floats round. */
export function setElement(dtype: DType, data: TypedArray, index: number, value: Element): void {
  if (isComplexNumber(value)) {
    if (kindOf(dtype) === 'complex') {
      data[2 * index] = value.re
      data[2 * index + 1] = value.im
    } else setElement(dtype, data, index, value.re)
    return
  }
  switch (dtype) {
    case 'bool':
      data[index] = Number(value) === 0 ? 0 : 1
      return
    case 'bfloat16':
      data[index] = numberToBfloat16(Number(value))
      return
    case 'int64':
    case 'uint64': {
      const whole = typeof value === 'bigint' ? value : toWide(dtype, Number(value))
      data[2 * index] = Number(BigInt.asUintN(32, whole))
      data[2 * index + 1] = Number(BigInt.asUintN(32, whole >> 32n))
      return
    }
    case 'complex64':
    case 'complex128':
      data[2 * index] = Number(value)
      data[2 * index + 1] = 0
      return
    default:
      data[index] = Number(value)
  }
}

const wideRange = {
  int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  uint64: { min: 0n, max: 2n ** 64n - 1n },
} as const

/** A float as a 64-bit integer: cut off towards zero and held inside the range; NaN gives zero. */
export function toWide(dtype: 'int64' | 'uint64', value: number): bigint {
  if (value !== value) return 0n
  const { min, max } = wideRange[dtype]
  if (value <= Number(min)) return min
  return value >= Number(max) ? max : BigInt(Math.trunc(value))
}

/** Smallest and largest 64-bit integer. */
export function wideIntegerRange(dtype: 'int64' | 'uint64'): { readonly min: bigint; readonly max: bigint } {
  return wideRange[dtype]
}

/** Writes one value everywhere. */
export function fillElements(dtype: DType, data: TypedArray, value: Element): void {
  const probe = data.subarray(0, Math.min(2, data.length))
  if (data.length === 0) return
  setElement(dtype, probe, 0, value)
  const isPair = dtype === 'int64' || dtype === 'uint64' || kindOf(dtype) === 'complex'
  if (!isPair) data.fill(data[0])
  else {
    for (let filled = 2; filled < data.length; filled *= 2) {
      data.copyWithin(filled, 0, Math.min(filled, data.length - filled))
    }
  }
}
