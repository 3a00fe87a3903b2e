import type { Shape } from '../../../core/ir/aval.ts'
import { type DType, type TypedArray, bitWidth, kindOf } from '../../../core/ir/dtype.ts'
import type { HostArray } from '../../../core/ir/host-array.ts'

// Numbers apart from how the core stores and rounds them: integers and booleans are BigInts, floats are numbers,
// complex numbers pairs. Reading, writing and rounding are written here anew, so that a kernel which mistakes
// storage for numbers cannot agree with them.

export interface Complex {
  readonly re: number
  readonly im: number
}

export type Value = bigint | number | Complex

export const isComplexValue = (value: Value): value is Complex => typeof value === 'object'

/** The parts of a complex dtype. */
export const partOf = (dtype: DType): DType => (dtype === 'complex64' ? 'float32' : 'float64')

/** The nearest value of a float dtype, half to even. */
export function roundFloat(dtype: DType, value: number): number {
  switch (dtype) {
    case 'float64':
      return value
    case 'float32':
      return Math.fround(value)
    case 'float16':
      return roundTo(value, 11, -24, 65504)
    case 'bfloat16':
      return roundTo(value, 8, -133, (2 - 2 ** -7) * 2 ** 127)
    default:
      throw new Error(`${dtype} is no float`)
  }
}

/** Half to even with `digits` binary digits, at multiples of 2 ** least below the normal numbers. */
function roundTo(value: number, digits: number, least: number, largest: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  let exponent = Math.floor(Math.log2(Math.abs(value)))
  if (2 ** exponent > Math.abs(value)) exponent--
  if (2 ** (exponent + 1) <= Math.abs(value)) exponent++
  const unit = 2 ** Math.max(exponent - digits + 1, least)
  const scaled = Math.abs(value) / unit
  const below = Math.floor(scaled)
  const rest = scaled - below
  const rounded = (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below) * unit
  return Math.sign(value) * (rounded > largest ? Infinity : rounded) || (value < 0 ? -0 : 0)
}

/** The low bits of an integer, as its dtype reads them; of a boolean whether it is not zero. */
export function wrap(dtype: DType, value: bigint): bigint {
  if (dtype === 'bool') return value === 0n ? 0n : 1n
  return kindOf(dtype) === 'int' ? BigInt.asIntN(bitWidth(dtype), value) : BigInt.asUintN(bitWidth(dtype), value)
}

/** A result of arithmetic as a value of the dtype. */
export function settle(dtype: DType, value: Value): Value {
  if (typeof value === 'bigint') return wrap(dtype, value)
  if (typeof value === 'number') return roundFloat(dtype, value)
  const part = partOf(dtype)
  return { re: roundFloat(part, value.re), im: roundFloat(part, value.im) }
}

const bits = (dtype: DType): { set: (view: DataView, value: number | bigint) => void; bytes: number } => {
  switch (dtype) {
    case 'bool':
    case 'uint8':
    case 'int8':
      return { bytes: 1, set: (view, value) => view.setInt8(0, Number(value)) }
    case 'int16':
    case 'uint16':
      return { bytes: 2, set: (view, value) => view.setInt16(0, Number(value), true) }
    case 'int32':
    case 'uint32':
      return { bytes: 4, set: (view, value) => view.setInt32(0, Number(BigInt.asIntN(32, BigInt(value))), true) }
    case 'int64':
    case 'uint64':
    case 'key<fry>':
      return { bytes: 8, set: (view, value) => view.setBigInt64(0, BigInt.asIntN(64, BigInt(value)), true) }
    case 'bfloat16':
      return { bytes: 2, set: (view, value) => view.setUint16(0, upperHalf(Number(value)), true) }
    case 'float16':
      return { bytes: 2, set: (view, value) => view.setFloat16(0, Number(value), true) }
    case 'float32':
      return { bytes: 4, set: (view, value) => view.setFloat32(0, Number(value), true) }
    case 'float64':
      return { bytes: 8, set: (view, value) => view.setFloat64(0, Number(value), true) }
    default:
      throw new Error(`${dtype} has parts`)
  }
}

