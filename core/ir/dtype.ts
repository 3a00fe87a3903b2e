/**
 * Element types: their names, their storage and the order in which they promote.
 *
 * The spelling follows JAX: `float32` in the API, `f32` inside a jaxpr.
 */

/**
 * The name of an element type. `key<fry>` is a Threefry PRNG key, an opaque pair of 32-bit words. `float0` is what the
 * tangent of an integer, a boolean or a key has: a shape, and elements of no bytes, so that no kernel ever reads one.
 */
export type DType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bfloat16'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128'
  | 'key<fry>'
  | 'float0'

/**
 * Every typed array that can hold elements. Booleans are bytes and a bfloat16 is the upper half of a float32;
 * a key or a 64-bit integer is two consecutive words (the low one first), a complex number two floats.
 */
export type TypedArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint16Array
  | Uint32Array
  | Float16Array
  | Float32Array
  | Float64Array

export type DTypeKind = 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'key' | 'void'

interface DTypeInfo {
  readonly short: string
  readonly kind: DTypeKind
  readonly bits: number
  /** Consecutive typed-array elements that hold one value; none for a value that is not there. */
  readonly width: number
  readonly storage: new (buffer: ArrayBufferLike | number, byteOffset?: number, length?: number) => TypedArray
}

const dtypeTable: Readonly<Record<DType, DTypeInfo>> = {
  bool: { short: 'bool', kind: 'bool', bits: 8, width: 1, storage: storageOf(Uint8Array) },
  int8: { short: 'i8', kind: 'int', bits: 8, width: 1, storage: storageOf(Int8Array) },
  int16: { short: 'i16', kind: 'int', bits: 16, width: 1, storage: storageOf(Int16Array) },
  int32: { short: 'i32', kind: 'int', bits: 32, width: 1, storage: storageOf(Int32Array) },
  int64: { short: 'i64', kind: 'int', bits: 64, width: 2, storage: storageOf(Uint32Array) },
  uint8: { short: 'u8', kind: 'uint', bits: 8, width: 1, storage: storageOf(Uint8Array) },
  uint16: { short: 'u16', kind: 'uint', bits: 16, width: 1, storage: storageOf(Uint16Array) },
  uint32: { short: 'u32', kind: 'uint', bits: 32, width: 1, storage: storageOf(Uint32Array) },
  uint64: { short: 'u64', kind: 'uint', bits: 64, width: 2, storage: storageOf(Uint32Array) },
  bfloat16: { short: 'bf16', kind: 'float', bits: 16, width: 1, storage: storageOf(Uint16Array) },
  float16: { short: 'f16', kind: 'float', bits: 16, width: 1, storage: storageOf(Float16Array) },
  float32: { short: 'f32', kind: 'float', bits: 32, width: 1, storage: storageOf(Float32Array) },
  float64: { short: 'f64', kind: 'float', bits: 64, width: 1, storage: storageOf(Float64Array) },
  complex64: { short: 'c64', kind: 'complex', bits: 64, width: 2, storage: storageOf(Float32Array) },
  complex128: { short: 'c128', kind: 'complex', bits: 128, width: 2, storage: storageOf(Float64Array) },
  'key<fry>': { short: 'key<fry>', kind: 'key', bits: 64, width: 2, storage: storageOf(Uint32Array) },
  float0: { short: 'float0', kind: 'void', bits: 0, width: 0, storage: storageOf(Uint8Array) },
}

type Storage = DTypeInfo['storage']

function storageOf(constructor: Storage): Storage {
  return constructor
}

/** The dtypes of values; `float0` is none of them. */
export const allDTypes = Object.keys(dtypeTable)
  .filter(isDType)
  .filter((dtype) => dtype !== 'float0')

export function isDType(name: string): name is DType {
  return Object.hasOwn(dtypeTable, name)
}

/** `f32` for `float32`: the spelling inside a jaxpr. */
export function shortName(dtype: DType): string {
  return dtypeTable[dtype].short
}

export function kindOf(dtype: DType): DTypeKind {
  return dtypeTable[dtype].kind
}

export function isFloat(dtype: DType): boolean {
  return dtypeTable[dtype].kind === 'float'
}

export function isComplex(dtype: DType): boolean {
  return dtypeTable[dtype].kind === 'complex'
}

/** Real or complex floating point: what has derivatives. */
export function isInexact(dtype: DType): boolean {
  return isFloat(dtype) || isComplex(dtype)
}

/** Integers that a JS number cannot hold exactly. */
export function isWideInteger(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64'
}

/** The dtype of the parts of a complex dtype; any other dtype itself. */
export function realPartOf(dtype: DType): DType {
  if (dtype === 'complex64') return 'float32'
  return dtype === 'complex128' ? 'float64' : dtype
}

/** The complex dtype whose parts hold `dtype`: complex128 for float64, otherwise complex64. */
export function complexOf(dtype: DType): 'complex64' | 'complex128' {
  return dtype === 'float64' || dtype === 'complex128' ? 'complex128' : 'complex64'
}

/** Signed or unsigned integer; bool is not an integer. */
export function isInteger(dtype: DType): boolean {
  return dtypeTable[dtype].kind === 'int' || dtypeTable[dtype].kind === 'uint'
}

export function bitWidth(dtype: DType): number {
  return dtypeTable[dtype].bits
}

/** Typed-array elements a value takes: 1, or 2 for a key, a 64-bit integer and a complex number, 0 for float0. */
export function storageWidth(dtype: DType): number {
  return dtypeTable[dtype].width
}

/** Bytes one value takes. */
export function itemSize(dtype: DType): number {
  return dtypeTable[dtype].bits / 8
}

/** A zero-filled typed array for `count` values of `dtype`. */
export function allocate(dtype: DType, count: number): TypedArray {
  const { storage: Storage, width } = dtypeTable[dtype]
  return new Storage(count * width)
}

/** Whether values of `dtype` are kept in typed arrays of this kind. */
export function isStoredIn(dtype: DType, data: TypedArray): boolean {
  return data.constructor === dtypeTable[dtype].storage
}

/** The values of `dtype` that lie in `buffer` from `byteOffset` on, without copying. */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, count: number): TypedArray {
  const { storage: Storage, width } = dtypeTable[dtype]
  return new Storage(buffer, byteOffset, count * width)
}

/** Smallest and largest value of an integer dtype, as JAX's `iinfo`; of 64 bits, the nearest JS numbers. */
export function integerRange(dtype: DType): { min: number; max: number } {
  const { kind, bits } = dtypeTable[dtype]
  if (kind === 'uint') return { min: 0, max: 2 ** bits - 1 }
  if (kind === 'int') return { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }
  throw new TypeError(`iinfo: ${dtype} is not an integer dtype`)
}