/** The upper 16 bits of a number that bfloat16 holds. */
function upperHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  return view.getUint16(0)
}

/** Values as the core stores them. */
export function encode(shape: Shape, dtype: DType, values: readonly Value[]): HostArray {
  const part = kindOf(dtype) === 'complex' ? partOf(dtype) : dtype
  const { set, bytes } = bits(part)
  const numbers = values.flatMap((value) => (isComplexValue(value) ? [value.re, value.im] : [value]))
  const buffer = new ArrayBuffer(numbers.length * bytes)
  numbers.forEach((value, i) => set(new DataView(buffer, i * bytes, bytes), value))
  return { shape, dtype, data: typedArray(part, buffer) }
}

function typedArray(dtype: DType, buffer: ArrayBuffer): TypedArray {
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return new Uint8Array(buffer)
    case 'int8':
      return new Int8Array(buffer)
    case 'int16':
      return new Int16Array(buffer)
    case 'uint16':
    case 'bfloat16':
      return new Uint16Array(buffer)
    case 'int32':
      return new Int32Array(buffer)
    case 'float16':
      return new Float16Array(buffer)
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    default:
      return new Uint32Array(buffer)
  }
}

/** What the core stored, as values. */
export function decode({ dtype, data }: HostArray): Value[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const width = kindOf(dtype) === 'complex' ? bitWidth(dtype) / 8 : bitWidth(dtype) / 8
  return Array.from({ length: data.byteLength / width }, (_, i) => read(dtype, view, i * width))
}

function read(dtype: DType, view: DataView, at: number): Value {
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return BigInt(view.getUint8(at))
    case 'int8':
      return BigInt(view.getInt8(at))
    case 'int16':
      return BigInt(view.getInt16(at, true))
    case 'uint16':
      return BigInt(view.getUint16(at, true))
    case 'int32':
      return BigInt(view.getInt32(at, true))
    case 'uint32':
      return BigInt(view.getUint32(at, true))
    case 'int64':
      return view.getBigInt64(at, true)
    case 'uint64':
    case 'key<fry>':
      return view.getBigUint64(at, true)
    case 'bfloat16': {
      const single = new DataView(new ArrayBuffer(4))
      single.setUint16(0, view.getUint16(at, true))
      return single.getFloat32(0)
    }
    case 'float16':
      return view.getFloat16(at, true)
    case 'float32':
      return view.getFloat32(at, true)
    case 'float64':
      return view.getFloat64(at, true)
    case 'complex64':
      return { re: view.getFloat32(at, true), im: view.getFloat32(at + 4, true) }
    case 'complex128':
      return { re: view.getFloat64(at, true), im: view.getFloat64(at + 8, true) }
    case 'float0':
      throw new Error('a float0 has no value')
  }
}

/** Whether a float is the wanted one, or lies as near as `ulps` of its dtype allow. NaN is NaN; the zeros differ. */
function nearFloat(dtype: DType, found: number, wanted: number, ulps: number): boolean {
  if (Object.is(found, wanted)) return true
  if (ulps === 0 || !Number.isFinite(found) || !Number.isFinite(wanted)) return false
  const digits = { float64: 53, float32: 24, float16: 11, bfloat16: 8 }[dtype as string] ?? 24
  const least = { float64: -1074, float32: -149, float16: -24, bfloat16: -133 }[dtype as string] ?? -149
  const exponent = wanted === 0 ? least : Math.floor(Math.log2(Math.abs(wanted))) - digits + 1
  return Math.abs(found - wanted) <= ulps * 2 ** Math.max(exponent, least)
}

export function sameValue(dtype: DType, found: Value, wanted: Value, ulps = 0, within = 0): boolean {
  if (typeof found === 'bigint' || typeof wanted === 'bigint') return found === wanted
  const near = (part: DType, x: number, y: number): boolean =>
    nearFloat(part, x, y, ulps) || (within > 0 && Math.abs(x - y) <= within)
  if (!isComplexValue(found)) return !isComplexValue(wanted) && near(dtype, found, wanted)
  const part = partOf(dtype)
  return isComplexValue(wanted) && near(part, found.re, wanted.re) && near(part, found.im, wanted.im)
}

const limits = {
  float64: [2 ** -1022, Number.MAX_VALUE, 2 ** -52],
  float32: [2 ** -126, (2 - 2 ** -23) * 2 ** 127, 2 ** -23],
}

/** Values at the edges of a dtype: wrap-around, signed zeros, NaN, infinities, ties between neighbours. */
export function edgesOf(dtype: DType): Value[] {
  const kind = kindOf(dtype)
  const width = BigInt(bitWidth(dtype))
  switch (kind) {
    case 'bool':
      return [0n, 1n]
    case 'int': {
      const top = 1n << (width - 1n)
      const inner = [2n ** 31n, -(2n ** 31n), 2n ** 32n + 5n, 2n ** 53n + 1n].filter((x) => x < top && x >= -top)
      return [0n, 1n, -1n, 2n, 3n, -5n, 7n, 63n, top - 1n, top - 2n, -top, -top + 1n, ...inner]
    }
    case 'uint': {
      const top = 1n << width
      const inner = [2n ** 31n, 2n ** 32n + 5n, 2n ** 53n + 1n].filter((x) => x < top)
      return [0n, 1n, 2n, 3n, 7n, 63n, top / 2n, top - 1n, top - 2n, ...inner]
    }
    case 'float': {
      const [least, most, gap] = (limits as Record<string, number[]>)[dtype] ?? [2 ** -14, 65504, 2 ** -10]
      const plain = [0, -0, 1, -1, 0.5, -0.75, 1.5, 2.5, -3.5, 7.75, 255, 256, 257, 259, 1e-3, 1 + (gap ?? 0)]
      const extreme = [most ?? 0, -(most ?? 0), least ?? 0, Infinity, -Infinity, NaN]
      return [...plain, ...extreme].map((x) => roundFloat(dtype, x))
    }
    case 'complex': {
      const parts = [
        [0, 0],
        [-0, 1],
        [1, -0],
        [-1.5, 2],
        [3, -4],
        [0.25, 0.5],
        [Infinity, 1],
        [2, -Infinity],
        [NaN, 0],
        [1e10, 3],
      ] as const
      return parts.map(([re, im]) => settle(dtype, { re, im }))
    }
    case 'key':
      return [1n, 2n, (1n << 40n) + 1n, (1n << 40n) + 2n]
    case 'void':
      return []
  }
}

/** Values of moderate size, of which sums and products are exact in every dtype but the narrowest. */
export function plainValues(dtype: DType, count: number): Value[] {
  const numbers = [3, 1, 2, 0, 5, 4, 1, 2, 6, 3, 0, 7, 2, 5, 1, 4]
  return Array.from({ length: count }, (_, i): Value => {
    const n = numbers[i % numbers.length] ?? 0
    const signed = i % 3 === 1 ? -n : n
    switch (kindOf(dtype)) {
      case 'bool':
        return BigInt(n % 2)
      case 'uint':
        return BigInt(n)
      case 'int':
        return BigInt(signed)
      case 'float':
        return signed / 2
      case 'complex':
        return { re: signed / 2, im: (n % 3) - 1 }
      case 'key':
      case 'void':
        return BigInt(n)
    }
  })
}

/** Integers that are large enough for sums and products of a few to wrap around; of other dtypes plain values. */
export function wrappingValues(dtype: DType, count: number): Value[] {
  const kind = kindOf(dtype)
  if (kind !== 'int' && kind !== 'uint') return plainValues(dtype, count)
  const edges = edgesOf(dtype)
  return Array.from({ length: count }, (_, i) => edges[(i * 5 + 8) % edges.length] ?? 0n)
}
